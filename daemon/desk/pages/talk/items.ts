// Lines and notes of one conversation in one order, pure. Notes have no place in the customer's count: they stand where
// they were written by time, after the last line that is not newer.

import type { Line, Note } from "../protocol";

export interface Item {
  readonly key: string;
  readonly at: number;
  /** 0 for a note. */
  readonly seq: number;
  readonly group: "customer" | "agent" | "system" | "note";
  readonly line?: Line;
  readonly note?: Note;
}

const lineItem = (line: Line): Item => ({
  key: `l${line.seq}`,
  at: line.at,
  seq: line.seq,
  group: line.kind === "event" ? "system" : line.by,
  line,
});
const noteItem = (note: Note, i: number): Item => ({
  key: `n${note.at}-${i}`,
  at: note.at,
  seq: 0,
  group: "note",
  note,
});

export function itemsOf(lines: readonly Line[], notes: readonly Note[]): Item[] {
  const items: Item[] = [];
  let n = 0;
  for (const line of lines) {
    for (let note = notes[n]; note && note.at < line.at; note = notes[n]) {
      // A note older than everything held belongs to lines that are not here yet.
      if (items.length > 0 || line.seq === 1) items.push(noteItem(note, n));
      n += 1;
    }
    items.push(lineItem(line));
  }
  for (let note = notes[n]; note; note = notes[n]) {
    items.push(noteItem(note, n));
    n += 1;
  }
  return items;
}

export interface Piece {
  readonly text: string;
  readonly href: string;
}

// Chinese punctuation ends a link too; written as escapes, for esbuild leaves regular expressions as they are.
const LINK = /https?:\/\/[^\s<>"'\uff0c\u3002\uff1b\u3001\uff08\uff09\u300a\u300b]+/gi;

/** Text with its http(s) links apart; everything else is text and stays text. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const found = match[0].replace(/[.,;:!?)\]}]+$/, "");
    const at = match.index;
    if (at > from) out.push({ text: text.slice(from, at), href: "" });
    out.push({ text: found, href: found });
    from = at + found.length;
  }
  if (from < text.length) out.push({ text: text.slice(from), href: "" });
  return out;
}
