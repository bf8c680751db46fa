// The budgets of ui.md §12 are those of a 2-core machine, and the pages are held to them. How much slower another one may
// be is said here and nowhere else: every limit of time is multiplied by FD_SLOW.
import assert from "node:assert/strict";

export const SLOW = Number(process.env.FD_SLOW ?? 1);
assert.ok(SLOW >= 1 && SLOW <= 5, "FD_SLOW is a factor from 1 to 5");

/** What else the machine does spoils single measurements: one, or one of six, does not count. */
const worst = (some) => [...some].sort((a, b) => b - a)[Math.max(1, Math.floor(some.length / 6))];

/** Several measurements in ms against the budget. */
export function within(t, what, times, budget) {
  assert.ok(times.length >= 3, `${what}: measured ${times.length} times`);
  const shown = times.map((ms) => Math.round(ms)).join(" ");
  t.diagnostic(`${what}: ${worst(times).toFixed(1)} ms of ${budget} × ${SLOW} (${shown})`);
  assert.ok(worst(times) <= budget * SLOW, `${what}: ${Math.round(worst(times))} ms`);
}
