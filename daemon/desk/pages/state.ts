// The desk as a fold: state = reduce(state, frame, now). Pure; `now` is the local clock in ms. Effects (socket, sound,
// storage) look at what changed and live in effects.ts; what the agent has open is ui.ts.

import { siteNow, subjectOf, talkOf, type Gone, type OfferCard, type Person, type Staging, type State } from "./model";
import { add, adopt, done, expire, flying, landed, refused, slowDown, welcomed } from "./outbox";
import type { Command, Delta, In, Line, Note, Offer, Row, Snapshot, Untaken, Welcome } from "./protocol";
import { append, lastSeq, merge, mergeNotes, TYPING_MS, type Talk } from "./talk";

export * from "./model";

const GONE_KEPT = 20;
const UNTAKEN_KEPT = 3;
export const ENDED_SHOWN_MS = 3_000;

function set<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}
function drop<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
/** The whole row replaces the whole row, but for what only this page saw: the first of several unanswered lines, a text. */
function carry(old: Row | undefined, row: Row): Row {
  if (!old) return row;
  const waits = old.waits > 0 && row.waits > old.waits ? old.waits : row.waits;
  // After a restart the router tells a line's time before it has its text again.
  const last = row.last?.text === "" && old.last?.at === row.last.at ? old.last : row.last;
  return waits === row.waits && last === row.last ? row : { ...row, waits, ...(last ? { last } : {}) };
}
/** Remembers who is who; nothing changes when everybody is known. */
function meet(state: State, found: Iterable<Person & { readonly id: string }>): State {
  const fresh = [...found].filter(({ id, name }) => id !== "" && name.zh !== "" && !state.people.has(id));
  if (fresh.length === 0) return state;
  const people = new Map(state.people);
  for (const { id, name, no } of fresh) people.set(id, { name, no });
  return { ...state, people };
}
const inLines = (lines: readonly Line[]) => lines.map((line) => ({ id: line.agent, name: line.name, no: line.no }));

const putTalk = (state: State, contact: string, talk: Talk): State => ({
  ...state,
  talks: set(state.talks, contact, talk),
  outbox: landed(state.outbox, contact, talk.lines, lastSeq(talk)),
});

export const clearVerdict = (state: State, subject: string): State =>
  state.verdicts.has(subject) ? { ...state, verdicts: drop(state.verdicts, subject) } : state;

/** What a refused question is remembered under; of who waits, each queue's for itself. */
export const askSubject = (ask: { readonly type: string; readonly id?: string }): string =>
  ask.type === "waiting" ? `ask:waiting:${ask.id}` : `ask:${ask.type}`;

/** A command is asked for: it waits in the outbox, an older refusal about the same thing is forgotten. */
export const command = (state: State, c: Command, now: number): State => ({
  ...clearVerdict(state, subjectOf(c)),
  outbox: add(state.outbox, c, now),
});

export const adoptTexts = (state: State, left: Parameters<typeof adopt>[1]): State => ({
  ...state,
  outbox: adopt(state.outbox, left),
});

export function asked(state: State, contact: string, before: number): State {
  return { ...state, talks: set(state.talks, contact, { ...talkOf(state, contact), asked: before }) };
}

/** Transcripts of conversations that are neither in the list nor open go: who opens one again asks for it again. */
export function forgetTalks(state: State, open: string): State {
  const over = [...state.talks.keys()].filter((id) => id !== open && !state.contacts.has(id));
  return over.length === 0 ? state : { ...state, talks: over.reduce(drop, state.talks) };
}

/** The agent read up to here: unread counts follow at once, the frame goes out beside it. */
export function readTo(state: State, contact: string, seq: number): State {
  const row = state.contacts.get(contact);
  if (!row || row.read.agent >= seq) return state;
  return { ...state, contacts: set(state.contacts, contact, { ...row, read: { ...row.read, agent: seq } }) };
}

/** The agent put the notice away. */
export const dismiss = (state: State, contact: string): State => ({
  ...state,
  untaken: state.untaken.filter((one) => one.contact !== contact),
});

