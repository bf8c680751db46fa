// The ticket on a phone as a pure fold. There is no socket for tickets: the page asks again, the more often the nearer
// the turn, and says since when it knows nothing new.

import { readLook, type Answer, type Look } from "./rest";

export type Phase = "waiting" | "missed" | "called" | "serving" | "done" | "absent" | "noShow" | "canceled" | "expired";

/** Beyond what a missed question or two explain. */
export const STALE_MS = 15_000;
const LONGEST_MS = 30_000;

export interface Ticket {
  readonly look: Look | undefined;
  /** When `look` was heard; 0: never. */
  readonly heard: number;
  /** The longest line seen, for the bar. */
  readonly first: number;
  /** Questions in a row without an answer. */
  readonly failures: number;
  readonly later_ms: number;
  readonly gone: boolean;
  readonly leaving: "no" | "asked" | "flying" | "failed";
  readonly now: number;
}

export type Event =
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "leave" }
  | { readonly type: "stay" }
  | { readonly type: "flying" }
  | { readonly type: "left"; readonly answer: Answer }
  | { readonly type: "tick" };

export const initial = (now: number): Ticket => ({
  look: undefined,
  heard: 0,
  first: 0,
  failures: 0,
  later_ms: 0,
  gone: false,
  leaving: "no",
  now,
});

const CLOSED: Readonly<Record<string, Phase>> = {
  no_show: "noShow",
  abandoned: "canceled",
  canceled: "canceled",
  expired: "expired",
};

export function phaseOf(look: Pick<Look, "state" | "reason" | "missed">): Phase {
  switch (look.state) {
    case "connecting":
      return "called";
    case "active":
    case "paused":
      return "serving";
    case "abandoned":
      return "absent";
    case "wrapup":
      return "done";
    case "closed":
      return CLOSED[look.reason] ?? "done";
    default:
      return look.missed ? "missed" : "waiting"; // scheduled, queued, offered
  }
}

const isOneOf = (state: Ticket, ...phases: Phase[]): boolean => !!state.look && phases.includes(phaseOf(state.look));

/** No answer can change any more. A missed call can: the number may be called again. */
export const isOver = (state: Ticket): boolean =>
  state.gone || (!!state.look && !isOneOf(state, "waiting", "missed", "called", "serving", "absent"));

export const mayLeave = (state: Ticket): boolean => isOneOf(state, "waiting", "missed", "called");

/** Stands in the line: has a place. */
export const isInLine = (state: Ticket): boolean => isOneOf(state, "waiting", "missed");

export const isStale = (state: Ticket): boolean =>
  !isOver(state) && state.heard > 0 && state.now - state.heard > STALE_MS;

/** Just called: ring and vibrate once. A page that opens on a called number rings too. */
export function justCalled(before: Ticket, after: Ticket): boolean {
  const called = (state: Ticket): boolean => state.look !== undefined && phaseOf(state.look) === "called";
  return called(after) && !called(before);
}

/** How long until the next question; undefined: never again. `random` 0…1 spreads a hall full of phones. */
export function nextPoll(state: Ticket, hidden: boolean, random: number): number | undefined {
  if (isOver(state)) return undefined;
  const spread = 0.85 + 0.3 * random;
  if (state.failures > 0) {
    const wait = Math.min(LONGEST_MS, 1500 * 2 ** Math.min(state.failures - 1, 10));
    return Math.round(Math.max(state.later_ms, wait * spread));
  }
  const ahead = state.look?.ahead ?? 0;
  const inLine = ahead <= 3 ? 3_000 : ahead <= 10 ? 6_000 : 12_000;
  const calm = isOneOf(state, "called") ? 3_000 : !state.look || isInLine(state) ? inLine : 10_000;
  return Math.round((hidden ? Math.max(calm, 10_000) : calm) * spread);
}

function answered(state: Ticket, answer: Answer): Ticket {
  const look = answer.kind === "ok" ? readLook(answer.body) : undefined;
  if (look) {
    const next = { ...state, look, heard: state.now, failures: 0, later_ms: 0, gone: false };
    const first = Math.max(state.first, look.ahead ?? 0);
    return { ...next, first, leaving: mayLeave(next) ? state.leaving : "no" };
  }
  if (answer.kind === "refused") return { ...state, gone: true, leaving: "no" };
  return { ...state, failures: state.failures + 1, later_ms: answer.kind === "later" ? answer.after_ms : 0 };
}

function left(state: Ticket, answer: Answer): Ticket {
  // Too late to leave: the next question tells what it is instead.
  if (answer.kind === "ok" || answer.kind === "refused") return { ...state, leaving: "no" };
  return { ...state, leaving: "failed" };
}

export function reduce(before: Ticket, event: Event, now: number): Ticket {
  const state = { ...before, now };
  switch (event.type) {
    case "answer":
      return answered(state, event.answer);
    case "leave":
      return mayLeave(state) ? { ...state, leaving: "asked" } : state;
    case "stay":
      return { ...state, leaving: "no" };
    case "flying":
      return { ...state, leaving: "flying" };
    case "left":
      return left(state, event.answer);
    case "tick":
      return state;
  }
}
