// More agents than anybody draws at once: by team, and of those the rows in view. Pure.

import type { WallAgent } from "../protocol";

/** From here on the agents are grouped and windowed. */
export const CROWD = 200;
const AROUND = 4;

export interface Group {
  readonly team: string; // "" = of no team
  readonly agents: readonly WallAgent[];
}

/** Each agent once, in the first of its teams; the teams in the site's order. */
export function teamGroups(agents: readonly WallAgent[], teams: readonly string[]): Group[] {
  const all = new Map<string, WallAgent[]>([...teams, ""].map((team) => [team, []]));
  for (const a of agents) all.get(a.teams.find((team) => all.has(team)) ?? "")?.push(a);
  return [...all].filter(([, some]) => some.length > 0).map(([team, some]) => ({ team, agents: some }));
}

export interface Part {
  readonly team: string;
  readonly head: boolean;
  readonly from: number;
  readonly of: number;
  readonly agents: readonly WallAgent[];
}
export interface Crowd {
  /** Rows that are not drawn, above and below. */
  readonly above: number;
  readonly below: number;
  readonly parts: readonly Part[];
}

/** Headings and rows of cards are of one height; `view` in rows. */
export function crowd(groups: readonly Group[], columns: number, view: { top: number; height: number }): Crowd {
  const rowsOf = (g: Group): number => 1 + Math.ceil(g.agents.length / columns);
  const rows = groups.reduce((sum, g) => sum + rowsOf(g), 0);
  const last = Math.min(rows, Math.max(1, Math.ceil(view.top + view.height) + AROUND));
  const first = Math.max(0, Math.min(Math.floor(view.top) - AROUND, rows - Math.ceil(view.height) - AROUND));
  const parts: Part[] = [];
  let at = 0;
  for (const g of groups) {
    const from = Math.max(first, at) - at;
    const to = Math.min(last, at + rowsOf(g)) - at;
    if (from < to) {
      const start = Math.max(0, from - 1) * columns;
      const agents = g.agents.slice(start, (to - 1) * columns);
      parts.push({ team: g.team, head: from === 0, from: start, of: g.agents.length, agents });
    }
    at += rowsOf(g);
  }
  return { above: first, below: rows - last, parts };
}
