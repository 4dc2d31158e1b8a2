/** Bytes, hex, Keccak-256 and addresses. */

import { keccak_256 } from "@noble/hashes/sha3.js";

export const keccak = (data: Uint8Array): Uint8Array => keccak_256(data);
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function hex(data: Uint8Array): string {
  return `0x${bare(data)}`;
}

/** Hex without 0x. */
export function bare(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(text: string): Uint8Array {
  const digits = text.replace(/^0x/i, "");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A number as 32 bytes, most significant first. */
export function word(value: bigint | number): Uint8Array {
  return unhex(BigInt(value).toString(16).padStart(64, "0"));
}

/** An address as 32 bytes. */
export function addressWord(address: string): Uint8Array {
  return concat(new Uint8Array(12), unhex(address));
}

/** Twenty bytes with the checksum of EIP-55. */
export function checksummed(address: string): string {
  const digits = address.replace(/^0x/i, "").toLowerCase();
  const hash = bare(keccak(utf8(digits)));
  return `0x${Array.from(digits, (digit, index) => (Number.parseInt(hash.charAt(index), 16) > 7 ? digit.toUpperCase() : digit)).join("")}`;
}

/** An address that was typed or scanned; the chain, if a wallet's code names one; a name; or what is wrong with it. */
export type AddressReading =
  | { kind: "address"; address: string; chain?: number }
  | { kind: "name"; name: string }
  | { kind: "bad" | "checksum" | "request" };

/**
 * Read an address as people type it and wallets show it: `0x…`, or `ethereum:0x…@chain` (EIP-681).
 *
 * A name such as anna.eth (ERC-137) may stand in its place. A link that asks for a payment or a call is refused: its address may be that of a contract. Letters of both cases must
 * be those of EIP-55.
 */
export function readAddress(text: string): AddressReading {
  const match = /^(ethereum:(?:pay-)?)?(0x[0-9a-f]{40})(.*)$/is.exec(text.trim());
  if (!match?.[2]) {
    const name = /^(?:ethereum:)?([^\s/:@?#.]+(?:\.[^\s/:@?#.]+)+)$/iu.exec(text.trim())?.[1];
    return name && name.length <= 255 ? { kind: "name", name } : { kind: "bad" };
  }
  const digits = match[2].slice(2);
  const address = checksummed(match[2]);
  const [, chain, more] = /^(?:@(0x[0-9a-f]{1,13}|[0-9]{1,15}))?(.*)$/is.exec(match[3] ?? "") ?? [];
  if (match[1] && /^[/?]/.test(more ?? "")) return { kind: "request" };
  if (more || (chain && !match[1])) return { kind: "bad" };
  const mixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  if (mixed && address.slice(2) !== digits) return { kind: "checksum" };
  return chain ? { kind: "address", address, chain: Number(chain) } : { kind: "address", address };
}
