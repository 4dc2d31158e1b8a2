/** The check characters of ISO 7064 over digits and capital letters, as `cryptostamp.codes.iso7064` computes them. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The two check characters of a text (pure system MOD 1271,36). */
export function mod1271(text: string): string {
  let remainder = 0;
  for (const character of text) remainder = ((remainder + ALPHABET.indexOf(character)) * 36) % 1271;
  const check = (((1 - remainder * 36) % 1271) + 1271) % 1271;
  return ALPHABET.charAt(Math.floor(check / 36)) + ALPHABET.charAt(check % 36);
}

/** The one check character of a text (hybrid system MOD 37,36). */
export function mod37(text: string): string {
  let product = 36;
  for (const character of text) product = (((product + ALPHABET.indexOf(character)) % 36 || 36) * 2) % 37;
  return ALPHABET.charAt((37 - product) % 36);
}
