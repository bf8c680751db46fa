// Types of all pages, then of their tests: TypeScript from tests/e2e.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const tools = fileURLToPath(new URL("../../e2e/", import.meta.url));
let failed = 0;
for (const config of ["tsconfig.json", "tsconfig.tests.json"]) {
  const { status } = spawnSync(join(tools, "node_modules/.bin/tsc"), ["-p", join(tools, config)], { stdio: "inherit" });
  failed ||= status ?? 1;
}
process.exit(failed);
