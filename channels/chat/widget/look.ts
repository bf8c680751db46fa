// What is shown for a state: plain data, no DOM. view.ts paints it.

import { characters, wholeMinutes } from "../../http/browser/format";
import type { LinkState } from "../../http/browser/socket";
import { fill, plural, type Lang } from "../../http/browser/words";
import { isFailed, OUTBOX_MAX, type Entry, type Line, type State } from "./chat";
import type { Words } from "./settings";
import { clock, dayLine, sameDay } from "./time";

/** In what words, and whom to turn to when no line comes up. */
export interface Tongue {
  readonly words: Words;
  readonly lang: Lang;
  readonly way: string;
}

export type Mark = "" | "sending" | "delivered" | "read" | "failed" | "refused";

export interface Item {
  readonly key: string;
  readonly kind: "day" | "event" | "own" | "their";
  readonly text: string;
  readonly copy?: string; // pressing it copies this
  readonly meta?: string; // time and state, at the end of a group
  readonly mark?: Mark;
  readonly loud?: boolean; // it did not go out: pressing the meta helps
  readonly at?: number;
  readonly tight?: boolean; // goes on from the one before
}

export interface Notice {
  readonly tone: "calm" | "warn" | "bad";
  readonly text: string;
}

const SHOW_LOSS_MS = 1_500;
const SHOW_SINCE_MS = 60_000;
const GROUP_MS = 120_000;

const isDown = ({ phase }: LinkState): boolean => phase === "connecting" || phase === "lost";

/** Trouble with the line, once it lasts. */
function trouble(state: State, { words, way }: Tongue, now: number): string {
  const { link } = state;
  const gone = now - link.since;
  if (!isDown(link)) return "";
  if (!state.onLine) return words.offline;
  if (link.refused > 1) return words.unreachable + (way && fill(words.contactWay, { way }));
  if (gone < SHOW_LOSS_MS) return "";
  if (!link.welcomed) return words.connecting;
  return words.reconnecting + (gone < SHOW_SINCE_MS ? "" : fill(words.since, { time: clock(link.heard) }));
}

function place({ place: at }: State, words: Words): string {
  if (!at?.position) return words.arranging;
  const n = at.position - 1;
  if (n < 1) return words.next;
  return at.est_wait_s === null
    ? fill(words.ahead, { n })
    : fill(words.aheadWait, { n, m: wholeMinutes(at.est_wait_s) });
}

/** One notice at most: the expired chat, then the line, then the place in the queue. */
export function notice(state: State, tongue: Tongue, now: number): Notice | null {
  if (state.expired) return { tone: "bad", text: tongue.words.expired };
  const text = trouble(state, tongue, now);
  if (text) return { tone: "warn", text };
  return state.status === "queued" ? { tone: "calm", text: place(state, tongue.words) } : null;
}

const waitFor = ({ slow }: State, reason: string, now: number): number =>
  slow?.reason === reason ? Math.max(0, Math.ceil((slow.until - now) / 1000)) : 0;

/** Seconds the composer stays locked; only for "too fast", the other waits are ours to sit out. */
export const slowSeconds = (state: State, now: number): number => waitFor(state, "rate", now);

/** As JSON writes it: what a frame holds beside it takes less than this. */
const AROUND = 256;
const tooBig = ({ bytes }: State, text: string): boolean => new Blob([JSON.stringify(text)]).size > bytes - AROUND;

/** Why the draft cannot be sent now; the text stays. */
export function blocked(state: State, draft: string, words: Words, now: number): Notice | null {
  const s = slowSeconds(state, now);
  if (s) return { tone: "warn", text: fill(words.slow, { s }) };
  const n = characters(draft);
  if (n > state.chars) return { tone: "bad", text: fill(words.tooLong, { n, max: state.chars }) };
  if (tooBig(state, draft)) return { tone: "bad", text: words.tooBig };
  const held = state.outbox.length;
  return held < OUTBOX_MAX ? null : { tone: "warn", text: plural(words.full, held) };
}

