/** The field for an account: typed, pasted, or scanned from the screen or the paper of somebody's wallet. */

import { classify } from "./codes/kind";
import { type AddressReading, readAddress } from "./keys/bytes";
import { ask, element, say, word } from "./page";
import { viewfinder } from "./viewfinder";

/** What is to be said of a text that is no address. */
export function complaint(text: string, read: AddressReading): string {
  if (read.kind === "checksum") return word("address-checksum");
  if (read.kind === "request") return word("address-request");
  if (read.kind === "name") return word("names-off");
  const kind = classify(text);
  if (kind === "claim") return word("address-hidden");
  return word(kind === "public" || kind === "short" ? "address-stamp" : "address-bad");
}

/** Whether this site looks names up. */
export const namesAreLookedUp = (): boolean => "names" in element("address").dataset;

const NAME_PROBLEMS: Record<number, string> = { 404: "name-none", 409: "names-off", 422: "name-bad" };

/** Ask this site which account a name stands for; what is wrong with it otherwise. */
export async function lookUp(name: string): Promise<{ name: string; address: string } | string> {
  const answer = await ask<{ name: string; address: string }>(`/api/v1/names/${encodeURIComponent(name)}`);
  if (!answer.ok) return word(NAME_PROBLEMS[answer.status] ?? "name-unknown");
  const read = readAddress(answer.value.address);
  return read.kind === "address" ? { name: answer.value.name, address: read.address } : word("name-unknown");
}

/** Bring the scanner beside the field to life; `taken` gets the text of a code that names an account, and what it says. */
export function addressScanner(taken: (text: string, account: string) => void): void {
  const take = (text: string): boolean => {
    const read = readAddress(text);
    const name = read.kind === "name" && namesAreLookedUp() ? read.name : undefined;
    if (read.kind !== "address" && name === undefined) {
      say("address-camera-says", complaint(text, read));
      return false;
    }
    say("address-camera-says", "");
    taken(text.trim(), read.kind === "address" ? read.address : (name ?? ""));
    return true;
  };
  viewfinder(take, { prefix: "address-" });
  const photo = element<HTMLInputElement>("address-photo");
  photo.addEventListener("change", async () => {
    const [file] = photo.files ?? [];
    if (!file) return;
    say("address-camera-says", word("address-looking"));
    let texts: string[] = [];
    try {
      const { textsIn } = await import("./photo");
      texts = await textsIn(file);
    } catch {
      say("address-camera-says", word("address-no-picture"));
      return;
    } finally {
      photo.value = "";
    }
    const [first] = texts;
    if (first === undefined) say("address-camera-says", word("address-no-code"));
    else if (texts.length > 1) say("address-camera-says", word("address-several"));
    else take(first);
  });
}
