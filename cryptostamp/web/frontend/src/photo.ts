/** The codes in a picture file: decoded by the browser, read by zxing in this page. No picture leaves it. */

import { type Program, type SymbolReader, symbolReader } from "./symbols";

const WIDEST = 4000; // pixels; more than that no symbol needs
const MOST_SYMBOLS = 60;

/** The texts of the QR codes in a picture, each once; throws if the file is no picture that the browser knows. */
export async function textsIn(file: Blob, program?: Program): Promise<string[]> {
  const picture = await createImageBitmap(file);
  try {
    const read = await symbolReader(program);
    const full = await texts(picture, WIDEST, read);
    return full.length > 0 ? full : await texts(picture, WIDEST / 4, read);
  } finally {
    picture.close();
  }
}

async function texts(picture: ImageBitmap, widest: number, read: SymbolReader): Promise<string[]> {
  const scale = Math.min(1, widest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return [];
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const found = await read(context.getImageData(0, 0, canvas.width, canvas.height), MOST_SYMBOLS);
  return [...new Set(found.map((symbol) => symbol.text))];
}
