/**
 * Answers of contracts, decoded by Solidity's ABI: strictly, for a contract of a stranger can answer anything.
 *
 * What does not fit throws a `RangeError`; the reader makes of it what `cryptostamp.chain` makes of it.
 */

import { bare, checksummed, keccak, utf8 } from "../keys/bytes";

const WORD = 32;

/** The first four bytes of the hash of a signature, by which functions and errors are called, in hex. */
export const selector = (signature: string): string => bare(keccak(utf8(signature)).slice(0, 4));

/** A structure in an answer: so many words, from a place on. */
export class Words {
  constructor(
    private readonly data: Uint8Array,
    private readonly count: number,
    private readonly start = 0,
  ) {}

  private bytes(at: number, length: number): Uint8Array {
    const begin = this.start + at;
    if (!Number.isSafeInteger(begin + length) || begin + length > this.data.length) throw new RangeError("too short");
    return this.data.subarray(begin, begin + length);
  }

  /** An unsigned number of so many bits. */
  uint(index: number, bits: number): bigint {
    const value = BigInt(`0x${bare(this.bytes(index * WORD, WORD))}`);
    if (value >> BigInt(bits)) throw new RangeError("too large");
    return value;
  }

  /** A number of at most 53 bits. */
  small(index: number, bits: number): number {
    return Number(this.uint(index, bits));
  }

  address(index: number): string {
    return checksummed(this.uint(index, 160).toString(16).padStart(40, "0"));
  }

  bool(index: number): boolean {
    return this.uint(index, 1) === 1n;
  }

  /** The first bytes of a word, the others being zero. */
  fixed(index: number, length: number): Uint8Array {
    const word = this.bytes(index * WORD, WORD);
    if (word.subarray(length).some((byte) => byte !== 0)) throw new RangeError("not padded with zeros");
    return word.slice(0, length);
  }

  /** The structure of so many words that a pointer leads to; it lies behind this one. */
  behind(index: number, count: number): Words {
    const offset = this.small(index, 48);
    const begin = this.start + offset;
    if (offset < this.count * WORD || begin >= this.data.length) throw new RangeError("points nowhere");
    return new Words(this.data, count, begin);
  }

  text(index: number): string {
    const place = this.behind(index, 1);
    const length = place.small(0, 48);
    const padded = place.bytes(WORD, Math.ceil(length / WORD) * WORD);
    if (padded.subarray(length).some((byte) => byte !== 0)) throw new RangeError("not padded with zeros");
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(padded.subarray(0, length));
    } catch {
      throw new RangeError("no text");
    }
  }
}
