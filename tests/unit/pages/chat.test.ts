// The fold of the widget: golden frames that the edge's tests read too, then what the protocol promises.
import assert from "node:assert/strict";
import test from "node:test";
import * as fold from "../../../channels/chat/widget/chat";
import type { In, State } from "../../../channels/chat/widget/chat";
import { blocked, eventText, hint, items, notice, slowSeconds, ticks } from "../../../channels/chat/widget/look";
import en from "../../../channels/chat/widget/words.en.json";
import zh from "../../../channels/chat/widget/words.zh-CN.json";
import type { LinkState } from "../../../channels/http/browser/socket";
import { C, cids, fly, frame, FRAMES, NOW, OLD, OPEN, play, say, start } from "./play";

test("every golden frame folds, and leaves the state whole", () => {
  for (const [name, one] of FRAMES) {
    const state = play(start(), "welcome_resumed", one);
    assert.equal(typeof state.status, "string", name);
    items(state, { words: zh, lang: "zh-CN", way: "" }, 200, NOW);
    notice(state, { words: en, lang: "en", way: "" }, NOW);
  }
});

test("a chat from the first word to the end", () => {
  let state = play(start(), "welcome_new_visitor");
  assert.equal(state.token, "AAECAwQFBgcICQoLDA0ODwAAAZq0RCsA");
  state = say(state, "你好，洗衣机漏水了");
  assert.deepEqual(cids(state), ["p7Kq2:1"]);
  state = play(state, "ack_first", "state_queued", "place_known");
  assert.deepEqual([state.contact, state.status, state.outbox.length], [C, "queued", 0]);
  assert.equal(state.cases[C], "20261124-000123");
  assert.equal(state.place?.position, 3);
  state = play(state, "msg_event_joined", "state_active", "msg_greeting", "typing_agent");
  assert.equal(state.place, null);
  assert.ok(state.typingUntil > NOW);
  state = play(state, "msg_from_agent", "read_by_agent");
  assert.equal(state.typingUntil, 0); // who wrote does not write any more
  assert.deepEqual([state.readBy, fold.unread(state)], [4, 2]);
  state = fold.seen(state, C, 4);
  assert.equal(fold.unread(state), 0);
  state = play(state, "msg_event_ended", "state_closed");
  assert.equal(fold.isLive(state), false);
  assert.deepEqual(
    state.lines.map((line) => line.seq),
    [1, 2, 3, 4, 5],
  );
  state = fold.fresh(state);
  assert.deepEqual([state.contact, state.lines.length, state.token.length > 0], [null, 0, true]);
});

test("what was asked before the chat goes with its message until that is kept, whatever happens to the line", () => {
  const form = { consent: "2026-11", prechat: { phone: "13800138000" } };
  let state = fold.say(play(start(), "welcome_new_visitor"), "你好", NOW, form);
  state = fly(fold.say(state, "在吗", NOW, form));
  state = fold.linked(fold.linked(state, { ...OPEN, phase: "lost" }), OPEN);
  assert.deepEqual(fold.nextToSend(state, NOW)?.form, form);
  state = play(fly(state), { ...frame("error_too_long"), cid: "p7Kq2:1" });
  assert.deepEqual([cids(state)[1], state.outbox[1]?.form], ["p7Kq2:1", form]); // refused: the next one is the first
});

test("lines twice, late, or with a hole", () => {
  const state = play(
    start(),
    "welcome_waiting",
    "msg_greeting",
    "msg_event_joined",
    "msg_greeting",
    "msg_from_other_tab",
  );
  assert.deepEqual(
    state.lines.map((line) => line.seq),
    [1, 2, 3],
  );
  assert.equal(fold.hasGap(state), false);
  const holed = play(start(), "welcome_waiting", "msg_from_other_tab", "msg_greeting");
  assert.equal(fold.hasGap(holed), true);
  assert.equal(fold.lastSeq(holed, C), 1); // resume from before the hole
});

test("history is no news; a new line is, once", () => {
  const heard = (state: State, one: In): boolean => fold.isNews(state, play(state, one), one);
  const before = play(start(), "welcome_resumed"); // seq 6
  assert.equal(heard(before, frame("msg_from_agent")), false);
  const fresh = { ...frame("msg_from_agent"), seq: 7 };
  assert.equal(heard(before, fresh), true);
  assert.equal(heard(play(before, fresh), fresh), false);
});

