// The chat as a fold: state = reduce(state, frame, now) for what the server says (docs/chat.md), and one small function
// for each thing that happens here. Pure: no clock, no storage, no DOM.
//
// Sending is one at a time: the first entry of the outbox is in flight until it is answered. So a refused number, a gap
// or a slow-down always speaks of that entry, and the order of what was typed is the order of what is kept.

import type { LinkState } from "../../http/browser/socket";
import type { Entry, Form, In, Line, Place, State } from "./state";

export type { Agent, Entry, Form, In, Line, Place, State, Status } from "./state";

export const OUTBOX_MAX = 50;
export const FAILED_MS = 20_000;
/** In flight in place of a cid. */
export const END = "end";
const TYPING_MS = 8_000;

const NOBODY = {
  contact: null,
  status: "",
  agent: null,
  place: null,
  seen: 0,
  readBy: 0,
  replay: 0,
  typingUntil: 0,
} as const;

export const initial = (page: string, token: string, link: LinkState): State => ({
  ...NOBODY,
  page,
  n: 0,
  link,
  onLine: true,
  token,
  offset: 0,
  staffed: null,
  chars: 4000,
  bytes: 16_384,
  cases: {},
  lines: [],
  outbox: [],
  flight: null,
  slow: null,
  expired: false,
  ending: null,
});

const pageOf = (cid: string): string => cid.split(":")[0] ?? "";
const numberOf = (cid: string): number => Number(cid.split(":")[1]);

/** Contacts are ULIDs: older first; then by number. */
const order = (a: Line, b: Line): number => (a.contact === b.contact ? a.seq - b.seq : a.contact < b.contact ? -1 : 1);

/** In its place; a line known already changes nothing. */
function insert(lines: readonly Line[], line: Line): readonly Line[] {
  let at = lines.length;
  let after = -1;
  while (at && (after = order(lines[at - 1] as Line, line)) > 0) at--;
  return after ? [...lines.slice(0, at), line, ...lines.slice(at)] : lines;
}

/** The highest number of `contact` below which nothing is missing: what to resume from. */
export function lastSeq(state: State, contact: string): number {
  let last = 0;
  for (const line of state.lines) if (line.contact === contact && line.seq === last + 1) last++;
  return last;
}

/** A line is missing in the middle: resume, do not wait for it. */
export function hasGap(state: State): boolean {
  const { contact, lines } = state;
  const last = lastSeq(state, contact ?? "");
  return lines.some((line) => line.contact === contact && line.seq > last);
}

export const isLive = (state: State): boolean => state.contact !== null && state.status !== "closed";

export const isFailed = (entry: Entry, now: number): boolean => now - entry.since >= FAILED_MS;

const firstHeld = (state: State): Entry | undefined => state.outbox.find((entry) => !entry.refused);

/** What to send now, if anything: the first entry, when nothing is in flight and nobody asked to wait. */
export function nextToSend(state: State, now: number): Entry | undefined {
  const { link, expired, slow, flight } = state;
  if (link.phase !== "open" || expired || (slow && slow.until > now)) return undefined;
  // Unanswered for 20 s: say it again, the cid makes it one message.
  return flight && now - flight.at < FAILED_MS ? undefined : firstHeld(state);
}

/** The chat is to be ended, and all that was written before is kept. On a new line and after a slow-down it is said again. */
export const mayEnd = (state: State, now: number): boolean => {
  const { link, ending, expired, slow, flight, outbox } = state;
  const held = outbox.some((entry) => !entry.refused);
  return (
    ending !== null &&
    link.phase === "open" &&
    !expired &&
    !held &&
    !(slow && slow.until > now) &&
    !(flight && now - flight.at < FAILED_MS)
  );
};

/** Lines of agents that the customer has not seen. */
export const unread = (state: State): number =>
  state.lines.filter((l) => l.contact === state.contact && l.by === "agent" && l.seq > state.seen).length;

/** Is it a line nobody heard of before? History is no news. */
export const isNews = (before: State, after: State, { contact, seq }: In): boolean =>
  after.lines.length > before.lines.length && (contact !== before.contact || seq > before.replay);

