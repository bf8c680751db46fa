// What stays in the browser, under `frontdesk:TOKEN8:` of the host's localStorage and only after the customer opened the
// chat: visitor token, contact, what waits to go out, draft, sound. Every access in `try`: private mode throws.

import type { Entry } from "./chat";

export interface Kept {
  get(name: string): string;
  /** An empty value takes the key away. */
  set(name: string, value: string): void;
  /** From now on writing is allowed: the customer opened the chat. */
  allow(): void;
  readonly allowed: boolean;
  saveOutbox(page: string, entries: readonly Entry[]): void;
  /** Pages other than `page` that left something to send. */
  otherPages(page: string): string[];
  /** Takes away and returns what `page` left. */
  adopt(page: string): Entry[];
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
  const prefix = `frontdesk:${name8}:`;
  const out = `${prefix}out:`;
  // Sub-domains share the visitor by cookie; localStorage belongs to one host only.
  const cookie = `frontdesk_${name8}=`;

  function attempt<T>(work: (storage: Storage) => T): T | undefined {
    try {
      return work(open());
    } catch {
      return undefined;
    }
  }

  const shared = (): string =>
    cookieDomain
      ? (document.cookie.split("; ").find((pair) => pair.startsWith(cookie)) ?? "").slice(cookie.length)
      : "";
  const get = (name: string): string => attempt((s) => s.getItem(prefix + name)) || (name === "token" ? shared() : "");
  let allowed = get("token") !== "";

  function set(name: string, value: string): void {
    if (!allowed) return;
    attempt((s) => (value ? s.setItem(prefix + name, value) : s.removeItem(prefix + name)));
    if (name === "token" && cookieDomain) {
      const life = value ? 30 * 24 * 3600 : 0;
      document.cookie = `${cookie}${value};domain=${cookieDomain};path=/;max-age=${life};samesite=lax`;
    }
  }

  return {
    get,
    set,
    allow: () => void (allowed = true),
    get allowed() {
      return allowed;
    },
    saveOutbox: (page, entries) =>
      set(`out:${page}`, entries.map(({ cid, text, at, form }) => JSON.stringify({ cid, text, at, form })).join("\n")),
    otherPages: (page) =>
      (attempt(Object.keys) ?? [])
        .filter((key) => key.startsWith(out) && key !== out + page)
        .map((key) => key.slice(out.length)),
    adopt(page) {
      const entries = parseEntries(get(`out:${page}`));
      set(`out:${page}`, "");
      return entries;
    },
  };
}
