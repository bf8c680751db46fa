// One WebSocket that comes back: hello first, frames after the welcome, back-off with full jitter, a probe when it is
// silent, at once when the page wakes. Knows neither DOM nor us; JSON objects with `type`, as docs/chat.md and desk.md.

export interface Frame {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * idle        not asked to be open, or closed for good
 * connecting  the first attempt, or again after a loss, until `welcome`
 * open        welcomed: `send` works
 * lost        waits for the next attempt
 */
export type Phase = "idle" | "connecting" | "open" | "lost";

export interface LinkState {
  readonly phase: Phase;
  /** When the line was last not open → open, or was lost; ms of env.now(). For "1.5 s lost: show nothing". */
  readonly since: number;
  /** Handshakes in a row that never opened: from 2 on say who is to blame. */
  readonly refused: number;
  /** When the last frame came, 0 for never. */
  readonly heard: number;
  /** Ever welcomed since open(). */
  readonly welcomed: boolean;
}

export interface SocketLike {
  onopen: ((e: never) => unknown) | null;
  onmessage: ((e: never) => unknown) | null;
  onclose: ((e: never) => unknown) | null;
  onerror: ((e: never) => unknown) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export interface LinkEnv {
  connect(url: string, protocol: string): SocketLike;
  now(): number;
  random(): number;
  later(work: () => void, ms: number): unknown;
  forget(timer: unknown): void;
}

export interface LinkOptions {
  /** Asked at each attempt. */
  url: () => string;
  /** Subprotocol, "frontdesk.chat.v1". */
  protocol: string;
  /** The first frame of each attempt: `{type: "hello", …}` with what to resume from. */
  hello: () => Frame;
  /** Every frame but `pong`, the welcome included; the line counts as open before it is called with the welcome. */
  onFrame: (frame: Frame) => void;
  onState: (state: LinkState) => void;
  /** A close by the other end. Return false to stay closed (4401, 4403, 1000); default: come back. */
  onClose?: (code: number, reason: string) => boolean;
  env?: LinkEnv;
}

export interface Link {
  open(): void;
  /** False when not open: keep it and send it after the next welcome. */
  send(frame: Frame): boolean;
  /** The page woke (online, visible, pageshow): probe an open line, retry a lost one at once. */
  wake(): void;
  close(code?: number): void;
  readonly state: LinkState;
}

export const BACKOFF_MAX_MS = 30_000;
export const QUIET_MS = 60_000;
export const ANSWER_MS = 5_000;
/** A handshake or a welcome that takes longer is given up. While no router leads, `slow_down` frames keep it alive. */
export const OPENING_MS = 15_000;

/** Full jitter: anywhere in 0 … min(30 s, 2^attempt s). */
export function backoff(attempt: number, random: number): number {
  return Math.round(random * Math.min(BACKOFF_MAX_MS, 1000 * 2 ** attempt));
}

export function browserEnv(): LinkEnv {
  return {
    connect: (url, protocol) => new WebSocket(url, protocol),
    now: Date.now,
    random: Math.random,
    later: setTimeout,
    forget: clearTimeout as LinkEnv["forget"],
  };
}

/** ws:// or wss:// address for `path` beside an http(s) base. */
export function socketUrl(base: string, path: string): string {
  return base.replace(/^http/i, "ws").replace(/\/+$/, "") + path;
}

const IDLE = { phase: "idle", refused: 0, welcomed: false } as const;

export function createLink(options: LinkOptions): Link {
  const { connect, now, random, later, forget } = options.env ?? browserEnv();
  let state: LinkState = { ...IDLE, since: now(), heard: 0 };
  let socket: SocketLike | undefined;
  let opened = false; // this attempt's handshake
  let attempt = 0;
  let restart_ms = 0; // the server's wish for the next attempt
  let timer: unknown;

  function become(change: Partial<LinkState>): void {
    state = { ...state, ...change };
    options.onState(state);
  }

  function arm(work: () => void, ms: number): void {
    forget(timer);
    timer = later(work, ms);
  }

  function drop(code?: number): void {
    const old = socket;
    socket = undefined;
    if (!old) return;
    // A dead TCP line reports its close minutes later: nobody waits for that.
    old.onopen = old.onmessage = old.onclose = old.onerror = null;
    try {
      old.close(code);
    } catch {
      // it was never open
    }
  }

  function lose(): void {
    const refused = opened ? 0 : state.refused + 1;
    drop();
    const wait = restart_ms + backoff(restart_ms ? 0 : attempt, random());
    restart_ms = 0;
    attempt += 1;
    arm(dial, wait);
    become({ phase: "lost", refused, since: state.phase === "open" ? now() : state.since });
  }

  function probe(): void {
    sendRaw({ type: "ping" });
    arm(lose, ANSWER_MS);
  }

  function sendRaw(frame: Frame): boolean {
    if (!socket || !opened) return false;
    try {
      socket.send(JSON.stringify(frame));
      return true;
    } catch {
      return false; // closing: the close event tells
    }
  }

  function hear(data: unknown): void {
    let frame: Frame;
    try {
      frame = JSON.parse(String(data)) as Frame;
    } catch {
      return;
    }
    if (!frame || typeof frame.type !== "string") return;
    const { type } = frame;
    state = { ...state, heard: now() };
    if (type === "restart") restart_ms = Math.max(1, Number(frame.retry_ms) || 0);
    if (type === "welcome") {
      attempt = 0;
      become({ phase: "open", since: now(), welcomed: true, refused: 0 });
    }
    if (state.phase === "open") arm(probe, QUIET_MS);
    else arm(lose, OPENING_MS);
    if (type !== "pong") options.onFrame(frame);
  }

  function dial(): void {
    drop();
    opened = false;
    become({ phase: "connecting" });
    arm(lose, OPENING_MS);
    let made: SocketLike;
    try {
      made = connect(options.url(), options.protocol);
    } catch {
      lose(); // the page's policy forbids the address
      return;
    }
    socket = made;
    made.onopen = () => {
      opened = true;
      sendRaw(options.hello());
    };
    made.onmessage = (e: { data: unknown }) => hear(e.data);
    made.onclose = (e: { code: number; reason: string }) => {
      if (options.onClose?.(e.code, e.reason) === false) close();
      else lose();
    };
  }

  function close(code = 1000): void {
    forget(timer);
    drop(code);
    become({ ...IDLE, since: now() });
  }

  return {
    open() {
      if (state.phase !== "idle") return;
      attempt = 0;
      become({ ...IDLE, since: now() });
      dial();
    },
    send: (frame) => state.phase === "open" && sendRaw(frame),
    wake() {
      if (state.phase === "open") probe();
      else if (state.phase === "lost") dial();
    },
    close,
    get state() {
      return state;
    },
  };
}

interface Listens {
  addEventListener(type: string, hear: () => void): void;
}

/** Calls `wake` on online, pageshow and becoming visible. */
export function wakeOn(
  wake: () => void,
  page: Listens = window,
  doc: Listens & { readonly visibilityState: string } = document,
): void {
  page.addEventListener("online", wake);
  page.addEventListener("pageshow", wake);
  doc.addEventListener("visibilitychange", () => {
    if (doc.visibilityState === "visible") wake();
  });
}
