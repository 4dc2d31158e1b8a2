/** The draw of the variants, made again: bit for bit what `cryptostamp.edition.rarity` and the contract compute. */

import { concat, keccak } from "./keys/bytes";

const ROUNDS = 8;

/** How many stamps of each variant the draw gives, by walking through the whole edition. */
export function draw(seed: Uint8Array, counts: readonly number[]): number[] {
  const size = counts.reduce((sum, count) => sum + count, 0);
  const half = Math.max(1, Math.ceil(bitLength(size - 1) / 2));
  const mask = 2 ** half - 1;
  const tables = Array.from({ length: ROUNDS }, (_, round) =>
    Uint32Array.from({ length: mask + 1 }, (__, right) => roundOutput(seed, round, right) & mask),
  );
  const ends = counts.map((_, index) => counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0));
  const drawn = counts.map(() => 0);
  for (let serial = 1; serial <= size; serial += 1) {
    let position = serial - 1;
    do position = shuffle(position, half, mask, tables);
    while (position >= size);
    const variant = ends.findIndex((end) => position < end);
    drawn[variant] = (drawn[variant] ?? 0) + 1;
  }
  return drawn;
}

function shuffle(position: number, half: number, mask: number, tables: readonly Uint32Array[]): number {
  let left = position >>> half;
  let right = position & mask;
  for (const table of tables) [left, right] = [right, left ^ (table[right] ?? 0)];
  return ((left << half) | right) >>> 0;
}

/** The last 32 bits of a round's hash: more than half an edition's number has. */
function roundOutput(seed: Uint8Array, round: number, right: number): number {
  const digest = keccak(concat(seed, Uint8Array.of(round, right >>> 8, right & 255)));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(28);
}

function bitLength(value: number): number {
  return value === 0 ? 0 : value.toString(2).length;
}
