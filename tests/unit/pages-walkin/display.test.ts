// The display's queue of calls as a fold, against a router that is played here; each promise with a twin that breaks it.
import assert from "node:assert/strict";
import test from "node:test";
import {
  FADE_MS,
  initial,
  isFlashing,
  isGrey,
  isReloadDue,
  nextDue,
  PAST_MAX,
  reduce,
  RULES,
  shiftOf,
  type Call,
  type Display,
  type Rules,
} from "../../../channels/walkin/pages/display";
import { lineOf } from "../../../channels/walkin/pages/display.view";

const NOW = 1_795_507_200_000;

/** A router's list of calls, a display, and a clock. */
class Hall {
  calls: Call[] = [];
  ended: { number: string; reason: string }[] = [];
  state: Display;
  now = NOW;
  shown: { number: string; at: number }[] = [];
  constructor(readonly rules: Rules = RULES) {
    this.state = initial(NOW);
  }
  apply(event: Parameters<typeof reduce>[1]): void {
    const turns = this.state.turns;
    this.state = reduce(this.state, event, this.now, this.rules);
    if (this.state.turns === turns) return;
    this.shown.push({ number: this.state.stage?.call.number ?? "", at: this.now });
  }
  frame(): void {
    this.apply({
      type: "frame",
      frame: { type: "display", at: this.now, calls: this.calls, ended: this.ended, waiting: [] },
    });
  }
  call(number: string, counter = "1", recall = false): void {
    const others = this.calls.filter((one) => one.number !== number);
    this.calls = [{ number, counter, at: this.now, recall }, ...others].slice(0, 6);
    this.ended = this.ended.filter((one) => one.number !== number);
    this.frame();
  }
  over(number: string, reason = "served"): void {
    this.calls = this.calls.filter((one) => one.number !== number);
    this.ended = [{ number, reason }, ...this.ended.filter((one) => one.number !== number)].slice(0, 6);
    this.frame();
  }
  /** Seconds go by; speech takes `speech` ms of each announcement. */
  pass(ms: number, speech = 4_000): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now += 100;
      const { stage } = this.state;
      if (stage && !stage.said && this.now - stage.since >= speech) {
        this.apply({ type: "said", turn: stage.turn, mute: false });
      }
      this.apply({ type: "tick" });
    }
  }
  numbers = (): string[] => this.shown.map((one) => one.number);
}

/** The shortest time any call stood before the next one took its place. */
function shortest(hall: Hall): number {
  const gaps = hall.shown.slice(1).map((one, i) => one.at - (hall.shown[i]?.at ?? 0));
  return Math.min(...gaps);
}

function rush(rules: Rules): Hall {
  const hall = new Hall(rules);
  hall.frame();
  for (const number of ["A001", "A002", "B001", "A003"]) {
    hall.call(number);
    hall.pass(300);
  }
  hall.pass(60_000);
  return hall;
}

test("calls wait for one another: each stands for eight seconds, in the order called, none is lost", () => {
  const hall = rush(RULES);
  assert.deepEqual(hall.numbers(), ["A001", "A002", "B001", "A003"]);
  assert.ok(shortest(hall) >= 8_000, `${shortest(hall)} ms`);
});

test("control: without the hold the same calls tread on each other", () => {
  assert.ok(shortest(rush({ hold_ms: 0, longest_ms: 0 })) < 8_000);
});

test("words that take longer are said to the end, but a voice that hangs holds nobody up", () => {
  const slow = new Hall();
  slow.frame();
  slow.call("A001");
  slow.call("A002");
  slow.pass(30_000, 11_000);
  assert.ok(Math.abs(shortest(slow) - 11_000) <= 200);
  const hung = new Hall();
  hung.frame();
  hung.call("A001");
  hung.call("A002");
  hung.pass(30_000, Infinity);
  assert.deepEqual(hung.numbers(), ["A001", "A002"]);
  assert.ok(Math.abs(shortest(hung) - RULES.longest_ms) <= 200);
});