/** New patience for all that waits: there was progress, or an order to wait. */
const patient = (outbox: readonly Entry[], now: number): readonly Entry[] =>
  outbox.map((entry) => (entry.refused ? entry : { ...entry, since: now }));

/** The held entries of `page` count on from `n`; a refused one has left the count. */
function renumber(state: State, page: string, n: number): State {
  const outbox = state.outbox.map((entry) =>
    entry.refused || pageOf(entry.cid) !== page ? entry : { ...entry, cid: `${page}:${n++}` },
  );
  return { ...state, outbox, n: page === state.page ? n - 1 : state.n };
}

const withCase = ({ cases }: State, frame: In): State["cases"] =>
  frame.case ? { ...cases, [frame.contact]: frame.case } : cases;

function onWelcome(state: State, frame: In, now: number): State {
  const { contact, read, agent = null, place = null } = frame;
  const talk: Partial<State> = contact
    ? {
        contact,
        status: frame.state,
        agent,
        place,
        seen: Math.max(read.customer, contact === state.contact ? state.seen : 0),
        readBy: read.agent,
        replay: frame.seq,
      }
    : state.contact
      ? { status: "closed" } // it is over, and too long ago to be told about
      : {};
  const held = state.outbox.some((entry) => !entry.refused && pageOf(entry.cid) === state.page);
  return {
    ...state,
    ...talk,
    token: frame.token ?? state.token,
    offset: frame.at - now,
    staffed: frame.online,
    chars: frame.limits.chars,
    bytes: frame.limits.bytes,
    lines: frame.reset ? state.lines.filter((line) => line.contact !== contact) : state.lines,
    cases: withCase(state, frame),
    n: held ? state.n : frame.last,
    outbox: patient(state.outbox, now),
    flight: state.flight?.cid === END ? state.flight : null, // said on this line already, if at all
    slow: null,
    typingUntil: 0,
    expired: false,
  };
}

/** Takes the entry out: it is a line now. */
const taken = (state: State, cid: string | undefined): Pick<State, "outbox" | "flight"> => ({
  outbox: state.outbox.filter((entry) => entry.cid !== cid),
  flight: state.flight?.cid === cid ? null : state.flight,
});

function onAck(state: State, frame: In, now: number): State {
  const { cid, contact } = frame;
  const entry = state.outbox.find((e) => e.cid === cid);
  if (!entry) return state;
  const { outbox, flight } = taken(state, cid);
  return {
    ...state,
    ...(contact === state.contact ? {} : { ...NOBODY, contact, status: "queued" }),
    cases: withCase(state, frame),
    lines: insert(state.lines, { ...frame, by: "customer", kind: "text", text: entry.text }),
    outbox: patient(outbox, now),
    flight,
    slow: null,
  };
}

const onMsg = (state: State, frame: In): State => ({
  ...state,
  ...taken(state, frame.cid),
  lines: insert(state.lines, { ...frame, text: frame.text ?? "" }),
  typingUntil: frame.by === "agent" ? 0 : state.typingUntil,
});

function onState(state: State, frame: In): State {
  const { contact, state: status } = frame;
  const same = state.contact === contact;
  if (!same && state.contact && status === "closed") return state; // an older chat of this visitor
  const waits = status === "queued";
  return {
    ...state,
    ...(same ? {} : NOBODY),
    contact,
    status,
    agent: waits ? null : (frame.agent ?? (same ? state.agent : null)),
    place: waits && same ? state.place : null,
    typingUntil: 0,
    cases: withCase(state, frame),
  };
}

function onSlowDown(state: State, { reason, retry_ms, next }: In, now: number): State {
  const gap = reason === "gap";
  const until = Math.max(now + retry_ms, gap && state.slow ? state.slow.until : 0);
  const waiting = { ...state, flight: null, outbox: patient(state.outbox, now), slow: { until, reason } };
  if (!gap) return waiting;
  const spoken = state.flight ?? firstHeld(state);
  return renumber(waiting, spoken ? pageOf(spoken.cid) : state.page, next);
}

