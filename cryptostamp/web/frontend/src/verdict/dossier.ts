/**
 * The public dossier of an edition, from its files: `dossier.json` and `claim-keys.txt`, or the tags that a page holds.
 *
 * Claim keys are believed if they give the edition root that the dossier names, byte for byte as
 * `cryptostamp.edition.merkle` computes it (the StandardMerkleTree of OpenZeppelin), or have the hash that the page knows.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { encode } from "../codes/crockford";
import { tagOf } from "../codes/publicCode";
import { bare, checksummed, hex, keccak } from "../keys/bytes";
import { Problem } from "./problem";
import { type PublishedEdition, type Trust, placeOf } from "./sources";

const ADDRESS = 20;
const LINE = 43; // 0x, 40 digits, a line feed
const TAG = 5;
const REST_EVERY = 20_000; // hashes

export type Variant = { key: string; name: string; colour: string; count: number };

/** What a dossier says of its series and of where it was issued. */
export type DossierFacts = {
  seriesId: string;
  title: string;
  year: number;
  faceValue: string;
  issuer: { name: string; domain: string };
  designs: readonly { key: string; title: string }[];
  variants: readonly Variant[];
  size: number;
  root: string;
  chainId: bigint;
  contract: string;
  registry: string;
};

export type Dossier = { facts: DossierFacts; edition: PublishedEdition };

const refuse = (what: string): never => {
  throw new Problem("input", what);
};