/** The line at the composer: why the draft cannot be sent, else why what was sent still waits. */
export function hint(state: State, draft: string, words: Words, now: number): Notice | null {
  const s = waitFor(state, "busy", now);
  return blocked(state, draft, words, now) ?? (s ? { tone: "warn", text: fill(words.busy, { s }) } : null);
}

export function eventText({ event, text }: Line, words: Words): string {
  const { name, agent } = event ?? {};
  // It names who passed it on; who serves next says so by "joined".
  if (name === "transferred") return words.transferring;
  if (name === "ended") return words.ended;
  return name === "joined" && agent ? fill(agent.no ? words.joinedNo : words.joined, { ...agent }) : text;
}

interface Row {
  readonly key: string;
  readonly at: number;
  readonly own: boolean;
  readonly mark: Mark;
  readonly text: string;
  readonly line?: Line;
}

const ofLine = (state: State, line: Line): Row => ({
  key: `${line.contact}:${line.seq}`,
  at: line.at,
  own: line.by === "customer",
  mark: line.by !== "customer" ? "" : line.contact === state.contact && line.seq <= state.readBy ? "read" : "delivered",
  text: line.text,
  line,
});

const ofEntry = (entry: Entry, now: number): Row => ({
  key: entry.cid,
  at: entry.at,
  own: true,
  mark: entry.refused ? "refused" : isFailed(entry, now) ? "failed" : "sending",
  text: entry.text,
});

const isEvent = (row: Row): boolean => row.line?.kind === "event";

/** Said in one breath by one side: one time for both. */
const together = (a: Row | undefined, b: Row | undefined): boolean =>
  !!a && !!b && a.own === b.own && !isEvent(a) && !isEvent(b) && b.at - a.at < GROUP_MS && sameDay(a.at, b.at);

/** The last `window` lines and what waits to go out, with day lines and registrations; `older`: more exist above. */
export function items(state: State, tongue: Tongue, window: number, now: number): { items: Item[]; older: boolean } {
  const { words, lang } = tongue;
  const all = [...state.lines.map((line) => ofLine(state, line)), ...state.outbox.map((entry) => ofEntry(entry, now))];
  const rows = all.slice(-window);
  const shown: Item[] = [];
  let loose = false; // something stands between this line and the one before
  rows.forEach((row, i) => {
    const { key, at, own, mark, text, line } = row;
    const before = rows[i - 1];
    const after = rows[i + 1];
    if (!before || !sameDay(before.at, at)) {
      shown.push({ kind: "day", key: `day ${key}`, text: dayLine(at, now + state.offset, words, lang) });
    }
    if (line?.kind === "event") {
      shown.push({ kind: "event", key, text: eventText(line, words) });
    } else {
      const registers = line?.seq === 1 && state.cases[line.contact];
      const loud = mark === "failed" || mark === "refused";
      const last = !together(row, after) || mark !== after?.mark || registers || loud;
      const time = clock(at);
      const meta = !last ? "" : mark ? `${time} · ${words[mark]}` : time;
      shown.push({
        kind: own ? "own" : "their",
        key,
        text,
        meta,
        mark,
        loud,
        at,
        tight: !loose && together(before, row),
      });
      loose = false;
      if (registers) {
        shown.push({
          kind: "event",
          key: `case ${key}`,
          text: fill(words.registered, { case: registers }),
          copy: registers,
        });
        loose = true;
      }
    }
  });
  return { items: shown, older: all.length > rows.length };
}

/** Does the look change by time alone: seconds that count down, a strip that is due, an entry that fails? */
export const ticks = ({ slow, typingUntil, link, outbox, ending }: State, now: number): boolean =>
  (slow?.until ?? 0) > now ||
  typingUntil > now ||
  ending !== null ||
  outbox.some((entry) => !entry.refused) ||
  isDown(link);
