/**
 * The verdict, check by check, as `cryptostamp.scan.verdict` gives it: the same outcomes in the same words.
 *
 * A scan never says more than it knows: a node that is down gives "unknown". The code is never believed about what to
 * trust. Nobody's web site is asked.
 */

import { type PublicCode, parsePublicCode, signerOf } from "../codes/publicCode";
import { CHECKS, type Check, type CheckCode, type Conclusion, DAMNING, type Outcome, REFUTING, TELLING, conclude } from "./checks";
import { Problem, isProblem } from "./problem";
import {
  type Block,
  type ChainSource,
  type Look,
  type Postmark,
  type PublishedEdition,
  type SeriesStatus,
  type Sight,
  type StampFacts,
  type Standing,
  type Trust,
  placeOf,
} from "./sources";
import { grouped, shownText, span, utc } from "./words";

export const PAPER_CAVEAT = "A code can be copied: no scan can tell whether this paper is the one the post printed.";

/** The stamp as it stands on the chain. What could not be learnt is `null`. */
export type StampView = {
  post: string;
  title: string | null;
  serial: number;
  edition: number | null;
  variant: string | null;
  owner: string;
  state: string;
  since: number | null;
  voidReason: string | null;
  postmarks: number;
  firstPostmark: Postmark | null;
  block: Block;
  final: boolean | null;
};

export type Verdict = {
  conclusion: Conclusion;
  sentence: string;
  checks: readonly Check[];
  code: PublicCode | null;
  stamp: StampView | null;
};

const UNREACHED = "Not looked at, because of what was found before.";
const STALE_AFTER = 3600;
const WHY_VOID: Record<string, string> = {
  spoiled: "it was spoiled",
  lost: "it was lost",
  stolen: "it was stolen",
  recalled: "it was recalled",
};
const KINDS: Record<string, string> = { "first-day": " with its first-day postmark", special: " with a special postmark" };

/** The checks that were reached: all but those that an earlier result made pointless. */
export const reached = (verdict: Verdict): Check[] => verdict.checks.filter((check) => check.sentence !== UNREACHED);

/** The remaining checks cannot be made or no longer matter. */
class Stop extends Error {}

/** One code being examined: the checks made so far, and who is believed. */
class Examination {
  checks: Check[] = [];

  constructor(
    private readonly trust: Trust,
    private readonly now: bigint,
  ) {}

  private add(code: CheckCode, outcome: Outcome, sentence: string): void {
    this.checks.push({ code, outcome, sentence });
  }

  private passed(code: CheckCode, sentence: string): void {
    this.add(code, "passed", sentence);
  }

  private stop(code: CheckCode, outcome: "failed" | "not checked", sentence: string): never {
    this.add(code, outcome, sentence);
    throw new Stop();
  }

  private outcomeOf(code: CheckCode): Outcome | undefined {
    return this.checks.find((each) => each.code === code)?.outcome;
  }

  /** Fail for what is not there yet; an answer that is too old cannot say that it still is not. */
  private refutedNow(code: CheckCode, sentence: string): never {
    return this.stop(code, this.outcomeOf("block-recent") === "passed" ? "failed" : "not checked", sentence);
  }

  /** What a node told; a problem in its place means that this was not checked. */
  private told<T>(code: CheckCode, answer: T | Problem): T {
    if (isProblem(answer)) this.stop(code, "not checked", `The node gave no usable answer: ${shownText(answer.what)}`);
    return answer as T;
  }

  wellFormed(text: string, typed: boolean): PublicCode {
    let code: PublicCode;
    try {
      code = parsePublicCode(text);
    } catch (error) {
      if (!isProblem(error)) throw error;
      return this.stop("well-formed", typed ? "not checked" : "failed", error.what);
    }
    this.passed("well-formed", "The code is complete and its check character agrees.");
    const known = this.trust.issuers.find((each) => each.domain === code.host);
    if (known) this.passed("host-of-post", `The code leads to ${code.host}, the domain of ${shownText(known.name)}.`);
    this.signature(code);
    return code;
  }

  /** Judge a signature by the pinned issuers. A registry that is asked later may know the signer instead. */
  private signature(code: PublicCode): void {
    const check = "issuer-signature";
    if (!code.signature) return this.add(check, "not checked", "The code carries no signature.");
    const signer = signerOf(code);
    if (!signer) return this.stop(check, "failed", "The signature in the code is none: no key can have made it.");
    const by = this.trust.issuers.find((each) => each.accounts.includes(signer));
    const ofHost = this.trust.issuers.filter((each) => each.domain === code.host);
    if (by && (ofHost.length === 0 || ofHost.includes(by))) {
      this.passed(check, `The code was signed by ${shownText(by.name)}.`);
    } else if (ofHost[0]) {
      this.stop(check, "failed", `The code names ${code.host}, but ${shownText(ofHost[0].name)} did not sign it.`);
    } else {
      this.add(check, "not checked", `The code was signed by ${signer}, whom you have not named.`);
    }
  }

