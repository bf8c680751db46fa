// The keys of the wall (ui.md §9), pure: which key, in which place, means which action.

import type { Place, Press } from "../keys";

export type WallAction = "next" | "previous" | "open" | "acknowledge" | "full";

const MOVES: Readonly<Record<string, WallAction>> = { ArrowDown: "next", ArrowUp: "previous", Enter: "open" };
const LETTERS: Readonly<Record<string, WallAction>> = { a: "acknowledge", f: "full" };

export function wallAction(press: Press, place: Omit<Place, "prefixed">): WallAction | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || place.form || place.field) return undefined;
  if (place.control && press.key === "Enter") return undefined; // it is the control's own
  if (MOVES[press.key] && !press.shiftKey) return MOVES[press.key];
  return place.letters ? LETTERS[press.key.toLowerCase()] : undefined;
}
