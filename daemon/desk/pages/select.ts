// What the views and effects ask of a state: order of the list, unread counts, who waits. Pure.

import type { Entry } from "./outbox";
import type { Name, Option, Row, Waiting } from "./protocol";
import { subjectOf, talkOf, type OfferCard, type State } from "./state";
import { unreadLines } from "./talk";
import type { Lang } from "../../../channels/http/browser/words";

export type Sort = "due" | "newest" | "waiting";

/** Deadlines further away are housekeeping of the router (a chat ends after a day), not the agent's next thing. */
export const DUE_SOON_MS = 2 * 3600_000;
export const CHAT_COST = 25;
/** Of a queue the site tells the first ones. */
const LINE_MAX = 50;

export const nameIn = (name: Name, lang: Lang): string => (lang === "en" ? name.en || name.zh : name.zh || name.en);

/** 陈静 1024, or the id of somebody this page never met. */
export function personName(state: State, id: string, lang: Lang): string {
  const person = state.people.get(id);
  return person ? `${nameIn(person.name, lang)} ${person.no}`.trim() : id;
}

export function optionName(options: readonly Option[], id: string, lang: Lang): string {
  const found = options.find((o) => o.id === id);
  return found ? nameIn(found, lang) : id;
}

/** The customer wrote last: since when somebody waits for this agent's answer; 0 = nobody. */
export function unansweredSince(row: Row): number {
  return row.state === "active" ? row.waits : 0;
}

export function unread(state: State, row: Row): number {
  const talk = state.talks.get(row.id);
  if (talk && talk.loaded && !talk.hole) return unreadLines(talk, row.read.agent);
  if (row.last?.by !== "customer") return 0;
  return Math.max(0, row.seq - row.read.agent);
}

/** The deadline worth showing: one that is near or past, 0 for none. */
export function dueSoon(row: Row, at: number): number {
  if (row.due <= 0 || row.state === "closed") return 0;
  return row.due - at < DUE_SOON_MS ? row.due : 0;
}

const lastAt = (row: Row): number => row.last?.at ?? row.since;

function byDue(a: Row, b: Row, at: number): number {
  const dueA = dueSoon(a, at) || Infinity;
  const dueB = dueSoon(b, at) || Infinity;
  if (dueA !== dueB) return dueA - dueB;
  return byWaiting(a, b);
}
function byWaiting(a: Row, b: Row): number {
  const waitA = unansweredSince(a) || Infinity;
  const waitB = unansweredSince(b) || Infinity;
  return waitA !== waitB ? waitA - waitB : lastAt(b) - lastAt(a);
}

export function ordered(rows: Iterable<Row>, sort: Sort, onlyUnanswered: boolean, at: number): Row[] {
  const list = [...rows].filter((row) => !onlyUnanswered || unansweredSince(row) > 0);
  const compare =
    sort === "newest"
      ? (a: Row, b: Row) => lastAt(b) - lastAt(a)
      : sort === "waiting"
        ? byWaiting
        : (a: Row, b: Row) => byDue(a, b, at);
  return list.sort((a, b) => compare(a, b) || (a.id < b.id ? -1 : 1));
}

export const openOffers = (state: State): OfferCard[] => state.offers.filter((o) => !o.ended);

/** The command about this subject that has no answer yet. */
export function pending(state: State, subject: string): Entry | undefined {
  return state.outbox.entries.find(
    (e) => (e.phase === "waiting" || e.phase === "flying") && subjectOf(e.command) === subject,
  );
}

/** Texts of a conversation that are not yet lines of it. */
export function unsent(state: State, contact: string): Entry[] {
  return state.outbox.entries.filter(
    (e) => (e.command.type === "msg" || e.command.type === "note") && e.command.contact === contact,
  );
}

export function totalUnread(state: State): number {
  let n = 0;
  for (const row of state.contacts.values()) n += unread(state, row);
  return n;
}

/** 2/4: cost units spoken as chats. */
export const slots = (used: number, total: number): { used: number; total: number } => ({
  used: Math.ceil(used / CHAT_COST),
  total: Math.floor(total / CHAT_COST),
});

/** Own queues that are called, not offered: they need a counter's name. */
export function pullQueues(state: State): Option[] {
  const teams = state.me?.teams ?? [];
  return state.lists.queues.filter((q) => q.mode === "pull" && teams.includes(q.id));
}

export const ownQueues = (state: State): readonly string[] => state.me?.teams ?? [];

/** Who waits in the agent's own queues: queue after queue, each in the order of service. */
export const inLine = (state: State): Waiting[] => ownQueues(state).flatMap((queue) => state.waiting.get(queue) ?? []);

/** How many: "" before any queue was asked about, "50+" where the site tells only the first. */
export function lineCount(state: State): string {
  const told = ownQueues(state).flatMap((queue) => state.waiting.get(queue)?.length ?? []);
  const n = told.reduce((sum, one) => sum + one, 0);
  const all = told.length > 0 || (state.me && ownQueues(state).length === 0);
  return all ? `${n}${told.some((one) => one >= LINE_MAX) ? "+" : ""}` : "";
}

/** The customer at this agent's counter, called or being served. */
export function atCounter(state: State): Row | undefined {
  for (const row of state.contacts.values()) {
    if (row.ticket && (row.state === "connecting" || row.state === "active")) return row;
  }
  return undefined;
}

export function dispositionsFor(state: State, kind: string): Option[] {
  return state.lists.dispositions.filter((d) => d.kinds.length === 0 || d.kinds.includes(kind));
}

export const isTyping = (state: State, contact: string, now: number): boolean =>
  talkOf(state, contact).typing_until > now;
