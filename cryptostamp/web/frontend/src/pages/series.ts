/** The series: make its draw again, in this browser, from the seed that the page shows. */

import { unhex } from "../keys/bytes";
import { element, say, show, word } from "../page";
import { draw } from "../rarity";

const facts = element("draw").dataset;
const counts = (facts["counts"] ?? "").split(",").map(Number);
const names = JSON.parse(facts["names"] ?? "[]") as string[];

show("draw-button");
element("draw-button").addEventListener("click", () => {
  say("draw-says", word("drawing"));
  setTimeout(() => {
    const drawn = draw(unhex(facts["seed"] ?? ""), counts);
    const same = drawn.every((count, index) => count === counts[index]);
    const total = drawn.reduce((sum, count) => sum + count, 0);
    const told = names.map((name, index) => `${name} ${drawn[index]}`).join(", ");
    say("draw-says", `${word(same ? "agrees" : "differs", { count: total })} ${told}.`);
  }, 20);
});
