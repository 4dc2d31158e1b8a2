/** The reader of symbols, zxing: made ready once, when it is first needed. */

import type { ReadResult } from "zxing-wasm/reader";

/** Where its WebAssembly comes from. */
export type Program = () => Promise<{ locateFile: () => string } | { wasmBinary: ArrayBuffer }>;
export type SymbolReader = (picture: ImageData, most: number) => Promise<ReadResult[]>;

/** The file that a site serves. */
const served: Program = async () => ({ locateFile: () => "/static/zxing_reader.wasm" });

export async function symbolReader(program: Program = served): Promise<SymbolReader> {
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  await prepareZXingModule({ overrides: await program(), fireImmediately: true });
  return async (picture, most) => {
    const found = await readBarcodes(picture, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: most });
    return found.filter((symbol) => symbol.isValid);
  };
}