test("a recall is announced again, alone or waiting, and stands once in the list of the last calls", () => {
  const hall = new Hall();
  hall.frame();
  hall.call("A001");
  hall.pass(10_000);
  hall.frame(); // the same list again is no new call
  hall.pass(10_000);
  assert.deepEqual(hall.numbers(), ["A001"]);
  hall.call("A001", "1", true);
  hall.pass(10_000);
  assert.deepEqual(hall.numbers(), ["A001", "A001"]);
  assert.equal(hall.state.stage?.call.recall, true);
  hall.call("A002");
  hall.call("A003");
  hall.call("A003", "1", true); // still waiting for its turn: once is enough
  hall.pass(30_000);
  assert.deepEqual(hall.numbers(), ["A001", "A001", "A002", "A003"]);
  assert.deepEqual(
    hall.state.past.map((one) => one.number),
    ["A002", "A001"],
  );
});

test("who did not come turns grey, who is served does not; who left before the turn is not called at all", () => {
  const hall = new Hall();
  hall.frame();
  hall.call("A001");
  hall.call("A002");
  hall.call("A003");
  hall.over("A002", "withdrawn");
  hall.over("A001", "absent");
  assert.equal(hall.state.stage?.end, "absent");
  assert.ok(hall.state.stage && isGrey(hall.state.stage));
  hall.pass(20_000);
  assert.deepEqual(hall.numbers(), ["A001", "A003"]);
  assert.deepEqual(
    hall.state.past.map(({ number, end }) => [number, end]),
    [["A001", "absent"]],
  );
  hall.over("A003");
  assert.ok(hall.state.stage && !isGrey(hall.state.stage), "served");
  hall.pass(FADE_MS - 30_000);
  assert.equal(hall.state.stage?.call.number, "A003", "over, but still there");
  hall.pass(60_000);
  assert.equal(hall.state.stage, undefined);
});

test("an end is kept when the router has forgotten it; without a reason a call was given up; a recall opens it", () => {
  const hall = new Hall();
  hall.frame();
  hall.call("A001");
  hall.over("A001");
  hall.ended = [];
  hall.frame();
  assert.equal(hall.state.stage?.end, "served");
  hall.call("A001", "1", true);
  hall.pass(10_000);
  assert.equal(hall.state.stage?.end, "");
  hall.calls = [];
  hall.frame();
  assert.ok(hall.state.stage && isGrey(hall.state.stage));
});

test("more calls at once than the router's list holds: all are announced", () => {
  const hall = new Hall();
  hall.frame();
  const all = Array.from({ length: 12 }, (_, i) => `A${String(i + 1).padStart(3, "0")}`);
  for (const number of all) {
    hall.call(number);
    hall.pass(100);
  }
  hall.pass(120_000);
  assert.deepEqual(hall.numbers(), all);
});

test("after a reload only what was called a moment ago is announced; after a cut, what came meanwhile", () => {
  const hall = new Hall();
  hall.calls = [
    { number: "A009", counter: "1", at: NOW - 5_000, recall: false },
    { number: "A008", counter: "2", at: NOW - 50_000, recall: false },
    { number: "A007", counter: "3", at: NOW - 55_000, recall: false },
  ];
  hall.frame();
  assert.deepEqual(hall.numbers(), ["A009"]);
  assert.deepEqual(
    hall.state.past.map((one) => one.number),
    ["A008", "A007"],
  );
  hall.pass(20_000);
  hall.now += 600_000; // cut
  hall.calls = [{ number: "A011", counter: "1", at: hall.now - 30_000, recall: false }, ...hall.calls];
  hall.frame();
  hall.pass(20_000);
  assert.deepEqual(hall.numbers(), ["A009", "A011"]);
});

test("a new leader's list, with the times of the states, announces nothing again", () => {
  const hall = new Hall();
  hall.frame();
  hall.call("A001");
  hall.pass(20_000);
  hall.call("A002");
  hall.pass(20_000);
  hall.calls = hall.calls.map((call) => ({ ...call, at: call.at - 3 }));
  hall.frame();
  hall.pass(20_000);
  assert.deepEqual(hall.numbers(), ["A001", "A002"]);
});

