/**
 * Claim: from the hidden code to the token, in this browser.
 *
 * The code is taken out of the address bar before anything else happens. It lives in a variable of this module until
 * the claim is signed; what is sent is the address of its key and, once the button is pressed, a signature. Signatures
 * under way are kept in the browser's storage, so that closing the page loses nothing; they are worth nothing to others.
 */

import { join, readHidden } from "../codes/hidden";
import { checksummed, hex, readAddress } from "../keys/bytes";
import { seal } from "../keys/keystore";
import { addressOf, claimDigest, claimKeyOf, newKey, sign } from "../keys/signing";
import { ask, element, say, show, word } from "../page";
import { addressScanner, complaint, lookUp, namesAreLookedUp } from "../receiver";
import { viewfinder } from "../viewfinder";
import { accountsOf, chainOf, findWallets, walletButton } from "../wallets";

type Stamp = {
  series: string;
  title: string;
  serial: number;
  path: string;
  picture: string | null;
  variant: string;
  state: string;
  chain_id: number;
  contract: string;
  deadline: number;
  relayed: boolean;
};
type ClaimBody = { chain_id: number; contract: string; serial: number; to: string; deadline: number; signature: string };
type Progress = { id: string; state: "waiting" | "sent" | "done" | "refused"; reason: string | null; to: string };
type UnderWay = { body: ClaimBody; path: string };

const STORE = "cryptostamp-claim";
const POLL_MS = 1500;
const TYPING_MS = 500;
const SHORTEST_PASSPHRASE = 12;

let half: { half: "A" | "B"; secret: Uint8Array } | undefined;
let claimKey: Uint8Array | undefined;
let stamp: Stamp | undefined;
let receiver = "";
const receivers: Record<string, string> = { new: "", wallet: "", address: "" };

/** The account that a name stands for; it is a receiver once somebody says that it is the right one. */
let named = "";
let typing: ReturnType<typeof setTimeout> | undefined;

const fragment = location.hash;
if (fragment) history.replaceState(null, "", location.pathname);

/** One of several numbers, in the language of the page. */
function either(numbers: number[]): string {
  return new Intl.ListFormat(document.documentElement.lang, { type: "disjunction" }).format(numbers.map(String));
}

function takeUp(text: string): boolean {
  const read = readHidden(text);
  if (read.kind === "mistake") {
    problem(word(read.word, { character: read.character ?? "", groups: either(read.groups ?? []) }));
    return false;
  }
  let secret = read.secret;
  if (read.kind === "half") {
    if (!half || half.half === read.half) {
      half = read;
      element<HTMLInputElement>("hidden-code").value = "";
      problem(word("half", { half: read.half }));
      return false;
    }
    secret = join(half.secret, read.secret);
  }
  claimKey = claimKeyOf(secret);
  element<HTMLInputElement>("hidden-code").value = "";
  problem("");
  void look(read.kind === "half");
  return true;
}

function problem(text: string): void {
  const line = element("code-problem");
  line.textContent = text;
  line.className = text ? "hint bad" : "hint";
  show("step-code");
}

async function look(joined: boolean): Promise<void> {
  if (!claimKey) return;
  const answer = await ask<Stamp>(`/api/v1/claim-keys/${addressOf(claimKey)}`);
  if (!answer.ok) {
    const unknown = answer.status === 404;
    if (unknown) half = claimKey = undefined;
    problem(unknown ? word(joined ? "halves" : "unknown-code") : answer.what || word("offline"));
    return;
  }
  stamp = answer.value;
  show("step-code", false);
  show("step-stamp");
  element("stamp-name").textContent = `${stamp.title} ${word("no")} ${stamp.serial}`;
  element("stamp-kind").textContent = stamp.variant;
  element("stamp-state").textContent = word(stamp.state);
  element("stamp-state").className = stamp.state === "unclaimed" ? "" : "warning";
  element<HTMLAnchorElement>("stamp-link").href = stamp.path;
  if (stamp.picture) {
    element<HTMLImageElement>("stamp-picture").src = stamp.picture;
    show("stamp-mount");
  }
  const open = stamp.state === "unclaimed";
  if (open && !stamp.relayed) say("says", word("no-relay"));
  show("step-receive", open && stamp.relayed);
  show("no-claim", !open);
}

function choose(): void {
  const way = document.querySelector<HTMLInputElement>("input[name=way]:checked")?.value ?? "new";
  for (const each of ["new", "wallet", "address"]) show(`way-${each}`, each === way);
  const kept = way !== "new" || element<HTMLInputElement>("kept").checked;
  receiver = receivers[way] ?? "";
  const ready = Boolean(receiver) && kept && stamp?.state === "unclaimed";
  show("step-button", ready);
  if (ready && stamp) {
    const name = `${stamp.title} ${word("no")} ${stamp.serial}`;
    element("summary").textContent = word("summary", { stamp: name, address: receiver });
  }
}

async function makeKey(): Promise<void> {
  const passphrase = element<HTMLInputElement>("passphrase").value;
  const says = (text: string): void => say("key-says", text);
  if (passphrase.length < SHORTEST_PASSPHRASE) return says(word("passphrase-short"));
  if (passphrase !== element<HTMLInputElement>("passphrase-again").value) return says(word("passphrase-differs"));
  const button = element<HTMLButtonElement>("make-key");
  button.disabled = true;
  says(word("making"));
  const key = newKey();
  const address = addressOf(key);
  const text = await seal(key, passphrase);
  key.fill(0);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `UTC--${new Date().toISOString().replaceAll(":", "-")}--${address.slice(2).toLowerCase()}.json`;
  link.click();
  receivers["new"] = address;
  says(word("made", { address, name: link.download }));
  show("kept-label");
  button.disabled = false;
  choose();
}

