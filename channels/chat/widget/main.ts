// The one file a site loads: reads its settings, asks the server whether this page is welcome, puts up the widget, and
// gives the site one global, `frontdesk`.

import { createApp, type App } from "./app";
import { isOn, readSettings, type Given, type Website } from "./settings";

type Call = (app: App) => unknown;

const warn = (text: string): void => console.warn(`frontdesk: ${text}`);

const emit = (name: string, detail?: unknown): void =>
  void dispatchEvent(new CustomEvent(`frontdesk:${name}`, { detail }));

const RETRY_MS = 5_000;
const RETRY_MAX_MS = 160_000;

/** Until a server answers that this script understands, also that we are not welcome. Pages do not come back all at once. */
async function askServer(url: string): Promise<Website | void> {
  for (let wait = RETRY_MS; ; wait = Math.min(2 * wait, RETRY_MAX_MS)) {
    try {
      const answer = await fetch(url, { credentials: "omit" });
      if (answer.status < 500 && answer.status !== 429) {
        const website = (await answer.json()) as Website;
        if (website.error) return warn(website.error.message);
        if (website.words && website.css) return website;
      }
    } catch (error) {
      if (wait === RETRY_MS) warn(`${error}: ${url}; does connect-src of this page allow it?`);
    }
    if (wait === RETRY_MS) emit("error", { code: "unreachable" });
    await new Promise((done) => setTimeout(done, wait * (0.5 + Math.random() / 2)));
  }
}

/** Methods of other widgets that mean nothing here: a site that moves over must not break. */
const IGNORED =
  "setCustomAttributes deleteCustomAttribute setConversationCustomAttributes deleteConversationCustomAttribute setLabel removeLabel";

function createApi(
  run: (call: Call) => void,
  ask: (wanted: readonly string[]) => Promise<Website | void>,
): Readonly<Record<string, unknown>> {
  const listen = (name: string) => (call: (detail: unknown) => void) =>
    addEventListener(`frontdesk:${name}`, (e) => call((e as CustomEvent).detail));
  const reset = (): void => run((app) => app.reset());
  let asked = 0; // the last wish holds, whichever answer comes last
  const api: Record<string, unknown> = {
    toggle: (to?: string) => run((app) => app.toggle(to ? to === "open" : undefined)),
    show: () => run((app) => app.toggle(true)),
    hide: () => run((app) => app.toggle(false)),
    toggleBubbleVisibility: (to: string) => run((app) => app.bubble(to !== "hide")),
    popoutChatWindow: () => run((app) => app.popOut()),
    /** setUser(identity), or Chatwoot's setUser(id, { identity }): what the site's server signed. */
    setUser: (id: string, more?: { identity?: string }) => run((app) => app.identify(more?.identity ?? id)),
    setLocale: (locale: string) =>
      run(async (app) => {
        const mine = ++asked;
        const website = await ask([locale]);
        if (website && mine === asked) app.locale(website);
      }),
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
  const settings = readSettings(dataset, frontdeskSettings);
  const baseUrl = (settings("baseUrl") || new URL(src, location.href).origin).replace(/\/+$/, "");
  // On our own page /chat/TOKEN the address is the setting.
  const websiteToken = isOn(settings, "page")
    ? location.pathname.split("/").pop()
    : encodeURIComponent(settings("websiteToken"));
  if (!websiteToken) return warn("data-website-token is missing in the script tag");

  const ask = (wanted: readonly string[]): Promise<Website | void> =>
    askServer(`${baseUrl}/chat/settings?w=${websiteToken}&l=${encodeURIComponent(wanted.join())}`);
  let app: App | undefined;
  const early: Call[] = [];
  const run = (call: Call): void => void (app ? call(app) : early.push(call));
  Object.defineProperty(window, "frontdesk", { value: createApi(run, ask), enumerable: true });

  const { languages } = navigator;
  const website = await ask(isOn(settings, "useBrowserLanguage") ? languages : [settings("locale"), ...languages]);
  if (!website) return emit("error", { code: "refused" });
  if (!document.body) await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  app = createApp({ baseUrl, websiteToken, settings, website, nonce, renew: (lang) => ask([lang]) }, emit);
  early.forEach(run);
  emit("ready");
}

void start();
