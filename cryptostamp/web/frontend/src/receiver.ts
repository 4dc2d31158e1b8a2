/** The field for an account: typed, pasted, or scanned from the screen or the paper of somebody's wallet. */

import { classify } from "./codes/kind";
import { type AddressReading, readAddress } from "./keys/bytes";
import { element, say, word } from "./page";
import { viewfinder } from "./viewfinder";

/** What is to be said of a text that is no address. */
export function complaint(text: string, read: AddressReading): string {
  if (read.kind === "checksum") return word("address-checksum");
  if (read.kind === "request") return word("address-request");
  const kind = classify(text);
  if (kind === "claim") return word("address-hidden");
  return word(kind === "public" || kind === "short" ? "address-stamp" : "address-bad");
}

/** Bring the scanner beside the field to life; `taken` gets the text of a code that names an account, and its address. */
export function addressScanner(taken: (text: string, address: string) => void): void {
  const take = (text: string): boolean => {
    const read = readAddress(text);
    if (read.kind !== "address") {
      say("address-camera-says", complaint(text, read));
      return false;
    }
    say("address-camera-says", "");
    taken(text.trim(), read.address);
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
