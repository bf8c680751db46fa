// What the site says about its widget: attributes of the script tag, or window.frontdeskSettings with Chatwoot's names.
// And what the server says about the website: GET /chat/settings.

import type { Lang } from "../../http/browser/words";
import type zh from "./words.zh-CN.json";

/** The widget's own words come with the answer, in the language of the answer. */
export type Words = typeof zh;

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

/** The answer of GET /chat/settings?w=TOKEN&l=LANGUAGES, in the first of them that the server speaks. */
export interface Website {
  readonly error?: { readonly message: string }; // this page is not welcome
  readonly name: string;
  readonly greeting: string;
  readonly topics: readonly { readonly id: string; readonly name: string }[];
  readonly phone?: string;
  readonly mail?: string;
  readonly lang: Lang;
  readonly words: Words;
}