test("one message in flight, in the order typed", () => {
  let state = say(play(start(), "welcome_new_visitor"), "a", "b", "c");
  assert.equal(fold.nextToSend(state, NOW), undefined);
  const sent: string[] = [];
  for (let n = 1; n <= 3; n++) {
    assert.equal(state.flight?.cid, `p7Kq2:${n}`);
    sent.push(state.outbox[0]?.text ?? "");
    state = fly(play(state, { ...frame("ack_first"), cid: `p7Kq2:${n}`, seq: n }));
  }
  assert.deepEqual(sent, ["a", "b", "c"]);
  assert.deepEqual([state.outbox.length, state.flight], [0, null]);
});

test("a lost line: what was in flight goes again under its cid, and is one message", () => {
  let state = say(play(start(), "welcome_new_visitor"), "a", "b");
  state = fold.linked(state, { ...OPEN, phase: "lost" });
  assert.deepEqual([state.flight, fold.nextToSend(state, NOW)], [null, undefined]);
  state = fold.linked(state, OPEN);
  // It had been taken: the resumed welcome brings it as a line, with its cid.
  state = play(state, { ...frame("welcome_waiting"), last: 1 }, "msg_from_other_tab");
  assert.deepEqual(cids(state), ["p7Kq2:2"]);
  assert.equal(fold.nextToSend(state, NOW)?.cid, "p7Kq2:2");
  assert.equal(state.lines.length, 1);
});

test("slow_down{gap}: renumber what is held and say it again", () => {
  let state = say(play(start(), "welcome_new_visitor"), "a", "b", "c");
  state = play(state, { ...frame("slow_down_gap"), next: 7 });
  assert.deepEqual(cids(state), ["p7Kq2:7", "p7Kq2:8", "p7Kq2:9"]);
  assert.equal(state.n, 9);
  assert.equal(fold.nextToSend(state, NOW)?.cid, "p7Kq2:7"); // at once
  assert.deepEqual(cids(say(state, "d")).pop(), "p7Kq2:10");
});

test("a gap speaks of the page whose entry is in flight", () => {
  const kept = [
    { cid: "old:4", text: "x", at: 0, since: 0 },
    { cid: "old:5", text: "y", at: 0, since: 0 },
  ];
  let state = fold.adopt(say(play(start(), "welcome_new_visitor"), "a"), kept, NOW);
  state = fly({ ...state, flight: null });
  assert.equal(state.flight?.cid, "old:4"); // what was typed first goes first
  state = play(state, { ...frame("slow_down_gap"), next: 1 });
  assert.deepEqual(cids(state), ["old:1", "old:2", "p7Kq2:1"]);
  assert.equal(state.n, 1);
});

test("slow_down{rate}: nothing goes out until then, the composer counts the seconds", () => {
  const state = play(say(play(start(), "welcome_new_visitor"), "a"), { ...frame("slow_down_rate"), retry_ms: 2500 });
  assert.equal(fold.nextToSend(state, NOW + 2499), undefined);
  assert.equal(fold.nextToSend(state, NOW + 2500)?.cid, "p7Kq2:1");
  assert.deepEqual(
    [0, 501, 2500].map((ms) => slowSeconds(state, NOW + ms)),
    [3, 2, 0],
  );
  assert.equal(blocked(state, "x", zh, NOW)?.text, "发送太快了，请 3 秒后再试");
  const busy = play(state, "slow_down_busy");
  assert.equal(slowSeconds(busy, NOW), 0); // a busy router is ours to wait for, not the customer's
});

test("slow_down{busy}: more can be written, and a line says why nothing goes out and for how long", () => {
  const busy = play(say(play(start(), "welcome_new_visitor"), "a"), { ...frame("slow_down_busy"), retry_ms: 5000 });
  assert.equal(blocked(busy, "x", zh, NOW), null);
  assert.deepEqual(hint(busy, "x", zh, NOW + 1), { tone: "warn", text: "咨询较多，消息将在 5 秒后自动发送" });
  assert.equal(hint(busy, "x", en, NOW + 4001)?.text, "We are busy. Messages go out by themselves in 1 s");
  assert.equal(hint(busy, "x", zh, NOW + 5000), null);
  assert.equal(hint(play(busy, "ack_first"), "x", zh, NOW + 1), null, "it was taken after all");
  assert.equal(
    hint(play(busy, "slow_down_rate"), "x", zh, NOW)?.text,
    blocked(play(busy, "slow_down_rate"), "x", zh, NOW)?.text,
  );
  assert.equal(hint(play(start(), "slow_down_gap"), "x", zh, NOW), null, "nothing is waited for");
});

