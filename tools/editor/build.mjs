// Makes app/static/vendor/editor.js and editor.css; the result is committed, so running the site needs no Node.
import { gzipSync } from "node:zlib";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../../app/static/vendor/");
const budget = 72 * 1024;
const banner = "/* Rich-text editor of the idea form, built from tools/editor. Contains ProseMirror (MIT), see LICENSES.md. */";

await build({
  entryPoints: [here("src/editor.js")],
  outfile: out + "editor.js",
  bundle: true,
  minify: true,
  format: "esm",
  charset: "utf8",
  target: ["chrome90", "firefox90", "safari15"],
  banner: { js: banner },
});

const base = readFileSync(here("node_modules/prosemirror-view/style/prosemirror.css"), "utf8");
const own = readFileSync(here("src/editor.css"), "utf8");
writeFileSync(out + "editor.css", `${banner}\n${base}\n${own}`);

const size = gzipSync(readFileSync(out + "editor.js"), { level: 9 }).length;
console.log(`editor.js: ${size} bytes gzipped`);
if (size > budget) {
  console.error(`More than ${budget} bytes: phones on slow networks wait for this file.`);
  process.exit(1);
}