/** What time alone changes: ended cards leave, waiting commands of a dead line fail. */
export function tick(state: State, now: number, open: boolean): State {
  const at = siteNow(state, now);
  let next = state;
  if (next.offers.some((o) => o.ended && at - o.ended.at >= ENDED_SHOWN_MS)) {
    next = { ...next, offers: next.offers.filter((o) => !o.ended || at - o.ended.at < ENDED_SHOWN_MS) };
  }
  if (!open) {
    const { box, dropped } = expire(next.outbox, now);
    if (box !== next.outbox) next = { ...next, outbox: box };
    for (const entry of dropped) {
      const verdict = { code: "offline" };
      next = { ...next, verdicts: set(next.verdicts, subjectOf(entry.command), verdict) };
    }
  }
  return next;
}

/** The line was lost: what was asked and not answered will not be. */
export function unplugged(state: State): State {
  const talks = new Map(state.talks);
  for (const [id, talk] of talks) if (talk.asked >= 0) talks.set(id, { ...talk, asked: -1 });
  const { staging: _half, ...rest } = state;
  return { ...rest, talks };
}

function onWelcome(state: State, f: Welcome, now: number): State {
  const { staging: _half, ...rest } = meet(state, [f.me]);
  return {
    ...rest,
    offset: f.at - now,
    me: f.me,
    lists: f.lists,
    chars: f.chars,
    zone: f.zone,
    outbox: welcomed(state.outbox, f.last),
    slow: { until: 0, reason: "" },
    resync: "asked", // the snapshot follows by itself; deltas before it mean nothing
    error: "",
  };
}

function card(state: State, offer: Offer, at: number): OfferCard {
  const known = state.offers.find((o) => o.offer === offer.offer && !o.ended);
  return { ...offer, arrived: known?.arrived ?? at };
}

function stage(state: State, f: Snapshot): Staging | undefined {
  if (f.part === 1) {
    const { type: _t, ...rest } = f;
    return { ...rest, held: [] };
  }
  const half = state.staging;
  if (!half || f.part !== half.part + 1) return undefined;
  return {
    ...half,
    ...(f.presence ? { presence: f.presence } : {}),
    ...(f.capacity ? { capacity: f.capacity } : {}),
    part: f.part,
    n: f.n,
    offers: [...half.offers, ...f.offers],
    contacts: [...half.contacts, ...f.contacts],
    todo: [...half.todo, ...f.todo],
  };
}

function onSnapshot(state: State, f: Snapshot, now: number): State {
  const staging = stage(state, f);
  if (!staging) {
    const { staging: _half, ...rest } = state;
    return { ...rest, resync: "wanted" };
  }
  if (staging.part < staging.parts) {
    // At the first load rows appear as they come; later the whole replaces the whole in one paint.
    if (state.loaded) return { ...state, staging };
    return { ...state, staging, contacts: new Map(staging.contacts.map((row) => [row.id, row])) };
  }
  return settle(state, staging, now);
}

function settle(state: State, whole: Staging, now: number): State {
  const { staging: _half, ...rest } = state;
  const contacts = new Map(whole.contacts.map((row) => [row.id, carry(state.contacts.get(row.id), row)]));
  let gone = state.gone;
  for (const [id, row] of state.contacts) {
    if (!contacts.has(id)) gone = keepGone(gone, { row, why: "" });
  }
  const talks = new Map(state.talks);
  for (const [id, talk] of talks) {
    const row = contacts.get(id);
    if (row && talk.loaded && row.seq > lastSeq(talk)) talks.set(id, { ...talk, hole: true });
  }
  let next: State = {
    ...rest,
    ...(whole.presence ? { presence: whole.presence } : {}),
    ...(whole.capacity ? { capacity: whole.capacity } : {}),
    offers: whole.offers.map((o) => card(state, o, siteNow(state, now))),
    contacts,
    gone,
    talks,
    todo: whole.todo,
    n: whole.n,
    resync: "no",
    loaded: true,
  };
  for (const delta of whole.held) next = onDelta(next, delta, now);
  return next;
}

