// The frames of the desk (docs/desk.md) as types, and the one place that reads them: unknown fields are ignored, missing
// ones get a value, so that everything behind works with whole records. Instants are ms since 1970, site time.

export interface RawFrame {
  readonly type: string;
  readonly [field: string]: unknown;
}

export type PresenceState = "offline" | "available" | "away" | "draining" | "not_responding";
export type ContactState =
  "scheduled" | "queued" | "offered" | "connecting" | "active" | "paused" | "wrapup" | "abandoned" | "closed";
export type Author = "customer" | "agent" | "system";

/** A name in both languages; neither is empty when the other is not. */
export interface Name {
  readonly zh: string;
  readonly en: string;
}
/** A row of a list of the configuration. A phrase's text is its name. */
export interface Option extends Name {
  readonly id: string;
  /** Dispositions: only for these kinds; empty = all. */
  readonly kinds: readonly string[];
}
export interface QueueOption extends Option {
  readonly mode: "push" | "pull";
}
export interface Lists {
  readonly kinds: readonly Option[];
  readonly dispositions: readonly Option[];
  readonly decline: readonly Option[];
  readonly transfer: readonly Option[];
  readonly away: readonly Option[];
  readonly phrases: readonly Option[];
  readonly queues: readonly QueueOption[];
}
export interface Me {
  readonly id: string;
  readonly no: string;
  readonly name: Name;
  readonly role: "agent" | "supervisor" | "admin";
  readonly teams: readonly string[];
}
export interface Presence {
  readonly state: PresenceState;
  readonly reason: string;
  readonly since: number;
  readonly next?: { readonly state: PresenceState; readonly reason: string };
  readonly missed: number;
  readonly counter: string;
}
export interface Capacity {
  readonly used: number;
  readonly total: number;
}
export interface CustomerRef {
  readonly id: string;
  readonly name: string;
  readonly grade: string;
  readonly masked: string;
}
export interface Offer {
  readonly offer: string;
  readonly contact: string;
  readonly channel: string;
  readonly queue: string;
  readonly customer: CustomerRef;
  readonly kind: string;
  readonly why: string;
  readonly waited_ms: number;
  readonly due: number;
  readonly cost: number;
}
export interface Row {
  readonly id: string;
  readonly v: number;
  readonly case: string;
  readonly channel: string;
  readonly queue: string;
  readonly state: ContactState;
  readonly away: boolean;
  readonly customer: CustomerRef;
  readonly kind: string;
  readonly disposition: string;
  readonly priority: string;
  readonly urgency: string;
  readonly seq: number;
  readonly last?: { readonly at: number; readonly by: Author; readonly text: string };
  readonly read: { readonly customer: number; readonly agent: number };
  readonly since: number;
  readonly due: number;
  readonly ticket: string;
  readonly counter: string;
  readonly transfers: number;
  /** Made here: since when the customer waits for an answer, from the first unanswered line; 0 = does not wait. */
  readonly waits: number;
  /** The router took the arrival at the counter for granted when nobody pressed "serve". */
  readonly assumed: boolean;
  /** What the customer's page, form or kiosk said of them, by name; proved by nobody. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}
/** A contact that one agent was to take, and did not. */
export interface Untaken {
  readonly contact: string;
  readonly case: string;
  readonly customer: CustomerRef;
  readonly queue: string;
  readonly to: string;
  readonly end: string;
  readonly reason: string;
}
/** One of a customer's earlier contacts. */
export interface Earlier {
  readonly contact: string;
  readonly case: string;
  readonly channel: string;
  readonly state: ContactState;
  readonly at: number;
  readonly kind: string;
  readonly disposition: string;
}
export interface Line {
  readonly seq: number;
  readonly at: number;
  readonly by: Author;
  readonly kind: "text" | "greeting" | "event";
  readonly text: string;
  /** An event's name (joined, transferred, ended, …) and person. */
  readonly event: string;
  readonly name: Name;
  readonly no: string;
  readonly agent: string;
  readonly cid: string;
}
export interface Note {
  readonly at: number;
  readonly agent: string;
  readonly text: string;
}
export interface Todo {
  readonly case: string;
  readonly contact: string;
}
export interface TargetQueue {
  readonly id: string;
  readonly waiting: number;
  readonly free: number;
}
export interface TargetAgent {
  readonly id: string;
  readonly name: Name;
  readonly no: string;
  readonly state: PresenceState;
  readonly used: number;
  readonly total: number;
}
export interface WallQueue {
  readonly id: string;
  readonly waiting: number;
  readonly oldest_at: number;
  readonly free: number;
  readonly paused: boolean;
  readonly alarm: "" | "no_free" | "long_wait";
  /** Which supervisor acknowledged the alarm, and when. */
  readonly seen?: { readonly by: string; readonly at: number };
}
/** One who waits in a queue, as its team sees it: the name is masked, no line is told. */
export interface Waiting extends Row {
  readonly offered: readonly { readonly agent: string; readonly due: number }[];
}
export interface WallAgent extends TargetAgent {
  readonly reason: string;
  readonly since: number;
  /** Queues, the first one first; none where the server does not say. */
  readonly teams: readonly string[];
  readonly counter: string;
  /** Tickets at the counter of an agent whose connection was lost: the customers stand there. */
  readonly unattended: readonly string[];
}

export interface Welcome {
  readonly type: "welcome";
  readonly at: number;
  readonly me: Me;
  readonly last: number;
  readonly lists: Lists;
  readonly chars: number;
  readonly zone: string | undefined;
}
export interface Snapshot {
  readonly type: "snapshot";
  readonly n: number;
  readonly part: number;
  readonly parts: number;
  readonly presence?: Presence;
  readonly capacity?: Capacity;
  readonly offers: readonly Offer[];
  readonly contacts: readonly Row[];
  readonly todo: readonly Todo[];
}
export type Delta =
  | { readonly type: "offer"; readonly n: number; readonly row: Offer }
  | {
      readonly type: "offer_end";
      readonly n: number;
      readonly offer: string;
      readonly end: string;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly type: "transfer_failed"; readonly n: number; readonly one: Untaken }
  | { readonly type: "contact"; readonly n: number; readonly row: Row }
  | { readonly type: "contact_gone"; readonly n: number; readonly id: string; readonly why: string }
  | { readonly type: "msg"; readonly n: number; readonly contact: string; readonly line: Line }
  | { readonly type: "note"; readonly n: number; readonly contact: string; readonly note: Note }
  | { readonly type: "presence"; readonly n: number; readonly presence: Presence }
  | { readonly type: "capacity"; readonly n: number; readonly capacity: Capacity }
  | { readonly type: "todo"; readonly n: number; readonly todo: readonly Todo[] };
export type In =
  | Welcome
  | Snapshot
  | Delta
  | { readonly type: "done"; readonly id: string; readonly seq: number; readonly contact: string }
  | {
      readonly type: "refused";
      readonly id: string;
      readonly code: string;
      readonly ask: string;
      readonly now?: Row;
    }
  | {
      readonly type: "history";
      readonly contact: string;
      readonly lines: readonly Line[];
      readonly notes: readonly Note[];
    }
  | { readonly type: "customer"; readonly id: string; readonly contacts: readonly Earlier[] }
  | {
      readonly type: "targets";
      readonly contact: string;
      readonly queues: readonly TargetQueue[];
      readonly agents: readonly TargetAgent[];
    }
  | { readonly type: "find"; readonly case: string; readonly contacts: readonly string[] }
  | { readonly type: "explain"; readonly contact: string; readonly body: Readonly<Record<string, unknown>> }
  | {
      readonly type: "waiting";
      readonly queue: string;
      readonly at: number;
      readonly contacts: readonly Waiting[];
    }
  | { readonly type: "finished"; readonly contacts: readonly Row[] }
  | { readonly type: "typing"; readonly contact: string; readonly on: boolean }
  | { readonly type: "read"; readonly contact: string; readonly seq: number }
  | {
      readonly type: "wall";
      readonly at: number;
      readonly long_wait_ms: number;
      readonly queues: readonly WallQueue[];
      readonly agents: readonly WallAgent[];
    }
  | { readonly type: "slow_down"; readonly retry_ms: number; readonly reason: string; readonly next: number }
  | { readonly type: "restart"; readonly retry_ms: number }
  | { readonly type: "error"; readonly code: string; readonly text: string };

/** Commands without their id; outbox.ts numbers them. */
export type Command =
  | { readonly type: "presence"; readonly state: PresenceState; readonly reason?: string; readonly counter?: string }
  | { readonly type: "accept"; readonly contact: string; readonly offer: string }
  | { readonly type: "decline"; readonly contact: string; readonly offer: string; readonly reason: string }
  | { readonly type: "msg"; readonly contact: string; readonly text: string }
  | { readonly type: "note"; readonly contact: string; readonly text: string }
  | {
      readonly type: "transfer";
      readonly contact: string;
      readonly v: number;
      readonly to: Target;
      readonly reason: string;
    }
  | {
      readonly type: "resolve";
      readonly contact: string;
      readonly v: number;
      readonly seq: number;
      readonly kind: string;
      readonly disposition: string;
      readonly text?: string;
    }
  | { readonly type: "classify"; readonly contact: string; readonly v: number; readonly kind: string }
  | { readonly type: "extend"; readonly contact: string }
  | { readonly type: "next"; readonly queue: string }
  | { readonly type: "recall" | "serve" | "absent"; readonly contact: string }
  | { readonly type: "done"; readonly contact: string; readonly kind: string; readonly disposition: string }
  | {
      readonly type: "reassign";
      readonly contact: string;
      readonly v: number;
      readonly to: Target;
      readonly reason: string;
      readonly force?: boolean;
    }
  | {
      readonly type: "reprioritise";
      readonly contact: string;
      readonly v: number;
      readonly priority: string;
      readonly reason: string;
    }
  | { readonly type: "queue"; readonly queue: string; readonly pause: boolean; readonly reason: string }
  | { readonly type: "agent"; readonly agent: string; readonly drain: boolean; readonly reason: string }
  | { readonly type: "agent"; readonly agent: string; readonly force: PresenceState; readonly reason: string };
export type Target = { readonly queue: string } | { readonly agent: string };

/** Asks and signals: no number. */
export type Ask =
  | { readonly type: "history"; readonly contact: string; readonly before: number }
  | { readonly type: "customer"; readonly id: string }
  | { readonly type: "targets"; readonly contact: string; readonly id: string }
  | { readonly type: "find"; readonly case: string }
  | { readonly type: "explain"; readonly contact: string }
  | { readonly type: "waiting"; readonly queue: string; readonly id: string }
  | { readonly type: "finished" }
  | { readonly type: "acknowledge"; readonly queue: string }
  | { readonly type: "typing"; readonly contact: string; readonly on: boolean }
  | { readonly type: "read"; readonly contact: string; readonly seq: number }
  | { readonly type: "resync" };
