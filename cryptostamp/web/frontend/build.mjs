// Build the pages' scripts into ../static: one module for each page, what they share once, the reader of symbols; and the
// static verifier, which is one file that holds all it needs but the dossier.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../static");
const zxing = here("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm");
const common = { bundle: true, target: "es2022", minify: true, logLevel: "warning" };

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  ...common,
  entryPoints: ["scan", "stamp", "claim", "prove", "series", "album"].map((page) => here(`src/pages/${page}.ts`)),
  outdir: out,
  splitting: true,
  format: "esm",
  legalComments: "linked",
});
await copyFile(zxing, `${out}/zxing_reader.wasm`);
await writeFile(`${out}/verifier.html`, await verifier());

/** Return the page of the verifier; `CONTENTS` is put in when a dossier is published (cryptostamp.web.verifier). */
async function verifier() {
  const options = { ...common, write: false, legalComments: "inline" };
  const script = await build({ ...options, entryPoints: [here("src/pages/verifier.ts")], format: "iife" });
  const styles = await Promise.all([here("../assets/style.css"), here("src/verifier.css")].map((path) => readFile(path, "utf8")));
  const style = await build({ ...options, stdin: { contents: styles.join("\n"), loader: "css" } });
  const drawn = await readFile(here("../assets/icon.svg"), "utf8");
  const sprite = await readFile(here("../assets/icons.svg"), "utf8");
  const [scriptText, styleText] = [inline(script), inline(style)];
  const parts = {
    POLICY: policy(scriptText, styleText),
    ICON: `data:image/svg+xml,${encodeURIComponent(drawn.trim())}`,
    STYLE: styleText,
    // Parts of the page have some of the names of the icons.
    SPRITE: sprite.trim().replace("<svg ", "<svg hidden ").replaceAll(/id="([a-z]+)"/g, 'id="$1-icon"'),
    ZXING: gzipSync(await readFile(zxing), { level: 9 }).toString("base64"),
    SCRIPT: scriptText,
  };
  const page = await readFile(here("src/verifier.html"), "utf8");
  return page.replaceAll(/\b(POLICY|ICON|STYLE|SPRITE|ZXING|SCRIPT)\b/g, (name) => parts[name]);
}

/** Return what was built as it may stand inside an element of its kind. */
function inline({ outputFiles }) {
  const text = outputFiles[0].text;
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error("what was built would end the element that holds it");
  return text;
}

/** Return what the page may load: this script, this style, pictures beside it, and answers of the nodes that are typed. */
function policy(script, style) {
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    "img-src 'self' data: blob:",
    "connect-src http: https:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}
