/** Scan: the camera, and what can be said of a typed code at once. */

import { agrees } from "../codes/face";
import { classify } from "../codes/kind";
import { element, say, word } from "../page";
import { viewfinder } from "../viewfinder";

const form = element<HTMLFormElement>("typed-form");
const field = element<HTMLInputElement>("code");
const verdict = element("code-says");

viewfinder((text) => {
  const kind = classify(text);
  if (kind !== "public") {
    say("camera-says", word(kind === "claim" ? "hidden" : "other"));
    return false;
  }
  say("camera-says", word("found"));
  field.value = text;
  const how = document.createElement("input");
  Object.assign(how, { type: "hidden", name: "how", value: "camera" });
  form.append(how);
  form.submit();
  return true;
});

function judge(): boolean {
  const text = field.value.trim();
  const kind = classify(text);
  const wrong = kind === "public" && !agrees(text);
  verdict.className = `hint${kind === "claim" || wrong ? " bad" : kind === "public" ? " good" : ""}`;
  if (kind === "claim") verdict.textContent = word("hidden");
  else if (wrong) verdict.textContent = word("typo");
  else if (kind === "public") verdict.textContent = word("complete");
  return kind !== "claim";
}

field.addEventListener("change", judge);
form.addEventListener("submit", (event) => {
  if (judge()) return;
  field.value = ""; // a hidden code is not sent, and not left lying about
  event.preventDefault();
});

element<HTMLFormElement>("photo-form").addEventListener("submit", (event) => {
  const input = element<HTMLInputElement>("photo");
  if ((input.files?.[0]?.size ?? 0) <= Number(input.dataset["most"])) return;
  event.preventDefault();
  input.setCustomValidity(word("large"));
  input.reportValidity();
  input.setCustomValidity("");
});
