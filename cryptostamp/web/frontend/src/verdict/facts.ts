/** What our contracts answer: the code, the edition root, a stamp, the standing of a series; as `cryptostamp.chain` reads it. */

import { bare, hex, keccak } from "../keys/bytes";
import { Words, selector } from "./abi";
import { Problem } from "./problem";
import type { Post, Postmark, SeriesStatus, StampFacts } from "./sources";
import { inQuotes, plain } from "./words";

export const STAMP_OF = selector("stampOf(uint256)");
export const EDITION_ROOT = selector("editionRoot()");
export const STATUS_OF = selector("statusOf(address)");
const NOT_IN_EDITION = selector("NotInEdition(uint256)");
const TEXT_REVERT = selector("Error(string)");
const LONGEST_REASON = 200;
const PANIC_REVERT = selector("Panic(uint256)");

/** The code of the published contract: its length, where its immutables lie, and the hash of the code without them. */
export type ContractCode = { length: number; immutables: readonly (readonly [number, number])[]; keccak256: string };

/** Whether code from a chain is the published one, whatever its immutables. `null` if there is none. */
export function isOurCode(code: Uint8Array, ours: ContractCode): boolean | null {
  if (code.length === 0) return null;
  if (code.length !== ours.length) return false;
  const masked = code.slice();
  for (const [start, length] of ours.immutables) masked.fill(0, start, start + length);
  return hex(keccak(masked)) === ours.keccak256;
}

const STATES = ["unclaimed", "claimed", "delivered", "void"] as const;
const VOID_REASONS = ["spoiled", "lost", "stolen", "recalled"] as const;
const POSTMARK_KINDS = ["regular", "first-day", "special"] as const;
const NOT_REVEALED = 255;
const LAST_DAY = 2_932_896; // 9999-12-31
const DAY_MS = 86_400_000;

/** The stamp that an answer to `stampOf` describes. */
export function stampFrom(data: Uint8Array): StampFacts {
  const [words, mark] = strictly("stampOf", "StampSeries", () => {
    const all = new Words(data, 11);
    return [
      {
        owner: all.address(0),
        state: all.small(1, 8),
        since: all.small(2, 40),
        reason: all.small(3, 8),
        variant: all.small(4, 8),
        postmarks: all.small(5, 16),
        block: all.uint(10, 256),
      },
      { office: all.fixed(6, 12), day: all.small(7, 32), kind: all.small(8, 8), recorded: all.small(9, 40) },
    ] as const;
  });
  const state = choice(STATES, words.state, "StampState");
  return {
    owner: words.owner,
    state,
    since: words.since || null,
    voidReason: state === "void" ? choice(VOID_REASONS, words.reason - 1, "VoidReason") : null,
    variant: words.variant === NOT_REVEALED ? null : words.variant,
    postmarks: words.postmarks,
    firstPostmark: words.postmarks ? postmarkFrom(mark) : null,
  };
}

function postmarkFrom(mark: { office: Uint8Array; day: number; kind: number }): Postmark {
  if (mark.day > LAST_DAY) {
    throw new Problem("cannot-tell", "The contract tells of a postmark with a day that no calendar holds.");
  }
  const office = String.fromCharCode(...mark.office).replace(/\0+$/, "");
  return {
    office: /^[A-Z0-9-]{1,12}$/.test(office) ? office : null,
    day: new Date(mark.day * DAY_MS).toISOString().slice(0, 10),
    kind: choice(POSTMARK_KINDS, mark.kind, "PostmarkKind"),
  };
}

function choice<T extends string>(names: readonly T[], index: number, kind: string): T {
  const found = names[index];
  if (found !== undefined) return found;
  throw new Problem("cannot-tell", `The contract tells of a stamp with a ${kind} that is not known here.`);
}

/** The root that an answer to `editionRoot` holds. */
export function rootFrom(data: Uint8Array): string {
  return strictly("editionRoot", "StampSeries", () => hex(new Words(data, 1).fixed(0, 32)));
}

/** By their number in the registry; 0 is that of what is not there. */
const STANDINGS = [undefined, "proposed", "withdrawn", "active", "suspended", "revoked"] as const;
const LONGEST_TEXT = 253;

/** Who stands behind a series and how both stand, from an answer to `statusOf`; `null` if nobody has registered it. */
export function statusFrom(data: Uint8Array): SeriesStatus | null {
  const fields = strictly("statusOf", "PostalRegistry", () => {
    const series = new Words(data, 1).behind(0, 9);
    const post = series.behind(1, 10);
    return {
      postId: String(series.uint(0, 256)),
      post: {
        name: post.text(0),
        domain: post.text(1),
        reason: post.text(2),
        account: post.address(3),
        country: bare(post.fixed(4, 2)),
        standing: post.small(5, 8),
        since: post.small(6, 40),
        nextAccount: post.address(7),
        proposedAt: post.small(8, 40),
        admittedAt: post.small(9, 40),
      },
      standing: series.small(2, 8),
      since: series.small(3, 40),
      registeredAt: series.small(4, 40),
      byAuthority: series.bool(5),
      codeHash: bare(series.fixed(6, 32)),
      codeHashNow: bare(series.fixed(7, 32)),
      reason: series.text(8),
    };
  });
  if (fields.standing === 0) return null;
  const post: Post = {
    ...fields.post,
    name: plain(fields.post.name, LONGEST_TEXT),
    domain: plain(fields.post.domain, LONGEST_TEXT),
    reason: plain(fields.post.reason, LONGEST_TEXT),
    ...standing(fields.post.standing),
  };
  return {
    ...fields,
    post,
    ...standing(fields.standing),
    reason: plain(fields.reason, LONGEST_TEXT),
    codeUnchanged: fields.codeHash === fields.codeHashNow,
  };
}

function standing(number: number): { active: boolean; suspended: boolean } {
  const found = STANDINGS[number];
  if (!found) throw new Problem("cannot-tell", "The contract does not answer like a PostalRegistry.");
  return { active: found === "active", suspended: found === "suspended" };
}

function strictly<T>(name: string, contract: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Problem("cannot-tell", `The contract does not answer ${name} like a ${contract}.`);
  }
}

/** The refusal that the data of a reverted call stand for. */
export function refusalFrom(data: Uint8Array): Problem {
  const name = bare(data.slice(0, 4));
  const rest = data.slice(4);
  try {
    if (name === NOT_IN_EDITION) {
      const serial = new Words(rest, 1).uint(0, 256);
      return new Problem("refusal", `There is no stamp ${serial} in this edition.`, "NotInEdition");
    }
    if (name === TEXT_REVERT) {
      const text = plain(new Words(rest, 1).text(0), LONGEST_REASON);
      return new Problem("refusal", `The contract refuses and says: ${inQuotes(text)}.`);
    }
    if (name === PANIC_REVERT) {
      const code = new Words(rest, 1).uint(0, 256).toString(16).padStart(2, "0");
      return new Problem("refusal", `The contract failed inside (Solidity panic 0x${code}).`);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (data.length === 0) return new Problem("refusal", "The contract refuses without a reason.");
  return new Problem("refusal", `The contract refuses with an error of its own (0x${name}).`);
}