/** The facts of a dossier.json, as JSON; throws a `Problem` if it is none. */
export function parseFacts(content: unknown): DossierFacts {
  const all = new Reading(content);
  if (all.text("format") !== "cryptostamp dossier 1") refuse("dossier.json is of a kind that this page does not know.");
  const [series, edition, chain] = [all.inside("series"), all.inside("edition"), all.inside("chain")];
  const value = series.inside("face_value");
  const facts = {
    seriesId: series.text("id"),
    title: series.text("title"),
    year: series.number("year"),
    faceValue: `${value.text("amount")} ${value.text("currency")}`,
    issuer: { name: series.inside("issuer").text("name"), domain: series.inside("issuer").text("domain") },
    designs: series.list("designs").map((each) => ({ key: each.text("key"), title: each.text("title") })),
    variants: series.list("variants").map((each) => ({
      key: each.text("key"),
      name: each.text("name"),
      colour: each.text("colour", /^#[0-9a-fA-F]{6}$/),
      count: each.number("count"),
    })),
    size: edition.number("size"),
    root: edition.text("root", /^0x[0-9a-f]{64}$/),
    chainId: BigInt(chain.number("chain_id")),
    contract: checksummed(chain.text("contract", /^0x[0-9a-fA-F]{40}$/)),
    registry: checksummed(chain.text("registry", /^0x[0-9a-fA-F]{40}$/)),
  };
  const counted = facts.variants.reduce((sum, each) => sum + each.count, 0);
  if (facts.size < 1 || counted !== facts.size) refuse("The variants in dossier.json do not add up to its edition.");
  return facts;
}

/** JSON of a stranger, read field by field. */
class Reading {
  constructor(private readonly content: unknown) {}

  private field(name: string): unknown {
    const content = this.content;
    if (typeof content === "object" && content !== null && Object.hasOwn(content, name)) {
      return (content as Record<string, unknown>)[name];
    }
    return refuse(`dossier.json lacks ${name}.`);
  }

  inside(name: string): Reading {
    return new Reading(this.field(name));
  }

  text(name: string, pattern = /^[^]{0,2000}$/): string {
    const value = this.field(name);
    return typeof value === "string" && pattern.test(value) ? value : refuse(`In dossier.json, ${name} is not as it must be.`);
  }

  number(name: string): number {
    const value = this.field(name);
    return Number.isSafeInteger(value) ? (value as number) : refuse(`In dossier.json, ${name} is not a number.`);
  }

  list(name: string): Reading[] {
    const value = this.field(name);
    if (!Array.isArray(value) || value.length < 1 || value.length > 255) return refuse(`In dossier.json, ${name} is no list.`);
    return value.map((each) => new Reading(each));
  }
}

function editionOf(facts: DossierFacts, tag: (serial: number) => string): PublishedEdition {
  return { title: facts.title, size: facts.size, root: facts.root, variantNames: facts.variants.map((each) => each.name), tag };
}

/** The edition whose tags a page holds, five bytes each. */
export function editionOfTags(facts: DossierFacts, tags: Uint8Array): PublishedEdition {
  if (tags.length !== TAG * facts.size) refuse("This page is damaged: its tags are not those of the edition.");
  return editionOf(facts, (serial) => encode(BigInt(hex(tags.subarray(TAG * (serial - 1), TAG * serial))), 8));
}

/** The edition with these claim keys, 20 bytes each, which are believed. */
function editionOfKeys(facts: DossierFacts, keys: Uint8Array): PublishedEdition {
  return editionOf(facts, (serial) => {
    const key = keys.subarray(ADDRESS * (serial - 1), ADDRESS * serial);
    return tagOf(facts.chainId, facts.contract, serial, hex(key));
  });
}

/** The edition with the claim keys of a file; they must have the hash that is expected, or give the dossier's root. */
export async function editionOfFile(
  facts: DossierFacts,
  file: Uint8Array,
  expected: string | null,
  progress: (part: number) => void,
): Promise<PublishedEdition> {
  const keys = parseClaimKeys(file, facts.size);
  if (expected !== null) {
    if (bare(sha256(file)) !== expected) refuse("This is not the claim-keys.txt of this series, or it was changed.");
  } else if ((await rootOf(keys, progress)) !== facts.root) {
    refuse("The claim keys are not those of the dossier: they give another edition root.");
  }
  return editionOfKeys(facts, keys);
}

/** The claim keys in a claim-keys.txt, 20 bytes each; every byte must be as the dossier's writer writes it. */
export function parseClaimKeys(file: Uint8Array, size: number): Uint8Array {
  if (file.length !== LINE * size) return refuse(`claim-keys.txt does not have one line for each of the ${size} stamps.`);
  const keys = new Uint8Array(ADDRESS * size);
  for (let line = 0; line < size; line += 1) {
    const start = LINE * line;
    let good = file[start] === 48 && file[start + 1] === 120 && file[start + LINE - 1] === 10;
    for (let byte = 0; byte < ADDRESS; byte += 1) {
      const high = digit(file[start + 2 + 2 * byte]);
      const low = digit(file[start + 3 + 2 * byte]);
      good &&= high >= 0 && low >= 0;
      keys[ADDRESS * line + byte] = (high << 4) | low;
    }
    if (!good) refuse(`Line ${line + 1} of claim-keys.txt is not the address of a claim key.`);
  }
  return keys;
}

function digit(code = 0): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/** The edition root over claim keys, 20 bytes each. Lets the page breathe while it computes. */
export async function rootOf(keys: Uint8Array, progress: (part: number) => void = () => undefined): Promise<string> {
  const size = keys.length / ADDRESS;
  let done = 0;
  const rest = async (): Promise<void> => {
    done += 1;
    if (done % REST_EVERY) return;
    progress(done / (2 * size));
    await new Promise((resolve) => setTimeout(resolve));
  };
  const encoded = new Uint8Array(64);
  const serial = new DataView(encoded.buffer);
  const leaves: string[] = [];
  for (let index = 0; index < size; index += 1) {
    serial.setUint32(28, index + 1);
    encoded.set(keys.subarray(ADDRESS * index, ADDRESS * (index + 1)), 44);
    leaves.push(bare(keccak(keccak(encoded))));
    await rest();
  }
  // The children of node i are the nodes 2 i + 1 and 2 i + 2; the leaves lie at the end, in descending order.
  const nodes: string[] = new Array<string>(size - 1).concat(leaves.sort().reverse());
  const pair = new Uint8Array(64);
  for (let index = size - 2; index >= 0; index -= 1) {
    const [left, right] = [nodes[2 * index + 1] as string, nodes[2 * index + 2] as string];
    fill(pair, 0, left < right ? left : right);
    fill(pair, 32, left < right ? right : left);
    nodes[index] = bare(keccak(pair));
    await rest();
  }
  return `0x${nodes[0]}`;
}

function fill(target: Uint8Array, at: number, digits: string): void {
  for (let byte = 0; byte < 32; byte += 1) target[at + byte] = Number.parseInt(digits.slice(2 * byte, 2 * byte + 2), 16);
}

/** The trust of somebody who holds these dossiers and believes the registries that they name; the last goes before. */
export function trustIn(dossiers: readonly Dossier[], localChains: readonly number[]): Trust {
  return {
    registries: new Map(dossiers.map(({ facts }) => [facts.chainId, facts.registry])),
    editions: new Map(dossiers.map(({ facts, edition }) => [placeOf(facts.chainId, facts.contract), edition])),
    issuers: [],
    contracts: new Map(),
    staleAfter: new Map(localChains.map((chainId) => [BigInt(chainId), null])),
  };
}
