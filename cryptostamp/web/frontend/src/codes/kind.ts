/** What a text is meant to be, as `cryptostamp.codes.kind` tells it: what might be a hidden code is taken for one. */

import { SPACE, letters } from "../verdict/words";
import { stripSeparators } from "./crockford";

export type Kind = "public" | "short" | "claim" | "other";

const SEPARATOR = String.raw`[-\t\n\v\f\r \u2010-\u2015\u2212]`;
const SHORT = new RegExp(
  String.raw`^[\t\n\v\f\r ]*[A-Z0-9]{2,8}${SEPARATOR}+[0-9OIL]{1,8}${SEPARATOR}+([A-Z0-9]${SEPARATOR}*){9}$`,
  "i",
);

const PUBLIC = new RegExp(String.raw`^[${SPACE}]*https://[^/?#]+/S/[^?#]*$`, "iu");
const CLAIM = new RegExp(String.raw`^[${SPACE}]*[A-Z0-9]{20,36}[${SPACE}]*$`, "i");

export function classify(text: string): Kind {
  if (letters(text).length > 512) return "other";
  if (/\/claim|#.*[0-9A-Z]{4}/isu.test(text)) return "claim";
  if (PUBLIC.test(text)) return "public";
  if (SHORT.test(text)) return "short";
  return CLAIM.test(stripSeparators(text)) ? "claim" : "other";
}
