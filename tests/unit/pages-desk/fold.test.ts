// The fold of the desk: golden frames that the daemon's tests read too, then what the protocol promises.
import assert from "node:assert/strict";
import test from "node:test";
import { decode } from "../../../daemon/desk/pages/decode";
import type { Command, In, RawFrame } from "../../../daemon/desk/pages/protocol";
import * as fold from "../../../daemon/desk/pages/state";
import type { State } from "../../../daemon/desk/pages/state";
import { launch } from "../../../daemon/desk/pages/outbox";
import { ordered, personName, unread } from "../../../daemon/desk/pages/select";
import { golden } from "../pages/files";

const NOW = 1_795_507_200_000;
const A = "01KATJ3W00000000000000000A";
const B = "01KATJ3W00000000000000000B";
const OFFER = "01KATJ3W00000000000000000F";
const FRAMES = new Map(golden("desk/out.json").map(({ name, frame }) => [name, frame as RawFrame]));
const raw = (name: string): RawFrame => {
  const found = FRAMES.get(name);
  assert.ok(found, name);
  return found;
};
const read = (frame: RawFrame): In => {
  const found = decode(frame);
  assert.ok(found, frame.type);
  return found;
};
const start = (): State => fold.initial("p7Kq2");
const play = (state: State, ...frames: (string | RawFrame)[]): State =>
  frames.reduce((s, f) => fold.reduce(s, read(typeof f === "string" ? raw(f) : f), NOW), state);
const signedIn = (): State => play(start(), "welcome", "snapshot", "snapshot_part_2");
/** A golden delta with the number that follows. */
const next = (state: State, name: string, more: Record<string, unknown> = {}): State =>
  play(state, { ...raw(name), n: state.n + 1, ...more });

function say(state: State, command: Command): State {
  const asked = fold.command(state, command, NOW);
  return { ...asked, outbox: launch(asked.outbox, NOW)?.box ?? asked.outbox };
}
const flyingId = (state: State): string => {
  const entry = state.outbox.entries.find((e) => e.phase === "flying");
  return entry ? `${state.outbox.page}:${entry.n}` : "";
};

test("every golden frame of the daemon is read, but for pong", () => {
  for (const [name, frame] of FRAMES) {
    const read = decode(frame);
    if (name === "pong") assert.equal(read, undefined);
    else assert.equal(read?.type, frame.type, name);
    if (read) fold.reduce(signedIn(), read, NOW);
  }
});

test("control: a frame nobody knows is not taken for another", () =>
  assert.equal(decode({ type: "ofer", n: 3, offer: OFFER }), undefined));

test("welcome sets the clock, who I am and the lists", () => {
  const state = fold.reduce(start(), read(raw("welcome")), NOW - 5_000);
  assert.equal(state.offset, 5_000);
  assert.equal(fold.siteNow(state, NOW), NOW + 5_000);
  assert.deepEqual(state.me?.name, { zh: "陈静", en: "Chen Jing" });
  assert.deepEqual(state.me?.teams, ["online", "complaints"]);
  assert.equal(state.lists.queues.find((q) => q.id === "counter")?.mode, "pull");
  assert.equal(state.lists.phrases[0]?.zh, "您好，很高兴为您服务");
  assert.equal(state.outbox.next, 5);
});

test("a snapshot in parts: at first rows appear as they come, later the whole replaces the whole", () => {
  let state = play(start(), "welcome", "snapshot");
  assert.deepEqual([state.loaded, state.contacts.size, state.offers.length], [false, 1, 0]);
  state = play(state, "snapshot_part_2");
  assert.deepEqual([state.loaded, state.contacts.size, state.offers.length, state.n], [true, 2, 1, 2]);
  const before = state.contacts;
  state = play(state, { ...raw("snapshot"), n: 7, parts: 2, contacts: [] });
  assert.equal(state.contacts, before, "nothing changes half");
  state = play(state, { ...raw("snapshot_part_2"), n: 8 });
  assert.deepEqual([...state.contacts.keys()], [B]);
  assert.ok(state.gone.has(A), "what was open on the screen can still be shown");
});

test("a part that is missing asks for a new snapshot", () => {
  const state = play(start(), "welcome", { ...raw("snapshot"), parts: 3 }, { ...raw("snapshot_part_2"), part: 3 });
  assert.equal(state.resync, "wanted");
});

