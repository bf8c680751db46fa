// Everything the fold does not do itself: socket, storage, other tabs, timers, sound. One object for one visitor.

import { createLink, socketUrl, wakeOn, type Frame } from "../../http/browser/socket";
import { MESSAGE, playNotes } from "../../http/browser/sound";
import { claimRing, openChannel, randomId } from "../../http/browser/tabs";
import * as fold from "./chat";
import type { Form, In, Line, State } from "./chat";
import { personOf, type Kept } from "./kept";
import { blocked, ticks } from "./look";
import type { Website } from "./settings";

/** What tabs of one person tell each other; one field each, beside `as`: which person. */
interface Told {
  readonly as?: string;
  readonly who?: string; // a page asks who is there
  readonly here?: string; // a page is there
  readonly seen?: readonly [contact: string, seq: number];
  readonly draft?: string;
  readonly token?: string; // "" = the visitor was forgotten
  readonly left?: true; // the person is gone
}

export interface Fault {
  readonly code: string;
  readonly text: string;
}

export interface Listener {
  /** The state changed. `soon`: it came from the network, a paint within 100 ms is early enough. */
  changed(soon: boolean): void;
  /** A line nobody heard of yet. */
  news(line: Line): void;
  error(error: Fault): void;
  /** Another tab of this visitor typed. */
  draft(text: string): void;
  /** Somebody else is here now: what was typed went with the one before. */
  turned(): void;
}

export type Chat = ReturnType<typeof createChat>;

const TICK_MS = 500;
const WHO_MS = 300;
const SEEN_MS = 250;
const GAP_MS = 2_000;
const READ_MS = 1_000;
const TYPING_EVERY_MS = 3_000;
const DRAFT_MS = 400;

type Timer = ReturnType<typeof setTimeout> | undefined;

export interface ChatOptions {
  readonly baseUrl: string;
  readonly websiteToken: string;
  readonly identity: string;
  readonly kept: Kept;
  readonly website: () => Website;
}

