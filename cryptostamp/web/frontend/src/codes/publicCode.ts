/** The public code, parsed as `cryptostamp.codes.public_code` does: the same texts are refused, in the same words. */

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { addressWord, bare, checksummed, concat, keccak, unhex, utf8, word } from "../keys/bytes";
import { Problem } from "../verdict/problem";
import { letters, quoted } from "../verdict/words";
import { ALPHABET, decode, encode } from "./crockford";
import { mod37 } from "./iso7064";

export type PublicCode = {
  /** Lower case. */
  host: string;
  chainId: bigint;
  /** With the checksum of EIP-55. */
  contract: string;
  serial: number;
  /** 8 Crockford characters. */
  tag: string;
  /** 64 bytes r and yParity with s (EIP-2098); `null` of a code that carries none. */
  signature: Uint8Array | null;
};

export const MAX_EDITION = 16_000_000n;
const MAX_CHAIN_ID = 0x7fff_ffff_ffff_ffdbn;
const MAX_LENGTH = 512;
const SIGNATURE_LENGTH = 103;
const HOST_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const TAG = new RegExp(`^[${ALPHABET}]{8}$`);

const refuse = (what: string): never => {
  throw new Problem("code", what);
};

/** The 8 characters that tie a code to the edition: 40 bits of a hash over chain, contract, serial and claim key. */
export function tagOf(chainId: bigint, contract: string, serial: number, claimKey: string): string {
  const digest = keccak(concat(word(chainId), addressWord(contract), word(serial), addressWord(claimKey)));
  return encode(BigInt(`0x${bare(digest.slice(0, 5))}`), 8);
}

/** The check character over contract, serial and tag as they are printed. */
export function checkOf(contract: string, serial: number, tag: string): string {
  return mod37(`${contractText(contract)}${serial}${tag}`);
}

function contractText(contract: string): string {
  return encode(BigInt(contract), 32);
}

/** The code as it stands in the QR. */
export function textOf(code: PublicCode): string {
  const check = checkOf(code.contract, code.serial, code.tag);
  const signed = code.signature ? `.${encode(BigInt(`0x${bare(code.signature)}`), SIGNATURE_LENGTH)}` : "";
  const place = `${code.chainId}/${contractText(code.contract)}/${code.serial}`;
  return `https://${code.host.toUpperCase()}/S/${place}.${code.tag}${check}${signed}`;
}

/** The public code in a text, the URL of a stamp in any letter case; throws a `Problem` for everything else. */
export function parsePublicCode(text: string): PublicCode {
  const [host, path] = split(text);
  const fields = path.split("/");
  if (fields.length !== 4 || fields[0] !== "S") {
    return refuse(`This is a link to ${quoted(host)}, but not the public code of a crypto stamp.`);
  }
  const [, chainText = "", contractField = "", stampField = ""] = fields;
  const chainId = parseNumber(chainText, "chain id", MAX_CHAIN_ID);
  const contract = parseContract(contractField);
  const [serialText, rest] = partition(stampField, ".");
  if (rest === undefined) return refuse("The code ends before its tag.");
  const [tagAndCheck, signature] = partition(rest, ".");
  const serial = Number(parseNumber(serialText, "serial", MAX_EDITION));
  const tag = parseTag(tagAndCheck.slice(0, -1));
  const code = {
    host,
    chainId,
    contract,
    serial,
    tag,
    signature: signature === undefined ? null : parseSignature(signature),
  };
  if (tagAndCheck.slice(-1) !== checkOf(contract, serial, tag)) {
    return refuse("The code is mistyped or misread: its check character does not agree with it.");
  }
  return code;
}

/** A decimal number from 1 on that is written in the one way a number of a code is written. */
export function parseNumber(text: string, name: string, maximum: bigint): bigint {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) {
    const reason = /^0[0-9]*$/.test(text) ? "starts with a zero" : "is not a number";
    return refuse(`The ${name} ${quoted(text)} ${reason}.`);
  }
  const number = BigInt(text);
  if (number < 1n || number > maximum) return refuse(`The ${name} ${number} is not between 1 and ${maximum}.`);
  return number;
}

/** A text that is a tag. */
export function parseTag(text: string): string {
  if (!TAG.test(text)) refuse(`The tag ${quoted(text)} is not 8 digits and letters without I, L, O and U.`);
  return text;
}

function parseContract(text: string): string {
  if (text.length !== 32) refuse(`The contract in the code has ${text.length} characters instead of 32.`);
  return checksummed(number(text).toString(16).padStart(40, "0"));
}

function parseSignature(text: string): Uint8Array {
  if (text.length !== SIGNATURE_LENGTH) {
    refuse(`The signature in the code has ${text.length} characters instead of ${SIGNATURE_LENGTH}.`);
  }
  const value = number(text);
  if (value >> 512n) refuse("The signature in the code is too large a number.");
  return unhex(value.toString(16).padStart(128, "0"));
}

function number(text: string): bigint {
  return decode(text) ?? refuse("The code holds a character that no code has.");
}

/** The host in lower case and the path in upper case, without its first slash. */
function split(text: string): [string, string] {
  const all = letters(text);
  if (all.length > MAX_LENGTH) {
    refuse(`The text is ${all.length} characters long; a public code never has more than ${MAX_LENGTH}.`);
  }
  const strange = all.find((letter) => letter < "!" || letter > "~");
  if (strange !== undefined) {
    const digits = (strange.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    refuse(`The text holds the character U+${digits}, which no public code has.`);
  }
  const [scheme, rest] = partition(text, "://");
  if (rest === undefined || scheme.toLowerCase() !== "https") return refuse("This is not the public code of a crypto stamp.");
  for (const [character, name] of [
    ["#", "a part after #"],
    ["?", "a query"],
    ["@", "a user name"],
    ["\\", "a backslash"],
  ] as const) {
    if (rest.includes(character)) refuse(`The link has ${name}, which no public code has.`);
  }
  const [host, path] = partition(rest, "/");
  if (host.includes(":")) refuse("The link names a port, which no public code does.");
  const lower = host.toLowerCase();
  if (lower.length > 253 || !HOST_NAME.test(lower)) refuse(`${quoted(lower)} is not the name of a web site.`);
  return [lower, (path ?? "").toUpperCase()];
}

function partition(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The account whose key has signed the code (EIP-191, EIP-2098); `null` if no key can have made this, or none has. */
export function signerOf(code: PublicCode): string | null {
  if (!code.signature) return null;
  const place = `eip155:${code.chainId}/erc721:${code.contract}/${code.serial}`;
  const text = utf8(`Cryptostamp public code: ${place}.${code.tag}`);
  const digest = keccak(concat(utf8(`\u0019Ethereum Signed Message:\n${text.length}`), text));
  const parity = (code.signature[32] ?? 0) >> 7;
  const compact = code.signature.slice();
  compact[32] = (compact[32] ?? 0) & 0x7f;
  try {
    const signature = secp256k1.Signature.fromBytes(compact, "compact");
    if (signature.hasHighS()) return null;
    const key = signature.addRecoveryBit(parity).recoverPublicKey(digest);
    return checksummed(bare(keccak(key.toBytes(false).slice(1)).slice(12)));
  } catch {
    return null;
  }
}