function onError(state: State, { code, cid }: In, now: number): State {
  if (!cid && state.flight?.cid === END) return { ...state, ending: null };
  if (code === "expired") return { ...state, expired: true, token: "", flight: null };
  if (!cid || !state.outbox.some((entry) => entry.cid === cid)) return state;
  // The number was not consumed: those behind it move up. The refused one keeps a name nobody else can get.
  const outbox = state.outbox.map((entry) =>
    entry.cid === cid ? { ...entry, cid: `!${cid}:${now}`, refused: code } : entry,
  );
  return renumber({ ...state, outbox, flight: null }, pageOf(cid), numberOf(cid));
}

/** Frames of the chat in view. */
function reduceHere(state: State, frame: In, now: number): State {
  const { type } = frame;
  if (type === "place") return { ...state, place: frame as unknown as Place };
  if (type === "typing") return { ...state, typingUntil: frame.on ? now + TYPING_MS : 0 };
  if (type === "read") return { ...state, readBy: Math.max(state.readBy, frame.seq) };
  return state;
}

/** An end is over with its chat. */
function settled(state: State): State {
  const { ending, contact, flight } = state;
  if (ending !== null && (ending !== contact || !isLive(state))) return settled({ ...state, ending: null });
  return ending === null && flight?.cid === END ? { ...state, flight: null } : state;
}

export const reduce = (state: State, frame: In, now: number): State => settled(heard(state, frame, now));

function heard(state: State, frame: In, now: number): State {
  switch (frame.type) {
    case "welcome":
      return onWelcome(state, frame, now);
    case "ack":
      return onAck(state, frame, now);
    case "msg":
      return onMsg(state, frame);
    case "state":
      return onState(state, frame);
    case "slow_down":
      return onSlowDown(state, frame, now);
    case "error":
      return onError(state, frame, now);
    default:
      return frame.contact === state.contact ? reduceHere(state, frame, now) : state;
  }
}

// --- what happens here ---

export const linked = (state: State, link: LinkState): State => ({
  ...state,
  link,
  flight: link.phase === "open" ? state.flight : null,
});

export function say(state: State, text: string, now: number, form?: Form): State {
  const n = state.n + 1;
  const entry = { cid: `${state.page}:${n}`, text, at: now + state.offset, since: now, form };
  return { ...state, n, outbox: [...state.outbox, entry] };
}

export const end = (state: State): State => (isLive(state) ? { ...state, ending: state.contact } : state);

export const sent = (state: State, cid: string, at: number): State => ({ ...state, flight: { cid, at } });

/** The line was closed. 1009: what is in flight did not fit a frame, and would not the next time. */
export const cut = (state: State, code: number, now: number): State =>
  code === 1009 && state.flight ? onError(state, { code: "too_long", cid: state.flight.cid } as In, now) : state;

export const retry = (state: State, now: number): State => ({
  ...state,
  outbox: patient(state.outbox, now),
  flight: null,
});

/** A refused text leaves the transcript: it goes back to the composer. */
export const take = (state: State, cid: string): State => ({
  ...state,
  outbox: state.outbox.filter((entry) => entry.cid !== cid || !entry.refused),
});

/** What a page no longer open left goes first, under its own cids. */
export const adopt = (state: State, entries: readonly Entry[], now: number): State => ({
  ...state,
  outbox: patient([...entries, ...state.outbox], now),
});

export const seen = (state: State, contact: string, seq: number): State =>
  contact !== state.contact || seq <= state.seen ? state : { ...state, seen: seq };

/** The chat is put away; the next message starts a new one. */
export const fresh = (state: State): State => ({ ...state, ...NOBODY, lines: [], cases: {}, ending: null });

/** The same person as another visitor: the token was over. What waits to go out stays, and goes out in the new name. */
export const forget = (state: State, token: string): State => ({
  ...fresh(state),
  token,
  expired: false,
  slow: null,
});

/** Another person from here on: nothing of the one before stays. */
export const leave = (state: State, token: string): State => ({
  ...forget(state, token),
  outbox: [],
  flight: null,
  n: 0,
});
