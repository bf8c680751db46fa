// Language choice, placeholders, plural. The words themselves live beside each face, one typed object a language.

export type Lang = "zh-CN" | "en";

/** The first wanted language we speak ("zh", "zh-Hans-CN", "en_GB" …), else `fallback`. */
export function pickLang(wanted: readonly (string | null | undefined)[], fallback: Lang = "en"): Lang {
  for (const tag of wanted) {
    const primary = (tag ?? "").toLowerCase().split(/[-_]/)[0];
    if (primary === "zh") return "zh-CN";
    if (primary === "en") return "en";
  }
  return fallback;
}

export type Values = Readonly<Record<string, string | number>>;

/** `fill("{n} ahead", { n: 3 })`; a value that is missing leaves nothing behind. */
export function fill(template: string, values: Values = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** "one|other": the first form for exactly 1, else the second; a template with one form serves all. Fills `{n}` too. */
export function plural(template: string, n: number, values: Values = {}): string {
  const [one = "", other = one] = template.split("|");
  return fill(n === 1 ? one : other, { n, ...values });
}

/** The placeholders of a template, sorted: languages must agree on them. */
export function placeholders(template: string): string[] {
  return [...new Set([...template.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ""))].sort();
}

const zhTime = {
  today: "今天",
  yesterday: "昨天",
  weekdays: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
  date: "{m}月{d}日 {weekday}",
  year: "{year}年{date}",
  days: "{d}天{h}小时",
  s: "{n} 秒",
  min: "{n} 分钟",
  h: "{n} 小时",
  d: "{n} 天",
};
const enTime: typeof zhTime = {
  today: "Today",
  yesterday: "Yesterday",
  weekdays: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
  date: "{weekday} {d} {month}",
  year: "{date} {year}",
  days: "{d} d {h} h",
  s: "{n} s",
  min: "{n} min",
  h: "{n} h",
  d: "{n} d",
};
/** The words of format.ts. */
export const TIME_WORDS: Readonly<Record<Lang, typeof zhTime>> = { "zh-CN": zhTime, en: enTime };