test("deltas count; a gap stops them until a new snapshot", () => {
  let state = next(signedIn(), "capacity");
  assert.deepEqual([state.n, state.capacity.used], [3, 50]);
  state = play(state, { type: "capacity", n: 5, used: 75, total: 100 });
  assert.deepEqual([state.resync, state.capacity.used], ["wanted", 50]);
  state = play(state, { type: "capacity", n: 4, used: 75, total: 100 });
  assert.equal(state.capacity.used, 50, "nothing is believed while a number is missing");
  state = play(state, "snapshot", "snapshot_part_2");
  assert.deepEqual([state.resync, state.capacity.used, state.n], ["no", 25, 2]);
});

test("deltas between the parts of a snapshot are kept and applied after it", () => {
  let state = play(signedIn(), { ...raw("snapshot"), n: 20 });
  state = play(state, { type: "capacity", n: 22, used: 75, total: 100 }, { ...raw("snapshot_part_2"), n: 21 });
  assert.deepEqual([state.capacity.used, state.n], [75, 22]);
});

test("an offer appears, ends with its reason, and leaves after three seconds", () => {
  let state = next(signedIn(), "offer_end_taken");
  assert.deepEqual(state.offers[0]?.ended?.reason, "answered_elsewhere");
  assert.equal(fold.tick(state, NOW + 2_900, true).offers.length, 1);
  assert.equal(fold.tick(state, NOW + 3_100, true).offers.length, 0);
  state = next(signedIn(), "offer_end_taken", { end: "accepted", reason: "" });
  assert.equal(state.offers.length, 0, "an accepted one leaves at once");
});

test("the ring keeps its beginning over a new snapshot", () => {
  let state = signedIn();
  const arrived = state.offers[0]?.arrived;
  state = fold.reduce(state, read({ ...raw("snapshot"), n: 9, parts: 1 }), NOW + 10_000);
  assert.equal(state.offers[0]?.arrived, arrived);
});

test("lines join, repeats change nothing, a hole asks for the newest", () => {
  let state = play(signedIn(), "history");
  assert.deepEqual(
    fold.talkOf(state, A).lines.map((l) => l.seq),
    [8, 9],
  );
  state = next(state, "msg_customer");
  assert.equal(fold.talkOf(state, A).lines.length, 2);
  state = next(state, "msg_agent");
  state = next(state, "msg_event");
  const talk = fold.talkOf(state, A);
  assert.deepEqual([talk.lines.length, talk.hole], [4, false]);
  assert.deepEqual(talk.lines[3]?.event, "transferred");
  assert.deepEqual(talk.lines[3]?.name, { zh: "陈静", en: "陈静" });
  state = next(state, "msg_customer", { seq: 14 });
  assert.deepEqual([fold.talkOf(state, A).hole, fold.talkOf(state, A).lines.length], [true, 4]);
});

test("unread counts the customer's lines after the mark, exactly when they are here", () => {
  let state = signedIn();
  const row = () => state.contacts.get(A)!;
  assert.equal(unread(state, row()), 2, "by the row alone: 9 − 7");
  state = play(state, "history");
  assert.equal(unread(state, row()), 1, "line 8 is the agent's own");
  state = fold.readTo(state, A, 9);
  assert.equal(unread(state, row()), 0);
});

test("a message: sending, kept, then the line; it never shows twice nor blinks", () => {
  let state = say(play(signedIn(), "history"), { type: "msg", contact: A, text: "您好" });
  assert.equal(flyingId(state), "p7Kq2:5");
  state = play(state, { type: "done", id: "p7Kq2:5", seq: 10, contact: A });
  assert.equal(state.outbox.entries[0]?.phase, "kept");
  state = next(state, "msg_agent");
  assert.deepEqual([state.outbox.entries.length, fold.talkOf(state, A).lines.length], [0, 3]);
  // the other order: the line first
  state = say(play(signedIn(), "history"), { type: "msg", contact: A, text: "您好" });
  state = next(state, "msg_agent");
  state = play(state, { type: "done", id: "p7Kq2:5", seq: 10, contact: A });
  assert.equal(state.outbox.entries.length, 0);
});