function keepGone(gone: ReadonlyMap<string, Gone>, one: Gone): ReadonlyMap<string, Gone> {
  const copy = new Map(gone);
  copy.delete(one.row.id);
  copy.set(one.row.id, one);
  for (const id of copy.keys()) {
    if (copy.size <= GONE_KEPT) break;
    copy.delete(id);
  }
  return copy;
}

function onDelta(state: State, f: Delta, now: number): State {
  if (state.staging) return { ...state, staging: { ...state.staging, held: [...state.staging.held, f] } };
  if (state.resync !== "no") return state;
  if (f.n !== state.n + 1) return { ...state, resync: "wanted" };
  return applyDelta({ ...state, n: f.n }, f, siteNow(state, now));
}

function applyDelta(state: State, f: Delta, at: number): State {
  switch (f.type) {
    case "offer":
      return { ...state, offers: [...state.offers.filter((o) => o.offer !== f.row.offer), card(state, f.row, at)] };
    case "offer_end":
      return onOfferEnd(state, f, at);
    case "transfer_failed":
      return onUntaken(state, f.one);
    case "contact":
      return {
        ...state,
        contacts: set(state.contacts, f.row.id, carry(state.contacts.get(f.row.id), f.row)),
        gone: drop(state.gone, f.row.id),
      };
    case "contact_gone": {
      const row = state.contacts.get(f.id);
      if (!row) return state;
      const gone = keepGone(state.gone, { row, why: ownDoing(state, f.id, f.why) });
      return { ...state, contacts: drop(state.contacts, f.id), gone };
    }
    case "msg":
      return onLine(state, f.contact, f.line);
    case "note":
      return onNote(state, f.contact, f.note);
    case "presence":
      return { ...state, presence: f.presence };
    case "capacity":
      return { ...state, capacity: f.capacity };
    case "todo":
      return { ...state, todo: f.todo };
  }
}

/** The router says where a contact is now ("queued"); that this agent handed it over, or called in vain, says more. */
function ownDoing(state: State, contact: string, why: string): string {
  const asked = [...state.finished, ...state.outbox.entries];
  const did = (type: "transfer" | "absent"): boolean =>
    asked.some(({ command: c }) => c.type === type && c.contact === contact);
  if (did("transfer")) return "transferred";
  return why === "abandoned" && did("absent") ? "absent" : why;
}

function onOfferEnd(state: State, f: Extract<Delta, { type: "offer_end" }>, at: number): State {
  const mine = state.offers.find((o) => o.offer === f.offer);
  if (!mine) return state;
  if (f.end === "accepted") return { ...state, offers: state.offers.filter((o) => o !== mine) };
  const ended = { end: f.end, reason: f.reason, by: f.by, at };
  return { ...state, offers: state.offers.map((o) => (o === mine ? { ...o, ended } : o)) };
}

/** Said of a contact once: what was said of it before is old. */
function onUntaken(state: State, one: Untaken): State {
  const { untaken, gone } = dismiss(state, one.contact);
  const left = gone.get(one.contact);
  return {
    ...state,
    untaken: [one, ...untaken].slice(0, UNTAKEN_KEPT),
    gone: left ? set(gone, one.contact, { ...left, untaken: one }) : gone,
  };
}

function onLine(state: State, contact: string, line: Line): State {
  const next = putTalk(meet(state, inLines([line])), contact, append(talkOf(state, contact), line));
  const row = next.contacts.get(contact);
  if (!row || row.seq >= line.seq) return next;
  const last = line.kind === "event" ? row.last : { at: line.at, by: line.by, text: line.text };
  const speaks = line.kind !== "event";
  const waits = !speaks ? row.waits : line.by === "customer" ? row.waits || line.at : 0;
  const changed = { ...row, seq: line.seq, waits, ...(last ? { last } : {}) };
  return { ...next, contacts: set(next.contacts, contact, changed) };
}

function onNote(state: State, contact: string, note: Note): State {
  const talk = talkOf(state, contact);
  return { ...state, talks: set(state.talks, contact, { ...talk, notes: mergeNotes(talk.notes, [note]) }) };
}

