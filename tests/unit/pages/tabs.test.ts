import assert from "node:assert/strict";
import test from "node:test";
import { claimRing, type RingEnv } from "../../../channels/http/browser/tabs";

/** localStorage of one origin, and a clock that runs when everybody waits. */
class Origin {
  kept = new Map<string, string>();
  time = 1_000_000;
  private before = new Map<string, string>();
  private sleepers: { at: number; wake: () => void }[] = [];
  private held = new Set<string>();

  env(locks: boolean): RingEnv {
    return {
      locks: locks ? { request: (async (...args: unknown[]) => this.request(...args)) as never } : undefined,
      storage: () => ({
        // Processes of their own: what another tab writes in this very instant is not seen yet.
        getItem: (key) => this.before.get(key) ?? null,
        setItem: (key, value) => void this.kept.set(key, value),
        removeItem: (key) => void this.kept.delete(key),
      }),
      now: () => this.time,
      wait: (ms) => new Promise((wake) => this.sleepers.push({ at: this.time + ms, wake })),
    };
  }
  private async request(...args: unknown[]): Promise<void> {
    const name = args[0] as string;
    const work = args[2] as (lock: object | null) => Promise<void>;
    if (this.held.has(name)) return work(null);
    this.held.add(name);
    await work({});
    this.held.delete(name);
  }
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await new Promise((done) => setImmediate(done));
      this.sleepers.sort((a, b) => a.at - b.at);
      const next = this.sleepers[0];
      if (!next || next.at > end) break;
      this.sleepers.shift();
      if (next.at > this.time) this.before = new Map(this.kept);
      this.time = next.at;
      next.wake();
    }
    this.time = end;
    this.before = new Map(this.kept);
  }
}

for (const locks of [true, false]) {
  test(`of four tabs one rings, event after event, ${locks ? "by locks" : "by storage"}`, async () => {
    const origin = new Origin();
    for (let event = 0; event < 50; event++) {
      const claims = [1, 2, 3, 4].map(() => claimRing(`offer-${event}`, origin.env(locks)));
      await origin.pass(100);
      const rings = (await Promise.all(claims)).filter((mine) => mine).length;
      assert.equal(rings, 1, `event ${event}`);
    }
    await origin.pass(5_000);
    assert.equal(origin.kept.size, 0); // nothing piles up
  });
}

test("a claim that a dead tab left behind does not silence the others for ever", async () => {
  const origin = new Origin();
  origin.kept.set("fd:ring:x", `dead ${origin.time}`);
  await origin.pass(1);
  const early = claimRing("x", origin.env(false));
  await origin.pass(3_001);
  const late = claimRing("x", origin.env(false));
  await origin.pass(100);
  assert.deepEqual(await Promise.all([early, late]), [false, true]);
});

test("private mode: every tab rings", async () => {
  const env: RingEnv = {
    storage: () => {
      throw new Error("denied");
    },
    now: () => 0,
    wait: async () => undefined,
  };
  assert.equal(await claimRing("x", env), true);
});

test("control: without the reading back all four ring", async () => {
  const origin = new Origin();
  const naive = (): boolean => {
    const storage = origin.env(false).storage();
    const free = storage.getItem("y") === null;
    storage.setItem("y", "1");
    return free;
  };
  assert.deepEqual([1, 2, 3, 4].map(naive), [true, true, true, true]);
});
