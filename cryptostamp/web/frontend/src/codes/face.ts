/** What can be said of a public or short code before it is sent to be looked up. */

import { fold } from "./crockford";
import { mod37 } from "./iso7064";

export type Outline = "public" | "short" | "hidden" | "other";

/** What a text is meant to be; what might be a hidden code is one, so that it is not sent (as `codes.kind` has it). */
export function outline(text: string): Outline {
  if (/\/claim|#.*[0-9a-z]{4}/is.test(text)) return "hidden";
  if (/^\s*https:\/\/[^/?#]+\/s\/[^?#]*$/i.test(text)) return "public";
  if (/^\s*[a-z0-9]{2,8}[-\s\u2010-\u2015]+[0-9oil]{1,8}[-\s\u2010-\u2015]+([a-z0-9][-\s\u2010-\u2015]*){9}$/i.test(text)) return "short";
  if (/^[a-z0-9]{20,36}$/i.test(text.replaceAll(/[-\s\u2010-\u2015]/g, ""))) return "hidden";
  return "other";
}

/** Whether the check character of a public code agrees with it; a short code's needs the contract, which it lacks. */
export function agrees(text: string): boolean {
  const match = /\/s\/\d+\/([0-9a-z]{32})\/(\d+)\.([0-9a-z]{8})([0-9a-z])$/i.exec(text.trim());
  if (!match) return false;
  const [, contract = "", serial = "", tag = "", check = ""] = match;
  return fold(mod37(`${contract}${serial}${tag}`.toUpperCase())) === fold(check);
}
