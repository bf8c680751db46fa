// A page's fold played with the golden frames that the edge's tests read too.
import assert from "node:assert/strict";
import * as fold from "../../../channels/chat/widget/chat";
import type { In, State } from "../../../channels/chat/widget/chat";
import type { LinkState } from "../../../channels/http/browser/socket";
import { golden } from "./files";

export const NOW = 1_795_507_200_000;
export const C = "01KATJ3W00000000000000000A";
export const OLD = "01KATJ2W00000000000000000A";
export const OPEN: LinkState = { phase: "open", since: NOW, refused: 0, heard: NOW, welcomed: true };
export const FRAMES = new Map(golden("chat/out.json").map(({ name, frame }) => [name, frame as unknown as In]));

export const start = (): State => fold.linked(fold.initial("p7Kq2", "", OPEN), OPEN);

export function frame(name: string): In {
  const found = FRAMES.get(name);
  assert.ok(found, name);
  return found;
}

export const play = (state: State, ...names: (string | In)[]): State =>
  names.reduce((s, name) => fold.reduce(s, typeof name === "string" ? frame(name) : name, NOW), state);

export const cids = (state: State): string[] => state.outbox.map((entry) => entry.cid);

/** Says each text, and puts what is due in flight. */
export function say(state: State, ...texts: string[]): State {
  return fly(texts.reduce((s, text) => fold.say(s, text, NOW), state));
}
export function fly(state: State, now = NOW): State {
  const entry = fold.nextToSend(state, now);
  return entry ? fold.sent(state, entry.cid, now) : state;
}
