// Commands on their way, pure. One is in flight at a time: a gap answer carries no id, and only with a single command in
// the air is it certain whose number it means. A command gets its number when it first leaves. A refused number is not
// taken by the server, but we go on counting: reusing a number that was taken after all would make the server answer for
// another command, while a number too high only costs one `slow_down{gap}`.

import type { Command } from "./protocol";

export type Phase = "waiting" | "flying" | "kept" | "failed";

export interface Entry {
  /** Ours, for ever; the id on the wire may be renumbered. */
  readonly key: string;
  readonly command: Command;
  readonly at: number;
  readonly n: number; // 0 = not yet numbered
  readonly phase: Phase;
  /** kept: line of the transcript it became. */
  readonly seq: number;
  /** failed: code of the refusal, "offline", or "unconfirmed" for one of an earlier page. */
  readonly code: string;
  /** The id an earlier page gave it: when the transcript holds it, it did arrive. */
  readonly before: string;
}

export interface Outbox {
  readonly page: string;
  readonly next: number;
  readonly made: number;
  readonly entries: readonly Entry[];
  readonly hold_until: number;
}

/** A message that could not leave for so long is shown as failed. */
export const OFFLINE_MS = 20_000;

export const emptyOutbox = (page: string): Outbox => ({
  page,
  next: 1,
  made: 0,
  entries: [],
  hold_until: 0,
});

export const idOf = (box: Outbox, entry: Entry): string => (entry.n > 0 ? `${box.page}:${entry.n}` : "");
const isText = (c: Command): boolean => c.type === "msg" || c.type === "note";
const change = (box: Outbox, entry: Entry, to: Partial<Entry>): Outbox => ({
  ...box,
  entries: box.entries.map((e) => (e === entry ? { ...e, ...to } : e)),
});
const without = (box: Outbox, entry: Entry): Outbox => ({ ...box, entries: box.entries.filter((e) => e !== entry) });

export function add(box: Outbox, command: Command, now: number): Outbox {
  const made = box.made + 1;
  const entry: Entry = {
    key: `${box.page}#${made}`,
    command,
    at: now,
    n: 0,
    phase: "waiting",
    seq: 0,
    code: "",
    before: "",
  };
  return { ...box, made, entries: [...box.entries, entry] };
}

/** Texts an earlier page left unanswered: never sent by themselves, for nobody knows whether they arrived. */
export function adopt(
  box: Outbox,
  left: readonly { readonly id: string; readonly command: Command; readonly at: number }[],
): Outbox {
  let made = box.made;
  const entries = left
    .filter((one) => isText(one.command))
    .map((one): Entry => {
      made += 1;
      return {
        key: `${box.page}#${made}`,
        command: one.command,
        at: one.at,
        n: 0,
        phase: "failed",
        seq: 0,
        code: "unconfirmed",
        before: one.id,
      };
    });
  return { ...box, made, entries: [...box.entries, ...entries] };
}

/** What leaves now, if anything: the new outbox and the entry that flies. */
export function launch(box: Outbox, now: number): { box: Outbox; entry: Entry } | undefined {
  if (now < box.hold_until || box.entries.some((e) => e.phase === "flying")) return undefined;
  const first = box.entries.find((e) => e.phase === "waiting");
  if (!first) return undefined;
  const n = first.n || box.next;
  const entry: Entry = { ...first, n, phase: "flying" };
  return {
    box: { ...box, next: Math.max(box.next, n + 1), entries: box.entries.map((e) => (e === first ? entry : e)) },
    entry,
  };
}

export function flying(box: Outbox, id: string): Entry | undefined {
  return box.entries.find((e) => e.phase === "flying" && idOf(box, e) === id);
}

/** Answer `done`. A text stays as `kept` until its line is in the transcript, so that it never blinks. */
export function done(box: Outbox, id: string, seq: number): Outbox {
  const entry = flying(box, id);
  if (!entry) return box;
  if (entry.command.type === "msg" && seq > 0) return change(box, entry, { phase: "kept", seq });
  return without(box, entry);
}

/** Answer `refused`: a text stays with the reason, anything else is gone (the fold shows why). */
export function refused(box: Outbox, id: string, code: string): Outbox {
  const entry = flying(box, id);
  if (!entry) return box;
  return isText(entry.command) ? change(box, entry, { phase: "failed", code, n: 0 }) : without(box, entry);
}

export function slowDown(box: Outbox, retry_ms: number, reason: string, next: number, now: number): Outbox {
  const entry = box.entries.find((e) => e.phase === "flying");
  if (reason === "gap" && next > 0) {
    const counted = { ...box, next };
    return entry ? change(counted, entry, { phase: "waiting", n: 0 }) : counted;
  }
  const held = { ...box, hold_until: now + retry_ms };
  return entry ? change(held, entry, { phase: "waiting" }) : held;
}

/** A new line, `last` = the highest number the server took of this page: what flew is asked for again or numbered anew. */
export function welcomed(box: Outbox, last: number): Outbox {
  return {
    ...box,
    next: last + 1,
    hold_until: 0,
    entries: box.entries.map((e) => {
      if (e.phase !== "flying") return e;
      return { ...e, phase: "waiting", n: e.n <= last ? e.n : 0 };
    }),
  };
}

/**
 * Lines that are in the transcript now: what is among them has arrived, whether its answer came (kept), is still to come
 * (flying: a line may be heard of first, and must not be shown twice), or was lost with an earlier page.
 */
export function landed(
  box: Outbox,
  contact: string,
  lines: readonly { readonly seq: number; readonly cid: string }[],
  last: number,
): Outbox {
  const cids = new Set(lines.map((line) => line.cid).filter((cid) => cid !== ""));
  const entries = box.entries.filter((e) => {
    if (e.command.type !== "msg" || e.command.contact !== contact) return true;
    if (e.phase === "kept" && e.seq <= last) return false;
    const known = e.before || (e.phase === "flying" ? idOf(box, e) : "");
    return !(known !== "" && cids.has(known));
  });
  return entries.length === box.entries.length ? box : { ...box, entries };
}

/** While the line is down: texts that waited too long are shown as failed, other commands are given up. */
export function expire(box: Outbox, now: number): { box: Outbox; dropped: readonly Entry[] } {
  const dropped: Entry[] = [];
  let changed = false;
  const entries: Entry[] = [];
  for (const e of box.entries) {
    if (e.phase !== "waiting" || now - e.at < OFFLINE_MS) entries.push(e);
    else if (!isText(e.command)) dropped.push(e);
    else {
      changed = true;
      entries.push({ ...e, phase: "failed", code: "offline", n: 0 });
    }
  }
  return changed || dropped.length > 0 ? { box: { ...box, entries }, dropped } : { box, dropped };
}

export function retry(box: Outbox, key: string, now: number): Outbox {
  const entry = box.entries.find((e) => e.key === key && e.phase === "failed");
  if (!entry) return box;
  const rest = without(box, entry);
  return { ...rest, entries: [...rest.entries, { ...entry, phase: "waiting", code: "", before: "", at: now }] };
}

export function discard(box: Outbox, key: string): Outbox {
  return { ...box, entries: box.entries.filter((e) => !(e.key === key && e.phase === "failed")) };
}

/** What must survive a reload: texts without an answer. */
export function unanswered(box: Outbox): { id: string; command: Command; at: number }[] {
  return box.entries
    .filter((e) => isText(e.command) && e.phase !== "kept")
    .map((e) => ({ id: e.before || idOf(box, e), command: e.command, at: e.at }));
}
