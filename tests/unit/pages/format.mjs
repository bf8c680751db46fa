// Format of all pages and their tests: prettier from tests/e2e.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const globs = ["channels", "daemon", "tests"].map((dir) => `${dir}/**/*.{ts,tsx,mjs}`);
const { status } = spawnSync(
  "tests/e2e/node_modules/.bin/prettier",
  ["--config", "tests/e2e/prettier.json", "--log-level", "warn", "--check", ...globs],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
