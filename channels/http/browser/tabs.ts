// Several tabs of one person: exactly one rings, all hear each other.

export interface RingEnv {
  /** Absent on plain http. */
  readonly locks?: Pick<LockManager, "request"> | undefined;
  /** May throw: private mode. */
  readonly storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
}

const HOLD_MS = 400;
const READ_BACK_MS = 60;
const CLAIM_MS = 3_000;

/** 16 random bytes as hex. Plain http pages lack `crypto.randomUUID`. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

const browserEnv = (): RingEnv => ({
  locks: navigator.locks,
  storage: () => localStorage,
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  now: Date.now,
});

/**
 * True in exactly one tab of those that ask for the same `id` (an event's: "offer-01…") within 400 ms.
 * With locks: whoever gets it. On plain http there are none: a claim in localStorage, read back after 60 ms.
 * Without either every tab rings: twice is better than never.
 */
export async function claimRing(id: string, env: RingEnv = browserEnv()): Promise<boolean> {
  const { locks, storage, wait, now } = env;
  const name = `fd:ring:${id}`;
  try {
    if (locks) {
      return await new Promise<boolean>((answer, fail) => {
        const held = locks.request(name, { ifAvailable: true }, async (lock) => {
          answer(lock !== null);
          if (lock) await wait(HOLD_MS);
        });
        held.catch(fail);
      });
    }
    const kept = storage();
    const self = `${randomId()} `;
    // A claim that a dead tab left behind is stale after 3 s; its owner takes it away by then.
    if (now() - Number((kept.getItem(name) ?? "").split(" ")[1] ?? 0) < CLAIM_MS) return false;
    kept.setItem(name, self + now());
    await wait(READ_BACK_MS);
    const mine = (kept.getItem(name) ?? "").startsWith(self);
    if (mine) void wait(CLAIM_MS).then(() => kept.removeItem(name));
    return mine;
  } catch {
    return true;
  }
}

export interface Channel<M> {
  post(message: M): void;
  close(): void;
}

/** Messages between the tabs of one origin. Safari before 15.4 lacks BroadcastChannel: there tabs do not hear each other. */
export function openChannel<M>(name: string, onMessage: (message: M) => void): Channel<M> {
  if (typeof BroadcastChannel === "undefined") return { post: () => undefined, close: () => undefined };
  const channel = new BroadcastChannel(name);
  channel.onmessage = (e) => onMessage(e.data as M);
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}