test("refused: the reason stays with its subject, the row is the newest, trying again forgets it", () => {
  let state = say(signedIn(), {
    type: "resolve",
    contact: A,
    v: 5,
    seq: 9,
    kind: "repair",
    disposition: "visit_booked",
  });
  state = play(state, { ...raw("refused_unread"), id: flyingId(state) });
  assert.equal(state.verdicts.get(`resolve:${A}`)?.code, "unread");
  assert.equal(state.contacts.get(A)?.seq, 10);
  state = fold.command(
    state,
    { type: "resolve", contact: A, v: 5, seq: 10, kind: "repair", disposition: "visit_booked" },
    NOW,
  );
  assert.equal(state.verdicts.size, 0);
});

test("a contact known by its number only: the refusal teaches the version and the command goes out again", () => {
  let state = say(signedIn(), { type: "resolve", contact: B, v: 0, seq: 0, kind: "repair", disposition: "printed" });
  const now = (raw("refused_unread") as unknown as { now: object }).now;
  state = play(state, { type: "refused", id: flyingId(state), code: "stale", why: "", now });
  const again = state.outbox.entries.find((e) => e.phase === "waiting")?.command;
  assert.deepEqual(again && "v" in again && [again.v, again.type], [5, "resolve"]);
  assert.equal(state.verdicts.size, 0);
});

test("control: with a version the refusal is the answer", () => {
  let state = say(signedIn(), { type: "classify", contact: A, v: 5, kind: "invoice" });
  const now = (raw("refused_unread") as unknown as { now: object }).now;
  state = play(state, { type: "refused", id: flyingId(state), code: "stale", why: "", now });
  assert.equal(state.outbox.entries.length, 0);
  assert.equal(state.verdicts.get(`classify:${A}`)?.code, "stale");
});

test("a contact that left stays readable; its row leaves the list", () => {
  const state = next(signedIn(), "contact_gone");
  assert.equal(state.contacts.has(A), false);
  assert.deepEqual([state.gone.get(A)?.why, state.gone.get(A)?.row.id], ["resolved", A]);
});

test("a number called twice in vain is told as that; a customer who left stays one who left", () => {
  const gone = (state: State, why: string): string | undefined => next(state, "contact_gone", { why }).gone.get(A)?.why;
  const absent = (): State => say(signedIn(), { type: "absent", contact: A });
  assert.deepEqual(
    ["queued", "abandoned", "resolved"].map((why) => gone(absent(), why)),
    ["queued", "absent", "resolved"],
  );
  assert.deepEqual(
    ["queued", "abandoned"].map((why) => gone(signedIn(), why)),
    ["queued", "abandoned"],
  );
});

test("a transfer in vain is told to who gave it, and stays until it is put away", () => {
  let state = say(signedIn(), { type: "transfer", contact: A, v: 5, to: { agent: "a1031" }, reason: "asked" });
  state = next(state, "contact_gone", { why: "offered" });
  assert.equal(state.untaken.length, 0);
  state = next(state, "transfer_failed");
  const [one] = state.untaken;
  assert.deepEqual(
    [one?.contact, one?.case, one?.customer.name, one?.queue, one?.to, one?.end],
    [A, "20261124-000123", "李雷", "online", "a1031", "expired"],
  );
  assert.deepEqual([state.gone.get(A)?.why, state.gone.get(A)?.untaken], ["transferred", one]);
  state = fold.tick(state, NOW + 3_600_000, true);
  state = play(state, "welcome", "snapshot", "snapshot_part_2");
  assert.equal(state.untaken[0], one, "neither time nor a new picture takes it away");
  state = fold.dismiss(state, A);
  assert.equal(state.untaken.length, 0);
});

test("three transfers in vain are shown, the newest first, each contact once; nobody need have had the contact", () => {
  let state = signedIn();
  const told = (contact: string, to = "a1031") => (state = next(state, "transfer_failed", { contact, to }));
  for (const contact of ["1", "2", "3", "4"]) told(contact);
  told("3", "a1044");
  assert.deepEqual(
    state.untaken.map((one) => [one.contact, one.to]),
    [
      ["3", "a1044"],
      ["4", "a1031"],
      ["2", "a1031"],
    ],
  );
  assert.equal(state.gone.size, 0);
});

