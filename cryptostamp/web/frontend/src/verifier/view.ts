/** A verdict in the words of the reader's language, as the pages of a site say it. */

import { word } from "../page";
import type { Check, CheckCode, Outcome } from "../verdict/checks";
import { type Verdict, reached } from "../verdict/verdict";

export type Tone = "good" | "bad" | "open";
export type CheckView = { name: string; outcome: string; tone: Tone; sentence: string };
export type View = {
  tone: Tone;
  headline: string;
  sentence: string;
  checks: CheckView[];
  /** About the host in the code, if it is not the post's. */
  warning: string;
  /** In English: why there is no answer, where that is the node's doing. */
  reason: string;
};

const TONES: Record<Outcome, Tone> = { passed: "good", failed: "bad", "not checked": "open" };

export function viewOf(verdict: Verdict, language: string): View {
  const checks = reached(verdict).map((check) => ({
    name: word(`check.${check.code}`),
    outcome: word(`outcome.${check.outcome}`),
    tone: TONES[check.outcome],
    sentence: check.sentence,
  }));
  const host = verdict.checks.find((check) => check.code === "host-of-post");
  const warning = host?.outcome === "failed" ? word("other-host") : "";
  return { ...said(verdict, language), checks, warning };
}

function said(verdict: Verdict, language: string): Pick<View, "tone" | "headline" | "sentence" | "reason"> {
  const { stamp, conclusion } = verdict;
  const state = stamp ? word(`state.${stamp.state}`, { day: stamp.since === null ? "" : day(stamp.since, language) }) : "";
  if (conclusion === "genuine") return { tone: "good", headline: word("genuine"), sentence: state, reason: "" };
  if (conclusion === "not genuine") {
    const failed = first(verdict, "failed", ["host-of-post"]);
    if (!failed || failed.code === "not-void") return { tone: "bad", headline: word("void"), sentence: state, reason: "" };
    const sentence = wordOr(`not-genuine.${failed.code}`, failed.sentence);
    return { tone: "bad", headline: word("not-genuine"), sentence, reason: "" };
  }
  const unread = verdict.checks.find((check) => check.code === "picture-readable");
  if (unread) return { tone: "open", headline: word("nothing-found"), sentence: unread.sentence, reason: "" };
  const open = first(verdict, "not checked", ["host-of-post", "issuer-signature"]);
  const known = open && wordOr(`cannot-tell.${open.code}`, "");
  if (known) return { tone: "open", headline: word("cannot-tell"), sentence: known, reason: "" };
  return { tone: "open", headline: word("cannot-be-checked"), sentence: word("no-answer"), reason: open?.sentence ?? "" };
}

function first(verdict: Verdict, outcome: Outcome, but: CheckCode[]): Check | undefined {
  return verdict.checks.find((check) => check.outcome === outcome && !but.includes(check.code));
}

/** A word that may be missing. */
function wordOr(name: string, otherwise: string): string {
  const found = word(name);
  return found === name ? otherwise : found;
}

/** The day of a moment, in UTC. */
export function day(seconds: number, language: string): string {
  return format(seconds, language, { dateStyle: "long" });
}

/** A moment to the minute, in UTC. */
export function moment(seconds: number, language: string): string {
  return `${format(seconds, language, { dateStyle: "long", timeStyle: "short" })} UTC`;
}

function format(seconds: number, language: string, how: Intl.DateTimeFormatOptions): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "?" : date.toLocaleString(language === "en" ? "en-GB" : language, { ...how, timeZone: "UTC" });
}
