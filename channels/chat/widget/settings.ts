// What the site says about its widget: attributes of the script tag, or window.frontdeskSettings with Chatwoot's names.
// And what the server says about the website: GET /chat/settings.

import type { Lang } from "../../http/browser/words";

/** All are texts; a switch is on when it says "true" (or stands in the script tag without a value). */
export type Setting =
  | "baseUrl"
  | "websiteToken"
  | "locale"
  | "useBrowserLanguage"
  | "position" // "left", else right
  | "darkMode" // "light", "dark", else by the system
  | "type" // "expanded_bubble": the launcher has a text
  | "launcherTitle"
  | "hideMessageBubble"
  | "showPopoutButton"
  | "welcomeTitle"
  | "welcomeDescription"
  | "availableMessage"
  | "unavailableMessage"
  | "color"
  | "cookieDomain" // sub-domains share the visitor
  | "identity" // signed, of a customer who signed in
  | "page"; // our own page: the widget fills it

export type Settings = (name: Setting) => string;

export type Given = Readonly<Record<string, unknown>>;

/** `tag`: data-… of the script, it wins; `page`: window.frontdeskSettings. */
export const readSettings =
  (tag: Given, page: Given): Settings =>
  (name) =>
    tag[name] === "" ? "true" : String(tag[name] ?? page[name] ?? "").trim();

export const isOn = (settings: Settings, name: Setting): boolean => settings(name) === "true";

type Texts = Readonly<Record<string, string>>; // by language: zh, en

/** The answer of GET /chat/settings?w=TOKEN. */
export interface Website {
  readonly allowed: boolean;
  readonly name?: Texts;
  readonly greeting?: Texts;
  readonly topics?: readonly { readonly id: string; readonly name: Texts }[];
  readonly phone?: string;
  readonly mail?: string;
}

/** In the wanted language, else in any. */
export const inLang = (texts: Texts = {}, lang: Lang): string =>
  texts[lang.slice(0, 2)] ?? texts[Object.keys(texts)[0] ?? ""] ?? "";
