// The widget and its pages, built by esbuild as channels/chat/widget/CMakeLists.txt says, for tests without a daemon.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folder } from "./temporary.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export function esbuild(args, env = {}) {
  execFileSync(
    "esbuild",
    ["--log-level=error", "--bundle", "--minify", "--charset=ascii", "--legal-comments=none", ...args],
    {
      cwd: root,
      env: { ...process.env, ...env },
    },
  );
}

/** Address → file, for scripted-chat's `files`; of the source in `from`, with further flags for widget.js. */
export function buildWidget(from = root, more = []) {
  const dir = join(from, "channels/chat/widget");
  const out = folder("fd-widget-");
  esbuild([join(dir, "widget.css"), `--outfile=${out}/widget.css`]);
  const script = ["--format=iife", "--target=es2020"];
  esbuild([join(dir, "main.ts"), `--outfile=${out}/widget.js`, ...script, ...more]);
  esbuild([join(dir, "demo.ts"), `--outfile=${out}/demo.js`, ...script]);
  esbuild([join(dir, "demo.css"), `--outfile=${out}/demo.css`]);
  for (const name of ["demo.html", "chat.html"]) {
    writeFileSync(join(out, name), readFileSync(join(dir, name), "utf8").replace(/\?v=\{\{v:[^}]*\}\}/g, ""));
  }
  return {
    "/widget.js": join(out, "widget.js"),
    "/chat/widget.css": join(out, "widget.css"),
    "/demo/": join(out, "demo.html"),
    "/demo/demo.js": join(out, "demo.js"),
    "/demo/demo.css": join(out, "demo.css"),
    "/chat/": join(out, "chat.html"),
    "/demo/icon.svg": join(dir, "icon.svg"),
  };
}
