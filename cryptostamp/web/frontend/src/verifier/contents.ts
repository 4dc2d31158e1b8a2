/** What is written into the page when it is published: the dossier, the code of the contract, the words of all languages. */

import { type Dossier, editionOfFile, editionOfTags, parseFacts } from "../verdict/dossier";
import type { ContractCode } from "../verdict/facts";
import { Problem } from "../verdict/problem";
import type { PublishedEdition } from "../verdict/sources";
import { bytesOf } from "./picture";

export type Contents = {
  /** As it stands in dossier.json. */
  dossier: unknown;
  /** The content address of the dossier. */
  address: string;
  /** Five bytes for each stamp, in base64; `null` of an edition that is too large for a page. */
  tags: string | null;
  /** Of claim-keys.txt, in hex; `null` where the tags are in the page. */
  claim_keys_sha256: string | null;
  contract: ContractCode;
  local_chains: number[];
  languages: [key: string, name: string][];
  words: Record<string, Record<string, string>>;
};

export const contents = JSON.parse(document.getElementById("contents")?.textContent ?? "{}") as Contents;
export const facts = parseFacts(contents.dossier);

/** The edition, if the page holds its tags. */
export function ownEdition(): PublishedEdition | null {
  return contents.tags === null ? null : editionOfTags(facts, bytesOf(contents.tags));
}

/** The edition of this page from its claim-keys.txt. */
export function ownEditionFrom(keys: Uint8Array): Promise<PublishedEdition> {
  return editionOfFile(facts, keys, contents.claim_keys_sha256, () => undefined);
}

/** The dossier that somebody chose: its two files. */
export async function dossierFrom(files: readonly File[], progress: (part: number) => void): Promise<Dossier> {
  const named = (name: string): File => {
    const found = files.find((file) => file.name === name);
    if (found) return found;
    throw new Problem("input", `${name} is missing: choose dossier.json and claim-keys.txt of one dossier together.`);
  };
  const [text, keys] = [await named("dossier.json").text(), new Uint8Array(await named("claim-keys.txt").arrayBuffer())];
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Problem("input", "dossier.json is not JSON.");
  }
  const read = parseFacts(content);
  return { facts: read, edition: await editionOfFile(read, keys, null, progress) };
}
