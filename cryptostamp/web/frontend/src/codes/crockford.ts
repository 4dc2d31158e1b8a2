/** Crockford's base32, as `cryptostamp.codes.crockford` has it. Errors never repeat a text: it may be a secret. */

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Typed characters as the alphabet has them: capitals, O as 0, I and L as 1. */
export function fold(text: string): string {
  return text.toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
}

/** Typed text without the hyphens, dashes and spaces that group it on paper. */
export function stripSeparators(text: string): string {
  return text.replaceAll(/[- \t\u00a0\u00ad\u2010-\u2015\u2212]/g, "");
}

/** The number that folded characters write; `undefined` if one of them is not of the alphabet. */
export function decode(text: string): bigint | undefined {
  let value = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return undefined;
    value = (value << 5n) | BigInt(digit);
  }
  return value;
}

/** A number as exactly `length` characters. */
export function encode(value: bigint, length: number): string {
  let text = "";
  for (let shift = BigInt(5 * (length - 1)); shift >= 0n; shift -= 5n) text += ALPHABET[Number((value >> shift) & 31n)];
  return text;
}
