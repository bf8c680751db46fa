// What stays in the browser, under `frontdesk:TOKEN8:` of the host's localStorage and only after the customer opened the
// chat: visitor token, contact, what waits to go out, draft, sound. What belongs to a customer who signed in stands apart,
// under `frontdesk:TOKEN8:@PERSON:`. Every access in `try`: private mode throws.

import type { Entry } from "./chat";

export interface Kept {
  get(name: string): string;
  /** An empty value takes the key away. */
  set(name: string, value: string): void;
  /**
   * Who is here from now on, "" = nobody signed in. What an anonymous visitor left goes along, unless this person has a
   * visitor already and that one was in the middle of nothing. What others left goes.
   */
  as(person: string): void;
  /** Takes away what belongs to who is here, and to the anonymous visitor. */
  clear(): void;
  /** From now on writing is allowed: the customer opened the chat. */
  allow(): void;
  readonly allowed: boolean;
  saveOutbox(page: string, entries: readonly Entry[]): void;
  /** Pages other than `page` that left something to send. */
  otherPages(page: string): string[];
  /** Takes away and returns what `page` left. */
  adopt(page: string): Entry[];
}

/** Whom the website signed in, as a short word: tells people of one browser apart, and proves nothing. */
export function personOf(identity: string): string {
  try {
    const [said = ""] = identity.split(".");
    const { id } = JSON.parse(atob(said.replace(/-/g, "+").replace(/_/g, "/")));
    let word = 7;
    for (const c of String(id)) word = (Math.imul(word, 31) + c.charCodeAt(0)) | 0;
    return (word >>> 0).toString(36);
  } catch {
    return ""; // there is none, or the server will not take it
  }
}

/** One entry a line: an array in JSON is broken by pages that give Array.prototype a toJSON. */
export function parseEntries(kept: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of kept.split("\n")) {
    try {
      const { cid, text, at, form } = JSON.parse(line);
      if (cid && text) entries.push({ cid, text, at, form, since: 0 });
    } catch {
      // empty, or cut by a full storage
    }
  }
  return entries;
}

export function createKept(token: string, open: () => Storage, cookieDomain: string): Kept {
  const name8 = token.slice(0, 8);
  const base = `frontdesk:${name8}:`;
  let who = "";
  let prefix = base;

  function attempt<T>(work: (storage: Storage) => T): T | undefined {
    try {
      return work(open());
    } catch {
      return undefined;
    }
  }

  /** What stands under `start`, by the rest of its name. */
  const names = (start: string): string[] =>
    (attempt(Object.keys) ?? []).filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));

  // Sub-domains share the visitor by cookie; localStorage belongs to one host only.
  const cookie = (): string => `frontdesk_${name8}${who && "_"}${who}=`;
  const shared = (): string =>
    cookieDomain
      ? (document.cookie.split("; ").find((pair) => pair.startsWith(cookie())) ?? "").slice(cookie().length)
      : "";
  const place = (name: string): string => (name === "sound" ? base : prefix) + name; // sound is the device's
  const get = (name: string): string => attempt((s) => s.getItem(place(name))) || (name === "token" ? shared() : "");
  let allowed = get("token") !== "";

  function set(name: string, value: string): void {
    if (value && !allowed) return;
    attempt((s) => (value ? s.setItem(place(name), value) : s.removeItem(place(name))));
    if (name === "token" && cookieDomain) {
      const life = value ? 30 * 24 * 3600 : 0;
      document.cookie = `${cookie()}${value};domain=${cookieDomain};path=/;max-age=${life};samesite=lax`;
    }
  }

  function turn(person: string): void {
    who = person;
    prefix = person ? `${base}@${person}:` : base;
    allowed ||= get("token") !== "";
  }

  /** Takes away, and returns, all of who is here. */
  function empty(): [name: string, value: string][] {
    const all = [...new Set(["token", ...names(prefix)])].filter((name) => name[0] !== "@" && name !== "sound");
    return all.map((name) => {
      const value = get(name);
      set(name, "");
      return [name, value];
    });
  }

  return {
    get,
    set,
    as(person) {
      if (person === who) return;
      const busy = !who && (get("contact") !== "" || names(`${base}out:`).length > 0);
      const before = who;
      turn(person);
      if (!person) return;
      for (const name of names(`${base}@`))
        if (!name.startsWith(`${person}:`)) attempt((s) => s.removeItem(`${base}@${name}`));
      if (before || (get("token") && !busy)) return;
      turn("");
      const left = empty();
      turn(person);
      allowed ||= left.some(([, value]) => value !== "");
      for (const [name, value] of left) if (value) set(name, value);
    },
    clear() {
      empty();
      const person = who;
      turn("");
      empty();
      turn(person);
    },
    allow: () => void (allowed = true),
    get allowed() {
      return allowed;
    },
    saveOutbox: (page, entries) =>
      set(`out:${page}`, entries.map(({ cid, text, at, form }) => JSON.stringify({ cid, text, at, form })).join("\n")),
    otherPages: (page) => names(`${prefix}out:`).filter((name) => name !== page),
    adopt(page) {
      const entries = parseEntries(get(`out:${page}`));
      set(`out:${page}`, "");
      return entries;
    },
  };
}
