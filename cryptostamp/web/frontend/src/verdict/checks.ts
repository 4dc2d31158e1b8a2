/** What a verdict is made of, and the one rule that derives the answer from its parts, as `cryptostamp.scan.checks` has it. */

export type Outcome = "passed" | "failed" | "not checked";
export type Conclusion = "genuine" | "not genuine" | "unknown";

/** The checks, in the order in which they are made. */
export const CHECKS = [
  "picture-readable",
  "well-formed",
  "host-of-post",
  "issuer-signature",
  "chain-reached",
  "contract-registered",
  "contract-code",
  "serial-in-edition",
  "tag-agrees",
  "state-known",
  "not-void",
  "block-recent",
] as const;

export type CheckCode = (typeof CHECKS)[number];
export type Check = { code: CheckCode; outcome: Outcome; sentence: string };

/** Checks that warn and decide nothing. */
const WARNINGS: readonly CheckCode[] = ["host-of-post"];
/** Checks that can refute a code and are not needed to confirm it. */
export const REFUTING: readonly CheckCode[] = ["issuer-signature"];
/** Checks of the means, not of the stamp: whatever they come to, they refute nothing. */
const PRECONDITIONS: readonly CheckCode[] = ["picture-readable", "chain-reached", "block-recent"];

const without = (codes: readonly CheckCode[], but: readonly CheckCode[]): CheckCode[] =>
  codes.filter((code) => !but.includes(code));

/** The checks that can decide, each in its way. */
const DECISIVE = without(CHECKS, WARNINGS);
/** The checks that make a code not genuine if they fail. */
export const DAMNING: readonly CheckCode[] = without(DECISIVE, PRECONDITIONS);
/** The checks that say why nothing can be said. */
export const TELLING: readonly CheckCode[] = without(DECISIVE, REFUTING);

/** Derive the conclusion from the checks that were made: what could not be checked makes nothing genuine or counterfeit. */
export function conclude(checks: readonly Check[]): Conclusion {
  const outcomes = new Map(checks.map((check) => [check.code, check.outcome]));
  if (DAMNING.some((code) => outcomes.get(code) === "failed")) return "not genuine";
  if ((outcomes.get("picture-readable") ?? "passed") !== "passed") return "unknown";
  const needed = without(TELLING, ["picture-readable"]);
  return needed.every((code) => outcomes.get(code) === "passed") ? "genuine" : "unknown";
}
