/**
 * The hidden code, typed or scanned, as `cryptostamp.codes.claim_code` and `claim_half` read it.
 *
 * Nothing here leaves the page, and no error repeats a part of what was typed, but for one character that no code has.
 */

import { decode, fold, stripSeparators } from "./crockford";
import { mod1271 } from "./iso7064";

const BODY = 26;
const CHECK = 2;

export type HiddenCode = { kind: "code"; secret: Uint8Array } | { kind: "half"; half: "A" | "B"; secret: Uint8Array };
export type Mistake = { kind: "mistake"; word: "typo" | "short" | "character" | "public"; character?: string };

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
    return secret ? { kind: "code", secret } : { kind: "mistake", word: "typo" };
  }
  const letter = typed.charAt(0);
  if (typed.length === 1 + BODY + CHECK && (letter === "A" || letter === "B")) {
    const secret = checked(typed.slice(1), letter);
    return secret ? { kind: "half", half: letter, secret } : { kind: "mistake", word: "typo" };
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

/** The code of two halves. */
export function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, index) => byte ^ (other[index] ?? 0));
}
