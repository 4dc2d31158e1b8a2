/** What can be said of a public code before it is sent to be looked up. */

import { fold } from "./crockford";
import { mod37 } from "./iso7064";

/** Whether the check character of a public code agrees with it; a short code's needs the contract, which it lacks. */
export function agrees(text: string): boolean {
  const match = /\/s\/\d+\/([0-9a-z]{32})\/(\d+)\.([0-9a-z]{8})([0-9a-z])$/i.exec(text.trim());
  if (!match) return false;
  const [, contract = "", serial = "", tag = "", check = ""] = match;
  return fold(mod37(`${contract}${serial}${tag}`.toUpperCase())) === fold(check);
}