test("a refused number is not consumed: those behind it move up, the text can be taken back", () => {
  let state = say(play(start(), "welcome_new_visitor"), "a", "b", "c");
  state = play(state, { ...frame("error_too_long"), cid: "p7Kq2:1" });
  const refused = state.outbox[0];
  assert.equal(refused?.refused, "too_long");
  assert.deepEqual(cids(state).slice(1), ["p7Kq2:1", "p7Kq2:2"]);
  assert.equal(fold.nextToSend(state, NOW)?.text, "b");
  assert.equal(state.n, 2);
  assert.equal(new Set(cids(state)).size, 3);
  assert.deepEqual(cids(fold.take(state, refused?.cid ?? "")), ["p7Kq2:1", "p7Kq2:2"]);
  assert.deepEqual(cids(fold.take(state, "p7Kq2:1")), cids(state)); // a held one is never thrown away
});

test("after 20 s without an answer: failed, said again by itself, and never under another cid", () => {
  const state = say(play(start(), "welcome_new_visitor"), "a");
  const shown = (now: number): unknown => items(state, { words: en, lang: "en", way: "" }, 200, now).items.pop()?.mark;
  assert.equal(shown(NOW + 19_999), "sending");
  assert.equal(shown(NOW + 20_000), "failed");
  assert.equal(fold.nextToSend(state, NOW + 19_999), undefined);
  assert.equal(fold.nextToSend(state, NOW + 20_000)?.cid, "p7Kq2:1");
  const again = fold.retry(state, NOW + 30_000);
  assert.deepEqual(cids(again), cids(state));
  assert.equal(fold.isFailed(again.outbox[0] as fold.Entry, NOW + 30_000), false);
});

test("expired: the draft's companions stay and go out as another visitor, numbered from the start", () => {
  let state = say(play(start(), "welcome_resumed"), "a");
  state = play(state, "error_expired");
  assert.deepEqual([state.expired, state.token], [true, ""]);
  assert.equal(fold.nextToSend(state, NOW), undefined);
  state = fold.forget(state, "");
  assert.deepEqual([state.expired, state.contact, state.outbox.length], [false, null, 1]);
  state = fly(play(state, "welcome_new_visitor"));
  state = play(state, { ...frame("slow_down_gap"), next: 1 });
  assert.deepEqual(cids(state), ["p7Kq2:1"]);
});

test("welcome.reset drops that contact's lines; a restored server sets the count right", () => {
  let state = play(start(), "welcome_resumed", "msg_from_other_tab", "msg_event_joined", "msg_greeting");
  state = play({ ...state, n: 5 }, "welcome_reset_after_restore");
  assert.equal(state.lines.length, 0);
  assert.equal(state.n, 1);
  const held = say(play(start(), "welcome_new_visitor"), "a", "b");
  assert.equal(play(held, { ...frame("welcome_reset_after_restore"), last: 0 }).n, 2);
});

test("an older chat of this visitor comes first and does not end the live one", () => {
  const state = play(
    start(),
    "welcome_waiting",
    { ...frame("msg_from_agent"), contact: OLD, seq: 9 },
    { ...frame("state_closed"), contact: OLD },
    "msg_from_other_tab",
  );
  assert.deepEqual([state.contact, state.status], [C, "queued"]);
  assert.deepEqual(
    state.lines.map((line) => line.contact),
    [OLD, C],
  );
});

test("another tab's first message brings this tab into the same chat", () => {
  const state = play(start(), "welcome_new_visitor", "msg_from_other_tab", "state_queued");
  assert.deepEqual([state.contact, state.status, state.lines.length], [C, "queued", 1]);
  const later = play(fold.linked(state, OPEN), "state_closed", { ...frame("state_queued"), contact: `${C}B` });
  assert.equal(later.contact, `${C}B`);
});

