// Everything the desk does to the world: socket, storage, sound, title, favicon, notices, timers, other tabs. Looks at
// what changed; decides nothing that a fold could decide.

import type { App, View } from "./app";
import { loadEnglish } from "./english";
import { browserStore, keepUnsent, saveSettings, takeUnsent, type Settings } from "./keep";
import { unanswered } from "./outbox";
import type { RawFrame } from "./protocol";
import { channelWord } from "./pieces";
import { openOffers, totalUnread } from "./select";
import { session, signOut } from "./signin";
import { adoptTexts, unplugged } from "./state";
import { createLink, socketUrl, wakeOn, type Link } from "../../../channels/http/browser/socket";
import { createSound, type Sound } from "../../../channels/http/browser/sound";
import { claimRing, openChannel, type Channel } from "../../../channels/http/browser/tabs";
import { fill } from "../../../channels/http/browser/words";

type Said =
  | { readonly say: "here?"; readonly page: string }
  | { readonly say: "here"; readonly page: string }
  | {
      readonly say: "draft";
      readonly agent: string;
      readonly contact: string;
      readonly mode: string;
      readonly text: string;
    }
  | { readonly say: "settings"; readonly settings: Settings };

const ROLL_CALL_MS = 300;
const TICK_MS = 500;
const TITLE_MS = 300;
const MESSAGE_EVERY_MS = 3_000;

export interface Effects {
  readonly sound: Sound;
  start(): void;
  signedIn(): void;
  leave(): void;
  /** From a click: sound and notices may be asked for. */
  welcome(): void;
  draft(contact: string, mode: string, text: string): void;
  test(tone: "offer" | "message"): void;
}

export function createEffects(app: App, wall: boolean): Effects {
  const store = browserStore();
  const page = app.view.state.outbox.page;
  const living = new Set<string>();
  const agent = (): string => app.view.state.me?.id ?? "";

  const sound = createSound({
    volume: () => app.view.settings.volume,
    enabled: (tone) => (tone === "offer" ? app.view.settings.soundOffer : app.view.settings.soundMessage),
    onBlocked: (blocked) => app.change({ blocked }),
  });
  const heard: { settings?: Settings } = {};
  const tabs: Channel<Said> = openChannel("fd:desk", (said) => {
    if (said.say === "here?") tabs.post({ say: "here", page });
    else if (said.say === "here") living.add(said.page);
    else if (said.say === "draft") app.drafts.heard(said.agent, said.contact, said.mode, said.text);
    else app.change({ settings: (heard.settings = said.settings) });
  });

  const link: Link = createLink({
    url: () => socketUrl(location.origin, "/desk"),
    protocol: "frontdesk.desk.v1",
    hello: () => ({ type: "hello", v: 1, page, ...(wall ? { wall: true } : {}) }),
    onFrame: (frame) => app.hear(frame as RawFrame),
    onState: (state) => {
      const lost = app.view.link.phase === "open" && state.phase !== "open";
      app.change({ link: state, ...(lost ? { state: unplugged(app.view.state) } : {}) });
    },
    onClose: (code) => closed(app, code),
  });
  app.attach({ send: (frame) => link.send(frame), now: () => Date.now() });
  app.watch((view, before) => {
    if (view.settings.lang === "en" && before.settings.lang !== "en" && !app.english) {
      void loadEnglish(app.chinese).then((words) => {
        if (!words || app.english) return;
        app.english = words;
        app.change({});
      });
    }
    if (view.settings !== before.settings) {
      saveSettings(store, view.settings);
      if (view.settings !== heard.settings) tabs.post({ say: "settings", settings: view.settings });
      dress(view);
    }
    if (view.state.outbox !== before.state.outbox && agent()) {
      keepUnsent(store, agent(), page, unanswered(view.state.outbox));
    }
    if (view.state.me !== before.state.me && !before.state.me && view.state.me) void adopt();
    if (view.state.me && before.state.me && view.state.me.id !== before.state.me.id) app.change({ access: "stranger" });
    if (view.state.resync === "wanted") queueMicrotask(() => app.resync());
    if (view.link.phase === "lost" && view.link.refused === 2 && before.link.refused < 2) void check(app, link);
  });
  const ringer = createRinger(app, sound);
  app.watch((view, before) => ringer(view, before));
  const messages = createMessages(app, sound);
  app.watch((view, before) => messages(view, before));
  let titled: ReturnType<typeof setTimeout> | undefined;
  app.watch((view, before) => {
    if (view.state.offers !== before.state.offers) title(app, wall);
    titled ??= setTimeout(() => {
      titled = undefined;
      title(app, wall);
    }, TITLE_MS);
  });

  async function adopt(): Promise<void> {
    tabs.post({ say: "here?", page });
    await new Promise((done) => setTimeout(done, ROLL_CALL_MS));
    living.add(page);
    const left = takeUnsent(store, agent(), living, Date.now());
    if (left.length > 0) app.change({ state: adoptTexts(app.view.state, left) });
  }

  return {
    sound,
    start() {
      dress(app.view);
      app.drafts.sweep();
      wakeOn(link.wake);
      // Browsers let sound out after any click: the first one anywhere will do.
      document.addEventListener("pointerdown", () => {
        if (app.view.blocked) void sound.unlock();
      });
      setInterval(() => app.tick(), TICK_MS);
      void check(app, link);
    },
    signedIn() {
      app.change({ access: "in", over: "" });
      link.open();
    },
    leave() {
      void signOut().then((done) => {
        if (!done) return;
        link.close();
        app.change({ access: "out" });
        location.reload(); // nothing of this agent stays in memory
      });
    },
    welcome() {
      void sound.unlock();
      if (typeof Notification === "function" && Notification.permission === "default") {
        void Notification.requestPermission();
      }
    },
    draft(contact, mode, text) {
      app.drafts.set(agent(), contact, mode, text);
      tabs.post({ say: "draft", agent: agent(), contact, mode, text });
    },
    test: (tone) => void sound.unlock().then(() => sound.play(tone)),
  };
}

