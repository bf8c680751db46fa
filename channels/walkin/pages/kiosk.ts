// The kiosk as a pure fold: what was touched, answered and heard becomes what is shown, and what is to be asked.
// A number exists for a person or not at all: an attempt keeps its key until its fate is known. Who leaves before that
// leaves an orphan, which is asked for again under the same key and then canceled.

import type { Answer, Issued, Service, SiteTime } from "./rest";
import { readIssued } from "./rest";
import type { Lang } from "../../http/browser/words";

export const BACK_MS = 30_000;
/** So long an attempt is repeated before the person is told that it failed. */
export const GIVE_UP_MS = 20_000;
/** So long after it was left, a new touch of the same service takes the attempt over. */
export const ADOPT_MS = 60_000;
/** No word about the lines for so long: nothing is offered any more. */
export const LOST_MS = 12_000;

/** `send`: to be asked by the effects; `flying`: asked; `wait`: again at `due`. */
export type Phase = "send" | "flying" | "wait";
export interface Attempt {
  readonly service: string;
  readonly key: string;
  readonly phase: Phase;
  readonly since: number;
  readonly due: number;
  readonly tries: number;
  readonly why: "" | "lost" | "busy" | "rate";
}
/** `token`: it was issued and is to be canceled. */
export interface Orphan {
  readonly service: string;
  readonly key: string;
  readonly token?: string;
  readonly phase: Phase;
  readonly left: number;
  readonly due: number;
  readonly tries: number;
}
export type Print = "starting" | "done" | "failed" | "none";
export type Failure = "offline" | "busy" | "closed";

export type Screen =
  | { readonly is: "start"; readonly notOpen?: string }
  | { readonly is: "asking"; readonly attempt: Attempt }
  | {
      readonly is: "ticket";
      readonly service: string;
      readonly issued: Issued;
      readonly at: number;
      readonly print: Print;
    }
  | { readonly is: "failed"; readonly service: string; readonly why: Failure };

export interface Kiosk {
  readonly lang: Lang;
  readonly home: Lang;
  /** Is this browser a registered device? Undefined: not known yet. */
  readonly ours: boolean | undefined;
  readonly services: readonly Service[] | undefined;
  /** When the lines were last heard of; 0: never. */
  readonly heard: number;
  /** The site's clock minus ours, and its zone; undefined: the machine's own. */
  readonly offset: number;
  readonly zone: string | undefined;
  readonly screen: Screen;
  readonly touched: number;
  readonly orphans: readonly Orphan[];
  readonly now: number;
}

export type Event =
  | { readonly type: "services"; readonly services: readonly Service[]; readonly time?: SiteTime }
  | { readonly type: "device"; readonly ours: boolean }
  | { readonly type: "touch"; readonly service: string; readonly key: string }
  | { readonly type: "sent"; readonly key: string }
  | { readonly type: "answer"; readonly key: string; readonly answer: Answer; readonly printer: boolean }
  | { readonly type: "canceled"; readonly key: string; readonly answer: Answer }
  | { readonly type: "print"; readonly print: Print }
  | { readonly type: "language"; readonly lang: Lang }
  | { readonly type: "back" }
  | { readonly type: "tick" };

export function initial(home: Lang, now: number, left: readonly { service: string; key: string }[] = []): Kiosk {
  const orphans = left.map(({ service, key }): Orphan => {
    return { service, key, phase: "send", left: now - ADOPT_MS, due: now, tries: 0 };
  });
  return {
    lang: home,
    home,
    ours: undefined,
    services: undefined,
    heard: 0,
    offset: 0,
    zone: undefined,
    screen: { is: "start" },
    touched: now,
    orphans,
    now,
  };
}

/** Keys whose fate is not known: kept over a reload. */
export function unsettled(state: Kiosk): { service: string; key: string }[] {
  const asking = state.screen.is === "asking" ? [state.screen.attempt] : [];
  return [...asking, ...state.orphans].map(({ service, key }) => ({ service, key }));
}

const backoff = (tries: number, longest: number): number => Math.min(longest, 1000 * 2 ** Math.min(tries, 10));

/** The person goes away: an attempt whose fate is open is nobody's from now on. */
function leave(state: Kiosk, screen: Screen): Kiosk {
  if (state.screen.is !== "asking") return { ...state, screen };
  const { service, key, phase, due, tries } = state.screen.attempt;
  const orphan: Orphan = { service, key, phase: phase === "send" ? "wait" : phase, left: state.now, due, tries };
  // Never sent: it cannot exist.
  const orphans = phase === "send" && tries === 0 ? state.orphans : [...state.orphans, orphan];
  return { ...state, screen, orphans };
}

function touch(state: Kiosk, service: string, key: string): Kiosk {
  if (state.screen.is !== "start" && state.screen.is !== "failed") return state;
  const line = state.services?.find((one) => one.id === service);
  if (!line || isOffline(state) || state.ours === false) return state;
  if (!line.open) return { ...state, screen: { is: "start", notOpen: service } };
  const old = state.orphans.find((one) => one.service === service && !one.token && state.now - one.left < ADOPT_MS);
  const attempt: Attempt = {
    service,
    key: old?.key ?? key,
    phase: old?.phase === "flying" ? "flying" : "send",
    since: state.now,
    due: state.now,
    tries: old?.tries ?? 0,
    why: "",
  };
  return {
    ...state,
    screen: { is: "asking", attempt },
    orphans: state.orphans.filter((one) => one !== old),
  };
}

