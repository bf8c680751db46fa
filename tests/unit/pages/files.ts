// The source tree, for tests that read it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROOT = process.env.FD_ROOT ?? process.cwd();

export const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

export const list = (dir: string, end: string): string[] =>
  readdirSync(join(ROOT, dir))
    .filter((name) => name.endsWith(end))
    .map((name) => `${dir}/${name}`);

/** widget.js as channels/chat/widget/CMakeLists.txt has it built. */
export function buildWidget(): { script: Buffer; css: string } {
  const out = mkdtempSync(join(tmpdir(), "fd-widget-"));
  const run = (args: string[], env = {}): void =>
    void execFileSync(
      "esbuild",
      ["--bundle", "--minify", "--charset=ascii", "--legal-comments=none", "--log-level=error", ...args],
      {
        cwd: ROOT,
        env: { ...process.env, ...env },
      },
    );
  run(["channels/chat/widget/widget.css", `--outfile=${out}/widget.css`]);
  run(["channels/chat/widget/main.ts", "--format=iife", "--target=es2020", `--outfile=${out}/widget.js`], {
    NODE_PATH: out,
  });
  return { script: readFileSync(join(out, "widget.js")), css: readFileSync(join(out, "widget.css"), "utf8") };
}

export interface Golden {
  readonly name: string;
  readonly frame: { readonly type: string; readonly [field: string]: unknown };
}

/** Frames that the C++ tests read too. */
export const golden = (path: string): readonly Golden[] => JSON.parse(read(`tests/golden/${path}`)) as Golden[];
