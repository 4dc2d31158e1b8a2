/**
 * The camera: its picture on the page, and the text of the first QR code in it.
 *
 * The browser's own detector reads where there is one, else zxing, which is loaded when the camera starts. No picture
 * leaves the page.
 */

import { type Program, symbolReader } from "./symbols";

type Read = (video: HTMLVideoElement) => Promise<string | undefined>;
type Detector = { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]> };
type DetectorKind = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const PAUSE_MS = 120;
const WIDEST = 1280;

async function native(): Promise<Read | undefined> {
  const kind = (globalThis as { BarcodeDetector?: DetectorKind }).BarcodeDetector;
  try {
    if (!kind || !(await kind.getSupportedFormats()).includes("qr_code")) return undefined;
    const detector = new kind({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  } catch {
    return undefined;
  }
}

async function zxing(program?: Program): Promise<Read> {
  const readSymbols = await symbolReader(program);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!context || !video.videoWidth) return undefined;
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    return (await readSymbols(picture, 1))[0]?.text;
  };
}

export type Camera = { stop(): void };

/** Start the camera on a video element; `found` is called with each text, until it returns true. */
export async function startCamera(
  video: HTMLVideoElement,
  found: (text: string) => boolean,
  program?: Program,
): Promise<Camera> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  let running = true;
  const stop = (): void => {
    running = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  const read = (await native()) ?? (await zxing(program));
  const look = async (): Promise<void> => {
    while (running) {
      const text = await read(video).catch(() => undefined);
      if (text !== undefined && running && found(text)) stop();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  void look();
  return { stop };
}
