/**
 * The static verifier: one page that judges codes from a file or any static host, with no server of anybody.
 *
 * It asks the nodes that a person typed, and nobody else. A hidden code that gets in here is wiped at once.
 */

import { classify } from "../codes/kind";
import { textOf } from "../codes/publicCode";
import { agreesWith, parseShortCode } from "../codes/shortCode";
import { element, say, show, speak, word } from "../page";
import { textsIn } from "../photo";
import { ComparedNodes } from "../verdict/crosscheck";
import { type Dossier, trustIn } from "../verdict/dossier";
import { isProblem } from "../verdict/problem";
import { ChainReader } from "../verdict/reader";
import type { ChainSource } from "../verdict/sources";
import { runVectors } from "../verdict/vectors";
import { type Verdict, verifyCodes, verifyNothing } from "../verdict/verdict";
import { contents, dossierFrom, facts, ownEdition, ownEditionFrom } from "../verifier/contents";
import { carried } from "../verifier/picture";
import { make, mounted, shown } from "../verifier/result";
import { viewfinder } from "../viewfinder";

const form = element<HTMLFormElement>("form");
const code = element<HTMLInputElement>("code");
const nodes = ["node", "other-node"].map((id) => element<HTMLInputElement>(id));
const photo = element<HTMLInputElement>("photo");
const files = element<HTMLInputElement>("files");

let language = "en";
let verdicts: Verdict[] = [];
let own: Dossier | undefined;
const others: Dossier[] = [];

/** All dossiers at hand. That of the page goes before: its registry is the one that is believed on its chain. */
const dossiers = (): Dossier[] => [...others, ...(own ? [own] : [])];

/** Say everything in a language, what was found, too. */
function use(key: string): void {
  language = key;
  speak(contents.words[key] ?? {});
  document.documentElement.lang = key;
  document.title = `${facts.title} · ${word("title")}`;
  const values = { post: facts.issuer.name, chain: String(facts.chainId), series: facts.title };
  for (const each of document.querySelectorAll<HTMLElement>("[data-word]")) {
    each.textContent = word(each.dataset["word"] ?? "", values);
  }
  for (const button of element("languages").querySelectorAll("button")) {
    if (button.lang === key) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  element("series-line").textContent =
    `${facts.issuer.name} · ${facts.title} · ${facts.year} · ${facts.size.toLocaleString(key)} ${word("stamps")}`;
  show("no-tags", !own);
  judgeTyped();
  display();
}

function display(): void {
  const mine: Dossier = own ?? { facts, edition: { title: "", size: 0, root: "", variantNames: [], tag: () => "" } };
  element("result").replaceChildren(...verdicts.map((each) => shown(each, dossiers(), mine, language)));
  show("result", verdicts.length > 0);
}

/** The node that was typed, or two that are compared; says what is wrong with them otherwise. */
function source(): ChainSource | null {
  const urls = [...new Set(nodes.map((each) => each.value.trim()).filter(Boolean))];
  try {
    const readers = urls.map((url) => new ChainReader(url, contents.contract));
    const [first, second] = readers;
    if (!first) return complain("node-missing");
    if (!second) return first;
    const named = (reader: ChainReader, number: number): string =>
      first.host === second.host ? `${reader.host} (${number})` : reader.host;
    return new ComparedNodes(new Map(readers.map((reader, index) => [named(reader, index + 1), reader])));
  } catch (error) {
    if (!isProblem(error)) throw error;
    return complain("node-wrong");
  }
}

function complain(name: string): null {
  say("node-says", word(name));
  element("node-says").className = "hint bad";
  nodes[0]?.focus();
  return null;
}

/** Judge texts and show what comes of them. */
async function judge(texts: readonly string[], typed: boolean): Promise<void> {
  const chain = source();
  if (!chain) return;
  element("node-says").className = "hint";
  say("node-says", word("node-hint"));
  say("progress", word("asking"));
  const button = element<HTMLButtonElement>("check");
  button.disabled = true;
  try {
    await bringTags();
    const prepared = texts.map(prepare);
    const asked = { trust: trustIn(dossiers(), contents.local_chains), source: chain, typed, now: Date.now() / 1000 };
    const codes = prepared.filter((each): each is string => typeof each === "string");
    const judged = await verifyCodes(codes, asked);
    verdicts = prepared.map((each) => (typeof each === "string" ? (judged.shift() as Verdict) : each));
  } finally {
    button.disabled = false;
    say("progress", "");
  }
  display();
  element("result").focus({ preventScroll: true });
  element("result").scrollIntoView({ block: "start" });
}

/** The public code that a text stands for, or the text if it is none, or what is to be said of it at once. */
function prepare(text: string): string | Verdict {
  const kind = classify(text);
  if (kind === "claim") return verifyNothing(word("hidden"));
  if (kind !== "short") return text;
  try {
    const short = parseShortCode(text);
    const held = dossiers().find((each) => each.facts.seriesId === short.seriesId && agreesWith(short, each.facts.contract));
    if (!held) return verifyNothing(word("short-unknown", { series: short.seriesId }));
    const { chainId, contract, issuer } = held.facts;
    return textOf({ host: issuer.domain, chainId, contract, serial: short.serial, tag: short.tag, signature: null });
  } catch (error) {
    if (!isProblem(error)) throw error;
    return verifyNothing(error.what);
  }
}

/** Get what is too large for the page from beside it, where the page is served; a page from a file may read no other. */
async function bringTags(): Promise<void> {
  if (own || location.protocol === "file:") return;
  try {
    const answer = await fetch("dossier/claim-keys.txt", { cache: "no-store" });
    if (answer.ok) own = { facts, edition: await ownEditionFrom(new Uint8Array(await answer.arrayBuffer())) };
  } catch {
    // The note that asks for the file stays.
  }
  show("no-tags", !own);
}

/** Say of a typed text what can be said at once; wipe a hidden code. */
function judgeTyped(): boolean {
  const text = code.value.trim();
  const hidden = text !== "" && classify(text) === "claim";
  element("code-says").className = hidden ? "hint bad" : "hint";
  element("code-says").textContent = word(hidden ? "hidden" : "code-hint");
  if (hidden) code.value = "";
  return !hidden;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (judgeTyped() && code.value.trim()) void judge([code.value.trim()], true);
});
code.addEventListener("change", judgeTyped);