test("a contact too old to be told about is over", () =>
  assert.equal(play(play(start(), "welcome_resumed"), "welcome_new_visitor").status, "closed"));

test("one notice at most, the gravest first", () => {
  const tongue = { words: zh, lang: "zh-CN", way: "400-1 · a@b.cn" } as const;
  const at = (link: Partial<LinkState>, ms: number, more: Partial<State> = {}): string | undefined =>
    notice({ ...play(start(), "welcome_waiting"), ...more, link: { ...OPEN, ...link } }, tongue, NOW + ms)?.text;
  assert.equal(at({}, 0), "您前面还有 2 位，预计等待约 4 分钟");
  assert.equal(at({}, 0, { place: { position: 3, est_wait_s: null } }), "您前面还有 2 位");
  assert.equal(at({}, 0, { place: { position: 1, est_wait_s: 30 } }), "马上就到您了");
  assert.equal(at({}, 0, { place: { position: null, est_wait_s: null } }), zh.arranging);
  assert.equal(at({}, 0, { status: "active" }), undefined);
  assert.equal(at({ phase: "lost" }, 1_499, { status: "active" }), undefined);
  assert.equal(at({ phase: "lost" }, 1_500), zh.reconnecting);
  assert.match(at({ phase: "lost" }, 60_000) ?? "", /最近更新 \d\d:\d\d/);
  assert.equal(at({ phase: "connecting", welcomed: false }, 1_500), zh.connecting);
  assert.equal(at({ phase: "lost" }, 1_500, { onLine: false }), zh.offline);
  assert.match(at({ phase: "lost", refused: 2 }, 0) ?? "", /400-1 · a@b\.cn/);
  assert.equal(at({ phase: "lost" }, 1_500, { expired: true }), zh.expired);
});

test("words of events, and the transcript's order", () => {
  const state = play(
    start(),
    "welcome_resumed",
    "msg_from_other_tab",
    "msg_event_joined",
    "msg_greeting",
    "msg_event_ended",
  );
  const shown = items(state, { words: zh, lang: "zh-CN", way: "" }, 200, NOW).items;
  assert.deepEqual(
    shown.map((item) => item.kind),
    ["day", "own", "event", "event", "their", "event"],
  );
  assert.equal(shown[2]?.copy, "20261124-000123");
  assert.equal(shown[3]?.text, "陈静（工号 1024）为您服务");
  assert.equal(shown[1]?.mark, "read");
  const event = (name: string, agent?: fold.Agent): string =>
    eventText(
      { contact: C, seq: 1, at: 0, by: "system", kind: "event", text: "", event: { name, ...(agent && { agent }) } },
      en,
    );
  assert.equal(event("transferred"), "You are being transferred");
  assert.equal(event("transferred", { name: "Chen" }), "You are being transferred", "Chen is who leaves");
  assert.equal(event("joined", { name: "Chen" }), "Chen is with you");
  const { items: few, older } = items(state, { words: zh, lang: "zh-CN", way: "" }, 2, NOW);
  assert.deepEqual([few.length, older], [3, true]);
});

test("a full outbox and a long text keep the draft", () => {
  const long = "字".repeat(4001);
  assert.match(blocked(start(), long, zh, NOW)?.text ?? "", /4001/);
  assert.equal(blocked(start(), long.slice(1), zh, NOW), null);
  const full = say(start(), ...Array.from({ length: fold.OUTBOX_MAX }, (_, i) => String(i)));
  assert.ok(blocked(full, "x", en, NOW));
  assert.equal(ticks(start(), NOW), false);
  assert.equal(ticks(full, NOW), true);
});

test("a text of more bytes than a frame takes is not sent, and stays", () => {
  const state = play(start(), "welcome_new_visitor");
  assert.equal(blocked(state, "😀".repeat(4000), zh, NOW), null, "every text of 4,000 characters that a person types");
  assert.equal(blocked(state, '"'.repeat(4000), zh, NOW), null);
  const control = "\u0001".repeat(3000); // six bytes each, as JSON writes them
  assert.equal(blocked(state, control, zh, NOW)?.text, zh.tooBig);
  const roomy = play(start(), { ...frame("welcome_new_visitor"), limits: { chars: 4000, bytes: 32_768 } });
  assert.equal(blocked(roomy, control, zh, NOW), null, "the limit is the server's");
});

