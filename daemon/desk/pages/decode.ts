// RawFrame → In. Pure; never throws: what is not there becomes empty, what has the wrong type counts as not there.

import type {
  Author,
  Capacity,
  ContactState,
  CustomerRef,
  Earlier,
  In,
  Line,
  Lists,
  Me,
  Name,
  Note,
  Offer,
  Option,
  Presence,
  PresenceState,
  QueueOption,
  RawFrame,
  Row,
  TargetAgent,
  TargetQueue,
  Todo,
  Untaken,
  Waiting,
  WallAgent,
  WallQueue,
} from "./protocol";

export type Obj = Readonly<Record<string, unknown>>;

export const obj = (v: unknown): Obj => (v !== null && typeof v === "object" && !Array.isArray(v) ? (v as Obj) : {});
export const list = (v: unknown): readonly unknown[] => (Array.isArray(v) ? v : []);
export const str = (v: unknown): string => (typeof v === "string" ? v : typeof v === "number" ? String(v) : "");
export const num = (v: unknown): number => (typeof v === "number" && Number.isFinite(v) ? v : 0);
const flag = (v: unknown): boolean => v === true;
const one = <T extends string>(v: unknown, words: readonly T[], other: T): T =>
  words.includes(v as T) ? (v as T) : other;

const PRESENCES: readonly PresenceState[] = ["offline", "available", "away", "draining", "not_responding"];
const STATES: readonly ContactState[] = [
  "scheduled",
  "queued",
  "offered",
  "connecting",
  "active",
  "paused",
  "wrapup",
  "abandoned",
  "closed",
];
const AUTHORS: readonly Author[] = ["customer", "agent", "system"];

/** A name is one text or {zh, en}; a language that is missing takes the other. */
function names(v: unknown): Name {
  if (typeof v === "string") return { zh: v, en: v };
  const o = obj(v);
  const zh = str(o.zh);
  const en = str(o.en);
  return { zh: zh || en, en: en || zh };
}

function named(v: unknown, other: string): Name {
  const name = names(v);
  return name.zh ? name : { zh: other, en: other };
}

function option(v: unknown): Option {
  const o = obj(v);
  const id = str(o.id);
  return { id, ...named(o.text ?? o.name, id), kinds: list(o.kinds).map(str) };
}
const queueOption = (v: unknown): QueueOption => ({ ...option(v), mode: one(obj(v).mode, ["push", "pull"], "push") });

function lists(v: unknown): Lists {
  const o = obj(v);
  return {
    kinds: list(o.kinds).map(option),
    dispositions: list(o.dispositions).map(option),
    decline: list(o.decline).map(option),
    transfer: list(o.transfer).map(option),
    away: list(o.away).map(option),
    phrases: list(o.phrases).map(option),
    queues: list(o.queues).map(queueOption),
  };
}

function me(v: unknown): Me {
  const o = obj(v);
  const no = str(o.no);
  return {
    id: str(o.id),
    no,
    name: named(o.name, no),
    role: one(o.role, ["agent", "supervisor", "admin"], "agent"),
    teams: list(o.teams).map((t) => str(obj(t).queue)),
  };
}

function presence(v: unknown): Presence {
  const o = obj(v);
  const next = obj(o.next);
  const base = {
    state: one(o.state, PRESENCES, "offline"),
    reason: str(o.reason),
    since: num(o.since),
    missed: num(o.missed),
    counter: str(o.counter),
  };
  if (!PRESENCES.includes(next.state as PresenceState)) return base;
  return { ...base, next: { state: next.state as PresenceState, reason: str(next.reason) } };
}

const capacity = (v: unknown): Capacity => ({ used: num(obj(v).used), total: num(obj(v).total) });

function customerRef(v: unknown): CustomerRef {
  const o = obj(v);
  return { id: str(o.id), name: str(o.name), grade: str(o.grade), masked: str(o.masked) };
}

function offer(v: unknown): Offer {
  const o = obj(v);
  return {
    offer: str(o.offer),
    contact: str(o.contact),
    channel: str(o.channel),
    queue: str(o.queue),
    customer: customerRef(o.customer),
    kind: str(o.kind),
    why: str(o.why),
    waited_ms: num(o.waited_ms),
    due: num(o.due),
    cost: num(o.cost),
  };
}

