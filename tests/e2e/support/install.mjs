// `npm ci` in each folder named, but only where the lock is newer than what is installed.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

for (const dir of process.argv.slice(2)) {
  const lock = join(dir, "package-lock.json");
  const done = join(dir, "node_modules/.package-lock.json");
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) continue;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: dir, stdio: "inherit" });
}
