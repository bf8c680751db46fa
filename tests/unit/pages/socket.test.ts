import assert from "node:assert/strict";
import test from "node:test";
import {
  backoff,
  BACKOFF_MAX_MS,
  createLink,
  socketUrl,
  wakeOn,
  type Frame,
  type Link,
  type LinkState,
  type SocketLike,
} from "../../../channels/http/browser/socket";

/** A socket the test plays the other end of. */
class Wire implements SocketLike {
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  readonly said: Frame[] = [];
  closed = false;
  send(data: string): void {
    this.said.push(JSON.parse(data) as Frame);
  }
  close(): void {
    this.closed = true;
  }
  opens(): void {
    this.onopen?.({} as never);
  }
  says(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as never);
  }
  closes(code: number): void {
    this.onclose?.({ code, reason: "" } as never);
  }
}

/** Time stands still until the test lets it pass. */
class World {
  time = 1_000_000;
  dice = 0.5;
  wires: Wire[] = [];
  states: LinkState[] = [];
  frames: Frame[] = [];
  private timers = new Map<number, { at: number; work: () => void }>();
  private next = 1;
  readonly link: Link;

  constructor(onClose?: (code: number) => boolean) {
    this.link = createLink({
      url: () => "ws://here/chat",
      protocol: "p",
      hello: () => ({ type: "hello", v: 1 }),
      onFrame: (frame) => this.frames.push(frame),
      onState: (state) => this.states.push(state),
      ...(onClose ? { onClose } : {}),
      env: {
        connect: () => {
          const wire = new Wire();
          this.wires.push(wire);
          return wire;
        },
        now: () => this.time,
        random: () => this.dice,
        later: (work, ms) => {
          this.timers.set(this.next, { at: this.time + ms, work });
          return this.next++;
        },
        forget: (timer) => this.timers.delete(timer as number),
      },
    });
  }
  get wire(): Wire {
    return this.wires[this.wires.length - 1] as Wire;
  }
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(([, t]) => t.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.time = due[1].at;
      due[1].work();
    }
    this.time = end;
  }
  welcome(): void {
    this.link.open();
    this.wire.opens();
    this.wire.says({ type: "welcome" });
  }
}

test("back-off: full jitter within min(30 s, 2^n s)", () => {
  for (let n = 0; n < 40; n++) {
    const limit = Math.min(BACKOFF_MAX_MS, 1000 * 2 ** n);
    assert.equal(backoff(n, 0), 0);
    assert.ok(backoff(n, 0.999) <= limit && backoff(n, 0.999) > limit * 0.99);
  }
  assert.notEqual(backoff(3, 0.2), backoff(3, 0.8)); // jitter, not a ladder
});

test("hello is the first frame, and nothing is sent before the welcome", () => {
  const w = new World();
  w.link.open();
  assert.equal(w.link.send({ type: "msg" }), false);
  w.wire.opens();
  assert.deepEqual(w.wire.said, [{ type: "hello", v: 1 }]);
  assert.equal(w.link.send({ type: "msg" }), false);
  w.wire.says({ type: "welcome" });
  assert.equal(w.link.state.phase, "open");
  assert.equal(w.link.send({ type: "msg" }), true);
  assert.equal(w.wire.said.length, 2);
});

test("a lost line comes back after its back-off, again and again", () => {
  const w = new World();
  w.welcome();
  w.wire.closes(1006);
  assert.equal(w.link.state.phase, "lost");
  w.pass(499);
  assert.equal(w.wires.length, 1);
  w.pass(2);
  assert.equal(w.wires.length, 2);
  for (let i = 2; i < 20; i++) {
    w.dice = i % 2 ? 0 : 0.4;
    w.wire.closes(1006);
    w.pass(backoff(i - 1, w.dice));
    assert.equal(w.wires.length, i + 1);
  }
});

test("the loss is dated from the loss, not from the last attempt", () => {
  const w = new World();
  w.welcome();
  w.pass(10_000);
  const lost = w.time;
  w.wire.closes(1006);
  w.pass(40_000);
  assert.ok(w.wires.length > 1);
  assert.equal(w.link.state.since, lost);
  assert.equal(w.link.state.welcomed, true);
});