function retried(attempt: Attempt, answer: Answer, now: number): Attempt {
  const wait = answer.kind === "later" ? answer.after_ms : backoff(attempt.tries, 4000);
  const why = answer.kind === "later" ? (answer.code === "rate" ? "rate" : "busy") : "lost";
  return { ...attempt, phase: "wait", due: now + wait, why };
}

function answered(state: Kiosk, key: string, answer: Answer, printer: boolean): Kiosk {
  const issued = answer.kind === "ok" ? readIssued(answer.body) : undefined;
  const bad: Answer = answer.kind === "ok" && !issued ? { kind: "lost" } : answer;
  if (state.screen.is === "asking" && state.screen.attempt.key === key) {
    const { attempt } = state.screen;
    const { service } = attempt;
    if (issued) {
      const print: Print = printer ? "starting" : "none";
      return { ...state, touched: state.now, screen: { is: "ticket", service, issued, at: state.now, print } };
    }
    if (bad.kind === "refused") {
      const ours = bad.status === 401 ? false : state.ours;
      return { ...state, ours, touched: state.now, screen: { is: "failed", service, why: "closed" } };
    }
    return { ...state, screen: { is: "asking", attempt: retried(attempt, bad, state.now) } };
  }
  const orphans = state.orphans.flatMap((one): Orphan[] => {
    if (one.key !== key) return [one];
    if (issued) return [{ ...one, token: issued.token, phase: "send" }];
    if (bad.kind === "refused") return [];
    return [{ ...one, phase: "wait", due: state.now + backoff(one.tries, 60_000) }];
  });
  return { ...state, orphans };
}

function canceled(state: Kiosk, key: string, answer: Answer): Kiosk {
  const orphans = state.orphans.flatMap((one): Orphan[] => {
    if (one.key !== key) return [one];
    if (answer.kind === "ok" || answer.kind === "refused") return [];
    return [{ ...one, phase: "wait", due: state.now + backoff(one.tries, 60_000) }];
  });
  return { ...state, orphans };
}

function sent(state: Kiosk, key: string): Kiosk {
  const fly = <T extends Attempt | Orphan>(one: T): T =>
    one.key === key ? { ...one, phase: "flying", tries: one.tries + 1 } : one;
  const { screen } = state;
  return {
    ...state,
    screen: screen.is === "asking" ? { is: "asking", attempt: fly(screen.attempt) } : screen,
    orphans: state.orphans.map(fly),
  };
}

function tick(state: Kiosk): Kiosk {
  const { now } = state;
  const ready = <T extends Attempt | Orphan>(one: T): T =>
    one.phase === "wait" && now >= one.due ? { ...one, phase: "send" } : one;
  let next: Kiosk = { ...state, orphans: state.orphans.map(ready) };
  if (next.screen.is === "asking") {
    const { attempt } = next.screen;
    // Asking too fast is a matter of seconds and known to be nobody's ticket: it is waited for.
    const lost = now - attempt.since >= GIVE_UP_MS && attempt.why !== "rate";
    if (!lost) return { ...next, screen: { is: "asking", attempt: ready(attempt) } };
    next = leave(next, { is: "failed", service: attempt.service, why: attempt.why === "busy" ? "busy" : "offline" });
    return { ...next, touched: now };
  }
  const idle = now - next.touched >= BACK_MS;
  const away = next.screen.is !== "start" || next.screen.notOpen !== undefined || next.lang !== next.home;
  return idle && away ? { ...next, screen: { is: "start" }, lang: next.home, touched: now } : next;
}

export function reduce(before: Kiosk, event: Event, now: number): Kiosk {
  const state = { ...before, now };
  switch (event.type) {
    case "services": {
      const { at, zone = state.zone } = event.time ?? {};
      return { ...state, services: event.services, heard: now, offset: at ? at - now : state.offset, zone };
    }
    case "device":
      return { ...state, ours: event.ours };
    case "touch":
      return touch({ ...state, touched: now }, event.service, event.key);
    case "sent":
      return sent(state, event.key);
    case "answer":
      return answered(state, event.key, event.answer, event.printer);
    case "canceled":
      return canceled(state, event.key, event.answer);
    case "print":
      return state.screen.is === "ticket" ? { ...state, screen: { ...state.screen, print: event.print } } : state;
    case "language":
      return { ...state, lang: event.lang, touched: now };
    case "back":
      return { ...leave(state, { is: "start" }), touched: now };
    case "tick":
      return tick(state);
  }
}

export const isOffline = (state: Kiosk): boolean => state.heard > 0 && state.now - state.heard >= LOST_MS;

/** Nobody is at any counter: a number now would be a promise nobody keeps. */
export const isClosed = (state: Kiosk): boolean =>
  (state.services?.length ?? 0) > 0 && (state.services ?? []).every((one) => !one.open);

export const secondsLeft = (state: Kiosk): number =>
  Math.max(0, Math.ceil((state.touched + BACK_MS - state.now) / 1000));

/** What the effects must ask now. */
export function toAsk(state: Kiosk): { key: string; service: string; token?: string }[] {
  const asking = state.screen.is === "asking" ? [state.screen.attempt] : [];
  return [...asking, ...state.orphans].filter((one) => one.phase === "send");
}
