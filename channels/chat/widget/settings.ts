// What the site says about its widget: attributes of the script tag, or window.frontdeskSettings with Chatwoot's names.
// And what the server says about the website: GET /chat/settings.

import type { Lang } from "../../http/browser/words";
import type zh from "./words.zh-CN.json";

/** The widget's style sheet and words come with the answer, the words in its language. */
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

/** One field of the form before the first message. */
export interface Question {
  readonly key: string;
  readonly type: "text" | "phone" | "email" | "list";
  readonly label: string;
  readonly required: boolean;
  readonly pattern?: string;
  readonly mode?: string; // inputmode and autocomplete
  readonly options?: readonly { readonly id: string; readonly name: string }[];
}

/** The answer of GET /chat/settings?w=TOKEN&l=LANGUAGES, in the first of them that the server speaks. */
export interface Website {
  readonly error?: { readonly message: string }; // this page is not welcome
  readonly name: string;
  readonly greeting: string;
  readonly topics: readonly { readonly id: string; readonly name: string }[];
  readonly consent?: { readonly version: string; readonly text: string; readonly url?: string };
  readonly prechat?: readonly Question[];
  readonly phone?: string;
  readonly mail?: string;
  readonly lang: Lang;
  readonly words: Words;
  readonly css: string;
}
