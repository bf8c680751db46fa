import assert from "node:assert/strict";
import test from "node:test";
import { createIme, type Ime, type KeyLike } from "../../../channels/http/browser/ime";

type Step = ["start"] | ["end", number] | ["key", KeyLike, boolean];

const ENTER = 13;
const IN_PROCESS = 229;

/** What browsers send, and whether that key belongs to the input method. */
const TABLE: Record<string, Step[]> = {
  "no input method": [["key", { isComposing: false, keyCode: ENTER, timeStamp: 10 }, false]],
  "Chrome, Firefox: Enter ends the composition, keydown first": [
    ["start"],
    ["key", { isComposing: true, keyCode: IN_PROCESS, timeStamp: 100 }, true],
    ["end", 101],
    ["key", { isComposing: false, keyCode: ENTER, timeStamp: 900 }, false],
  ],
  "Safari: the composition ends before the keydown": [
    ["start"],
    ["end", 500],
    ["key", { isComposing: false, keyCode: IN_PROCESS, timeStamp: 503 }, true],
    ["key", { isComposing: false, keyCode: ENTER, timeStamp: 700 }, false],
  ],
  "Chrome on macOS sends 229 long after": [
    ["start"],
    ["end", 500],
    ["key", { isComposing: false, keyCode: IN_PROCESS, timeStamp: 700 }, false],
  ],
  "229 without any composition": [["key", { isComposing: false, keyCode: IN_PROCESS, timeStamp: 50 }, false]],
  "an old view that does not say isComposing": [["start"], ["key", { keyCode: ENTER, timeStamp: 20 }, true]],
  "Enter right after the end, not by the input method": [
    ["start"],
    ["end", 500],
    ["key", { isComposing: false, keyCode: ENTER, timeStamp: 510 }, false],
  ],
};

/** The names of rows that `make` gets wrong. */
function wrong(make: () => Ime): string[] {
  return Object.keys(TABLE).filter((name) => {
    const ime = make();
    return (TABLE[name] ?? []).some((step) => {
      if (step[0] === "start") ime.start();
      else if (step[0] === "end") ime.end(step[1]);
      else return ime.busy(step[1]) !== step[2];
      return false;
    });
  });
}

test("busy() on what browsers send", () => assert.deepEqual(wrong(createIme), []));

test("control: the usual shortcuts fail the same table", () => {
  const byFlag = (): Ime => ({ ...createIme(), busy: (e) => e.isComposing === true });
  const by229 = (): Ime => ({ ...createIme(), busy: (e) => e.isComposing === true || e.keyCode === IN_PROCESS });
  assert.ok(wrong(byFlag).some((name) => name.startsWith("Safari")));
  assert.ok(wrong(by229).some((name) => name.includes("macOS")));
});
