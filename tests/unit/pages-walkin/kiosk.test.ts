// The kiosk as a fold: a touch, a key, retries under it, no ghost, and back to the start.
import assert from "node:assert/strict";
import test from "node:test";
import {
  ADOPT_MS,
  BACK_MS,
  GIVE_UP_MS,
  initial,
  isClosed,
  isOffline,
  LOST_MS,
  reduce,
  secondsLeft,
  toAsk,
  unsettled,
  type Event,
  type Kiosk,
} from "../../../channels/walkin/pages/kiosk";
import {
  judge,
  readIssued,
  readLook,
  readServices,
  readTime,
  type Answer,
  type Service,
} from "../../../channels/walkin/pages/rest";

const NOW = 1_795_507_200_000;
const line = (id: string, open = true): Service => ({ id, name: { zh: id }, waiting: 2, open });
const OK: Answer = { kind: "ok", body: { number: "A001", token: "t1", ahead: 2, est_wait_s: null } };
const LOST: Answer = { kind: "lost" };
const later = (code: string, after_ms = 2_000): Answer => ({ kind: "later", code, after_ms });

/** Plays the effects: whatever is to be asked is asked, and answered by `answer`. */
class Play {
  state: Kiosk;
  now = NOW;
  asked: { key: string; service: string; token?: string }[] = [];
  constructor(left: { service: string; key: string }[] = []) {
    this.state = initial("zh-CN", NOW, left);
    this.act({ type: "services", services: [line("repair"), line("returns"), line("shut", false)] });
  }
  act(event: Event): void {
    this.state = reduce(this.state, event, this.now);
    for (const one of toAsk(this.state)) {
      this.asked.push(one);
      this.state = reduce(this.state, { type: "sent", key: one.key }, this.now);
    }
  }
  touch = (service: string, key: string): void => this.act({ type: "touch", service, key });
  answer = (key: string, answer: Answer): void => this.act({ type: "answer", key, answer, printer: true });
  pass(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now += 500;
      this.act({ type: "services", services: this.state.services ?? [] });
      this.act({ type: "tick" });
    }
  }
}

const attemptOf = (play: Play) => (play.state.screen.is === "asking" ? play.state.screen.attempt : undefined);

/** The fields of the screen that matter here. */
function shows(play: Play, expected: Readonly<Record<string, unknown>>, why?: string): void {
  const screen = play.state.screen as unknown as Readonly<Record<string, unknown>>;
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, screen[key]])), expected, why);
}

test("the clock is the site's, not the machine's; without word from the site it stays as it was last heard", () => {
  const play = new Play();
  const site = (time?: { at: number | undefined; zone: string | undefined }): [number, string | undefined] => {
    play.act({ type: "services", services: [line("repair")], ...(time ? { time } : {}) });
    return [play.state.now + play.state.offset, play.state.zone];
  };
  assert.deepEqual(site(), [NOW, undefined]);
  assert.deepEqual(site(readTime({ at: NOW + 7_200_000, zone: "Asia/Shanghai" })), [NOW + 7_200_000, "Asia/Shanghai"]);
  play.now += 60_000;
  assert.deepEqual(site(readTime({ at: "x", zone: 4 })), [NOW + 7_260_000, "Asia/Shanghai"]);
});

test("one touch, one question, one ticket", () => {
  const play = new Play();
  play.touch("repair", "k1");
  shows(play, { is: "asking" });
  play.touch("repair", "k2"); // an impatient finger
  play.act({ type: "tick" });
  assert.deepEqual(
    play.asked.map((one) => one.key),
    ["k1"],
  );
  play.answer("k1", OK);
  shows(play, {
    is: "ticket",
    print: "starting",
    issued: { number: "A001", token: "t1", ahead: 2, wait_s: undefined },
  });
  assert.deepEqual(unsettled(play.state), []);
});

test("without an answer it is asked again under the same key, until it is told", () => {
  const play = new Play();
  play.touch("repair", "k1");
  play.answer("k1", LOST);
  play.pass(2_500);
  play.answer("k1", later("unknown"));
  play.pass(2_500);
  assert.deepEqual(
    play.asked.map((one) => one.key),
    ["k1", "k1", "k1"],
  );
  assert.deepEqual(unsettled(play.state), [{ service: "repair", key: "k1" }]);
  play.answer("k1", OK);
  shows(play, { is: "ticket" });
});

test("given up: said so; the attempt is settled behind the scene and its number canceled", () => {
  const play = new Play();
  play.touch("repair", "k1");
  play.pass(GIVE_UP_MS);
  shows(play, { is: "failed", why: "offline" });
  assert.deepEqual(unsettled(play.state), [{ service: "repair", key: "k1" }]);
  play.pass(BACK_MS);
  shows(play, { is: "start" });
  play.answer("k1", OK); // late, and nobody is there
  shows(play, { is: "start" }, "a number must not be shown to whoever stands there now");
  assert.deepEqual(play.asked.at(-1)?.token, "t1");
  play.act({ type: "canceled", key: "k1", answer: LOST });
  assert.equal(play.state.orphans.length, 1, "control: a cancellation that was not heard is not over");
  play.pass(5_000);
  assert.equal(play.asked.filter((one) => one.token === "t1").length, 2);
  play.act({ type: "canceled", key: "k1", answer: { kind: "ok", body: { canceled: true } } });
  assert.deepEqual(unsettled(play.state), []);
});