test("control: a gap before it is not jumped over", () => {
  const state = play(signedIn(), { ...raw("transfer_failed"), n: 9 });
  assert.deepEqual([state.resync, state.untaken.length], ["wanted", 0]);
});

test("attributes are names and texts, whatever they are called; a row without has none", () => {
  const row = (attributes: unknown) => next(signedIn(), "contact", { attributes }).contacts.get(A)?.attributes;
  assert.deepEqual(row({ device: "kiosk-1", constructor: "x", no: 7 }), [
    ["device", "kiosk-1"],
    ["constructor", "x"],
    ["no", "7"],
  ]);
  assert.deepEqual([row(undefined), row("text"), row(["x"])], [[], [], []]);
});

test("asks that were refused do not wait for ever", () => {
  const state = play(fold.asked(signedIn(), A, 0), "refused_ask");
  assert.deepEqual([fold.talkOf(state, A).asked, state.verdicts.get("ask:history")?.code], [-1, "not_found"]);
});

test("a lost line forgets what was asked and half a snapshot", () => {
  let state = play(fold.asked(signedIn(), A, 0), { ...raw("snapshot"), n: 9 });
  state = fold.unplugged(state);
  assert.deepEqual([fold.talkOf(state, A).asked, state.staging], [-1, undefined]);
});

test("slow_down busy holds the outbox and says until when; gap renumbers", () => {
  let state = say(signedIn(), { type: "extend", contact: A });
  state = play(state, "slow_down_busy");
  assert.deepEqual([state.slow.until, state.outbox.hold_until], [NOW + 5_000, NOW + 5_000]);
  state = say(signedIn(), { type: "extend", contact: A });
  state = play(state, { type: "slow_down", retry_ms: 0, reason: "gap", next: 3 });
  state = { ...state, outbox: launch(state.outbox, NOW)!.box };
  assert.equal(flyingId(state), "p7Kq2:3");
});

test("order of the list: near deadlines, then who waits, then the newest", () => {
  const base = signedIn().contacts.get(A)!;
  const row = (id: string, more: object) => ({ ...base, id, waits: 0, due: NOW + 86_400_000, ...more });
  const rows = [
    row("quiet", { last: { at: NOW - 10, by: "agent", text: "" } }),
    row("waits", { waits: NOW - 60_000 }),
    row("longer", { waits: NOW - 90_000 }),
    row("due", { state: "wrapup", due: NOW + 20_000 }),
    row("late", { state: "connecting", due: NOW - 1_000 }),
  ];
  const ids = (sort: "due" | "newest" | "waiting", only = false) => ordered(rows, sort, only, NOW).map((r) => r.id);
  assert.deepEqual(ids("due"), ["late", "due", "longer", "waits", "quiet"]);
  assert.deepEqual(ids("waiting").slice(0, 2), ["longer", "waits"]);
  assert.equal(ids("newest")[0], "quiet");
  assert.deepEqual(ids("due", true), ["longer", "waits"]);
});

test("who waits waits from the first unanswered line, whatever comes after it", () => {
  let state = play(signedIn(), "history");
  const since = (): number => state.contacts.get(A)?.waits ?? -1;
  const first = since();
  assert.ok(first > 0);
  state = next(state, "msg_customer", { seq: 10, at: NOW + 60_000 });
  assert.equal(since(), first);
  state = next(state, "contact", { seq: 10, last: { at: NOW + 60_000, by: "customer", text: "" } });
  assert.equal(since(), first, "a whole row does not move it either");
  state = next(state, "msg_agent", { seq: 11 });
  assert.equal(since(), 0);
  state = next(state, "msg_customer", { seq: 12, at: NOW + 90_000 });
  assert.equal(since(), NOW + 90_000);
});

test("a note's author has a name as soon as this page met them", () => {
  let state = signedIn();
  assert.equal(personName(state, "a1031", "zh-CN"), "a1031");
  state = play(state, "targets");
  assert.equal(personName(state, "a1031", "zh-CN"), "赵敏 1031");
  assert.equal(personName(state, "a1024", "en"), "Chen Jing 1024");
  const people = state.people;
  assert.equal(play(state, "targets").people, people, "nobody new, nothing changed");
});
