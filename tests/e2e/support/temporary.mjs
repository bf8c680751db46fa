// Folders that are there as long as the process is: what a test builds is not left behind on the machine.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function folder(prefix) {
  const made = mkdtempSync(join(tmpdir(), prefix));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}
