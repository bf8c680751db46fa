// The keyboard of ui.md §8 as a table, pure: which key, in which place, means which action. What an input method is
// composing never gets here (ime.ts asks first).

export type Action =
  | "accept"
  | "focusOffer"
  | "next"
  | "previous"
  | "open"
  | "reply"
  | "note"
  | "transfer"
  | "resolve"
  | "why"
  | "nextUnread"
  | "previousUnread"
  | "mine"
  | "queue"
  | "done"
  | "wall"
  | "palette"
  | "keys"
  | "escape"
  | "prefix";

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export interface Place {
  /** The focus is in a field that takes text. */
  readonly field: boolean;
  /** A form, menu or dialog is open: it has its own keys. */
  readonly form: boolean;
  /** Single letters are switched on. */
  readonly letters: boolean;
  /** "G" was pressed just before. */
  readonly prefixed: boolean;
  /** The focus is on a control that uses Enter and arrows itself (button, link, list of a form). */
  readonly control: boolean;
}

const LETTERS: Readonly<Record<string, Action>> = {
  j: "next",
  k: "previous",
  r: "reply",
  n: "note",
  t: "transfer",
  e: "resolve",
  w: "why",
  g: "prefix",
  "[": "previousUnread",
  "]": "nextUnread",
  "?": "keys",
};
const AFTER_G: Readonly<Record<string, Action>> = { m: "mine", q: "queue", d: "done", w: "wall" };
const MOVES: Readonly<Record<string, Action>> = { ArrowDown: "next", ArrowUp: "previous", Enter: "open" };

export function actionOf(press: Press, place: Place): Action | undefined {
  const { key } = press;
  const bare = !press.ctrlKey && !press.metaKey && !press.altKey;
  if (key === "F2" && bare) return press.shiftKey ? "focusOffer" : "accept";
  if (key.toLowerCase() === "k" && (press.ctrlKey || press.metaKey) && !press.altKey && !press.shiftKey) {
    return "palette";
  }
  if (!bare) return undefined;
  if (key === "Escape") return "escape";
  if (place.form || place.field) return undefined;
  if (!place.control && !press.shiftKey && MOVES[key]) return MOVES[key];
  if (!place.letters) return undefined;
  const letter = key.length === 1 ? key.toLowerCase() : key;
  if (place.prefixed && AFTER_G[letter]) return AFTER_G[letter];
  return LETTERS[letter];
}

/** Does Enter send? Ctrl+Enter always, Shift+Enter never, else by the agent's setting. */
export function sends(press: Press, enterSends: boolean): boolean {
  if (press.key !== "Enter" || press.altKey || press.shiftKey) return false;
  return press.ctrlKey || press.metaKey || enterSends;
}

/** For the list of keys and the hints on controls. */
export const SHOWN: Readonly<Record<string, readonly string[]>> = {
  accept: ["F2"],
  focusOffer: ["Shift", "F2"],
  next: ["J"],
  previous: ["K"],
  open: ["Enter"],
  reply: ["R"],
  note: ["N"],
  transfer: ["T"],
  resolve: ["E"],
  why: ["W"],
  nextUnread: ["]"],
  previousUnread: ["["],
  mine: ["G", "M"],
  queue: ["G", "Q"],
  done: ["G", "D"],
  wall: ["G", "W"],
  palette: ["Ctrl", "K"],
  keys: ["?"],
  escape: ["Esc"],
  phrases: ["/"],
  send: ["Ctrl", "Enter"],
  enter: ["Enter"],
  newline: ["Shift", "Enter"],
  digits: ["1–9"],
};
