/** The button that starts the camera, and its picture: the same parts on every page that scans. */

import type { Camera } from "./camera";
import { element, say, show, word } from "./page";
import type { Program } from "./symbols";

/** Bring the camera's parts to life; `found` takes a text and returns whether it was the one that was looked for. */
export function viewfinder(found: (text: string) => boolean, program?: Program): void {
  if (!("mediaDevices" in navigator)) return;
  let camera: Camera | undefined;
  const end = (): void => {
    camera?.stop();
    camera = undefined;
    show("viewfinder", false);
    show("camera-stop", false);
    show("camera", true);
  };
  show("camera");
  element("camera-stop").addEventListener("click", () => {
    end();
    say("camera-says", "");
  });
  element("camera").addEventListener("click", async () => {
    show("camera", false);
    show("viewfinder");
    show("camera-stop");
    say("camera-says", word("starting"));
    try {
      const { startCamera } = await import("./camera");
      const told = (text: string): boolean => {
        const right = found(text);
        if (right) queueMicrotask(end);
        return right;
      };
      camera = await startCamera(element<HTMLVideoElement>("video"), told, program);
      say("camera-says", word("searching"));
    } catch {
      end();
      say("camera-says", word("refused-camera"));
    }
  });
}
