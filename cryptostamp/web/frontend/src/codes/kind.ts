/** What a text is meant to be, as `cryptostamp.codes.kind` tells it: what might be a hidden code is taken for one. */

import { letters } from "../verdict/words";
import { stripSeparators } from "./crockford";

export type Kind = "public" | "short" | "claim" | "other";

const SEPARATOR = String.raw`[-\t\n\v\f\r \u2010-\u2015\u2212]`;
const SHORT = new RegExp(
  String.raw`^[\t\n\v\f\r ]*[A-Z0-9]{2,8}${SEPARATOR}+[0-9OIL]{1,8}${SEPARATOR}+([A-Z0-9]${SEPARATOR}*){9}$`,
  "i",
);

export function classify(text: string): Kind {
  if (letters(text).length > 512) return "other";
  if (/\/claim|#.*[0-9A-Z]{4}/isu.test(text)) return "claim";
  if (/^\s*https:\/\/[^/?#]+\/S\/[^?#]*$/iu.test(text)) return "public";
  if (SHORT.test(text)) return "short";
  return /^[A-Z0-9]{20,36}$/i.test(stripSeparators(text).trim()) ? "claim" : "other";
}