photo.addEventListener("change", async () => {
  const [file] = photo.files ?? [];
  if (!file) return;
  say("photo-says", word("looking"));
  let texts: string[] = [];
  let wrong = "no-code";
  try {
    texts = await textsIn(file, carried);
  } catch {
    wrong = "no-picture";
  }
  photo.value = "";
  say("photo-says", texts.length > 0 ? "" : word(wrong));
  if (texts.length > 0) await judge(texts, false);
});

viewfinder((text) => {
  const kind = classify(text);
  if (kind !== "public") {
    say("camera-says", word(kind === "claim" ? "hidden" : "other"));
    return false;
  }
  say("camera-says", "");
  code.value = text;
  void judge([text], false);
  return true;
}, { program: carried });

files.addEventListener("change", async () => {
  const chosen = [...(files.files ?? [])];
  const progress = (part: number): void => say("files-say", word("computing", { part: String(Math.floor(100 * part)) }));
  try {
    const [only] = chosen;
    if (only?.name === "claim-keys.txt" && chosen.length === 1 && !own) {
      own = { facts, edition: await ownEditionFrom(new Uint8Array(await only.arrayBuffer())) };
      say("files-say", word("taken", { series: facts.title }));
    } else {
      progress(0);
      const dossier = await dossierFrom(chosen, progress);
      others.push(dossier);
      say("files-say", word("taken", { series: dossier.facts.title }));
    }
  } catch (error) {
    say("files-say", isProblem(error) ? error.what : word("unreadable"));
  }
  files.value = "";
  show("no-tags", !own);
});

for (const [key, name] of contents.languages) {
  const button = make("button", "", name);
  button.type = "button";
  button.lang = key;
  button.addEventListener("click", () => use(key));
  element("languages").append(button);
}

const edition = ownEdition();
if (edition) own = { facts, edition };
element("cover").append(mounted(facts, 0, 0, true));
for (const [id, text] of Object.entries({
  "fact-contract": facts.contract,
  "fact-registry": facts.registry,
  "fact-chain": String(facts.chainId),
  "fact-root": facts.root,
  "fact-address": contents.address,
})) {
  element(id).textContent = text;
}
code.placeholder = `${facts.seriesId}-42-7ZQ4KXW2M`;
for (const field of nodes) field.placeholder = contents.local_chains.includes(Number(facts.chainId)) ? "http://127.0.0.1:8545" : "https://…";
use(navigator.languages.map((each) => each.slice(0, 2)).find((each) => each in contents.words) ?? "en");

/** For whoever doubts this page: `await cryptostamp.runVectors(content)` with the content of verdicts.json. */
Object.assign(globalThis, { cryptostamp: { runVectors } });