function last(v: unknown): Row["last"] {
  const o = obj(v);
  return num(o.at) > 0 ? { at: num(o.at), by: one(o.by, AUTHORS, "customer"), text: str(o.text) } : undefined;
}

const waits = (o: Obj): number => (obj(o.last).by === "customer" ? num(obj(o.last).at) : 0);

export function readRow(v: unknown): Row {
  const o = obj(v);
  const read = obj(o.read);
  return {
    id: str(o.id),
    v: num(o.v),
    case: str(o.case),
    channel: str(o.channel),
    queue: str(o.queue),
    state: one(o.state, STATES, "active"),
    away: flag(o.away),
    customer: customerRef(o.customer),
    kind: str(o.kind),
    disposition: str(o.disposition),
    priority: str(o.priority),
    urgency: str(o.urgency),
    seq: num(o.seq),
    last: last(o.last),
    read: { customer: num(read.customer), agent: num(read.agent) },
    since: num(o.since),
    due: num(o.due),
    ticket: str(o.ticket),
    counter: str(o.counter),
    transfers: num(o.transfers),
    waits: waits(o),
    assumed: flag(o.arrival_assumed),
    attributes: Object.entries(obj(o.attributes)).map(([name, value]) => [name, str(value)] as const),
  };
}

export function readLine(v: unknown): Line {
  const o = obj(v);
  const event = obj(o.event);
  const kind = one(o.kind, ["text", "greeting", "event"] as const, "text");
  return {
    seq: num(o.seq),
    at: num(o.at),
    by: one(o.by, AUTHORS, "system"),
    kind,
    text: str(o.text),
    event: str(event.name),
    name: names(obj(event.agent).name),
    no: str(obj(event.agent).no),
    agent: str(o.agent),
    cid: str(o.cid),
  };
}

function note(v: unknown): Note {
  const o = obj(v);
  return { at: num(o.at), agent: str(o.agent), text: str(o.text) };
}
function earlier(v: unknown): Earlier {
  const o = obj(v);
  return {
    contact: str(o.contact),
    case: str(o.case),
    channel: str(o.channel),
    state: one(o.state, STATES, "closed"),
    at: num(o.at),
    kind: str(o.kind),
    disposition: str(o.disposition),
  };
}
function untaken(o: Obj): Untaken {
  return {
    contact: str(o.contact),
    case: str(o.case),
    customer: customerRef(o.customer),
    queue: str(o.queue),
    to: str(o.to),
    end: str(o.end),
    reason: str(o.reason),
  };
}
const todo = (v: unknown): Todo => ({ case: str(obj(v).case), contact: str(obj(v).contact) });
const targetQueue = (v: unknown): TargetQueue => ({
  id: str(obj(v).id),
  waiting: num(obj(v).waiting),
  free: num(obj(v).free),
});
function targetAgent(v: unknown): TargetAgent {
  const o = obj(v);
  return {
    id: str(o.id),
    name: named(o.name, str(o.no) || str(o.id)),
    no: str(o.no),
    state: one(o.state, PRESENCES, "offline"),
    used: num(o.used),
    total: num(o.total),
  };
}
const wallAgent = (v: unknown): WallAgent => ({
  ...targetAgent(v),
  reason: str(obj(v).reason),
  since: num(obj(v).since),
  teams: list(obj(v).teams).map(str),
  counter: str(obj(v).counter),
  unattended: list(obj(v).unattended).map(str),
});
function wallQueue(v: unknown): WallQueue {
  const o = obj(v);
  const alarm = one(o.alarm, ["", "no_free", "long_wait"], "");
  const seen = obj(o.seen);
  return {
    ...targetQueue(v),
    oldest_at: num(o.oldest_at),
    paused: flag(o.paused),
    alarm,
    ...(str(seen.by) ? { seen: { by: str(seen.by), at: num(seen.at) } } : {}),
  };
}
const waiting = (v: unknown, queue: string): Waiting => ({
  ...readRow(v),
  queue,
  state: one(obj(v).state, STATES, "queued"),
  offered: list(obj(v).offered).map((one) => ({ agent: str(obj(one).agent), due: num(obj(one).due) })),
});