test("the flash lasts six seconds, twice as long when nothing could be said, and none for what is over", () => {
  const hall = new Hall();
  hall.frame();
  hall.call("A001");
  const { stage } = hall.state;
  assert.ok(stage);
  assert.equal(isFlashing(stage, stage.since + 5_900), true);
  assert.equal(isFlashing(stage, stage.since + 6_000), false);
  assert.equal(isFlashing({ ...stage, mute: true }, stage.since + 11_900), true);
  assert.equal(isFlashing({ ...stage, end: "served" }, stage.since), false);
  assert.equal(isFlashing({ ...stage, turn: 0 }, stage.since), false);
});

test("the fold says when it must be asked again", () => {
  const hall = new Hall();
  assert.equal(nextDue(hall.state), undefined);
  hall.frame();
  hall.call("A001");
  assert.equal(nextDue(hall.state), undefined, "nobody waits");
  hall.call("A002");
  assert.equal(nextDue(hall.state), NOW + RULES.longest_ms);
  hall.apply({ type: "said", turn: 99, mute: false });
  assert.equal(nextDue(hall.state), NOW + RULES.longest_ms, "an old announcement's end is nobody's");
  hall.apply({ type: "said", turn: 1, mute: false });
  assert.equal(nextDue(hall.state), NOW + RULES.hold_ms);
});

test("seven days of calls leave no more behind than seven minutes", () => {
  const hall = new Hall();
  hall.frame();
  const size = (): number => JSON.stringify(hall.state).length;
  let early = 0;
  for (let i = 0; i < 7 * 24 * 60; i += 1) {
    hall.now += 60_000;
    hall.apply({ type: "tick" });
    hall.call(`A${String((i % 999) + 1).padStart(3, "0")}`, String(1 + (i % 9)));
    hall.apply({ type: "said", turn: hall.state.turns, mute: false });
    if (i === 20) early = size();
  }
  assert.equal(hall.shown.length, 7 * 24 * 60);
  assert.ok(Math.abs(size() - early) < 100, `${early} … ${size()} characters`);
  assert.equal(hall.state.past.length, PAST_MAX);
});

test("what the router does not say well is not shown", () => {
  const hall = new Hall();
  hall.apply({ type: "frame", frame: { type: "display", at: "x", calls: [null, { number: 5 }], waiting: {} } });
  assert.deepEqual([hall.state.stage, hall.state.waiting, hall.state.offset], [undefined, {}, 0]);
  const waiting = [{ id: "repair", waiting: 4 }, { waiting: 1 }, null];
  hall.apply({ type: "frame", frame: { type: "display", at: NOW + 500, calls: [], waiting } });
  assert.deepEqual([hall.state.waiting, hall.state.offset], [{ repair: 4 }, 500]);
});

test("the line: nothing for a moment, a mark, after a minute a word", () => {
  const rows: [boolean, boolean, number, string][] = [
    [true, true, 0, "fine"],
    [false, false, 90_000, "connecting"],
    [false, true, 1_499, "brief"],
    [false, true, 1_500, "lost"],
    [false, true, 59_999, "lost"],
    [false, true, 60_000, "old"],
  ];
  for (const [open, ever, lost, expected] of rows) assert.equal(lineOf(open, ever, lost), expected, `${lost}`);
});

test("the layout moves every ten minutes round a square; the reload comes after four, once", () => {
  assert.deepEqual([0, 599_999, 600_000, 1_200_000, 1_800_000, 2_400_000].map(shiftOf), [0, 0, 1, 2, 3, 0]);
  const day = (d: number, h: number, m = 0): Date => new Date(2026, 10, d, h, m);
  assert.equal(isReloadDue(day(24, 9), day(25, 3, 59)), false);
  assert.equal(isReloadDue(day(24, 9), day(25, 4)), true);
  assert.equal(isReloadDue(day(25, 4, 1), day(25, 4, 2)), false, "it has been");
  assert.equal(isReloadDue(day(24, 9), day(25, 12)), false, "not at noon");
});
