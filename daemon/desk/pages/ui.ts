// What the agent has open on the screen: pure too, apart from what the server knows (state.ts).

import type { Sort } from "./select";

export type Form =
  | { readonly kind: "transfer"; readonly contact: string }
  | { readonly kind: "wrapup"; readonly contact: string; readonly todo: boolean }
  | { readonly kind: "decline"; readonly offer: string }
  | { readonly kind: "explain"; readonly contact: string }
  | { readonly kind: "counter" }
  | { readonly kind: "settings" }
  | { readonly kind: "keys" }
  | { readonly kind: "palette" };

export type Pane = "list" | "talk" | "panel" | "me";
export type Tab = "mine" | "queue" | "done";
export type Mode = "reply" | "note";

export interface Ui {
  /** Open in the middle; "" = none. */
  readonly open: string;
  /** Marked in the list: J and K move it, Enter opens it. */
  readonly cursor: string;
  readonly pane: Pane;
  readonly tab: Tab;
  readonly sort: Sort;
  readonly unanswered: boolean;
  readonly mode: Mode;
  readonly form?: Form;
  /** The customer's panel as a drawer below 1200 px. */
  readonly drawer: boolean;
  /** Counts up when the text box should take the focus. */
  readonly focus: number;
}

export const initialUi: Ui = {
  open: "",
  cursor: "",
  pane: "list",
  tab: "mine",
  sort: "due",
  unanswered: false,
  mode: "reply",
  drawer: false,
  focus: 0,
};

export const closeForm = (ui: Ui): Ui => {
  const { form: _closed, ...rest } = ui;
  return rest;
};

export const openForm = (ui: Ui, form: Form): Ui => ({ ...ui, form });

/** Opening a conversation never takes the focus by itself; `write` does (Enter, R, N, a click on it). */
export function openTalk(ui: Ui, contact: string, write: boolean): Ui {
  const same = ui.open === contact;
  return {
    ...closeForm(ui),
    open: contact,
    cursor: contact,
    pane: contact === "" ? "list" : "talk",
    mode: same ? ui.mode : "reply",
    drawer: same ? ui.drawer : false,
    focus: write ? ui.focus + 1 : ui.focus,
  };
}

export const write = (ui: Ui, mode: Mode): Ui => ({ ...ui, mode, pane: "talk", focus: ui.focus + 1 });

/** Next or previous in the list, from the cursor; stops at the ends. */
export function step(order: readonly string[], cursor: string, by: 1 | -1): string {
  if (order.length === 0) return "";
  const at = order.indexOf(cursor);
  if (at < 0) return order[by > 0 ? 0 : order.length - 1] ?? "";
  return order[Math.min(order.length - 1, Math.max(0, at + by))] ?? "";
}

/** The next in a direction that passes `test`, around the end. */
export function seek(order: readonly string[], cursor: string, by: 1 | -1, test: (id: string) => boolean): string {
  const n = order.length;
  const at = order.indexOf(cursor);
  const from = at < 0 ? (by > 0 ? -1 : n) : at;
  for (let i = 1; i <= n; i += 1) {
    const id = order[(((from + by * i) % n) + n) % n];
    if (id !== undefined && test(id)) return id;
  }
  return "";
}
