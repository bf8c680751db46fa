// Times, countdowns, durations, numbers and phones, in both languages. 24 h always. Zone: an IANA name, or undefined for
// the browser's own. Instants are ms since 1970 in the server's time; callers apply the offset of `welcome.at`.

import { TIME_WORDS, fill, type Lang } from "./words";

interface Parts {
  readonly year: number;
  readonly month: number; // 1…12
  readonly day: number;
  readonly weekday: number; // 0 = Sunday
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string | undefined): Intl.DateTimeFormat {
  const key = zone ?? "";
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    } as Intl.DateTimeFormatOptions);
    formatters.set(key, found);
  }
  return found;
}

function parts(at: number, zone?: string): Parts {
  const found: Record<string, string> = {};
  for (const part of formatter(zone).formatToParts(at)) found[part.type] = part.value;
  const year = Number(found.year);
  const month = Number(found.month);
  const day = Number(found.day);
  return {
    year,
    month,
    day,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
    hour: found.hour ?? "",
    minute: found.minute ?? "",
    second: found.second ?? "",
  };
}

/** Days since 1970 of the calendar day, for "yesterday" across months and daylight saving. */
function dayNumber(p: Parts): number {
  return Date.UTC(p.year, p.month - 1, p.day) / 86_400_000;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n: number): string => String(n).padStart(2, "0");

/** 14:05 */
export function clock(at: number, zone?: string): string {
  const p = parts(at, zone);
  return `${p.hour}:${p.minute}`;
}

/** 14:05:20 */
export function clockSeconds(at: number, zone?: string): string {
  const p = parts(at, zone);
  return `${p.hour}:${p.minute}:${p.second}`;
}

/** Short time of a list row: today 14:05, yesterday 昨天/Yesterday, else 11-20 / 20 Nov, with the year if it is another. */
export function listTime(at: number, now: number, lang: Lang, zone?: string): string {
  const p = parts(at, zone);
  const today = parts(now, zone);
  const age = dayNumber(today) - dayNumber(p);
  if (age === 0) return `${p.hour}:${p.minute}`;
  if (age === 1) return TIME_WORDS[lang].yesterday;
  const other = p.year !== today.year;
  if (lang === "en") return `${p.day} ${MONTHS[p.month - 1]}${other ? ` ${p.year}` : ""}`;
  return `${other ? `${p.year}-` : ""}${two(p.month)}-${two(p.day)}`;
}

/** Separator of a transcript: today, yesterday, else month, day and weekday, with the year if it is another. */
export function dayLine(at: number, now: number, lang: Lang, zone?: string): string {
  const p = parts(at, zone);
  const today = parts(now, zone);
  const words = TIME_WORDS[lang];
  const age = dayNumber(today) - dayNumber(p);
  if (age === 0) return words.today;
  if (age === 1) return words.yesterday;
  const month = MONTHS[p.month - 1] ?? "";
  const day = fill(words.date, { weekday: words.weekdays[p.weekday] ?? "", d: p.day, m: p.month, month });
  return p.year === today.year ? day : fill(words.year, { year: p.year, date: day });
}

/** Do both instants fall on one calendar day? */
export function sameDay(a: number, b: number, zone?: string): boolean {
  return dayNumber(parts(a, zone)) === dayNumber(parts(b, zone));
}

/** For the hover: 2026-11-24 14:05:20 UTC+8 */
export function fullTime(at: number, zone?: string): string {
  const p = parts(at, zone);
  const date = `${p.year}-${two(p.month)}-${two(p.day)}`;
  return `${date} ${p.hour}:${p.minute}:${p.second} ${offsetName(at, p)}`;
}

function offsetName(at: number, p: Parts): string {
  const local = Date.UTC(p.year, p.month - 1, p.day, Number(p.hour), Number(p.minute), Number(p.second));
  const minutes = Math.round((local - Math.floor(at / 1000) * 1000) / 60_000);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60;
  return `UTC${minutes < 0 ? "-" : "+"}${Math.floor(size / 60)}${rest ? `:${two(rest)}` : ""}`;
}

/** Whole seconds as 4:05, 1:58:20, over a day 2天3小时 / 2 d 3 h. */
function spell(seconds: number, lang: Lang): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return fill(TIME_WORDS[lang].days, { d: days, h: hours });
  const tail = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** Time left in ms; a negative one is late: -4:05. Reaches 0:00 exactly when it is due. */
export function countdown(left_ms: number, lang: Lang): string {
  const seconds = Math.ceil(left_ms / 1000);
  return seconds < 0 ? `-${spell(-seconds, lang)}` : spell(seconds, lang);
}

/** Time gone by in ms, counting up: 0:42, 1:58:20, 2天3小时 / 2 d 3 h. */
export function elapsed(ms: number, lang: Lang): string {
  return spell(Math.max(0, Math.floor(ms / 1000)), lang);
}

/** In words, coarse: 42 秒 / 42 s, 6 分钟 / 6 min, 2 小时 / 2 h, 3 天 / 3 d; rounded to the nearest. */
export function duration(ms: number, lang: Lang): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const words = TIME_WORDS[lang];
  if (seconds < 60) return fill(words.s, { n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return fill(words.min, { n: minutes });
  const hours = Math.round(minutes / 60);
  if (hours < 48) return fill(words.h, { n: hours });
  return fill(words.d, { n: Math.round(hours / 24) });
}

/** An estimate in whole minutes, never less than one. */
export function wholeMinutes(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60));
}

/** 1,234 in both languages; no 万 in counters. */
export function count(n: number): string {
  return new Intl.NumberFormat("en").format(n);
}

/** A badge: 1 … 99, then 99+. */
export function badge(n: number): string {
  return n > 99 ? "99+" : String(n);
}

/** A share of 0…1 as 82 %. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** 138 **** 5678: at least four digits stay hidden; a text with fewer than five digits is hidden whole. */
export function maskPhone(text: string): string {
  let digits = text.replace(/\D/g, "");
  if (/^(00)?86\d{11}$/.test(digits)) digits = digits.slice(-11);
  const n = digits.length;
  if (n >= 11) return `${digits.slice(0, 3)} **** ${digits.slice(-4)}`;
  if (n >= 7) return `${digits.slice(0, n - 6)} **** ${digits.slice(-2)}`;
  return n > 4 ? `**** ${digits.slice(4)}` : "****";
}

/** Characters as a person counts them (an emoji or a Han character outside the BMP is one). */
export function characters(text: string): number {
  return [...text].length;
}
