/**
 * The hidden code, typed or scanned, as `cryptostamp.codes.claim_code` and `claim_half` read it.
 *
 * Nothing here leaves the page, and no error repeats a part of what was typed, but for one character that no code has.
 */

import { ALPHABET, decode, fold, stripSeparators } from "./crockford";
import { mod1271 } from "./iso7064";

const BODY = 26;
const CHECK = 2;
const GROUP = 4;

export type HiddenCode = { kind: "code"; secret: Uint8Array } | { kind: "half"; half: "A" | "B"; secret: Uint8Array };
export type Mistake = {
  kind: "mistake";
  word: "typo" | "typo-in" | "short" | "character" | "public";
  character?: string;
  /** Where one character, or an exchange of two neighbours, may be wrong: groups of four, from 1. */
  groups?: number[];
};

/** Read a hidden code, a half of one, or a link to the claim page that holds either after `#`. */
export function readHidden(text: string): HiddenCode | Mistake {
  const at = text.indexOf("#");
  if (at < 0 && /\/S\/|^[a-z0-9]{2,8}-\d{1,8}-[a-z0-9]{9}$/i.test(text.trim())) return { kind: "mistake", word: "public" };
  const typed = fold(stripSeparators(text.slice(at + 1).trim()));
  // U is none of the characters of Crockford's base 32, but may be one of the two check characters at the end.
  const strange = /[^0-9A-Z]/.exec(typed) ?? /U/.exec(typed.slice(0, -CHECK));
  if (strange) return { kind: "mistake", word: "character", character: strange[0] };
  if (typed.length === BODY + CHECK) {
    const secret = checked(typed, "");
    return secret ? { kind: "code", secret } : mistyped(typed, "");
  }
  const letter = typed.charAt(0);
  if (typed.length === 1 + BODY + CHECK && (letter === "A" || letter === "B")) {
    const secret = checked(typed.slice(1), letter);
    return secret ? { kind: "half", half: letter, secret } : mistyped(typed.slice(1), letter);
  }
  return { kind: "mistake", word: "short" };
}

/** The secret behind 28 characters, if their check characters agree with them. */
function checked(typed: string, beginning: string): Uint8Array | undefined {
  const body = typed.slice(0, BODY);
  const value = decode(body);
  if (value === undefined || value >> 128n || fold(mod1271(beginning + body)) !== typed.slice(BODY)) return undefined;
  return Uint8Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * (15 - index))) & 255n));
}

function mistyped(typed: string, beginning: string): Mistake {
  const groups = suspects(typed, beginning);
  return groups.length ? { kind: "mistake", word: "typo-in", groups } : { kind: "mistake", word: "typo" };
}

/** The groups in which one other character, or an exchange of two neighbours, would mend a code. */
function suspects(typed: string, beginning: string): number[] {
  const groups = new Set<number>();
  for (let place = 0; place < typed.length; place++) {
    const [before, own, rest] = [typed.slice(0, place), typed.charAt(place), typed.slice(place + 1)];
    const others = place < BODY ? ALPHABET : ALPHABET + "U";
    const mended = [...others].filter((other) => other !== own).map((other) => before + other + rest);
    if (mended.some((each) => checked(each, beginning))) groups.add(Math.floor(place / GROUP) + 1);
    const exchanged = before + rest.charAt(0) + own + rest.slice(1);
    if (!checked(exchanged, beginning)) continue;
    for (const each of [place, place + 1]) groups.add(Math.floor(each / GROUP) + 1);
  }
  return [...groups].sort();
}

/** The code of two halves. */
export function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, index) => byte ^ (other[index] ?? 0));
}
