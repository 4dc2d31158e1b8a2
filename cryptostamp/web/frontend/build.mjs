// Build the pages' scripts into ../static: one module for each page, what they share once, and the reader of symbols.
import { build } from "esbuild";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../static");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: ["scan", "stamp", "claim", "prove", "series"].map((page) => here(`src/pages/${page}.ts`)),
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  logLevel: "warning",
});
await copyFile(here("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), `${out}/zxing_reader.wasm`);
