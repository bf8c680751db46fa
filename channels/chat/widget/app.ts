// One widget in one page: the fold's effects and the view wired to the host element, the phone's screen, the theme.

import { paintBrand } from "./brand";
import { unread, type Line } from "./chat";
import { createChat, type Fault } from "./effects";
import { createKept } from "./kept";
import { isOn, type Settings, type Website } from "./settings";
import { createView } from "./view";

const PAINT_MS = 100;

export interface AppEvents {
  (name: "opened" | "closed"): void;
  (name: "on-message", line: Line): void;
  (name: "unread", count: number): void;
  (name: "error", error: Fault): void;
}

export type App = ReturnType<typeof createApp>;

function addStyles(root: ShadowRoot, css: string, nonce: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style"); // Safari before 16.4
    style.nonce = nonce;
    style.textContent = css;
    root.append(style);
  }
}

export interface AppOptions {
  readonly baseUrl: string;
  readonly websiteToken: string; // as it stands in an address
  readonly settings: Settings;
  readonly website: Website;
  renew(lang: string): Promise<Website | void>;
  readonly nonce: string; // of the script tag, for old browsers' style element
}

export function createApp(options: AppOptions, emit: AppEvents) {
  const { baseUrl, websiteToken, settings, nonce } = options;
  const page = isOn(settings, "page");
  let { website } = options;
  let open = page;
  let told = 0;
  let painting: ReturnType<typeof setTimeout> | undefined;
  const host = document.createElement("frontdesk-chat");
  // Screen recorders leave a chat out.
  host.className = "fs-exclude ph-no-capture rr-block sentry-block mouseflow-no-record notranslate";
  for (const mark of ["hj-suppress", "private", "clarity-mask"]) host.setAttribute(`data-${mark}`, "true");
  const root = host.attachShadow({ mode: "open" });
  addStyles(root, website.css, nonce);

  const kept = createKept(websiteToken, () => localStorage, settings("cookieDomain"));
  const chat = createChat(
    { baseUrl, websiteToken, identity: settings("identity"), kept, website: () => website },
    {
      changed(soon) {
        if (!soon) paint();
        else painting ??= setTimeout(paint, PAINT_MS);
      },
      news(line) {
        emit("on-message", line);
        if (line.text) view.announce(`${chat.state().agent?.name ?? website.words.agent}: ${line.text}`);
      },
      error(fault) {
        emit("error", fault);
        // Asked for by a newer configuration than this page has seen: it asks anew, and the text waits to be taken back.
        if (fault.code === "prechat") void options.renew(website.lang).then((to) => to && locale(to));
      },
      draft: (text) => view.composer.replace(text),
      turned: rebuild, // the form is empty for the next one
    },
  );

  const build = () =>
    createView({
      settings,
      website,
      page,
      chat,
      toggle: (to) => toggle(to, true),
      popOut,
      seen,
    });
  let view = build();

  function paint(): void {
    clearTimeout(painting);
    painting = undefined;
    view.paint();
    seen();
    const count = unread(chat.state());
    if (count !== told) emit("unread", (told = count));
  }

  /** Seen is what was in view of somebody who looks. */
  function seen(): void {
    if (open && view.transcript.atEnd() && document.hasFocus()) chat.seen();
  }

  function toggle(to: boolean, focus = false): void {
    if (page || to === open) return;
    open = to;
    lockPage();
    chat.open(open);
    view.show(open, focus);
    paint();
    emit(open ? "opened" : "closed");
  }

  // The visitor does not go along: a page that took one from its address could be handed an attacker's.
  function popOut(): void {
    window.open(`${baseUrl}/chat/${websiteToken}`, "_blank", "noopener,width=420,height=680");
  }

  // On phones the panel is the screen: the page behind must not scroll, and the keyboard takes its part.
  let scroll: string | undefined;
  function lockPage(): void {
    const { style } = document.documentElement;
    if (open && matchMedia("(max-width:480px)").matches) {
      scroll = style.overflow;
      style.overflow = "hidden";
    } else if (scroll !== undefined) {
      style.overflow = scroll;
      scroll = undefined;
    }
  }
  const screen = visualViewport as VisualViewport; // every browser of ui.md §2 has it
  function fit(): void {
    host.style.setProperty("--fd-height", `${screen.height}px`);
    host.style.setProperty("--fd-top", `${screen.offsetTop}px`);
  }
  screen.addEventListener("resize", fit);
  screen.addEventListener("scroll", fit);
  addEventListener("focus", seen);

  function rebuild(): void {
    const { element } = view;
    view = build();
    element.replaceWith(view.element);
    view.show(open, false);
    paint();
  }

  function locale(to: Website): void {
    website = to;
    rebuild();
    chat.reconnect();
  }

  function theme(mode: string): void {
    if (mode === "light" || mode === "dark") host.dataset.theme = mode;
    else delete host.dataset.theme;
  }

  fit();
  theme(settings("darkMode"));
  paintBrand(host.style, settings("color"));
  root.append(view.element);
  document.body.append(host);
  // Pages that replace their body (Turbo and the like) take us along.
  new MutationObserver(() => host.isConnected || document.body?.append(host)).observe(document.documentElement, {
    childList: true,
  });
  paint();
  chat.start();
  view.show(open, open);
  if (page) {
    document.title = website.name;
    chat.open(true);
  }

  return {
    toggle: (to = !open) => toggle(to),
    bubble: (shown: boolean) => void (view.launcher.hidden = !shown),
    locale,
    theme,
    color: (color: string) => paintBrand(host.style, color),
    identify: chat.identify,
    reset: chat.logout,
    popOut,
  };
}
