// Bundles every *.test.ts(x) below tests/unit and runs them with node: unit.mjs OUT [name …]
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const [out = "/tmp", ...wanted] = process.argv.slice(2);
const dir = join(out, "unit");

function find(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return find(path);
    return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const tests = find(join(root, "tests/unit")).filter(
  (path) => wanted.length === 0 || wanted.includes(basename(path).split(".")[0]),
);
if (tests.length === 0) throw new Error("no page test was found");
rmSync(dir, { recursive: true, force: true });
execFileSync(
  "esbuild",
  [
    ...tests,
    "--bundle",
    "--platform=node",
    "--format=esm",
    "--target=node18",
    "--jsx=automatic",
    "--jsx-import-source=preact",
    "--log-level=warning",
    "--out-extension:.js=.mjs",
    "--sourcemap=inline",
    // Debian's node 18 has it, but not as a global
    '--banner:js=import { webcrypto } from "node:crypto"; globalThis.crypto ??= webcrypto;',
    `--outbase=${join(root, "tests/unit")}`,
    `--outdir=${dir}`,
  ],
  { cwd: root, env: { ...process.env, NODE_PATH: join(root, "channels/http/browser/node_modules") }, stdio: "inherit" },
);
const bundles = tests.map((path) =>
  join(dir, path.slice(join(root, "tests/unit").length + 1)).replace(/\.tsx?$/, ".mjs"),
);
const temporary = join(dir, "temporary"); // what they build is not left behind on the machine
mkdirSync(temporary);
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...bundles], {
  stdio: "inherit",
  env: { ...process.env, FD_ROOT: root, TMPDIR: temporary },
});
rmSync(temporary, { recursive: true, force: true });
process.exit(status ?? 1);
