// What this browser remembers: drafts (7 days), texts without an answer, settings. No names, numbers or customers' words.
// Private mode throws at every access: then nothing is remembered and everything else works.

import type { Command } from "./protocol";
import { pickLang, type Lang } from "../../../channels/http/browser/words";

export interface Settings {
  readonly lang: Lang;
  readonly theme: "auto" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  readonly enter: "send" | "line";
  readonly volume: number; // 0 … 1
  readonly soundOffer: boolean;
  readonly soundMessage: boolean;
  readonly letters: boolean;
  readonly counter: string;
}

export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  key(index: number): string | null;
  readonly length: number;
}

const SETTINGS = "fd:desk:settings";
const DRAFT = "fd:desk:draft:";
const UNSENT = "fd:desk:unsent:";
export const DRAFT_DAYS = 7;
const DAY_MS = 86_400_000;

export function browserStore(): Store | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

function read(store: Store | undefined, key: string): unknown {
  try {
    return JSON.parse(store?.getItem(key) ?? "null") as unknown;
  } catch {
    return null;
  }
}
function put(store: Store | undefined, key: string, value: unknown): void {
  try {
    if (value === null) store?.removeItem(key);
    else store?.setItem(key, JSON.stringify(value));
  } catch {
    // full or private: the page goes on without
  }
}
function keysOf(store: Store | undefined, prefix: string): string[] {
  const keys: string[] = [];
  try {
    for (let i = 0; i < (store?.length ?? 0); i += 1) {
      const key = store?.key(i);
      if (key?.startsWith(prefix)) keys.push(key);
    }
  } catch {
    return [];
  }
  return keys;
}

export function loadSettings(store: Store | undefined, languages: readonly string[]): Settings {
  const kept = (read(store, SETTINGS) ?? {}) as Partial<Record<keyof Settings, unknown>>;
  const one = <T>(value: unknown, words: readonly T[], other: T): T =>
    words.includes(value as T) ? (value as T) : other;
  return {
    lang: one(kept.lang, ["zh-CN", "en"] as const, pickLang(languages, "zh-CN")),
    theme: one(kept.theme, ["auto", "light", "dark"] as const, "auto"),
    density: one(kept.density, ["comfortable", "compact"] as const, "comfortable"),
    enter: one(kept.enter, ["send", "line"] as const, "send"),
    volume: typeof kept.volume === "number" && kept.volume >= 0 && kept.volume <= 1 ? kept.volume : 0.6,
    soundOffer: kept.soundOffer !== false,
    soundMessage: kept.soundMessage !== false,
    letters: kept.letters !== false,
    counter: typeof kept.counter === "string" ? kept.counter : "",
  };
}
export const saveSettings = (store: Store | undefined, settings: Settings): void => put(store, SETTINGS, settings);

interface Draft {
  readonly text: string;
  readonly at: number;
}

/** Drafts live under agent, contact and mode, so one can never show up in another conversation or another's desk. */
export class Drafts {
  private readonly known = new Map<string, string>();
  constructor(
    private readonly store: Store | undefined,
    private readonly now: () => number,
  ) {}

  private static key(agent: string, contact: string, mode: string): string {
    return `${DRAFT}${agent}:${contact}:${mode}`;
  }
  get(agent: string, contact: string, mode: string): string {
    const key = Drafts.key(agent, contact, mode);
    const held = this.known.get(key);
    if (held !== undefined) return held;
    const kept = read(this.store, key) as Draft | null;
    const text = kept && typeof kept.text === "string" && this.now() - kept.at < DRAFT_DAYS * DAY_MS ? kept.text : "";
    this.known.set(key, text);
    return text;
  }
  set(agent: string, contact: string, mode: string, text: string): void {
    const key = Drafts.key(agent, contact, mode);
    this.known.set(key, text);
    put(this.store, key, text === "" ? null : { text, at: this.now() });
  }
  /** Another tab changed it. */
  heard(agent: string, contact: string, mode: string, text: string): void {
    this.known.set(Drafts.key(agent, contact, mode), text);
  }
  has(agent: string, contact: string): boolean {
    return this.get(agent, contact, "reply") !== "" || this.get(agent, contact, "note") !== "";
  }
  sweep(): void {
    for (const key of keysOf(this.store, DRAFT)) {
      const kept = read(this.store, key) as Draft | null;
      if (!kept || !(this.now() - kept.at < DRAFT_DAYS * DAY_MS)) put(this.store, key, null);
    }
  }
}

export interface Left {
  readonly id: string;
  readonly command: Command;
  readonly at: number;
}

/** Texts without an answer, by agent and page: what a reload or a crash must not lose. */
export function keepUnsent(store: Store | undefined, agent: string, page: string, left: readonly Left[]): void {
  put(store, `${UNSENT}${agent}:${page}`, left.length > 0 ? left : null);
}

/** Takes what pages of this agent left behind; `living` pages are other tabs and keep theirs. */
export function takeUnsent(store: Store | undefined, agent: string, living: ReadonlySet<string>, now: number): Left[] {
  const taken: Left[] = [];
  const prefix = `${UNSENT}${agent}:`;
  for (const key of keysOf(store, prefix)) {
    if (living.has(key.slice(prefix.length))) continue;
    const left = read(store, key);
    put(store, key, null);
    if (!Array.isArray(left)) continue;
    for (const one of left as Left[]) {
      if (one?.command && now - one.at < DRAFT_DAYS * DAY_MS) taken.push(one);
    }
  }
  return taken.sort((a, b) => a.at - b.at);
}
