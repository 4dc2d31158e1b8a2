/** Texts of strangers, times and numbers as the sentences of a verdict write them: letter for letter as Python does. */

/** A text in its characters, not in the halves of which some consist. */
export const letters = (text: string): string[] => Array.from(text);

/** White space as Python has it, inside a class of a regular expression; a script's own differs in a few characters. */
export const SPACE = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;

const printable = (letter: string): boolean => letter === " " || !/[\p{C}\p{Z}]/u.test(letter);

/** At most so many characters of a text, those that cannot be shown replaced by spaces. */
export function plain(text: string, most: number): string {
  return letters(text)
    .slice(0, most)
    .map((letter) => (printable(letter) ? letter : " "))
    .join("");
}

const LONGEST_TEXT = 200;

/** A text of a registry as it may be shown. */
export const shownText = (text: string): string => plain(text, LONGEST_TEXT).trim();

const SHOWN = 40;
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text of a stranger fit for a message: short, quoted, in ASCII, without control characters. */
export function quoted(text: string): string {
  const all = letters(text);
  const short = all.slice(0, SHOWN);
  return between(short, escaped, all.length > SHOWN ? "…" : "");
}

/** A text that can be shown, in quotation marks. */
export function inQuotes(text: string): string {
  return between(letters(text), (letter) => (letter === "\\" ? "\\\\" : letter), "");
}

function between(short: readonly string[], written: (letter: string) => string, end: string): string {
  const mark = short.includes("'") && !short.includes('"') ? '"' : "'";
  return `${mark}${short.map((letter) => (letter === mark ? `\\${letter}` : written(letter))).join("")}${end}${mark}`;
}

function escaped(letter: string): string {
  const known = ESCAPES[letter];
  if (known) return known;
  if (letter >= " " && letter <= "~") return letter;
  const code = letter.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** A number with its thousands parted by commas. */
export function grouped(number: bigint | number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",");
}

const LAST_SECOND = 253_402_300_799n; // of the year 9999

/** A moment in UTC, given in seconds since 1970; a second's number if no calendar holds it. */
export function utc(timestamp: bigint | number): string {
  if (BigInt(timestamp) > LAST_SECOND) return `second ${timestamp}`;
  return `${new Date(Number(timestamp) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const UNITS: [string, bigint][] = [
  ["days", 86_400n],
  ["hours", 3_600n],
  ["minutes", 60n],
];

/** A span of time, not negative, in the unit that a person would use. */
export function span(seconds: bigint): string {
  const unit = UNITS.find(([, length]) => seconds >= 2n * length);
  return unit ? `${grouped(seconds / unit[1])} ${unit[0]}` : `${seconds} seconds`;
}