  /** Judge whether there is an answer to rely on; return it. */
  reached(code: PublicCode, answer: Look | Problem): Look {
    const look = this.told("chain-reached", answer);
    if (look.chainId !== code.chainId) {
      const which = `The code is of chain ${code.chainId}; the node that was asked is of ${look.chainId}.`;
      this.stop("chain-reached", "not checked", which);
    }
    const many = look.compared && look.compared.agreed > 1 ? ` of ${look.compared.agreed} nodes that agree` : "";
    const remarks = (look.compared?.remarks ?? []).map((remark) => ` ${shownText(remark)}`).join("");
    const block = `as of block ${look.block.number}, ${utc(look.block.timestamp)}.`;
    this.passed("chain-reached", `Chain ${code.chainId} was asked${many} ${block}${remarks}`);
    return look;
  }

  /** Judge what a node answered, in order; return what the chain says of the stamp. */
  stamp(code: PublicCode, look: Look, sight: Sight): StampView {
    this.recent(code, look.block);
    const status = this.registration(code, sight);
    this.contractCode(code, sight, status);
    const place = placeOf(code.chainId, code.contract);
    const post = status ? status.post.name : this.trust.contracts.get(place);
    return this.token(code, sight, post === undefined ? null : shownText(post), this.trust.editions.get(place), look);
  }

  private recent(code: PublicCode, block: Block): void {
    const limit = this.trust.staleAfter.get(code.chainId);
    const age = this.now - block.timestamp;
    const check = "block-recent";
    if (limit === null) {
      this.passed(check, "The age of the block does not matter on this chain.");
    } else if ((age < 0n ? -age : age) > BigInt(limit ?? STALE_AFTER)) {
      const when = age > 0n ? `${span(age)} old` : `${span(-age)} in the future`;
      const behind = "it may be behind, and what has happened since is not known.";
      this.add(check, "not checked", `The newest block of the node is ${when}: ${behind}`);
    } else {
      this.passed(check, `The block is ${span(age > 0n ? age : 0n)} old.`);
    }
  }

  /** What the registry says of the contract, `null` if nobody was asked. */
  private registration(code: PublicCode, sight: Sight): SeriesStatus | null {
    const check = "contract-registered";
    const pinned = this.trust.contracts.get(placeOf(code.chainId, code.contract));
    const asked = this.trust.registries.has(code.chainId);
    const status = asked ? this.told(check, sight.status) : null;
    if (!status && pinned !== undefined) {
      this.passed(check, `You have named the contract as one of ${shownText(pinned)}.`);
      return null;
    }
    if (!asked) {
      this.add(check, "not checked", `No registry of posts is trusted for chain ${code.chainId}.`);
      return null;
    }
    if (!status) return this.refutedNow(check, `No post has registered the contract ${code.contract}: it is a look-alike.`);
    this.standing(status);
    this.hostAndSigner(code, status);
    return status;
  }

  /** Compare host and signature with what the registry says of the post. */
  private hostAndSigner(code: PublicCode, status: SeriesStatus): void {
    this.checks = this.checks.filter((each) => each.code !== "host-of-post");
    if (code.host === status.post.domain) {
      this.passed("host-of-post", `The code leads to the post's own domain, ${code.host}.`);
    } else {
      const domain = `but the post's domain is ${shownText(status.post.domain)}`;
      this.add("host-of-post", "failed", `The code leads to ${code.host}, ${domain}: do not enter the hidden code there.`);
    }
    const open = code.signature !== null && this.outcomeOf("issuer-signature") === "not checked";
    if (open && signerOf(code) === status.post.account) {
      this.checks = this.checks.filter((each) => each.code !== "issuer-signature");
      this.passed("issuer-signature", `The code was signed by ${shownText(status.post.name)}.`);
    }
  }

  /** Judge how post and series stand: revoked fails, suspended leaves open what will be decided. */
  private standing(status: SeriesStatus): void {
    const check = "contract-registered";
    const post = shownText(status.post.name);
    const authority = "the authority of the registry";
    const told: [Standing, string, string][] = [
      [status.post, `${post} was`, authority],
      [status, "This series was", status.byAuthority ? authority : post],
    ];
    const revoked = told.filter(([facts]) => !(facts.active || facts.suspended));
    const suspended = told.filter(([facts]) => facts.suspended && !facts.active);
    const said = (done: string, which: typeof told): string =>
      which.map(([facts, was, by]) => change(was, done, by, facts)).join(" ");
    if (revoked.length > 0) this.stop(check, "failed", said("revoked", revoked));
    if (suspended.length > 0) this.add(check, "not checked", said("suspended", suspended));
    else this.passed(check, `The contract was registered by ${post}.`);
  }