export function createChat(options: ChatOptions, listener: Listener) {
  const page = randomId().slice(0, 16);
  const { websiteToken, baseUrl, kept, website } = options;
  let { identity } = options;
  let person = personOf(identity);
  kept.as(person);
  let panelOpen = false;
  let begun = false;
  let waiting: Timer;
  let gapTimer: Timer;
  let readTimer: Timer;
  let draftTimer: Timer;
  let typedAt = 0;
  let draft = kept.get("draft");
  let audio: AudioContext | undefined;
  let here: string[] = [];
  let lastSeen: Told["seen"];

  const link = createLink({
    url: () => socketUrl(baseUrl, `/chat?w=${websiteToken}`),
    protocol: "frontdesk.chat.v1",
    hello,
    onFrame: hear,
    onState: (now) => become(fold.linked(state, now)),
    onClose(code) {
      become(fold.cut(state, code, Date.now()));
      return code !== 4401; // the token is no good any more: trying again does not help
    },
  });
  let state = fold.initial(page, kept.get("token"), link.state);
  const live = (): boolean => fold.isLive(state);

  function hello(): Frame {
    const { token } = state;
    const contact = state.contact ?? kept.get("contact");
    return {
      type: "hello",
      v: 1,
      page,
      locale: website().lang,
      url: (location.origin + location.pathname).slice(0, 500),
      ...(token && { token }),
      ...(identity && { identity }),
      ...(token && contact && { contact, last_seq: fold.lastSeq(state, contact) }),
    };
  }

  function become(next: State, soon = false): void {
    const before = state;
    const now = Date.now();
    state = next;
    if (state.token !== before.token) kept.set("token", state.token);
    if (state.outbox !== before.outbox)
      kept.saveOutbox(
        page,
        state.outbox.filter((entry) => !entry.refused),
      );
    if (state.contact !== before.contact || state.status !== before.status) {
      kept.set("contact", live() ? (state.contact ?? "") : "");
      if (live()) forgetAnswers();
    }
    watchGap();
    flush(now);
    wait(now);
    listener.changed(soon);
    if (fold.isLive(before) && !live()) keepLine();
  }

  function hear(raw: Frame): void {
    const frame = raw as unknown as In;
    const { type, token, code, identity: fault, text = "" } = frame;
    const before = state;
    become(fold.reduce(state, frame, Date.now()), true);
    if (type === "msg" && frame.by !== "customer" && fold.isNews(before, state, frame)) announce({ ...frame, text });
    if (token) tell({ token });
    if (type === "error") listener.error({ code, text });
    if (fault) listener.error({ code: "identity", text: fault });
    if (type !== "welcome") return;
    // Another tab may have seen lines while this one was on its way; the server hears of it up to a second later.
    if (lastSeen) become(fold.seen(state, ...lastSeen));
    keepLine();
  }

  function announce(line: Line): void {
    listener.news(line);
    if (line.by !== "agent" || kept.get("sound")) return;
    // The tab that shows it says so within this time; then no other rings.
    setTimeout(() => {
      if (!audio || (state.contact === line.contact && state.seen >= line.seq)) return;
      const context = audio;
      void claimRing(`${line.contact}:${line.seq}`).then((mine) => mine && playNotes(context, MESSAGE, 0.3));
    }, SEEN_MS);
  }

  /** A line is missing although later ones came: take the socket up again from the last one we have. */
  function watchGap(): void {
    if (!fold.hasGap(state)) {
      clearTimeout(gapTimer);
      gapTimer = undefined;
    } else {
      gapTimer ??= setTimeout(() => {
        gapTimer = undefined;
        reconnect();
      }, GAP_MS);
    }
  }

  function flush(now: number): void {
    const entry = fold.nextToSend(state, now);
    if (entry) {
      const { cid, text, form } = entry;
      if (link.send({ type: "msg", cid, text, ...form })) state = fold.sent(state, cid, now);
    } else if (fold.mayEnd(state, now) && link.send({ type: "end", contact: state.ending }))
      state = fold.sent(state, fold.END, now);
  }

  /** One slow clock while anything changes by time alone. */
  function wait(now: number): void {
    clearTimeout(waiting);
    if (!ticks(state, now)) return;
    waiting = setTimeout(() => {
      flush(Date.now());
      wait(Date.now());
      listener.changed(false);
    }, TICK_MS);
  }

  /** A socket while the panel is open or a chat is under way, none otherwise. */
  function keepLine(): void {
    const wanted = begun && (panelOpen || live() || state.outbox.length > 0);
    if (wanted && !state.expired) link.open();
    else if (link.state.phase !== "idle") link.close();
  }

  function reconnect(): void {
    if (link.state.phase === "idle") return keepLine();
    link.close();
    link.open();
  }

  const channel = openChannel<Told>(
    `frontdesk:${websiteToken.slice(0, 8)}`,
    ({ as, who, here: is, seen, draft: text, token, left }) => {
      if (as !== person) return;
      if (who) tell({ here: page });
      if (is) here.push(is);
      if (seen) become(fold.seen(state, ...(lastSeen = seen)));
      if (text !== undefined) listener.draft(text);
      // Tabs are one visitor: who has no chat takes the other's token; "" says that one comes.
      if (left) {
        leave();
        link.close();
      } else if (token === "") {
        become(fold.forget(state, ""));
        link.close();
      } else if (token && token !== state.token && !live()) {
        become(fold.forget(state, token));
        reconnect();
      }
    },
  );

  const tell = (told: Told): void => channel.post({ ...told, as: person });

  /** What pages no longer open left behind goes out from here, under its old cids. */
  function adoptOthers(): void {
    const others = kept.otherPages(page);
    if (!others.length) return;
    here = [];
    tell({ who: page });
    setTimeout(() => {
      const entries = others.filter((other) => !here.includes(other)).flatMap(kept.adopt);
      if (entries.length) become(fold.adopt(state, entries, Date.now()));
    }, WHO_MS);
  }

  function begin(): void {
    if (begun) return;
    begun = true;
    kept.allow();
    adoptOthers();
  }

  function saveDraft(): void {
    clearTimeout(draftTimer);
    if (kept.get("draft") === draft) return;
    kept.set("draft", draft);
    tell({ draft });
  }

  const forgetAnswers = (): void => website().prechat?.forEach(({ key }) => kept.set(`form:${key}`, ""));

  function forget(): void {
    forgetAnswers();
    become(fold.forget(state, ""));
    tell({ token: "" });
    reconnect();
  }

  /** Who was here is gone: the next one must not read what was theirs, nor speak as they. What is kept is the leaver's. */
  function leave(): void {
    clearTimeout(draftTimer);
    identity = draft = "";
    lastSeen = undefined;
    state = fold.leave(state, "");
    kept.saveOutbox(page, []);
    kept.as((person = ""));
    listener.turned();
  }

  /** From every tab, and from what is kept: by the one tab that was told, since the next visitor is kept at once. */
  function leaveAll(): void {
    tell({ left: true });
    kept.clear();
    leave();
  }

  function logout(): void {
    leaveAll();
    reconnect();
  }

  function identify(given: string): void {
    const next = personOf(given);
    if (person && next !== person) leaveAll();
    const another = next !== person;
    kept.as((person = next));
    identity = given;
    const token = kept.get("token");
    if (another && token && token !== state.token) {
      // Not the visitor that was here: one that this person has already.
      state = fold.leave(state, token);
      draft = kept.get("draft");
      listener.turned();
    }
    reconnect();
    start();
  }

  /** A chat under way goes on in the background of the next page, so that the badge can count. */
  function start(): void {
    if (!kept.get("contact") && !(kept.allowed && kept.otherPages(page).length)) return;
    begin();
    link.open();
  }

  wakeOn(link.wake);
  for (const type of ["online", "offline"]) {
    addEventListener(type, () => become({ ...state, onLine: navigator.onLine }));
  }
  addEventListener("pagehide", saveDraft);

  return {
    state: () => state,
    start,
    /** `form`: asked for before a chat begins; none: not yet. */
    say(text: string, form: () => Form | undefined): boolean {
      const now = Date.now();
      if (!text.trim() || state.expired || blocked(state, text, website().words, now)) return false;
      const given = live() ? {} : form();
      if (!given) return false;
      begin();
      become(fold.say(state, text, now, given));
      keepLine();
      typedAt = 0;
      return true;
    },
    retry(): void {
      become(fold.retry(state, Date.now()));
      link.wake();
    },
    /** A refused text comes back. */
    take(cid: string): string {
      const { text = "" } = state.outbox.find((entry) => entry.cid === cid) ?? {};
      become(fold.take(state, cid));
      return text;
    },
    /** All there is has been seen. */
    seen(): void {
      const { contact } = state;
      if (!contact || !fold.unread(state)) return;
      const seq = fold.lastSeq(state, contact);
      if (seq <= state.seen) return;
      become(fold.seen(state, contact, seq));
      tell({ seen: [contact, seq] });
      readTimer ??= setTimeout(() => {
        readTimer = undefined;
        link.send({ type: "read", contact: state.contact, seq: state.seen });
      }, READ_MS);
    },
    typing(on: boolean): void {
      const now = Date.now();
      if (!live() || (on ? now - typedAt < TYPING_EVERY_MS : !typedAt)) return;
      typedAt = on ? now : 0;
      link.send({ type: "typing", on });
    },
    end: () => become(fold.end(state)),
    fresh(): void {
      become(fold.fresh(state));
    },
    logout,
    forget,
    /** The panel was opened by a person (a click may let sound out), or closed. */
    open(open: boolean): void {
      panelOpen = open;
      if (open) {
        begin();
        try {
          audio ??= new AudioContext();
          void audio.resume();
        } catch {
          // no audio here
        }
      }
      keepLine();
    },
    identify,
    reconnect,
    draft: () => draft,
    write(text: string): void {
      draft = text;
      clearTimeout(draftTimer);
      draftTimer = setTimeout(saveDraft, DRAFT_MS);
    },
    /** What was typed into the form, and what is now. */
    answer(key: string, value?: string): string {
      if (value !== undefined) kept.set(`form:${key}`, value);
      return kept.get(`form:${key}`);
    },
    silent: () => kept.get("sound"),
    toggleSound: () => kept.set("sound", kept.get("sound") ? "" : "off"),
  };
}
