// The outbox: nothing typed is lost, nothing is sent twice under another number, order is kept.
import assert from "node:assert/strict";
import test from "node:test";
import * as box from "../../../daemon/desk/pages/outbox";
import type { Outbox } from "../../../daemon/desk/pages/outbox";

const C = "01KATJ3W00000000000000000A";
const msg = (text: string, contact = C) => ({ type: "msg", contact, text }) as const;
const fill = (...texts: string[]): Outbox => texts.reduce((b, t) => box.add(b, msg(t), 1000), box.emptyOutbox("p"));
const texts = (b: Outbox): string[] => b.entries.map((e) => (e.command.type === "msg" ? e.command.text : ""));
const phases = (b: Outbox): string[] => b.entries.map((e) => e.phase);

/** A server by the rule of the paper: next number taken, older ones answered again, later ones are a gap. */
class Server {
  readonly kept: { n: number; text: string }[] = [];
  take(n: number, text: string): "done" | "gap" {
    if (n > this.kept.length + 1) return "gap";
    if (n === this.kept.length + 1) this.kept.push({ n, text });
    return "done";
  }
}

test("one flies at a time, in order, numbered when it leaves", () => {
  let b = fill("a", "b");
  const first = box.launch(b, 1000);
  assert.equal(first?.entry.n, 1);
  b = first!.box;
  assert.equal(box.launch(b, 1000), undefined);
  b = box.done(b, "p:1", 7);
  assert.deepEqual(phases(b), ["kept", "waiting"]);
  assert.equal(box.launch(b, 1000)?.entry.n, 2);
});

test("an answer to another id changes nothing", () => {
  const b = box.launch(fill("a"), 1000)!.box;
  assert.equal(box.done(b, "p:2", 1), b);
  assert.equal(box.refused(b, "q:1", "x"), b);
});

test("refused text stays with its reason; the next number is not used again", () => {
  let b = box.launch(fill("a", "b"), 1000)!.box;
  b = box.refused(b, "p:1", "too_long");
  assert.deepEqual([phases(b), b.entries[0]?.code], [["failed", "waiting"], "too_long"]);
  const next = box.launch(b, 1000)!;
  assert.equal(next.entry.n, 2);
  // The server had not taken 1: it says so, and the same command goes out as 1.
  b = box.slowDown(next.box, 0, "gap", 1, 1000);
  assert.equal(box.launch(b, 1000)?.entry.n, 1);
});

test("after a loss the flying one is asked for again under its id if it was taken, else numbered anew", () => {
  const flown = box.launch(fill("a", "b"), 1000)!.box;
  const taken = box.welcomed(flown, 1);
  assert.deepEqual([phases(taken), box.launch(taken, 2000)?.entry.n], [["waiting", "waiting"], 1]);
  const lost = box.welcomed(flown, 0);
  assert.equal(box.launch(lost, 2000)?.entry.n, 1);
  const ahead = box.welcomed(box.launch(box.welcomed(fill("a"), 4), 1000)!.box, 4);
  assert.equal(box.launch(ahead, 2000)?.entry.n, 5);
});

test("whatever the line loses, the server keeps each text once and in order", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let random = seed;
    const chance = (): number => (random = (random * 48271) % 2147483647) / 2147483647;
    const server = new Server();
    let b = fill("a", "b", "c", "d", "e");
    for (let step = 0; step < 200 && b.entries.some((e) => e.phase !== "kept"); step += 1) {
      const next = box.launch(b, 10_000);
      assert.ok(next, `seed ${seed}`);
      b = next.box;
      const { n, command } = next.entry;
      const arrived = chance() > 0.3;
      const verdict = arrived && command.type === "msg" ? server.take(n, command.text) : "lost";
      if (verdict === "gap") b = box.slowDown(b, 0, "gap", server.kept.length + 1, 10_000);
      else if (verdict === "done" && chance() > 0.3) b = box.done(b, `p:${n}`, n);
      else b = box.welcomed(b, server.kept.length); // the line broke before the answer
    }
    assert.deepEqual(
      server.kept.map((k) => k.text),
      ["a", "b", "c", "d", "e"],
      `seed ${seed}`,
    );
  }
});

test("control: a client that always takes a new number loses the order or doubles", () => {
  const server = new Server();
  assert.equal(server.take(1, "a"), "done");
  assert.equal(server.take(2, "a"), "done"); // answer lost, sent again under another number
  assert.equal(server.kept.length, 2);
});

test("20 s without a line: texts fail and wait for a click, other commands are given up by name", () => {
  const b = box.add(fill("a"), { type: "extend", contact: C }, 1000);
  assert.equal(box.expire(b, 20_999).box, b);
  const { box: after, dropped } = box.expire(b, 21_000);
  assert.deepEqual([phases(after), dropped.map((e) => e.command.type)], [["failed"], ["extend"]]);
  assert.equal(box.launch(after, 30_000), undefined);
  const again = box.retry(after, after.entries[0]!.key, 30_000);
  assert.deepEqual([phases(again), box.launch(again, 30_000)?.entry.n], [["waiting"], 1]);
});

test("what flew is never shown as failed: nobody knows yet", () => {
  const b = box.launch(fill("a"), 1000)!.box;
  assert.deepEqual(phases(box.expire(b, 99_000).box), ["flying"]);
});

test("a reload: unanswered texts come back for a click, and those that had arrived do not", () => {
  let b = box.launch(fill("a", "b"), 1000)!.box;
  const left = box.unanswered(b);
  assert.deepEqual(
    left.map((l) => l.id),
    ["p:1", ""],
  );
  b = box.adopt(box.emptyOutbox("q"), left);
  assert.deepEqual(
    [phases(b), texts(b)],
    [
      ["failed", "failed"],
      ["a", "b"],
    ],
  );
  assert.equal(box.launch(b, 2000), undefined, "never by itself");
  b = box.landed(b, C, [{ seq: 3, cid: "p:1" }], 3);
  assert.deepEqual(texts(b), ["b"]);
  assert.deepEqual(box.unanswered(b)[0]?.id, "");
});

test("lines of one conversation do not clear another's texts", () => {
  let b = box.launch(fill("a"), 1000)!.box;
  b = box.done(b, "p:1", 3);
  assert.equal(box.landed(b, "other", [{ seq: 3, cid: "p:1" }], 9), b);
  assert.equal(box.landed(b, C, [], 3).entries.length, 0);
});

test("a line that came before the answer to its message is that message; the next one may fly", () => {
  let b = box.launch(fill("a", "b"), 1000)!.box;
  assert.deepEqual(texts(box.landed(b, C, [{ seq: 3, cid: "p:9" }], 3)), ["a", "b"], "another's line");
  b = box.landed(b, C, [{ seq: 3, cid: "p:1" }], 3);
  assert.deepEqual(texts(b), ["b"]);
  const next = box.launch(b, 1000)!;
  assert.equal(next.entry.n, 2);
  assert.equal(box.done(next.box, "p:1", 3), next.box, "the late answer means nothing any more");
});

test("busy holds until its time, then the same number goes again", () => {
  let b = box.launch(fill("a"), 1000)!.box;
  b = box.slowDown(b, 5000, "busy", 0, 1000);
  assert.equal(box.launch(b, 5999), undefined);
  assert.equal(box.launch(b, 6000)?.entry.n, 1);
});
