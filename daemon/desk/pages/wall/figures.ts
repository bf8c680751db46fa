// What the wall makes of one frame: totals, trouble first. Pure.

import type { WallAgent, WallQueue } from "../protocol";

export interface Totals {
  readonly waiting: number;
  readonly oldest_at: number;
  readonly free: number;
  readonly online: number;
  readonly away: number;
  readonly off: number;
  readonly notResponding: number;
}

export function totals(queues: readonly WallQueue[], agents: readonly WallAgent[]): Totals {
  const oldest = queues.filter((q) => q.waiting > 0 && q.oldest_at > 0).map((q) => q.oldest_at);
  const count = (...states: string[]): number => agents.filter((a) => states.includes(a.state)).length;
  return {
    waiting: queues.reduce((sum, q) => sum + q.waiting, 0),
    oldest_at: oldest.length > 0 ? Math.min(...oldest) : 0,
    free: queues.reduce((sum, q) => sum + q.free, 0),
    online: count("available"),
    away: count("away", "draining"),
    off: count("offline"),
    notResponding: count("not_responding"),
  };
}

export type Trouble = "" | "long" | "noFree" | "paused";

/** What is an alarm the site says, for all walls alike. */
export function troubleOf(q: WallQueue): Trouble {
  if (q.alarm === "long_wait") return "long";
  if (q.alarm === "no_free") return "noFree";
  return q.paused ? "paused" : "";
}
export const isAlarm = (trouble: Trouble): trouble is "long" | "noFree" => trouble === "long" || trouble === "noFree";

const RANK: Readonly<Record<Trouble, number>> = { long: 0, noFree: 1, paused: 2, "": 3 };

/** By trouble, then by the longest wait, then by how many wait; equal ones keep the site's order. */
export function byTrouble(queues: readonly WallQueue[]): WallQueue[] {
  return [...queues].sort(
    (a, b) =>
      RANK[troubleOf(a)] - RANK[troubleOf(b)] ||
      (a.waiting > 0 ? a.oldest_at : Infinity) - (b.waiting > 0 ? b.oldest_at : Infinity) ||
      b.waiting - a.waiting ||
      0,
  );
}

const STATES = ["not_responding", "available", "draining", "away", "offline"] as const;

/** Those of the site's queues that some agent works in. */
export function teamIds(agents: readonly WallAgent[], queues: readonly string[]): string[] {
  const known = new Set(agents.flatMap((a) => a.teams));
  return queues.filter((id) => known.has(id));
}

const rank = (a: WallAgent): number => (a.unattended.length > 0 ? -1 : STATES.indexOf(a.state));

/** Whose customer stands there alone first, then the missing ones, those at work by how full they are, the absent last. */
export function agentOrder(agents: readonly WallAgent[], only: string, team = ""): WallAgent[] {
  return agents
    .filter((a) => (only === "" || a.state === only) && (team === "" || a.teams.includes(team)))
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        b.used / Math.max(1, b.total) - a.used / Math.max(1, a.total) ||
        (a.no || a.id).localeCompare(b.no || b.id),
    );
}
