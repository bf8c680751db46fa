// The keys of the wall (ui.md §9), pure: which key, in which place, means which action.

import type { Place, Press } from "../keys";

type Move = "next" | "previous" | "open";
export type WallAction = Move | "acknowledge" | "full";
export type LineAction = Move | "priority" | "end";

const MOVES: Readonly<Record<string, Move>> = { ArrowDown: "next", ArrowUp: "previous", Enter: "open" };

const keyed =
  <A extends string>(letters: Readonly<Record<string, A>>) =>
  (press: Press, place: Omit<Place, "prefixed">): Move | A | undefined => {
    if (press.ctrlKey || press.metaKey || press.altKey || place.form || place.field) return undefined;
    if (place.control && press.key === "Enter") return undefined; // it is the control's own
    if (MOVES[press.key] && !press.shiftKey) return MOVES[press.key];
    return place.letters ? letters[press.key.toLowerCase()] : undefined;
  };

export const wallAction = keyed<WallAction>({ a: "acknowledge", f: "full" });
/** In the list of who waits; E ends, as at the desk. */
export const lineAction = keyed<LineAction>({ p: "priority", e: "end" });
