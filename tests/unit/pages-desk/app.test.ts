// The state of a page together with what is open on its screen: golden frames heard by the whole App.
import assert from "node:assert/strict";
import test from "node:test";
import { App } from "../../../daemon/desk/pages/app";
import { Drafts, loadSettings } from "../../../daemon/desk/pages/keep";
import type { RawFrame } from "../../../daemon/desk/pages/protocol";
import { golden } from "../pages/files";

const A = "01KATJ3W00000000000000000A";
const B = "01KATJ3W00000000000000000B";
const FRAMES = new Map(golden("desk/out.json").map(({ name, frame }) => [name, frame as RawFrame]));

function desk(): { app: App; hear: (name: string, more?: object) => void } {
  const app = new App("p7Kq2", loadSettings(undefined, []), new Drafts(undefined, () => 0));
  const hear = (name: string, more: object = {}): void => app.hear({ ...FRAMES.get(name)!, ...more });
  for (const name of ["welcome", "snapshot", "snapshot_part_2"]) hear(name);
  return { app, hear };
}

test("a transcript goes with its conversation, but for the one on the screen", () => {
  const { app, hear } = desk();
  const held = (): string[] => [...app.view.state.talks.keys()].sort();
  for (const contact of [A, B]) hear("history", { contact });
  app.openTalk(A);
  assert.deepEqual(held(), [A, B]);
  const gone = (id: string): void => hear("contact_gone", { n: app.view.state.n + 1, id, contact: id });
  gone(B);
  assert.deepEqual(held(), [A]);
  gone(A);
  assert.deepEqual(held(), [A], "somebody reads it");
  app.openTalk("");
  assert.deepEqual(held(), []);
  assert.ok(app.view.state.gone.has(A), "it can still be opened");
});

test("a new snapshot without a conversation takes its transcript too; an answer that comes late is not kept", () => {
  const { app, hear } = desk();
  for (const contact of [A, B]) hear("history", { contact });
  hear("snapshot", { n: 7, parts: 1, contacts: [] });
  assert.equal(app.view.state.talks.size, 0);
  hear("history", { contact: A });
  hear("typing", { contact: A, on: true });
  assert.equal(app.view.state.talks.size, 0);
});
