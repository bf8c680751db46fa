// The widget's elements: launcher, panel, header, menu, notice; painted from the state.

import { badge } from "../../http/browser/format";
import { chat as chatIcon, close as closeIcon, expand, more } from "../../http/browser/icons";
import { watchIme } from "../../http/browser/ime";
import { fill, plural } from "../../http/browser/words";
import { isLive, unread } from "./chat";
import { createComposer } from "./composer";
import { h, icon, iconButton, link, setText, sheet, textButton } from "./dom";
import type { Chat } from "./effects";
import { createForm } from "./form";
import { hint, items, notice, slowSeconds } from "./look";
import { isOn, type Settings, type Website } from "./settings";
import { createTranscript } from "./transcript";

export interface ViewOptions {
  readonly settings: Settings;
  readonly website: Website;
  readonly page: boolean; // fills a page of its own: no launcher, never closed
  readonly chat: Chat;
  toggle(open: boolean): void;
  popOut(): void;
  /** The end of the transcript came into view. */
  seen(): void;
}

export type View = ReturnType<typeof createView>;

const WINDOW = 200;
const OLDER = 100;
const TOAST_MS = 1_500;

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text); // absent on plain http
  } catch {
    const box = h("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

export function createView(options: ViewOptions) {
  const { settings, website, page, chat, toggle } = options;
  const { lang, words } = website;
  const siteName = website.name || words.panel;
  const way = [website.phone, website.mail].filter((x) => x).join(" · ");
  const root = h("div", { class: `fd ${settings("position")}${page ? " page" : ""}`, lang });
  const ime = watchIme(root);
  const announcer = h("div", { class: "hear", "aria-live": "polite" });
  const toast = h("div", { class: "toast", hidden: "" });
  let window_ = WINDOW;
  let toastTimer: ReturnType<typeof setTimeout> | undefined;

  // launcher
  const count = h("span", { class: "badge", "aria-hidden": "true" });
  const title = settings("launcherTitle");
  const call = title || words.launcher;
  const wide = title || settings("type") === "expanded_bubble";
  const launcher = h(
    "button",
    { class: `launcher${wide ? " wide" : ""}`, type: "button", click: () => toggle(!!panel.hidden) },
    icon(chatIcon),
    icon(expand),
    wide ? call : "",
    count,
  );
  launcher.hidden = page || isOn(settings, "hideMessageBubble");

  // header and its menu
  const avatar = h("div", { class: "avatar", "aria-hidden": "true" });
  const name = h("h2", { class: "name" });
  const about = h("div", { class: "about" });
  const item = (text: string, click: () => void): HTMLButtonElement =>
    textButton("item", text, () => {
      menu.open = false;
      click();
    });
  const soundItem = item("", () => {
    chat.toggleSound();
    paint();
  });
  const popOutItem = item(words.popOut, options.popOut);
  popOutItem.hidden = page || !isOn(settings, "showPopoutButton");
  const endItem = item(words.endChat, () => ask(true));
  const menu = sheet("menu", words.menu, more, soundItem, popOutItem, endItem);
  const closeButton = iconButton("tool", words.close, closeIcon, () => toggle(false));
  closeButton.hidden = page;

  // the middle: one notice, greeting or transcript
  const noticeText = h("span");
  const restart = textButton("again", words.restart, chat.forget);
  const strip = h("div", { role: "status" }, noticeText, restart);
  const { consent } = website;
  const form = createForm(website, chat, ime, () => composer.focus());
  const say = (text: string): boolean => chat.say(text, form.given);
  const welcome = h(
    "div",
    { class: "welcome" },
    h("div", { class: "sign" }, icon(chatIcon)),
    h("p", { class: "hello" }, settings("welcomeTitle") || website.greeting || words.greeting),
    h("p", { class: "hint" }, settings("welcomeDescription") || words.greetingHint),
    ...form.elements,
    ...website.topics.map(({ name: topic }) => textButton("topic", topic, () => say(topic))),
  );
  const transcript = createTranscript(words, {
    again: ({ key, mark }) => (mark === "failed" ? chat.retry() : composer.put(chat.take(key))),
    copy: (text) => void copyText(text).then(() => announce(words.copied, true)),
    older() {
      window_ += OLDER;
      paint();
    },
    end: options.seen,
  });

  // the end: asked for, or come
  const ending = h(
    "div",
    { class: "ask", role: "alertdialog", "aria-label": words.endAsk, hidden: "" },
    h("p", {}, words.endAsk),
    textButton("plain", words.endNo, () => ask(false)),
    textButton("primary", words.endYes, () => {
      ask(false);
      chat.end();
    }),
  );
  const overText = h("p", {}, words.ended);
  const over = h(
    "div",
    { class: "ask over" },
    overText,
    textButton("primary", words.again, () => {
      chat.fresh();
      composer.focus();
    }),
  );

  function ask(open: boolean): void {
    ending.hidden = !open;
    ((open ? ending.lastChild : menu.firstChild) as HTMLElement).focus();
  }

  const composer = createComposer(words, ime, chat.draft(), {
    send: say,
    typing: chat.typing,
    draft(text) {
      chat.write(text);
      paint();
    },
  });
  const terms = h("p", { class: "terms" }); // above the box: in view of who sends the first message
  const version = fill(words.version, { ...consent });
  if (consent) terms.append(consent.text, " ", consent.url ? link(version, consent.url) : version);
  composer.element.prepend(terms);
  const panel = h(
    "section",
    { class: "panel", role: "dialog", "aria-label": siteName, tabindex: -1 },
    h("div", { class: "header" }, avatar, h("div", { class: "who" }, name, about), menu, closeButton),
    strip,
    welcome,
    transcript.element,
    toast,
    ending,
    over,
    composer.element,
  );
  root.append(panel, launcher, announcer);

  // Keys typed here are nobody else's: a shop's "/" or "j" must not fire while its customer writes to us.
  for (const type of ["keydown", "keyup", "keypress"]) root.addEventListener(type, (e) => e.stopPropagation());
  root.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || ime.busy(e)) return;
    const unfolded = root.querySelector<HTMLDetailsElement>("[open]");
    if (unfolded) {
      unfolded.open = false;
      (unfolded.firstChild as HTMLElement).focus();
    } else if (!ending.hidden) ask(false);
    else if (!page) toggle(false);
  });

  function announce(text: string, visibly = false): void {
    setText(announcer, text);
    if (!visibly) return;
    setText(toast, text);
    toast.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => (toast.hidden = true), TOAST_MS);
  }

  function paintHeader(): void {
    const { agent, staffed, link } = chat.state();
    const there = staffed ? settings("availableMessage") || words.status : settings("unavailableMessage") || words.away;
    const initial = agent?.name.charAt(0) ?? "";
    setText(name, agent?.name ?? siteName);
    setText(about, agent ? (agent.no ? fill(words.staffNo, { ...agent }) : "") : staffed === null ? "" : there);
    avatar.className = `avatar${staffed && link.phase === "open" ? " present" : ""}`;
    if (avatar.firstChild && avatar.textContent === initial) return;
    avatar.textContent = initial;
    if (!initial) avatar.append(icon(chatIcon));
  }

  function paint(): void {
    const now = Date.now();
    const state = chat.state();
    const tongue = { words, lang, way };
    const told = notice(state, tongue, now);
    const n = unread(state);
    const shown = items(state, tongue, window_, now);
    const ended = state.status === "closed" && !state.outbox.length;
    count.hidden = !n;
    setText(count, badge(n));
    launcher.setAttribute("aria-label", n ? `${call}, ${plural(words.unread, n)}` : call);
    paintHeader();
    strip.className = `notice ${told?.tone}`;
    strip.hidden = !told;
    setText(noticeText, told?.text ?? "");
    restart.hidden = !state.expired;
    welcome.hidden = shown.items.length > 0;
    terms.hidden = welcome.hidden || !consent;
    transcript.element.hidden = !welcome.hidden;
    transcript.paint(shown.items, shown.older, state.typingUntil > now && state.link.phase === "open");
    composer.element.hidden = ended;
    composer.paint(hint(state, chat.draft(), words, now), slowSeconds(state, now) > 0 || state.expired, state.chars);
    over.hidden = !ended;
    overText.hidden = state.lines[state.lines.length - 1]?.event?.name === "ended"; // said above it
    setText(soundItem, chat.silent() ? words.soundOn : words.soundOff);
    endItem.hidden = !isLive(state);
    if (endItem.hidden) ending.hidden = true;
  }

  return {
    element: root,
    launcher,
    composer,
    transcript,
    announce,
    paint,
    show(open: boolean, focus: boolean): void {
      panel.hidden = !open;
      root.classList.toggle("open", open);
      launcher.setAttribute("aria-expanded", `${open}`);
      transcript.toEnd();
      if (!focus) return;
      if (!open) launcher.focus();
      else if (matchMedia("(pointer:coarse)").matches)
        panel.focus(); // the keyboard would jump
      else composer.focus();
    },
  };
}