function onDone(state: State, f: Extract<In, { type: "done" }>, now: number): State {
  const entry = flying(state.outbox, f.id);
  if (!entry) return state;
  const finished = [...state.finished.slice(-7), { command: entry.command, contact: f.contact, at: now }];
  const next = { ...state, outbox: done(state.outbox, f.id, f.seq), finished };
  const c = entry.command;
  if (c.type !== "msg") return next;
  const talk = talkOf(next, c.contact);
  return { ...next, outbox: landed(next.outbox, c.contact, talk.lines, lastSeq(talk)) };
}

/** A command that knew no version (a contact seen only by its number) learns it from the refusal and goes out again. */
function withVersion(c: Command, row: Row | undefined): Command | undefined {
  if (!row || !("v" in c) || c.v !== 0) return undefined;
  return c.type === "resolve" ? { ...c, v: row.v, seq: row.seq } : { ...c, v: row.v };
}

function onRefused(state: State, f: Extract<In, { type: "refused" }>, now: number): State {
  if (f.ask) return onAskRefused(state, f);
  const entry = flying(state.outbox, f.id);
  if (!entry) return state;
  let next: State = { ...state, outbox: refused(state.outbox, f.id, f.code) };
  if (f.now && next.contacts.has(f.now.id)) next = { ...next, contacts: set(next.contacts, f.now.id, f.now) };
  const again = withVersion(entry.command, f.now);
  if (again) return command(next, again, now);
  const verdict = { code: f.code };
  return { ...next, verdicts: set(next.verdicts, subjectOf(entry.command), verdict) };
}

function onAskRefused(state: State, f: Extract<In, { type: "refused" }>): State {
  const verdict = { code: f.code };
  const next = { ...state, verdicts: set(state.verdicts, askSubject({ type: f.ask, id: f.id }), verdict) };
  if (f.ask !== "history") return next;
  const talks = new Map(next.talks);
  for (const [id, talk] of talks) if (talk.asked >= 0) talks.set(id, { ...talk, asked: -1, loaded: true });
  return { ...next, talks };
}

export function reduce(state: State, f: In, now: number): State {
  switch (f.type) {
    case "welcome":
      return onWelcome(state, f, now);
    case "snapshot":
      return onSnapshot(state, f, now);
    case "done":
      return onDone(state, f, now);
    case "refused":
      return onRefused(state, f, now);
    case "history":
      return putTalk(meet(state, inLines(f.lines)), f.contact, merge(talkOf(state, f.contact), f.lines, f.notes));
    case "customer":
      return { ...state, earlier: set(state.earlier, f.id, f.contacts) };
    case "targets":
      return { ...meet(state, f.agents), targets: f };
    case "find":
      return { ...clearVerdict(state, "ask:find"), found: f };
    case "explain":
      return { ...clearVerdict(state, "ask:explain"), explained: set(state.explained, f.contact, f.body) };
    case "typing": {
      const until = f.on ? now + TYPING_MS : 0;
      return { ...state, talks: set(state.talks, f.contact, { ...talkOf(state, f.contact), typing_until: until }) };
    }
    case "read": {
      const row = state.contacts.get(f.contact);
      if (!row || row.read.customer >= f.seq) return state;
      return { ...state, contacts: set(state.contacts, f.contact, { ...row, read: { ...row.read, customer: f.seq } }) };
    }
    case "wall":
      return {
        ...meet(state, f.agents),
        wall: { at: f.at, heard: now, long_wait_ms: f.long_wait_ms, queues: f.queues, agents: f.agents },
      };
    case "waiting":
      return {
        ...clearVerdict(state, askSubject({ type: "waiting", id: f.queue })),
        waiting: set(state.waiting, f.queue, f.contacts),
      };
    case "finished":
      return { ...clearVerdict(state, "ask:finished"), done: f.contacts };
    case "slow_down":
      return {
        ...state,
        slow: f.reason === "gap" ? state.slow : { until: now + f.retry_ms, reason: f.reason },
        outbox: slowDown(state.outbox, f.retry_ms, f.reason, f.next, now),
      };
    case "restart":
      return state;
    case "error":
      return { ...state, error: f.code };
    default:
      return onDelta(state, f, now);
  }
}