/** Is there a session? Nobody can say while the server is away: then the line keeps trying and says so. */
async function check(app: App, link: Link): Promise<void> {
  const who = await session();
  if (who === null) {
    if (app.view.state.me) {
      link.close();
      app.change({ access: "over" });
    } else app.change({ access: "out" });
    return;
  }
  if (app.view.access === "checking") app.change({ access: "in" });
  link.open();
}

function closed(app: App, code: number): boolean {
  if (code === 4401) app.change({ access: "over", over: app.view.state.error });
  else if (code === 4403) app.change({ access: "disabled" });
  else return true;
  return false;
}

export function dress(view: View): void {
  const root = document.documentElement;
  root.lang = view.settings.lang;
  if (view.settings.theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = view.settings.theme;
  root.dataset.density = view.settings.density;
}

/** One tab rings, every 3 s, as long as an offer waits for an answer; the notice closes with its offer. */
function createRinger(app: App, sound: Sound): (view: View, before: View) => void {
  const rings = new Map<string, () => void>();
  return (view, before) => {
    if (view.state.offers === before.state.offers && view.link.phase === before.link.phase) return;
    const waiting = new Set(view.link.phase === "open" ? openOffers(view.state).map((o) => o.offer) : []);
    for (const [id, stop] of rings) {
      if (waiting.has(id)) continue;
      stop();
      rings.delete(id);
    }
    for (const offer of openOffers(view.state)) {
      if (rings.has(offer.offer) || !waiting.has(offer.offer)) continue;
      let stop: (() => void) | undefined;
      let over = false;
      rings.set(offer.offer, () => {
        over = true;
        stop?.();
      });
      void claimRing(offer.offer).then((mine) => {
        if (!mine || over) return;
        const silence = sound.ring("offer");
        const channel = channelWord(app.words, offer.channel);
        const close = notify(app.words.notice.offer, fill(app.words.notice.offerBody, { channel }), offer.offer);
        stop = () => {
          silence();
          close();
        };
      });
    }
  };
}

function notify(heading: string, body: string, tag: string): () => void {
  if (typeof Notification !== "function" || Notification.permission !== "granted") return () => undefined;
  if (document.visibilityState === "visible" && document.hasFocus()) return () => undefined;
  const notice = new Notification(heading, { body, tag, silent: true });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
  return () => notice.close();
}

/** A tone for a customer's new line, in one tab, unless it is being looked at; a flood is one tone every 3 s. */
function createMessages(app: App, sound: Sound): (view: View, before: View) => void {
  let quiet_until = 0;
  return (view, before) => {
    if (view.state.contacts === before.state.contacts || !before.state.loaded || !view.state.loaded) return;
    if (app.now() < quiet_until) return;
    for (const [id, row] of view.state.contacts) {
      const old = before.state.contacts.get(id);
      if (!old || old === row || row.seq <= old.seq || row.last?.by !== "customer") continue;
      if (row.last.at === old.last?.at) continue;
      if (view.ui.open === id && document.visibilityState === "visible" && document.hasFocus()) continue;
      quiet_until = app.now() + MESSAGE_EVERY_MS;
      void claimRing(`${id}:${row.seq}`).then((mine) => {
        if (!mine) return;
        void sound.play("message");
        const close = notify(app.words.notice.message, "", `fd:${id}`);
        setTimeout(close, 10_000);
      });
      return;
    }
  };
}

let shownTitle = "";
let shownIcon = "";
function title(app: App, wall: boolean): void {
  const view = app.view;
  const offer = openOffers(view.state)[0];
  const unread = wall ? 0 : totalUnread(view.state);
  const name = wall ? app.words.wallTitle : app.words.title;
  let text = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ${name}` : name;
  if (offer && !wall) {
    const channel = channelWord(app.words, offer.channel);
    text = fill(app.words.titleOffer, { channel });
  }
  if (text !== shownTitle) document.title = shownTitle = text;
  const icon = wall ? "icon" : offer ? "icon-ring" : unread > 0 ? "icon-dot" : "icon";
  if (icon === shownIcon) return;
  shownIcon = icon;
  document.querySelector<HTMLLinkElement>("link[rel=icon]")?.setAttribute("href", `/desk/${icon}.svg`);
  const badge = (navigator as { setAppBadge?: (n: number) => Promise<void> }).setAppBadge;
  if (badge) void badge.call(navigator, unread).catch(() => undefined);
}
