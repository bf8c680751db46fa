// The widget's elements: launcher, panel, header, menu, notice; painted from the state.

import { badge } from "../../http/browser/format";
import { chat as chatIcon, close as closeIcon, expand, icon, more } from "../../http/browser/icons";
import { watchIme } from "../../http/browser/ime";
import { fill, plural, type Lang } from "../../http/browser/words";
import { isLive, unread } from "./chat";
import { createComposer } from "./composer";
import { h, iconButton, setText, textButton } from "./dom";
import type { Chat } from "./effects";
import { blocked, items, notice, slowSeconds } from "./look";
import { inLang, isOn, type Settings, type Website } from "./settings";
import { createTranscript } from "./transcript";
import type { Words } from "./words.zh-CN";

export interface ViewOptions {
  readonly settings: Settings;
  readonly website: Website;
  readonly words: Words;
  readonly lang: Lang;
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
  const { settings, website, words, lang, page, chat, toggle } = options;
  const siteName = inLang(website.name, lang) || words.panel;
  const way = [website.phone, website.mail].filter((x) => x).join(" · ");
  const root = h("div", { class: `fd ${settings("position")}${page ? " page" : ""}`, lang });
  const ime = watchIme(root);
  const announcer = h("div", { class: "hear", "aria-live": "polite" });
  const toast = h("div", { class: "toast", hidden: true });
  let window_ = WINDOW;
  let toastTimer: ReturnType<typeof setTimeout> | undefined;

  // launcher
  const count = h("span", { class: "badge", "aria-hidden": "true" });
  const call = settings("launcherTitle") || words.launcher;
  const wide = settings("type") === "expanded_bubble" || settings("launcherTitle");
  const launcher = h(
    "button",
    {
      class: `launcher${wide ? " wide" : ""}`,
      type: "button",
      "aria-expanded": "false",
      click: () => toggle(!!panel.hidden),
    },
    icon(chatIcon, 26),
    icon(expand, 26),
    ...(wide ? [h("span", { class: "launcher-title" }, call)] : []),
    count,
  );
  launcher.hidden = page || isOn(settings, "hideMessageBubble");

  // header and its menu: plain buttons that are shown and hidden
  const avatar = h("div", { class: "avatar", "aria-hidden": "true" });
  const name = h("h2", { class: "name" });
  const about = h("div", { class: "about" });
  const soundItem = textButton("item", "", () => chat.silence(!chat.silent()));
  const endItem = textButton("item", words.endChat, () => ask(true));
  const menu = h("div", { class: "menu", hidden: true, click: () => unfold(false) }, soundItem);
  if (isOn(settings, "showPopoutButton") && !page) menu.append(textButton("item", words.popOut, options.popOut));
  menu.append(endItem);
  const menuButton = iconButton("tool", words.menu, more, () => unfold(!!menu.hidden));
  const closeButton = iconButton("tool", words.close, closeIcon, () => toggle(false));
  closeButton.hidden = page;

  function unfold(open: boolean): boolean {
    const was = !menu.hidden;
    menu.hidden = !open;
    menuButton.setAttribute("aria-expanded", `${open}`);
    setText(soundItem, chat.silent() ? words.soundOn : words.soundOff);
    endItem.hidden = !isLive(chat.state());
    return was;
  }
  unfold(false);

  // the middle: one notice, greeting or transcript
  const noticeText = h("span");
  const restart = textButton("again", words.restart, chat.forget);
  const strip = h("div", { role: "status" }, noticeText, restart);
  const welcome = h(
    "div",
    { class: "welcome" },
    h("div", { class: "sign" }, icon(chatIcon, 28)),
    h("p", { class: "hello" }, settings("welcomeTitle") || inLang(website.greeting, lang) || words.greeting),
    h("p", { class: "hint" }, settings("welcomeDescription") || words.greetingHint),
    ...(website.topics ?? [])
      .map((topic) => inLang(topic.name, lang))
      .map((t) => textButton("topic", t, () => chat.say(t))),
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
    { class: "ask", role: "alertdialog", "aria-label": words.endAsk, hidden: true },
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
    (open ? (ending.lastChild as HTMLElement) : menuButton).focus();
  }

  const composer = createComposer(words, ime, chat.draft(), {
    send: chat.say,
    typing: chat.typing,
    draft(text) {
      chat.write(text);
      paint();
    },
  });
  const panel = h(
    "section",
    { class: "panel", role: "dialog", "aria-label": siteName, tabindex: -1 },
    h("header", { class: "header" }, avatar, h("div", { class: "who" }, name, about), menuButton, closeButton, menu),
    strip,
    welcome,
    transcript.element,
    toast,
    ending,
    over,
    composer.element,
  );
  panel.hidden = !page;
  root.append(panel, launcher, announcer);

  // Keys typed here are nobody else's: a shop's "/" or "j" must not fire while its customer writes to us.
  for (const type of ["keydown", "keyup", "keypress"]) root.addEventListener(type, (e) => e.stopPropagation());
  root.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || ime.busy(e)) return;
    if (unfold(false)) menuButton.focus();
    else if (composer.fold()) composer.focus();
    else if (!ending.hidden) ask(false);
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
    const there = settings("availableMessage") || words.status;
    const away = settings("unavailableMessage") || words.away;
    const initial = agent?.name.charAt(0) ?? "";
    setText(name, agent?.name ?? siteName);
    setText(
      about,
      agent ? (agent.no ? fill(words.staffNo, { ...agent }) : "") : staffed ? there : staffed === false ? away : "",
    );
    avatar.className = `avatar${staffed && link.phase === "open" ? " present" : ""}`;
    if (avatar.firstChild && avatar.textContent === initial) return;
    avatar.textContent = initial;
    if (!initial) avatar.append(icon(chatIcon, 20));
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
    transcript.element.hidden = !welcome.hidden;
    transcript.paint(shown.items, shown.older, state.typingUntil > now && state.link.phase === "open");
    composer.element.hidden = ended;
    composer.paint(blocked(state, chat.draft(), words, now), slowSeconds(state, now) > 0 || state.expired, state.chars);
    over.hidden = !ended;
    overText.hidden = state.lines[state.lines.length - 1]?.event?.name === "ended"; // said above it
    if (!isLive(state)) ending.hidden = true;
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
