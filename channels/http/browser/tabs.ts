// Several tabs of one person: exactly one rings, all hear each other.

interface Lockish {
  request(name: string, options: { ifAvailable: boolean }, work: (lock: unknown) => Promise<void>): Promise<unknown>;
}
interface Storageish {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}
export interface RingEnv {
  readonly locks?: Lockish | undefined;
  readonly storage?: Storageish | undefined;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
  readonly self: string;
}

const HOLD_MS = 400;
const READ_BACK_MS = 60;
const CLAIM_MS = 3_000;

/** 16 random bytes as hex. Plain http pages lack `crypto.randomUUID`. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function browserStorage(): Storageish | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined; // blocked or private mode
  }
}

let selfId = "";

function browserEnv(): RingEnv {
  selfId = selfId || randomId();
  return {
    locks: globalThis.navigator?.locks as Lockish | undefined,
    storage: browserStorage(),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    now: () => Date.now(),
    self: selfId,
  };
}

/**
 * True in exactly one tab of those that ask for the same `id` (an event's: "offer-01…") within 400 ms.
 * With locks: whoever gets it. On plain http there are none: a claim in localStorage, read back after 60 ms.
 * Without either every tab rings: twice is better than never.
 */
export async function claimRing(id: string, env: RingEnv = browserEnv()): Promise<boolean> {
  const name = `fd:ring:${id}`;
  if (env.locks) return claimByLock(env.locks, name, env);
  if (!env.storage) return true;
  return claimByStorage(env.storage, env, name);
}

async function claimByLock(locks: Lockish, name: string, env: RingEnv): Promise<boolean> {
  return new Promise<boolean>((answer) => {
    locks
      .request(name, { ifAvailable: true }, async (lock) => {
        answer(lock !== null);
        if (lock !== null) await env.wait(HOLD_MS);
      })
      .catch(() => answer(true));
  });
}

/** A claim is "self at"; its owner takes it away after 3 s, and one that a dead tab left behind is stale by then. */
async function claimByStorage(storage: Storageish, env: RingEnv, key: string): Promise<boolean> {
  try {
    const [owner, at] = (storage.getItem(key) ?? "").split(" ");
    if (owner && owner !== env.self && env.now() - Number(at) < CLAIM_MS) return false;
    storage.setItem(key, `${env.self} ${env.now()}`);
    await env.wait(READ_BACK_MS);
    const mine = (storage.getItem(key) ?? "").split(" ")[0] === env.self;
    if (mine) void env.wait(CLAIM_MS).then(() => storage.removeItem(key));
    return mine;
  } catch {
    return true;
  }
}

export interface Channel<M> {
  post(message: M): void;
  close(): void;
}

/** Messages between the tabs of one origin. Old Safari lacks BroadcastChannel: there the storage event carries them. */
export function openChannel<M>(name: string, onMessage: (message: M) => void): Channel<M> {
  if (typeof BroadcastChannel === "function") {
    const channel = new BroadcastChannel(name);
    channel.onmessage = (e) => onMessage(e.data as M);
    return { post: (message) => channel.postMessage(message), close: () => channel.close() };
  }
  const key = `${name}:said`;
  const hear = (e: StorageEvent): void => {
    if (e.key !== key || !e.newValue) return;
    try {
      onMessage((JSON.parse(e.newValue) as { message: M }).message);
    } catch {
      // written by somebody else
    }
  };
  addEventListener("storage", hear);
  return {
    post(message) {
      try {
        localStorage.setItem(key, JSON.stringify({ message, once: randomId() }));
      } catch {
        // private mode: tabs do not hear each other
      }
    },
    close: () => removeEventListener("storage", hear),
  };
}
