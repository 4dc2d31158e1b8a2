/** The button that starts the camera, and its picture: the same parts on every page that scans. */

import type { Camera } from "./camera";
import { element, say, show, word } from "./page";
import type { Program } from "./symbols";

/**
 * Bring the camera's parts to life; `found` takes a text and returns whether it was the one that was looked for.
 *
 * A page with a second camera names its parts, and its words, with a prefix.
 */
export function viewfinder(
  found: (text: string) => boolean,
  { program, prefix = "" }: { program?: Program; prefix?: string } = {},
): void {
  if (!("mediaDevices" in navigator)) return;
  const part = (name: string): string => `${prefix}${name}`;
  let camera: Camera | undefined;
  const end = (): void => {
    camera?.stop();
    camera = undefined;
    show(part("viewfinder"), false);
    show(part("camera-stop"), false);
    show(part("camera"), true);
  };
  show(part("camera"));
  element(part("camera-stop")).addEventListener("click", () => {
    end();
    say(part("camera-says"), "");
  });
  element(part("camera")).addEventListener("click", async () => {
    show(part("camera"), false);
    show(part("viewfinder"));
    show(part("camera-stop"));
    say(part("camera-says"), word("starting"));
    try {
      const { startCamera } = await import("./camera");
      const told = (text: string): boolean => {
        const right = found(text);
        if (right) queueMicrotask(end);
        return right;
      };
      camera = await startCamera(element<HTMLVideoElement>(part("video")), told, program);
      say(part("camera-says"), word(part("searching")));
    } catch {
      end();
      say(part("camera-says"), word(part("refused-camera")));
    }
  });
}
