// What the three pages share: the words of both languages, the language switch, a picture, the mark.

import { counter as zhCounter } from "./words.zh-CN";
import { counter as enCounter } from "./words.en";
import { fill, type Lang } from "../../http/browser/words";

export const LANGUAGES: readonly { readonly id: Lang; readonly text: string }[] = [
  { id: "zh-CN", text: "\u4e2d\u6587" }, // its own name: the same word in every language
  { id: "en", text: "English" },
];

/** "3号窗口", "counter 3"; a counter with a name of its own needs no word. */
export function counterName(counter: string, lang: Lang): string {
  if (!/^[A-Za-z]{0,2}\d{1,3}[A-Za-z]?$/.test(counter)) return counter;
  return fill(lang === "en" ? enCounter : zhCounter, { counter });
}

/** The word for `lang` of what the operator named, else whatever there is. */
export function named(names: Readonly<Record<string, string>> | undefined, lang: Lang, otherwise = ""): string {
  if (!names) return otherwise;
  return names[lang] ?? names[lang.split("-")[0] ?? ""] ?? Object.values(names)[0] ?? otherwise;
}

export function Icon({ path, size }: { path: string; size: number }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width={2}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}

/** One button a language, both always in view. */
export function LanguageSwitch(props: { lang: Lang; label: string; onChoose: (lang: Lang) => void }) {
  return (
    <div class="languages" role="group" aria-label={props.label}>
      {LANGUAGES.map(({ id, text }) => (
        <button key={id} type="button" lang={id} aria-pressed={props.lang === id} onClick={() => props.onChoose(id)}>
          {text}
        </button>
      ))}
    </div>
  );
}