test("60 s of silence: ping; 5 s without a frame: reconnect; a pong keeps the line and is nobody's business", () => {
  const w = new World();
  w.welcome();
  w.pass(59_999);
  assert.equal(w.wire.said.length, 1);
  w.pass(2);
  assert.deepEqual(w.wire.said[1], { type: "ping" });
  w.wire.says({ type: "pong" });
  assert.deepEqual(
    w.frames.map((f) => f.type),
    ["welcome"],
  );
  w.pass(5_001);
  assert.equal(w.wires.length, 1);
  w.pass(60_000 - 5_001);
  assert.deepEqual(w.wire.said[2], { type: "ping" });
  w.pass(4_999);
  assert.equal(w.link.state.phase, "open");
  w.pass(1);
  assert.equal(w.wires[0]?.closed, true);
  assert.equal(w.link.state.phase, "lost");
});

test("waking probes an open line and retries a lost one at once", () => {
  const w = new World();
  w.welcome();
  w.link.wake();
  assert.deepEqual(w.wire.said[1], { type: "ping" });
  w.wire.closes(1006);
  w.link.wake();
  assert.equal(w.wires.length, 2);
  w.link.wake(); // connecting: nothing to hurry
  assert.equal(w.wires.length, 2);
});

test("events of a socket given up change nothing", () => {
  const w = new World();
  w.welcome();
  const old = w.wire;
  w.link.wake();
  w.pass(5_000);
  w.pass(1_000);
  w.wire.opens();
  w.wire.says({ type: "welcome" });
  old.closes(1006);
  old.says({ type: "msg" });
  assert.equal(w.link.state.phase, "open");
  assert.ok(!w.frames.some((f) => f.type === "msg"));
});

test("restart{retry_ms}: not before the server's time", () => {
  const w = new World();
  w.dice = 0;
  w.welcome();
  w.wire.says({ type: "restart", retry_ms: 1500 });
  w.wire.closes(1012);
  w.pass(1_499);
  assert.equal(w.wires.length, 1);
  w.pass(1);
  assert.equal(w.wires.length, 2);
});

test("handshakes that never opened are counted; an opened one is not", () => {
  const w = new World();
  w.dice = 0;
  w.link.open();
  w.wire.closes(1006);
  w.pass(1);
  w.wire.closes(1006);
  assert.equal(w.link.state.refused, 2);
  w.pass(1);
  w.wire.opens();
  w.wire.closes(1006);
  assert.equal(w.link.state.refused, 0);
});

test("a handshake that hangs is given up; slow_down frames keep one alive that waits for the router", () => {
  const w = new World();
  w.link.open();
  w.pass(15_000);
  assert.equal(w.link.state.phase, "lost");
  w.pass(1_000);
  w.wire.opens();
  const count = w.wires.length;
  for (let i = 0; i < 10; i++) {
    w.pass(5_000);
    w.wire.says({ type: "slow_down", retry_ms: 5000, reason: "busy" });
  }
  assert.equal(w.wires.length, count);
  assert.equal(w.link.state.phase, "connecting");
});

test("the owner may keep it closed", () => {
  const w = new World((code) => code !== 4401);
  w.welcome();
  w.wire.closes(4401);
  assert.equal(w.link.state.phase, "idle");
  w.pass(120_000);
  assert.equal(w.wires.length, 1);
});

test("what is no frame is ignored", () => {
  const w = new World();
  w.welcome();
  for (const junk of ["", "[]", "null", "{", '"x"', '{"type":3}']) w.wire.onmessage?.({ data: junk } as never);
  assert.equal(w.link.state.phase, "open");
  assert.equal(w.frames.length, 1);
});

test("addresses and wake-ups", () => {
  assert.equal(socketUrl("https://kf.example.cn/", "/chat?w=1"), "wss://kf.example.cn/chat?w=1");
  assert.equal(socketUrl("http://localhost:8080", "/desk"), "ws://localhost:8080/desk");
  const heard: Record<string, () => void> = {};
  const target = { addEventListener: (type: string, hear: () => void) => void (heard[type] = hear) };
  const document = { ...target, visibilityState: "hidden" };
  let woken = 0;
  wakeOn(() => woken++, target, document);
  heard.online?.();
  heard.pageshow?.();
  heard.visibilitychange?.();
  assert.equal(woken, 2);
  document.visibilityState = "visible";
  heard.visibilitychange?.();
  assert.equal(woken, 3);
});