async function takeWallet(provider: Parameters<typeof accountsOf>[0]): Promise<void> {
  try {
    const [account] = await accountsOf(provider);
    const read = readAddress(account ?? "");
    if (read.kind !== "address") throw new Error("no account");
    receivers["wallet"] = read.address;
    const chain = await chainOf(provider).catch(() => 0);
    const elsewhere = stamp && chain && chain !== stamp.chain_id;
    const more = elsewhere ? ` ${word("wallet-chain", { chain, ours: stamp?.chain_id ?? 0 })}` : "";
    say("wallet-says", word("wallet-address", { address: read.address }) + more);
  } catch {
    receivers["wallet"] = "";
    say("wallet-says", word("wallet-refused"));
  }
  choose();
}

function typeAddress(): void {
  const text = element<HTMLInputElement>("address").value;
  const read = readAddress(text);
  clearTimeout(typing);
  receivers["address"] = "";
  named = "";
  element<HTMLInputElement>("sure").checked = false;
  show("sure-label", false);
  if (read.kind === "address") {
    receivers["address"] = read.address;
    const elsewhere = stamp && read.chain !== undefined && read.chain !== stamp.chain_id;
    const more = elsewhere ? ` ${word("address-chain", { chain: read.chain ?? 0, ours: stamp?.chain_id ?? 0 })}` : "";
    addressLine(word("address-good", { address: read.address }) + more, "good");
  } else if (read.kind === "name" && namesAreLookedUp()) {
    addressLine(word("name-looking", { name: read.name }), "");
    typing = setTimeout(() => void takeName(read.name), TYPING_MS);
  } else addressLine(complaint(text, read), "bad");
  choose();
}

/** Look a name up; its account is taken once it is said to be the right one. */
async function takeName(name: string): Promise<void> {
  const field = element<HTMLInputElement>("address");
  const asked = field.value;
  const found = await lookUp(name);
  if (field.value !== asked) return; // something else was typed meanwhile
  if (typeof found === "string") return addressLine(found, "bad");
  named = found.address;
  addressLine(word("name-found", found), "good");
  show("sure-label");
}

function addressLine(text: string, mark: string): void {
  const line = element("address-says");
  line.textContent = text;
  line.className = `hint ${mark}`;
}

async function claim(): Promise<void> {
  if (!claimKey || !stamp || !receiver) return;
  element<HTMLButtonElement>("claim").disabled = true;
  const { chain_id, contract, serial, deadline, path } = stamp;
  const to = checksummed(receiver);
  const digest = claimDigest({ chainId: chain_id, contract, serial, to, deadline });
  const body = { chain_id, contract, serial, to, deadline, signature: hex(sign(digest, claimKey)) };
  claimKey.fill(0);
  claimKey = half = undefined;
  localStorage.setItem(STORE, JSON.stringify({ body, path } satisfies UnderWay));
  await follow({ body, path });
}

/** Hand the claim in, which is the same as asking for it once it was, and show how far it has come until it is final. */
async function follow(underWay: UnderWay): Promise<void> {
  for (const step of ["step-code", "step-receive", "step-button"]) show(step, false);
  show("step-progress");
  element("stamp-state").textContent = ""; // from here on the steps tell it
  reach("signed");
  element<HTMLAnchorElement>("to-stamp").href = underWay.path;
  element<HTMLAnchorElement>("to-album").href = `/album/${underWay.body.to}`;
  show("to-stamp");
  let id = "";
  for (;;) {
    const answer = id ? await ask<Progress>(`/api/v1/claims/${id}`) : await ask<Progress>("/api/v1/claims", underWay.body);
    if (answer.ok) {
      const progress = answer.value;
      id = progress.id;
      tell(progress);
      if (progress.state === "done" || progress.state === "refused") return end();
    } else if (answer.status === 0 || answer.status === 429 || answer.status >= 500) {
      say("progress-says", word("offline"));
    } else {
      say("progress-says", word("refused", { reason: answer.what }));
      return end();
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function tell(progress: Progress): void {
  for (const step of ["waiting", "sent", "done"]) {
    if (progress.state === "refused") break;
    reach(step);
    if (step === progress.state) break;
  }
  say("progress-says", word(progress.state, { reason: progress.reason ?? "" }));
  if (progress.state !== "done") return;
  element("progress-heading").textContent = word("done-heading");
  show("to-album");
}

function reach(step: string): void {
  element(`at-${step}`).classList.add("reached");
}

function end(): void {
  localStorage.removeItem(STORE);
  show("may-close", false);
  show("another");
}

element("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  takeUp(element<HTMLInputElement>("hidden-code").value);
});
element("make-key").addEventListener("click", () => void makeKey());
element("address").addEventListener("input", typeAddress);
element("sure").addEventListener("change", () => {
  receivers["address"] = element<HTMLInputElement>("sure").checked ? named : "";
  choose();
});
element("claim").addEventListener("click", () => void claim());
element("another").addEventListener("click", () => location.assign("/claim"));
for (const each of document.querySelectorAll("input[name=way], #kept")) each.addEventListener("change", choose);
addEventListener("hashchange", () => {
  const text = location.hash;
  if (!text) return;
  history.replaceState(null, "", location.pathname);
  takeUp(text);
});
let wallets = 0;
say("wallet-says", word("no-wallet"));
findWallets((wallet) => {
  if (!wallets++) say("wallet-says", "");
  element("wallets").append(walletButton(wallet, () => void takeWallet(wallet.provider)));
});
viewfinder((text) => takeUp(text));
addressScanner((text) => {
  element<HTMLInputElement>("address").value = text;
  typeAddress();
});

const kept = localStorage.getItem(STORE);
if (fragment) takeUp(fragment);
else if (kept) void follow(JSON.parse(kept) as UnderWay);
else show("step-code");
