// Order and window of the conversation list, pure but for the order shown now.

import type { App } from "./app";
import { ordered } from "./select";

const AROUND = 4;
const ROWS_MAX = 38;

/** Ids in the order shown now; keys.ts moves through it. Held still while somebody points at it or works in it. */
export const shownOrder: { ids: readonly string[] } = { ids: [] };

export function listOrder(app: App): string[] {
  const { state, ui } = app.view;
  return ordered(state.contacts.values(), ui.sort, ui.unanswered, app.at()).map((row) => row.id);
}

/** While held: known rows keep their places, new ones come last, gone ones leave. */
export function heldOrder(held: readonly string[], fresh: readonly string[]): string[] {
  const now = new Set(fresh);
  const kept = held.filter((id) => now.has(id));
  const known = new Set(kept);
  return [...kept, ...fresh.filter((id) => !known.has(id))];
}

/** How many rows stand elsewhere than they would. */
export function moved(held: readonly string[], fresh: readonly string[]): number {
  let n = 0;
  const at = new Map(held.map((id, i) => [id, i]));
  let high = -1;
  for (const id of fresh) {
    const i = at.get(id) ?? -1;
    if (i < high) n += 1;
    else high = i;
  }
  return n;
}

export interface Window {
  readonly top: number;
  readonly height: number;
}

/** Which rows are in the DOM: those in view, some around, and the marked one wherever it is. */
export function windowOf(n: number, row: number, view: Window, cursor: number): number[] {
  const from = Math.max(0, Math.floor(view.top / row) - AROUND);
  const to = Math.min(n, from + Math.min(ROWS_MAX, Math.ceil(view.height / row) + 2 * AROUND));
  const shown: number[] = [];
  for (let i = from; i < to; i += 1) shown.push(i);
  if (cursor >= 0 && cursor < n && (cursor < from || cursor >= to)) shown.push(cursor);
  return shown;
}
