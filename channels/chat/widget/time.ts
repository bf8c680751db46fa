// Times in the browser's own zone, in the language of the words. 24 h always.

import { fill, type Lang } from "../../http/browser/words";
import type { Words } from "./settings";

/** 14:05 */
export const clock = (at: number): string => new Date(at).toTimeString().slice(0, 5);

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

export const sameDay = (a: number, b: number): boolean => midnight(a) === midnight(b);

/** Separator of a transcript: today, yesterday, else month, day and weekday, with the year if it is another. */
export function dayLine(at: number, now: number, words: Words, lang: Lang): string {
  const age = Math.round((midnight(now) - midnight(at)) / 86_400_000); // a day may have 23 hours
  if (!age) return words.today;
  if (age === 1) return words.yesterday;
  const date = new Date(at);
  const year = date.getFullYear();
  return fill(year === new Date(now).getFullYear() ? words.date : words.dateYear, {
    year,
    month: date.toLocaleDateString(lang, { month: "short" }),
    d: date.getDate(),
    weekday: date.toLocaleDateString(lang, { weekday: "short" }),
  });
}
