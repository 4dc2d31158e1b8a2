/** The reader of symbols as the page of the verifier carries it. */

import type { Program } from "../symbols";

/** The WebAssembly that the page carries, packed with gzip. */
export const carried: Program = async () => {
  const packed = bytesOf(document.getElementById("zxing")?.textContent ?? "");
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return { wasmBinary: await new Response(unpacked).arrayBuffer() };
};

/** Bytes written in base64. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
}