function delta(f: RawFrame): In | undefined {
  const n = num(f.n);
  switch (f.type) {
    case "offer":
      return { type: "offer", n, row: offer(f) };
    case "offer_end":
      return { type: "offer_end", n, offer: str(f.offer), end: str(f.end), reason: str(f.reason), by: str(f.by) };
    case "transfer_failed":
      return { type: "transfer_failed", n, one: untaken(f) };
    case "contact":
      return { type: "contact", n, row: readRow(f) };
    case "contact_gone":
      return { type: "contact_gone", n, id: str(f.id), why: str(f.why) };
    case "msg":
      return { type: "msg", n, contact: str(f.contact), line: readLine(f) };
    case "note":
      return { type: "note", n, contact: str(f.contact), note: note(f) };
    case "presence":
      return { type: "presence", n, presence: presence(f) };
    case "capacity":
      return { type: "capacity", n, capacity: capacity(f) };
    case "todo":
      return { type: "todo", n, todo: list(f.todo).map(todo) };
    default:
      return undefined;
  }
}

function answer(f: RawFrame): In | undefined {
  switch (f.type) {
    case "done":
      return { type: "done", id: str(f.id), seq: num(f.seq), contact: str(f.contact) };
    case "refused": {
      const base = { type: "refused", id: str(f.id), code: str(f.code), ask: str(f.ask) } as const;
      return str(obj(f.now).id) ? { ...base, now: readRow(f.now) } : base;
    }
    case "history":
      return {
        type: "history",
        contact: str(f.contact),
        lines: list(f.lines).map(readLine),
        notes: list(f.notes).map(note),
      };
    case "customer":
      return { type: "customer", id: str(f.id), contacts: list(f.contacts).map(earlier) };
    case "targets":
      return {
        type: "targets",
        contact: str(f.contact) || str(f.id), // asked with the contact as its id
        queues: list(f.queues).map(targetQueue),
        agents: list(f.agents).map(targetAgent),
      };
    case "find":
      return { type: "find", case: str(f.case), contacts: list(f.contacts).map(str) };
    case "explain":
      return { type: "explain", contact: str(f.contact), body: f };
    case "waiting":
      return {
        type: "waiting",
        queue: str(f.queue),
        at: num(f.at),
        contacts: list(f.contacts).map((one) => waiting(one, str(f.queue))),
      };
    case "finished":
      return { type: "finished", contacts: list(f.contacts).map(readRow) };
    default:
      return undefined;
  }
}

export function decode(f: RawFrame): In | undefined {
  switch (f.type) {
    case "welcome":
      return {
        type: "welcome",
        at: num(f.at),
        me: me(f.me),
        last: num(f.last),
        lists: lists(f.lists),
        chars: num(obj(f.limits).chars) || 4000,
        zone: str(f.zone) || undefined,
      };
    case "snapshot":
      return {
        type: "snapshot",
        n: num(f.n),
        part: num(f.part) || 1,
        parts: num(f.parts) || 1,
        ...(f.presence ? { presence: presence(f.presence) } : {}),
        ...(f.capacity ? { capacity: capacity(f.capacity) } : {}),
        offers: list(f.offers).map(offer),
        contacts: list(f.contacts).map(readRow),
        todo: list(f.todo).map(todo),
      };
    case "typing":
      return { type: "typing", contact: str(f.contact), on: flag(f.on) };
    case "read":
      return { type: "read", contact: str(f.contact), seq: num(f.seq) };
    case "wall":
      return {
        type: "wall",
        at: num(f.at),
        long_wait_ms: num(f.long_wait_ms),
        queues: list(f.queues).map(wallQueue),
        agents: list(f.agents).map(wallAgent),
      };
    case "slow_down":
      return { type: "slow_down", retry_ms: num(f.retry_ms), reason: str(f.reason), next: num(f.next) };
    case "restart":
      return { type: "restart", retry_ms: num(f.retry_ms) };
    case "error":
      return { type: "error", code: str(f.code), text: str(f.text) };
    default:
      return delta(f) ?? answer(f);
  }
}
