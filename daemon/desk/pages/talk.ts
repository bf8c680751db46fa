// One conversation's transcript as far as it is known here: an unbroken run of lines, its notes, who is typing. Pure.

import type { Line, Note } from "./protocol";

export interface Talk {
  /** Ascending, no holes. */
  readonly lines: readonly Line[];
  readonly notes: readonly Note[];
  /** Asked for and not yet answered: 0 newest, else the lines before this one; -1 nothing asked. */
  readonly asked: number;
  /** The newest lines were fetched at least once. */
  readonly loaded: boolean;
  /** A line is missing between what we hold and the newest: ask for the newest again. */
  readonly hole: boolean;
  readonly typing_until: number;
}

/** Customers' pages repeat "typing" while it lasts; without a word it is over. */
export const TYPING_MS = 6_000;

export const emptyTalk: Talk = { lines: [], notes: [], asked: -1, loaded: false, hole: false, typing_until: 0 };

export const firstSeq = (talk: Talk): number => talk.lines[0]?.seq ?? 0;
export const lastSeq = (talk: Talk): number => talk.lines[talk.lines.length - 1]?.seq ?? 0;
export const hasOlder = (talk: Talk): boolean => firstSeq(talk) > 1;

/** A line told by a delta. Repeated ones change nothing. */
export function append(talk: Talk, line: Line): Talk {
  const last = lastSeq(talk);
  const quiet = line.by === "customer" ? { typing_until: 0 } : {};
  if (line.seq <= last) return talk;
  if (!talk.loaded && talk.lines.length === 0 && line.seq > 1) return { ...talk, ...quiet };
  if (line.seq > last + 1) return { ...talk, ...quiet, hole: true };
  return { ...talk, ...quiet, lines: [...talk.lines, line] };
}

/** A page of history: joined where it touches or overlaps what we hold; else the newer run wins. */
export function merge(talk: Talk, page: readonly Line[], notes: readonly Note[]): Talk {
  const sorted = [...page].sort((a, b) => a.seq - b.seq);
  const base: Talk = { ...talk, asked: -1, loaded: true, notes: mergeNotes(talk.notes, notes) };
  const from = sorted[0]?.seq;
  const to = sorted[sorted.length - 1]?.seq;
  if (from === undefined || to === undefined) return { ...base, hole: false };
  const first = firstSeq(talk);
  const last = lastSeq(talk);
  if (talk.lines.length === 0 || from > last + 1) return { ...base, lines: sorted, hole: false };
  if (to < first - 1) return base;
  const older = sorted.filter((line) => line.seq < first);
  const newer = sorted.filter((line) => line.seq > last);
  return { ...base, lines: [...older, ...talk.lines, ...newer], hole: to >= last ? false : talk.hole };
}

export function mergeNotes(held: readonly Note[], more: readonly Note[]): readonly Note[] {
  if (more.length === 0) return held;
  const known = new Set(held.map((n) => `${n.at} ${n.agent} ${n.text}`));
  const fresh = more.filter((n) => !known.has(`${n.at} ${n.agent} ${n.text}`));
  return fresh.length === 0 ? held : [...held, ...fresh].sort((a, b) => a.at - b.at);
}

/** Customer's lines after the read mark; exact as far as lines are held. */
export function unreadLines(talk: Talk, read: number): number {
  let n = 0;
  for (let i = talk.lines.length - 1; i >= 0; i -= 1) {
    const line = talk.lines[i];
    if (!line || line.seq <= read) break;
    if (line.by === "customer") n += 1;
    else if (line.by === "agent" && line.kind === "text") break;
  }
  return n;
}