  private contractCode(code: PublicCode, sight: Sight, status: SeriesStatus | null): void {
    const check = "contract-code";
    const ours = this.told(check, sight.isOurCode);
    if (ours === null) this.refutedNow(check, `There is no contract at ${code.contract}.`);
    if (!ours) this.stop(check, "failed", `This program does not know the contract at ${code.contract}.`);
    if (status && !status.codeUnchanged) {
      this.stop(check, "failed", `The contract ${code.contract} no longer has the code that its post registered.`);
    }
    this.passed(check, "The contract is the published one, byte for byte.");
  }

  private token(code: PublicCode, sight: Sight, post: string | null, held: PublishedEdition | undefined, look: Look): StampView {
    const check = "serial-in-edition";
    const facts = this.told(check, sight.stamp);
    if (!facts) return this.stop(check, "failed", `There is no stamp no. ${grouped(code.serial)} in this edition.`);
    this.passed(check, `Stamp no. ${grouped(code.serial)} belongs to the edition.`);
    const edition = this.tag(code, sight, held);
    this.state(facts);
    const mark = facts.firstPostmark;
    return {
      post: post ?? "an unknown post",
      title: edition ? edition.title : null,
      serial: code.serial,
      edition: edition ? edition.size : null,
      variant: (facts.variant === null ? undefined : edition?.variantNames[facts.variant]) ?? null,
      owner: facts.owner,
      state: facts.state,
      since: facts.since,
      voidReason: facts.voidReason,
      postmarks: facts.postmarks,
      firstPostmark: mark && { ...mark, office: officeOf(mark) },
      block: look.block,
      final: look.final && (facts.since === null || BigInt(facts.since) <= look.final.timestamp),
    };
  }

  /** Compare the tag with the published claim key; return the dossier if the contract vouches for it. */
  private tag(code: PublicCode, sight: Sight, edition: PublishedEdition | undefined): PublishedEdition | null {
    const check = "tag-agrees";
    if (!edition) {
      this.add(check, "not checked", "The edition's dossier is not at hand, so an invented code would go unnoticed.");
      return null;
    }
    const root = this.told(check, sight.editionRoot);
    if (root !== edition.root || code.serial > edition.size) {
      this.add(check, "not checked", "The dossier at hand is not the one that this contract commits to.");
      return null;
    }
    if (edition.tag(code.serial) !== code.tag) {
      const other = `stamp no. ${grouped(code.serial)} carries another tag.`;
      this.stop(check, "failed", `The post never issued this code: ${other}`);
    }
    this.passed(check, "The tag is the one the post committed to when it issued the edition.");
    return edition;
  }

  /** Say how far the token has come. A void stamp is told as what it is: its code is genuine, and worthless. */
  private state(facts: StampFacts): void {
    const when = facts.since === null ? "" : ` on ${utc(facts.since)}`;
    const why = WHY_VOID[facts.voidReason ?? ""] ?? "for a reason that is not known here";
    const voided = `The post declared this stamp void${when}: ${why}.`;
    const told = new Map([
      ["unclaimed", "The token has not been claimed; the post keeps it."],
      ["claimed", `The token was claimed${when}; it belongs to ${facts.owner}.`],
      [
        "delivered",
        `The post sent this token itself${when}; the hidden code under the scratch field no longer works. ` +
          `It belongs to ${facts.owner}.`,
      ],
      ["void", voided],
    ]).get(facts.state);
    if (told === undefined) {
      return this.stop("state-known", "not checked", "The contract tells of a state that is not known here.");
    }
    const more = facts.firstPostmark ? [cancelled(facts.firstPostmark, facts.postmarks)] : [];
    if (facts.variant === null) more.push("Its variant is not revealed yet.");
    this.passed("state-known", [told, ...more].join(" "));
    if (facts.state === "void") {
      this.add("not-void", "failed", `${voided} Do not accept it; its hidden code is worthless.`);
    } else {
      this.passed("not-void", "The post has not declared the stamp void.");
    }
  }
}

export type Asked = {
  trust: Trust;
  source: ChainSource;
  /** Typed by a person, not read from a picture: what is not well formed is probably a slip. */
  typed?: boolean;
  /** The time that blocks are compared with, in seconds since 1970. */
  now: number;
};

/** The verdict on the text of a public code. */
export async function verifyCode(text: string, asked: Asked): Promise<Verdict> {
  const [verdict] = await verifyCodes([text], asked);
  return verdict as Verdict;
}

