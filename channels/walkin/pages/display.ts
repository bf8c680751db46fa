// The call display as a pure fold of the router's frames and the clock. Calls are announced one after the other, each
// for at least eight seconds; the router's list says which are still open.

export interface Call {
  readonly number: string;
  readonly counter: string;
  readonly at: number;
  readonly recall: boolean;
}
/** How a call ended, as the router says: `served`, `absent`, `withdrawn`; empty: it is open. */
export interface Past extends Call {
  readonly end: string;
}
/** The call in the big field. `turn` grows with each announcement; 0: shown without one, as found at the start. */
export interface Stage {
  readonly call: Call;
  readonly turn: number;
  readonly since: number;
  /** Tone and speech are over. */
  readonly said: boolean;
  /** Nothing could be said aloud: the flash is longer. */
  readonly mute: boolean;
  readonly end: string;
}

export interface Display {
  readonly stage: Stage | undefined;
  readonly pending: readonly Call[];
  readonly past: readonly Past[];
  readonly waiting: Readonly<Record<string, number>>;
  /** The newest call ever seen, and the newest of each number the router still lists. */
  readonly mark: number;
  readonly seen: Readonly<Record<string, number>>;
  /** Server's clock minus ours. */
  readonly offset: number;
  /** When the router's state last came; 0: never. */
  readonly heard: number;
  readonly turns: number;
  readonly now: number;
}

export interface Rules {
  readonly hold_ms: number;
  /** A voice that never ends does not hold up the next call for longer. */
  readonly longest_ms: number;
}
export const RULES: Rules = { hold_ms: 8_000, longest_ms: 20_000 };
/** On the first frame: what was called a moment ago is announced, older calls are only shown. */
export const FRESH_MS = 15_000;
/** A call that is over leaves the big field after so long without another. */
export const FADE_MS = 600_000;
export const PAST_MAX = 5;
const FRAME_CALLS = 6;
const PENDING_MAX = 60;

export type Event =
  | { readonly type: "frame"; readonly frame: Readonly<Record<string, unknown>> }
  | { readonly type: "said"; readonly turn: number; readonly mute: boolean }
  | { readonly type: "tick" };

export const initial = (now: number): Display => ({
  stage: undefined,
  pending: [],
  past: [],
  waiting: {},
  mark: 0,
  seen: {},
  offset: 0,
  heard: 0,
  turns: 0,
  now,
});

function readCalls(value: unknown): Call[] {
  if (!Array.isArray(value)) return [];
  return (value as Partial<Call>[]).flatMap((one) =>
    typeof one?.number === "string" && typeof one.counter === "string" && typeof one.at === "number"
      ? [{ number: one.number, counter: one.counter, at: one.at, recall: one.recall === true }]
      : [],
  );
}

function readEnds(value: unknown): Record<string, string> {
  if (!Array.isArray(value)) return {};
  const rows = value as Partial<{ number: string; reason: string }>[];
  return Object.fromEntries(
    rows.flatMap((one) =>
      typeof one?.number === "string" && typeof one.reason === "string" ? [[one.number, one.reason] as const] : [],
    ),
  );
}

/** Nobody came: it turns grey. Who is served stands there in ink, as one of the last calls. */
export const isGrey = (call: { readonly end: string }): boolean => call.end !== "" && call.end !== "served";

function readWaiting(value: unknown): Record<string, number> {
  if (!Array.isArray(value)) return {};
  const rows = value as Partial<{ id: string; waiting: number }>[];
  return Object.fromEntries(
    rows.flatMap((one) =>
      typeof one?.id === "string" && typeof one.waiting === "number" ? [[one.id, one.waiting] as const] : [],
    ),
  );
}

/** A call is new when it is later than that number's last one, or than everything seen: a new leader repeats old ones. */
const isNew = (state: Display, call: Call): boolean => {
  const last = state.seen[call.number];
  return last === undefined ? call.at >= state.mark : call.at > last;
};

