/** What came of a check, as the page of a stamp shows it. Every text is set as text: a registry may hold anything. */

import { word } from "../page";
import type { Dossier, DossierFacts, Variant } from "../verdict/dossier";
import { PAPER_CAVEAT, type StampView, type Verdict } from "../verdict/verdict";
import { type CheckView, type View, moment, viewOf } from "./view";

const SVG = "http://www.w3.org/2000/svg";
const ICONS = { good: "check", bad: "cross", open: "question" };

type Child = Node | string;

/** An element of a class, with what is in it. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, kind: string, ...inside: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...inside);
  return made;
}

export function icon(name: string): SVGElement {
  const [svg, use] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "use")];
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}-icon`);
  svg.append(use);
  return svg;
}

/** The picture of a design in a variant, from the folder of the dossier beside the page; none where it is not there. */
export function mounted(facts: DossierFacts, design: number, variant: number, large: boolean): HTMLElement {
  const [shape, colour] = [facts.designs[design], facts.variants[variant]];
  const picture = document.createElement("img");
  picture.alt = `${shape?.title}, ${colour?.name}`;
  picture.decoding = "async";
  const mount = make("span", large ? "mount mount-large" : "mount", make("span", "framed", picture));
  mount.hidden = true; // until there is something to see
  picture.addEventListener("load", () => {
    mount.hidden = false;
  });
  picture.src = `dossier/${encodeURIComponent(`${shape?.key}.${colour?.key}.webp`)}`;
  return mount;
}

function swatch(colour: string): SVGElement {
  const [svg, circle] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "circle")];
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 10 10");
  svg.setAttribute("aria-hidden", "true");
  for (const [name, value] of Object.entries({ cx: "5", cy: "5", r: "4.5", fill: colour })) circle.setAttribute(name, value);
  svg.append(circle);
  return svg;
}

/** The verdict on one code. `own` is the dossier whose pictures lie beside the page. */
export function shown(verdict: Verdict, dossiers: readonly Dossier[], own: Dossier, language: string): HTMLElement {
  const view = viewOf(verdict, language);
  const { stamp, code } = verdict;
  const dossier = dossiers.find(({ facts }) => facts.contract === code?.contract && facts.chainId === code.chainId);
  const facts = stamp?.title ? dossier?.facts : undefined;
  const number = (value: number | bigint): string => value.toLocaleString(language);
  const words = make("div", "stamp-words");
  const article = make("article", "stamp-page");
  if (facts && stamp) {
    const variant = facts.variants.findIndex((each) => each.name === stamp.variant);
    const design = (stamp.serial - 1) % facts.designs.length;
    if (dossier === own && variant >= 0) article.append(make("div", "stamp-picture", mounted(facts, design, variant, true)));
    words.append(...heading(facts, stamp, facts.variants[variant], facts.designs[design]?.title ?? "", number));
  }
  words.append(verdictBox(view, stamp));
  if (stamp) words.append(factsOf(stamp, language, number));
  article.append(words);
  const result = make("div", "result", article, checksOf(view.checks, verdict));
  if (stamp) result.append(copyNote(stamp));
  return result;
}

function heading(
  facts: DossierFacts,
  stamp: StampView,
  variant: Variant | undefined,
  design: string,
  number: (value: number) => string,
): HTMLElement[] {
  const title = make("h2", "stamp-title", `${facts.title} `, make("span", "serial", `${word("no")} ${number(stamp.serial)}`));
  const lead = make("p", "lead");
  if (variant) {
    const count = word("count", { count: number(variant.count), edition: number(facts.size) });
    lead.append(swatch(variant.colour), `${design} · ${variant.name} `, make("span", "muted", count));
  } else {
    lead.append(design);
  }
  return [make("p", "kicker", `${stamp.post} · ${facts.year} · ${facts.faceValue}`), title, lead];
}

function verdictBox(view: View, stamp: StampView | null): HTMLElement {
  const box = make("section", `verdict verdict-${view.tone}`);
  box.setAttribute("role", "status");
  box.append(make("h3", "", icon(ICONS[view.tone]), view.headline), make("p", "", view.sentence));
  if (view.reason) {
    const reason = make("p", "small", view.reason);
    reason.lang = "en";
    box.append(reason, make("p", "small", word("node-advice")));
  }
  const mark = stamp?.firstPostmark;
  if (mark) box.append(make("p", "", icon("postmark"), word("cancelled", { day: mark.day, office: mark.office ?? "?" })));
  if (view.warning) box.append(make("p", "warning", view.warning));
  return box;
}

function factsOf(stamp: StampView, language: string, number: (value: bigint) => string): HTMLElement {
  const list = make("dl", "facts");
  if (stamp.state === "claimed" || stamp.state === "delivered") {
    list.append(make("dt", "", word("owner")), make("dd", "", make("code", "", stamp.owner)));
  }
  const when = `${moment(Number(stamp.block.timestamp), language)}, ${word("block")} ${number(stamp.block.number)}`;
  list.append(make("dt", "", word("as-of")), make("dd", "", when));
  return list;
}

function checksOf(checks: readonly CheckView[], verdict: Verdict): HTMLElement {
  const list = make("ul", "checks");
  for (const check of checks) {
    const sentence = make("span", "small", check.sentence);
    sentence.lang = "en";
    const outcome = make("span", "muted", ` – ${check.outcome}`);
    list.append(
      make("li", `check-${check.tone}`, icon(ICONS[check.tone]), make("div", "", make("strong", "", check.name), outcome, make("br", ""), sentence)),
    );
  }
  const whole = make("p", "small", verdict.sentence);
  const caveat = make("p", "small muted", PAPER_CAVEAT);
  whole.lang = caveat.lang = "en";
  const details = make("details", "card", make("summary", "", word("checked")), list, whole, caveat);
  details.open = true;
  return details;
}

function copyNote(stamp: StampView): HTMLElement {
  const note = make("section", "card", make("h3", "", icon("copy"), word("copy")), make("p", "", word("copy-says")));
  if (stamp.state === "unclaimed") note.append(make("p", "", word("copy-unclaimed")));
  if (stamp.state === "claimed" || stamp.state === "delivered") note.append(make("p", "", word("copy-claimed")));
  return note;
}
