// What the desk knows, as values. How it changes is state.ts.

import { emptyOutbox, type Outbox } from "./outbox";
import type {
  Capacity,
  Command,
  Delta,
  Earlier,
  Lists,
  Me,
  Name,
  Offer,
  Presence,
  Row,
  TargetAgent,
  TargetQueue,
  Todo,
  Untaken,
  Waiting,
  WallAgent,
  WallQueue,
} from "./protocol";
import { emptyTalk, type Talk } from "./talk";

export interface OfferCard extends Offer {
  /** Site time: the ring is full here. */
  readonly arrived: number;
  readonly ended?: { readonly end: string; readonly reason: string; readonly by: string; readonly at: number };
}
/** The last refusal about a subject (`subjectOf`), until it is tried again or its form closes. */
export interface Verdict {
  readonly code: string;
}
export interface Staging {
  readonly parts: number;
  readonly part: number;
  readonly n: number;
  readonly presence?: Presence;
  readonly capacity?: Capacity;
  readonly offers: readonly Offer[];
  readonly contacts: readonly Row[];
  readonly todo: readonly Todo[];
  readonly held: readonly Delta[];
}
export interface Gone {
  readonly row: Row;
  readonly why: string;
  /** Whom it was handed to did not take it. */
  readonly untaken?: Untaken;
}

/** A colleague as this page came across them: whose notes and decisions carry only an id. */
export interface Person {
  readonly name: Name;
  readonly no: string;
}

export interface State {
  /** Site time − local time. */
  readonly offset: number;
  readonly me?: Me;
  readonly lists: Lists;
  readonly chars: number;
  /** Of the site; the browser's own until it is known. */
  readonly zone: string | undefined;
  readonly presence?: Presence;
  readonly capacity: Capacity;
  readonly offers: readonly OfferCard[];
  readonly contacts: ReadonlyMap<string, Row>;
  /** Contacts that left this agent and may still be open on the screen. */
  readonly gone: ReadonlyMap<string, Gone>;
  /** Contacts that this agent handed to another one in vain, newest first, until they are put away. */
  readonly untaken: readonly Untaken[];
  readonly todo: readonly Todo[];
  readonly people: ReadonlyMap<string, Person>;
  readonly talks: ReadonlyMap<string, Talk>;
  readonly outbox: Outbox;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Commands that were done since the last look, newest last: what forms close on. */
  readonly finished: readonly { readonly command: Command; readonly contact: string; readonly at: number }[];
  readonly targets?: {
    readonly contact: string;
    readonly queues: readonly TargetQueue[];
    readonly agents: readonly TargetAgent[];
  };
  readonly earlier: ReadonlyMap<string, readonly Earlier[]>;
  readonly found?: { readonly case: string; readonly contacts: readonly string[] };
  readonly explained: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly wall?: {
    readonly at: number;
    readonly heard: number;
    readonly long_wait_ms: number;
    readonly queues: readonly WallQueue[];
    readonly agents: readonly WallAgent[];
  };
  /** Who waits, by queue, as last told; a queue that was never asked about is not here. */
  readonly waiting: ReadonlyMap<string, readonly Waiting[]>;
  /** What this agent finished, newest first, once it was asked for. */
  readonly done?: readonly Row[];
  readonly slow: { readonly until: number; readonly reason: string };
  readonly n: number;
  readonly resync: "no" | "wanted" | "asked";
  readonly loaded: boolean;
  readonly staging?: Staging;
  readonly error: string;
}

const noLists: Lists = { kinds: [], dispositions: [], decline: [], transfer: [], away: [], phrases: [], queues: [] };

export const initial = (page: string): State => ({
  offset: 0,
  lists: noLists,
  chars: 4000,
  zone: undefined,
  capacity: { used: 0, total: 0 },
  offers: [],
  contacts: new Map(),
  gone: new Map(),
  untaken: [],
  todo: [],
  people: new Map(),
  talks: new Map(),
  outbox: emptyOutbox(page),
  verdicts: new Map(),
  finished: [],
  earlier: new Map(),
  explained: new Map(),
  waiting: new Map(),
  slow: { until: 0, reason: "" },
  n: 0,
  resync: "no",
  loaded: false,
  error: "",
});

export const talkOf = (state: State, contact: string): Talk => state.talks.get(contact) ?? emptyTalk;
export const siteNow = (state: State, now: number): number => now + state.offset;

export function subjectOf(c: Command): string {
  if (c.type === "presence") return "presence";
  if (c.type === "accept" || c.type === "decline") return `offer:${c.offer}`;
  if (c.type === "next" || c.type === "queue") return `${c.type}:${c.queue}`;
  if (c.type === "agent") return `agent:${c.agent}`;
  return `${c.type}:${c.contact}`;
}
