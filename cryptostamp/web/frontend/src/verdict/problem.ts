/** What can be wrong, by what it means for a verdict: the errors of `cryptostamp.errors` that a verifier meets. */

/** A text that is no code; a node that does not answer; an answer that is not enough; a contract that refuses. */
export type Kind = "code" | "node" | "disagreement" | "cannot-tell" | "refusal" | "input";

export class Problem extends Error {
  constructor(
    readonly kind: Kind,
    /** One sentence. */
    readonly what: string,
    /** Of a refusal: the name of the contract's error, if it is known here. */
    readonly refusal = "",
  ) {
    super(what);
  }
}

export const isProblem = (answer: unknown): answer is Problem => answer instanceof Problem;
