// The desk's page built by esbuild as daemon/desk/pages/pages.cmake says, for tests without a daemon.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folder } from "./temporary.mjs";
import { esbuild } from "./widget-files.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Address → file; of the source in `from`. */
export function buildDesk(from = root) {
  const dir = join(from, "daemon/desk/pages");
  const out = folder("fd-desk-");
  const script = ["--format=esm", "--target=es2020", "--jsx=automatic", "--jsx-import-source=preact"];
  esbuild([join(dir, "main.tsx"), `--outfile=${out}/desk.js`, `--metafile=${out}/meta.json`, ...script], {
    NODE_PATH: join(root, "channels/http/browser/node_modules"),
  });
  esbuild([join(dir, "words.en.ts"), `--outfile=${out}/en.js`, "--format=esm", "--target=es2020"]);
  esbuild([join(dir, "desk.css"), `--outfile=${out}/desk.css`, "--target=chrome108,firefox115,safari16.4"]);
  const html = readFileSync(join(dir, "index.html"), "utf8").replace(/\?v=\{\{v:[^}]*\}\}/g, "");
  writeFileSync(join(out, "index.html"), html);
  const files = { "/desk/": join(out, "index.html"), "/desk/wall": join(out, "index.html") };
  for (const name of ["desk.js", "en.js", "desk.css"]) files[`/desk/${name}`] = join(out, name);
  for (const name of ["icon.svg", "icon-dot.svg", "icon-ring.svg", "old.js"]) files[`/desk/${name}`] = join(dir, name);
  return files;
}
