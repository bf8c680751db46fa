// The one file a site loads: reads its settings, asks the server whether this page is welcome, puts up the widget, and
// gives the site one global, `frontdesk`.

import { pickLang } from "../../http/browser/words";
import { createApp, type App } from "./app";
import { isOn, readSettings, type Given, type Website } from "./settings";

type Call = (app: App) => unknown;

const warn = (text: string): void => console.warn(`frontdesk: ${text}`);

const emit = (name: string, detail?: unknown): void =>
  void dispatchEvent(new CustomEvent(`frontdesk:${name}`, { detail }));

/** On our own page /chat/TOKEN the address is the setting. */
const fromAddress = (): Given => ({ websiteToken: decodeURIComponent(location.pathname.split("/").pop() ?? "") });

async function askServer(url: string): Promise<Website | undefined> {
  try {
    const answer = await fetch(url, { credentials: "omit" });
    const website = (await answer.json()) as Website;
    if (website.allowed) return website;
    if (answer.ok) warn(`this site is not on the allow-list of website ${url}: add ${location.origin} to its origins`);
    else warn(`unknown website (${answer.status}): ${url}`);
  } catch (error) {
    warn(`${error}: ${url}; does connect-src of this page allow it?`);
  }
  return undefined;
}

/** Methods of other widgets that mean nothing here: a site that moves over must not break. */
const IGNORED =
  "setCustomAttributes deleteCustomAttribute setConversationCustomAttributes deleteConversationCustomAttribute setLabel removeLabel";

function createApi(run: (call: Call) => void): Readonly<Record<string, unknown>> {
  const listen = (name: string) => (call: (detail: unknown) => void) =>
    addEventListener(`frontdesk:${name}`, (e) => call((e as CustomEvent).detail));
  const reset = (): void => run((app) => app.reset());
  const api: Record<string, unknown> = {
    toggle: (to?: string) => run((app) => app.toggle(to ? to === "open" : undefined)),
    show: () => run((app) => app.toggle(true)),
    hide: () => run((app) => app.toggle(false)),
    toggleBubbleVisibility: (to: string) => run((app) => app.bubble(to !== "hide")),
    popoutChatWindow: () => run((app) => app.popOut()),
    /** setUser(identity), or Chatwoot's setUser(id, { identity }): what the site's server signed. */
    setUser: (id: string, more?: { identity?: string }) => run((app) => app.identify(more?.identity ?? id)),
    setLocale: (locale: string) => run((app) => app.locale(pickLang([locale]))),
    setColorScheme: (mode: string) => run((app) => app.theme(mode)),
    setTheme: ({ color = "" }) => run((app) => app.color(color)),
    reset,
    logout: reset,
    onShow: listen("opened"),
    onHide: listen("closed"),
    onUnreadCountChange: listen("unread"),
  };
  for (const name of IGNORED.split(" ")) api[name] = () => warn(`${name} has no effect`);
  return Object.freeze(api);
}

async function start(): Promise<void> {
  // An element with this id is a property of the window too, but not its own.
  if (Object.keys(window).includes("frontdesk")) return warn("it is on this page already");
  const script = (document.currentScript ??
    document.querySelector("script[data-website-token]")) as HTMLScriptElement | null;
  const { dataset = {}, src = "", nonce = "" } = script ?? {};
  const { frontdeskSettings = {} } = window as { frontdeskSettings?: Given };
  const settings = readSettings(
    "page" in dataset ? { ...dataset, ...fromAddress() } : { ...dataset },
    frontdeskSettings,
  );
  const baseUrl = (settings("baseUrl") || new URL(src, location.href).origin).replace(/\/+$/, "");
  const { languages } = navigator;
  const lang = pickLang(isOn(settings, "useBrowserLanguage") ? languages : [settings("locale"), ...languages]);
  if (!settings("websiteToken")) return warn("data-website-token is missing in the script tag");

  let app: App | undefined;
  const early: Call[] = [];
  const run = (call: Call): void => void (app ? call(app) : early.push(call));
  Object.defineProperty(window, "frontdesk", { value: createApi(run), enumerable: true });

  const website = await askServer(`${baseUrl}/chat/settings?w=${encodeURIComponent(settings("websiteToken"))}`);
  if (!website) return emit("error", { code: "refused" });
  if (!document.body) await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  app = createApp({ baseUrl, settings, website, nonce, lang }, emit);
  early.forEach(run);
  emit("ready");
}

void start();