test("the next touch of the same service takes a left attempt over; another service or a later one does not", () => {
  for (const [service, wait, expected] of [
    ["repair", 1_000, "k1"],
    ["returns", 1_000, "k2"],
    ["repair", ADOPT_MS, "k2"],
  ] as const) {
    const play = new Play();
    play.touch("repair", "k1");
    play.answer("k1", LOST);
    play.act({ type: "back" });
    play.pass(wait);
    play.touch(service, "k2");
    assert.equal(attemptOf(play)?.key, expected, `${service} ${wait}`);
  }
});

test("what a crash left behind is settled, but never adopted", () => {
  const play = new Play([{ service: "repair", key: "old" }]);
  assert.deepEqual(play.asked, [{ ...play.asked[0], service: "repair", key: "old" }]);
  play.touch("repair", "k1");
  assert.equal(attemptOf(play)?.key, "k1");
  play.answer("old", { kind: "refused", status: 404, code: "unknown_service" });
  assert.deepEqual(unsettled(play.state), [{ service: "repair", key: "k1" }]);
});

test("busy is said; too fast is waited for with its seconds and not given up", () => {
  const play = new Play();
  play.touch("repair", "k1");
  play.answer("k1", later("rate", 40_000));
  play.pass(30_000);
  assert.equal(attemptOf(play)?.why, "rate");
  assert.equal(play.asked.length, 1);
  play.pass(10_000);
  assert.equal(play.asked.length, 2);
  const busy = new Play();
  busy.touch("repair", "k1");
  for (let i = 0; i < 20; i += 1) {
    busy.answer("k1", later("busy", 1_000));
    busy.pass(1_000);
  }
  shows(busy, { is: "failed", why: "busy" });
});

test("refusals are final; a device that is none of ours is told so", () => {
  const play = new Play();
  play.touch("repair", "k1");
  play.answer("k1", { kind: "refused", status: 409, code: "closed" });
  shows(play, { is: "failed", why: "closed" });
  assert.deepEqual(unsettled(play.state), []);
  play.touch("returns", "k2");
  play.answer("k2", { kind: "refused", status: 401, code: "no_device" });
  assert.equal(play.state.ours, false);
  play.act({ type: "back" });
  play.touch("repair", "k3");
  shows(play, { is: "start" }, "control: no number is asked for by a foreign device");
});

test("a service without a counter gives no number but a sentence", () => {
  const play = new Play();
  play.touch("shut", "k1");
  shows(play, { is: "start", notOpen: "shut" });
  assert.equal(play.asked.length, 0);
  assert.equal(isClosed(play.state), false);
  play.act({ type: "services", services: [line("shut", false)] });
  assert.equal(isClosed(play.state), true);
  play.act({ type: "services", services: [] });
  assert.equal(isClosed(play.state), false, "nothing is set up: that is another sentence");
});

test("back to the start and its language 30 s after the last touch, not before, and never while asking", () => {
  const play = new Play();
  play.act({ type: "language", lang: "en" });
  play.touch("repair", "k1");
  play.answer("k1", OK);
  play.pass(BACK_MS - 500);
  assert.deepEqual([play.state.screen.is, play.state.lang, secondsLeft(play.state)], ["ticket", "en", 1]);
  play.pass(500);
  assert.deepEqual([play.state.screen.is, play.state.lang], ["start", "zh-CN"]);
  play.touch("repair", "k2");
  play.answer("k2", later("rate", 60_000));
  play.pass(BACK_MS + 5_000);
  shows(play, { is: "asking" });
});

test("no word about the lines: nothing is offered, and a touch does nothing", () => {
  const play = new Play();
  assert.equal(isOffline(initial("zh-CN", NOW)), false, "at the start it is connecting");
  play.now += LOST_MS;
  play.act({ type: "tick" });
  assert.equal(isOffline(play.state), true);
  play.touch("repair", "k1");
  assert.equal(play.asked.length, 0);
});

test("a printer's word counts for the ticket in view only", () => {
  const play = new Play();
  play.act({ type: "print", print: "failed" });
  shows(play, { is: "start" });
  play.touch("repair", "k1");
  play.answer("k1", OK);
  play.act({ type: "print", print: "failed" });
  shows(play, { is: "ticket", print: "failed" });
});

test("answers are judged: final, later, or unknown; broken ones are as good as none", () => {
  const rows: [number, string | null, unknown, Answer][] = [
    [201, null, { a: 1 }, { kind: "ok", body: { a: 1 } }],
    [200, null, null, LOST],
    [404, null, { error: { code: "no_ticket" } }, { kind: "refused", status: 404, code: "no_ticket" }],
    [429, "7", { error: { code: "rate" } }, later("rate", 7_000)],
    [503, "900", { error: { code: "busy" } }, later("busy", 60_000)],
    [502, null, "x", later("", 2_000)],
  ];
  for (const [status, after, body, expected] of rows) assert.deepEqual(judge(status, after, body), expected);
  assert.equal(readIssued({ number: "A1" }), undefined);
  assert.equal(readLook({ number: "A1" }), undefined);
  assert.deepEqual(readServices({ services: [{ id: "a", waiting: "x", open: 1 }, null, { id: 4 }] }), [
    { id: "a", name: {}, waiting: 0, open: false },
  ]);
  const play = new Play();
  play.touch("repair", "k1");
  play.answer("k1", { kind: "ok", body: { number: "A001" } }); // without a token it is no ticket
  shows(play, { is: "asking" });
});
