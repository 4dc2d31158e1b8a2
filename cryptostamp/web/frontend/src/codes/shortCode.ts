/** The short code that is printed for typing, parsed as `cryptostamp.codes.short_code` does. */

import { Problem } from "../verdict/problem";
import { SPACE, letters, quoted } from "../verdict/words";
import { fold } from "./crockford";
import { MAX_EDITION, checkOf, parseNumber, parseTag } from "./publicCode";

export type ShortCode = { seriesId: string; serial: number; tag: string; check: string };

const SEPARATORS = new RegExp(String.raw`[-${SPACE}\u00ad\u2010-\u2015\u2212]+`, "g");

const refuse = (what: string): never => {
  throw new Problem("code", what);
};

/** The short code that somebody typed; throws a `Problem` if it is none. */
export function parseShortCode(text: string): ShortCode {
  const length = letters(text).length;
  if (length > 64) refuse(`The text is ${length} characters long; a short code is shorter.`);
  const parts = text.replaceAll(SEPARATORS, "-").replaceAll(/^-+|-+$/g, "");
  if (/[^\0-\x7f]/.test(parts)) refuse("The text holds letters that no short code has.");
  const [seriesId = "", serialText = "", ...rest] = parts.toUpperCase().split("-");
  const tagAndCheck = rest.join("");
  if (tagAndCheck.length !== 9) refuse("This is not the short code of a stamp.");
  const serial = Number(parseNumber(fold(serialText), "serial", MAX_EDITION));
  const tag = parseTag(fold(tagAndCheck.slice(0, -1)));
  const check = tagAndCheck.slice(-1);
  if (!/^[A-Z0-9]{2,8}$/.test(seriesId)) refuse(`${quoted(seriesId)} is not the short name of a series.`);
  if (!/^[A-Z0-9]$/.test(check)) refuse(`${quoted(check)} is not a check character.`);
  return { seriesId, serial, tag, check };
}

/** Whether the check character fits, given the contract of the series; if not, the code is mistyped. */
export function agreesWith(short: ShortCode, contract: string): boolean {
  return fold(short.check) === fold(checkOf(contract, short.serial, short.tag));
}
