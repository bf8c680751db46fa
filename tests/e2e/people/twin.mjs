// Faulty builds of our pages, for controls: a copy of the source with a line changed, built as the daemon's own.
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDesk } from "../support/desk-files.mjs";
import { folder } from "../support/temporary.mjs";
import { buildWidget } from "../support/widget-files.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const SOURCES = ["channels/http/browser", "channels/chat/widget", "daemon/desk/pages"];

/** `changes`: [file below the root, the text as it is, the text in its place]; a text that is not there once is an error. */
function copyWith(changes) {
  const copy = folder("fd-twin-");
  const filter = (path) => !path.includes("node_modules");
  for (const dir of SOURCES) cpSync(join(root, dir), join(copy, dir), { recursive: true, filter });
  for (const [file, from, to] of changes) {
    const parts = readFileSync(join(copy, file), "utf8").split(from);
    assert.equal(parts.length, 2, `${file} does not have exactly once: ${from}`);
    writeFileSync(join(copy, file), parts.join(to));
  }
  return copy;
}

/** widget.js and its style sheet with the changes; `more`: further flags of esbuild (the last one counts). */
export function widgetTwin(changes, more = []) {
  const files = buildWidget(copyWith(changes), more);
  return { "/widget.js": files["/widget.js"], "/chat/widget.css": files["/chat/widget.css"] };
}

/** desk.js with the changes. */
export function deskTwin(changes) {
  const files = buildDesk(copyWith(changes));
  return { "/desk/desk.js": files["/desk/desk.js"], "/desk/desk.css": files["/desk/desk.css"] };
}
