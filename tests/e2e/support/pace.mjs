// The budgets of ui.md §12 are those of an idle 2-core machine. How much slower a shared one may be is said here and
// nowhere else: every limit of time is multiplied by FD_SLOW. FD_SLOW=1 holds the pages to the budgets themselves.
import assert from "node:assert/strict";

export const SLOW = Number(process.env.FD_SLOW ?? 2);
assert.ok(SLOW >= 1 && SLOW <= 5, "FD_SLOW is a factor from 1 to 5");

export const median = (some) => [...some].sort((a, b) => a - b)[Math.floor(some.length / 2)];

/** The middle of several measurements in ms against the budget; what else the machine does spoils single ones. */
export function within(t, what, times, budget) {
  assert.ok(times.length >= 3, `${what}: measured ${times.length} times`);
  const shown = times.map((ms) => Math.round(ms)).join(" ");
  t.diagnostic(`${what}: ${median(times).toFixed(1)} ms of ${budget} × ${SLOW} (${shown})`);
  assert.ok(median(times) <= budget * SLOW, `${what}: ${Math.round(median(times))} ms`);
}