function framed(state: Display, frame: Readonly<Record<string, unknown>>, rules: Rules): Display {
  const calls = readCalls(frame.calls); // newest first
  const at = typeof frame.at === "number" ? frame.at : state.now;
  const first = state.heard === 0;
  const fresh = calls.filter((call) => (first ? at - call.at <= FRESH_MS : isNew(state, call)));
  const listed = new Set(calls.map((call) => call.number));
  // The list is short: what was pushed out of it is still to be announced, what was taken out of it is over.
  const oldest = calls.length >= FRAME_CALLS ? (calls[calls.length - 1]?.at ?? 0) : 0;
  const isOpen = (call: Call): boolean => listed.has(call.number) || call.at < oldest;
  const ends = readEnds(frame.ended);
  /** The router remembers a few ends; a call that is over for an unknown reason was given up. */
  const endOf = (call: Call, before = ""): string =>
    isOpen(call) ? (call.at < oldest ? before : "") : (ends[call.number] ?? (before || "withdrawn"));
  const announced = new Set(fresh.map((call) => call.number));
  const pending = [
    ...state.pending.filter((call) => isOpen(call) && !announced.has(call.number)),
    ...fresh.slice().reverse(),
  ].slice(0, PENDING_MAX);
  const old = first ? calls.filter((call) => !announced.has(call.number)) : [];
  const [top, ...below] = old;
  const stage: Stage | undefined = state.stage
    ? { ...state.stage, end: endOf(state.stage.call, state.stage.end) }
    : top && { call: top, turn: 0, since: state.now - rules.longest_ms, said: true, mute: false, end: "" };
  const past = [...state.past, ...below.map((call) => ({ ...call, end: "" }))]
    .map((call) => ({ ...call, end: endOf(call, call.end) }))
    .slice(0, PAST_MAX);
  const next = {
    ...state,
    stage,
    pending,
    past,
    waiting: readWaiting(frame.waiting),
    mark: Math.max(state.mark, ...calls.map((call) => call.at)),
    seen: Object.fromEntries(calls.map((call) => [call.number, Math.max(call.at, state.seen[call.number] ?? 0)])),
    offset: at - state.now,
    heard: state.now,
  };
  return advance(next, rules);
}

/** May the next one be called? */
function isFree(stage: Stage | undefined, now: number, rules: Rules): boolean {
  if (!stage) return true;
  const shown = now - stage.since;
  return shown >= rules.hold_ms && (stage.said || shown >= rules.longest_ms);
}

function advance(state: Display, rules: Rules): Display {
  const { stage, pending, now } = state;
  const [call, ...rest] = pending;
  if (!isFree(stage, now, rules)) return state;
  if (!call) return stage && stage.end && now - stage.since >= FADE_MS ? { ...state, stage: undefined } : state;
  const turns = state.turns + 1;
  const before: readonly Past[] = stage ? [{ ...stage.call, end: stage.end }] : [];
  const past = [...before, ...state.past].filter((one) => one.number !== call.number).slice(0, PAST_MAX);
  const next: Stage = { call, turn: turns, since: now, said: false, mute: false, end: "" };
  return { ...state, stage: next, pending: rest, past, turns };
}

export function reduce(before: Display, event: Event, now: number, rules: Rules = RULES): Display {
  const state = { ...before, now };
  if (event.type === "frame") return framed(state, event.frame, rules);
  if (event.type === "said" && state.stage?.turn === event.turn) {
    return advance({ ...state, stage: { ...state.stage, said: true, mute: event.mute } }, rules);
  }
  return advance(state, rules);
}

/** When the fold must be asked again; undefined: only when something comes. */
export function nextDue(state: Display, rules: Rules = RULES): number | undefined {
  const { stage } = state;
  if (!stage || state.pending.length === 0) return undefined;
  return stage.since + (stage.said ? rules.hold_ms : rules.longest_ms);
}

const FLASH_MS = 6_000;
export const isFlashing = (stage: Stage, now: number): boolean =>
  stage.turn > 0 && !stage.end && now - stage.since < (stage.mute ? 2 * FLASH_MS : FLASH_MS);

/** Pixels burn in: the layout goes round a square of 8 px, a corner every ten minutes. 0…3 */
export const shiftOf = (now: number): number => Math.floor(now / 600_000) % 4;

/** Has the page run over a 04:00 of its own clock since it was loaded? Only in the hour after it: not at noon. */
export function isReloadDue(loaded: Date, now: Date): boolean {
  const four = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 4);
  return loaded < four && now >= four && now.getTime() - four.getTime() < 3_600_000;
}