test("close 1009: what was in flight is refused, those behind it go on, and it never goes out again", () => {
  let state = say(play(start(), "welcome_new_visitor"), "far too big", "b");
  assert.deepEqual(fold.cut(state, 1006, NOW), state, "control: another close leaves it in flight");
  state = fold.linked(fold.cut(state, 1009, NOW), { ...OPEN, phase: "lost" });
  assert.deepEqual([state.outbox[0]?.text, state.outbox[0]?.refused], ["far too big", "too_long"]);
  state = fly(play(fold.linked(state, OPEN), { ...frame("welcome_new_visitor"), last: 0 }));
  assert.deepEqual([state.flight?.cid, state.outbox[1]?.text], ["p7Kq2:1", "b"]);
  state = play(state, "ack_first");
  assert.equal(fold.nextToSend(state, NOW + 60_000), undefined);
  assert.equal(items(state, { words: zh, lang: "zh-CN", way: "" }, 200, NOW).items.pop()?.mark, "refused");
  assert.equal(fold.cut(state, 1009, NOW), state, "nothing was in flight");
});

/** A site of one visitor that keeps to design: takes last + 1, acknowledges again, refuses gaps. */
function converse(seed: number, hello: (state: State) => State, faulty = false): { typed: string[]; taken: string[] } {
  let dice = seed;
  const roll = (n: number): number => (dice = (dice * 1_103_515_245 + 12_345) % 2_147_483_648) % n;
  const pages = new Map<string, number>();
  const known = new Map<string, number>();
  const taken: string[] = [];
  const typed: string[] = [];
  let state = play(start(), "welcome_new_visitor");
  let now = NOW;
  for (let step = 0; step < 400; step++) {
    now += 500;
    if (step < 200 && roll(3) === 0) {
      typed.push(`t${typed.length}`);
      state = fold.say(state, `t${typed.length - 1}`, now);
    }
    if (step < 300 && roll(9) === 0) {
      state = fold.linked(state, { ...OPEN, phase: "lost" });
      state = hello(
        fold.reduce(fold.linked(state, OPEN), { ...frame("welcome_waiting"), last: pages.get("p7Kq2") ?? 0 }, now),
      );
    }
    const entry = fold.nextToSend(state, now);
    if (!entry) continue;
    state = fold.sent(state, entry.cid, now);
    const [page = "", n = ""] = entry.cid.split(":");
    const last = pages.get(page) ?? 0;
    const chance = step < 300 ? roll(10) : 9;
    if (chance === 0) continue; // lost on the way there
    if (chance === 1) {
      state = fold.reduce(state, { ...frame("slow_down_rate"), retry_ms: 700 }, now);
      continue;
    }
    if (Number(n) > last + 1) {
      state = fold.reduce(state, { ...frame("slow_down_gap"), next: last + 1 }, now);
      continue;
    }
    if (!known.has(entry.cid)) {
      pages.set(page, Number(n));
      taken.push(entry.text);
      known.set(entry.cid, taken.length);
    }
    if (chance === 2) continue; // the answer is lost
    state = fold.reduce(state, { ...frame("ack_first"), cid: entry.cid, seq: known.get(entry.cid) ?? 0 }, now);
    if (faulty && chance === 3) state = { ...state, outbox: state.outbox.slice(1) };
  }
  return { typed, taken };
}

test("whatever is lost, slowed or cut: everything typed is taken, once, in order", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { typed, taken } = converse(seed, (state) => state);
    assert.deepEqual(taken, typed, `seed ${seed}`);
  }
});

test("control: a page that forgets, or renumbers what may have been taken, is found out", () => {
  const forgets = Array.from({ length: 60 }, (_, i) => i + 1).some((seed) => {
    const { typed, taken } = converse(seed, (state) => state, true);
    return taken.length < typed.length;
  });
  const renumbers = [1, 2, 3, 4, 5].some((seed) => {
    const { typed, taken } = converse(seed, (state) => ({
      ...state,
      outbox: state.outbox.map((entry, i) => ({ ...entry, cid: `again${seed}.${state.outbox.length}:${i + 1}` })),
    }));
    return taken.length > typed.length || String(taken) !== String(typed);
  });
  assert.deepEqual([forgets, renumbers], [true, true]);
});