/** The verdicts on many codes, in their order, with all questions about them put to the source at once. */
export async function verifyCodes(texts: readonly string[], asked: Asked): Promise<Verdict[]> {
  const begun = texts.map((text) => {
    const examination = new Examination(asked.trust, BigInt(Math.trunc(asked.now)));
    const code = untilStopped(() => examination.wellFormed(text, asked.typed ?? false));
    return { examination, code };
  });
  const codes = begun.flatMap(({ code }) => (code ? [code] : []));
  const answer = codes.length > 0 ? await lookAt(codes, asked) : undefined;
  let number = 0;
  return begun.map(({ examination, code }) => {
    let stamp: StampView | null = null;
    if (code && answer) {
      const mine = number;
      number += 1;
      stamp = untilStopped(() => {
        const look = examination.reached(code, answer);
        return examination.stamp(code, look, look.sights[mine] as Sight);
      });
    }
    return verdictOf(examination.checks, code, stamp);
  });
}

/** The verdict where no code could be read; `problem` is the sentence that says why. */
export function verifyNothing(problem: string): Verdict {
  const unread: Check = { code: "picture-readable", outcome: "failed", sentence: problem };
  return {
    conclusion: conclude([unread]),
    sentence: `Cannot tell. ${problem}`,
    checks: [unread, ...complete([])],
    code: null,
    stamp: null,
  };
}

function untilStopped<T>(examine: () => T): T | null {
  try {
    return examine();
  } catch (error) {
    if (error instanceof Stop) return null;
    throw error;
  }
}

async function lookAt(codes: readonly PublicCode[], { trust, source }: Asked): Promise<Look | Problem> {
  const questions = codes.map(({ chainId, contract, serial }) => ({
    chainId,
    contract,
    serial,
    registry: trust.registries.get(chainId) ?? null,
  }));
  try {
    const look = await source.look(questions);
    if (look.sights.length === questions.length) return look;
    return new Problem("cannot-tell", "The node does not answer every question.");
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

function verdictOf(made: readonly Check[], code: PublicCode | null, stamp: StampView | null): Verdict {
  const conclusion = conclude(made);
  const checks = complete(made);
  return { conclusion, sentence: sentenceOf(conclusion, checks, stamp), checks, code, stamp };
}

/** All checks in order, with those that were not reached. */
function complete(made: readonly Check[]): Check[] {
  const known = new Map(made.map((check) => [check.code, check]));
  return CHECKS.filter((code) => code !== "picture-readable").map(
    (code) => known.get(code) ?? { code, outcome: "not checked", sentence: UNREACHED },
  );
}

function sentenceOf(conclusion: Conclusion, checks: readonly Check[], stamp: StampView | null): string {
  if (conclusion === "not genuine") {
    const failed = checks.find((each) => each.outcome === "failed" && DAMNING.includes(each.code));
    return `${failed?.code === "not-void" ? "Void" : "Not genuine"}. ${failed?.sentence ?? ""}`;
  }
  if (conclusion === "unknown" || !stamp) {
    const open = (each: Check): boolean =>
      each.outcome === "not checked" && TELLING.includes(each.code) && each.sentence !== UNREACHED;
    const signed = (each: Check): boolean => REFUTING.includes(each.code) && each.outcome === "passed";
    const said = [...checks.filter(open), ...checks.filter(signed)].map((each) => each.sentence);
    return ["Cannot tell.", ...said].join(" ");
  }
  const edition = stamp.edition ? ` of ${grouped(stamp.edition)}` : "";
  const variant = stamp.variant ? `, ${stamp.variant}` : "";
  const state = checks.find((each) => each.code === "state-known")?.sentence ?? "";
  return `Genuine code. ${stamp.title} no. ${grouped(stamp.serial)}${edition}${variant}, issued by ${stamp.post}. ${state}`;
}

function cancelled(mark: Postmark, count: number): string {
  const office = officeOf(mark);
  const by = office === null ? "by an office whose code is illegible" : `by the office ${office}`;
  const first = `It was cancelled on ${mark.day} ${by}${KINDS[mark.kind] ?? ""}`;
  return count === 1 ? `${first}.` : `${first}, the first of ${grouped(count)} postmarks.`;
}

/** The code of the office if it is one; anybody may have written anything there. */
function officeOf(mark: Postmark): string | null {
  return mark.office !== null && /^[A-Z0-9-]{1,12}$/.test(mark.office) ? mark.office : null;
}

function change(was: string, done: string, by: string, facts: Standing): string {
  const reason = shownText(facts.reason) || "none was given";
  return `${was} ${done} by ${by} on ${utc(facts.since)}; the reason: ${reason.replace(/\.+$/, "")}.`;
}
