// How a chat is put away: ended by the customer, or left by one who logs out.
import assert from "node:assert/strict";
import test from "node:test";
import * as fold from "../../../channels/chat/widget/chat";
import type { In, State } from "../../../channels/chat/widget/chat";
import { ticks } from "../../../channels/chat/widget/look";
import { cids, fly, frame, NOW, OPEN, play, say, start } from "./play";

const closedAt = (contact: string | null): In => ({ type: "state", contact, state: "closed" }) as In;
const ends = (state: State): State => fold.sent(state, fold.END, NOW);

test("the end is said again on every new line and after every slow-down, until the chat is closed", () => {
  let state = fold.end(play(start(), "welcome_resumed"));
  const { contact } = state;
  assert.equal(fold.mayEnd(fold.end(start()), NOW), false, "there is nothing to end");
  assert.equal(fold.mayEnd(state, NOW), true);
  state = ends(state);
  assert.deepEqual([fold.mayEnd(state, NOW), fold.mayEnd(state, NOW + 20_000)], [false, true]);
  state = play(state, { ...frame("slow_down_busy"), retry_ms: 1000 });
  assert.deepEqual(
    [fold.mayEnd(state, NOW + 999), fold.mayEnd(state, NOW + 1000), ticks(state, NOW)],
    [false, true, true],
  );
  state = ends({ ...state, slow: null });
  state = play(fold.linked(fold.linked(state, { ...OPEN, phase: "lost" }), OPEN), "welcome_resumed");
  assert.equal(fold.mayEnd(state, NOW), true);
  state = play(ends(state), closedAt(contact));
  assert.deepEqual([state.ending, state.flight, state.status], [null, null, "closed"]);
  assert.equal(fold.mayEnd(state, NOW + 60_000), false);
});

test("the end waits for what was written before it; what is written after it waits for the end", () => {
  let state = fly(say(play(start(), "welcome_resumed"), "a"));
  state = fold.end(state);
  assert.equal(fold.mayEnd(state, NOW), false);
  state = { ...state, outbox: [], flight: null };
  state = say(ends(state), "b");
  assert.equal(fold.nextToSend(state, NOW), undefined);
  state = play(state, closedAt(state.contact));
  assert.equal(fold.nextToSend(state, NOW)?.text, "b");
});

test("an end that is refused is not said again", () => {
  const state = ends(fold.end(play(start(), "welcome_resumed")));
  assert.equal(play(state, { type: "error", code: "closed", text: "" } as In).ending, null);
  assert.notEqual(play(state, { ...frame("error_too_long"), cid: "p7Kq2:9" }).ending, null, "control: of a message");
});

test("logged out: nothing of the one before stays to be read or to go out", () => {
  const before = say(play(start(), "welcome_resumed", "msg_from_other_tab"), "my card number is 4111");
  assert.equal(fold.forget(before, "").outbox.length, 1, "control: an expired token keeps it");
  let state = fold.leave(before, "");
  const { token, contact, lines, outbox, flight, cases } = state;
  assert.deepEqual(
    { token, contact, lines, outbox, flight, cases },
    {
      token: "",
      contact: null,
      lines: [],
      outbox: [],
      flight: null,
      cases: {},
    },
  );
  state = say(play(state, "welcome_new_visitor"), "another one");
  assert.deepEqual(cids(state), ["p7Kq2:1"]);
});
