import assert from "node:assert/strict";
import test from "node:test";
import * as widget from "../../../channels/chat/widget/time";
import en from "../../../channels/chat/widget/words.en.json";
import zh from "../../../channels/chat/widget/words.zh-CN.json";
import * as f from "../../../channels/http/browser/format";
import { fill, pickLang, placeholders, plural, type Lang } from "../../../channels/http/browser/words";

const ZONE = "Asia/Shanghai";
const at = (text: string): number => Date.parse(`${text}+08:00`);
const NOW = at("2026-11-24T14:05:20");

function table(rows: [unknown, string, string][], show: (value: never, lang: Lang) => string): void {
  for (const [value, zh, en] of rows) {
    assert.equal(show(value as never, "zh-CN"), zh);
    assert.equal(show(value as never, "en"), en);
  }
}

test("times of a list", () =>
  table(
    [
      [at("2026-11-24T00:00:00"), "00:00", "00:00"],
      [at("2026-11-24T14:05:20"), "14:05", "14:05"],
      [at("2026-11-23T23:59:59"), "昨天", "Yesterday"],
      [at("2026-11-20T09:00:00"), "11-20", "20 Nov"],
      [at("2025-12-31T09:00:00"), "2025-12-31", "31 Dec 2025"],
    ],
    (value: number, lang) => f.listTime(value, NOW, lang, ZONE),
  ));

test("day lines of a transcript", () =>
  table(
    [
      [at("2026-11-24T00:00:00"), "今天", "Today"],
      [at("2026-11-23T10:00:00"), "昨天", "Yesterday"],
      [at("2026-11-20T10:00:00"), "11月20日 周五", "Fri 20 Nov"],
      [at("2025-11-24T10:00:00"), "2025年11月24日 周一", "Mon 24 Nov 2025"],
    ],
    (value: number, lang) => f.dayLine(value, NOW, lang, ZONE),
  ));

test("the zone decides the day", () => {
  const midnight = at("2026-11-24T00:30:00");
  assert.equal(f.clock(midnight, ZONE), "00:30");
  assert.equal(f.clock(midnight, "UTC"), "16:30");
  assert.equal(f.sameDay(midnight, NOW, ZONE), true);
  assert.equal(f.sameDay(midnight, NOW, "UTC"), false);
  assert.equal(f.clockSeconds(NOW, ZONE), "14:05:20");
});

test("the widget tells the time as the other pages do", () => {
  for (const offset of [0, 7, 24, 24 * 40, 24 * 80, 24 * 200, 24 * 400].map((hours) => hours * 3_600_000)) {
    const at = NOW - offset;
    assert.equal(widget.clock(at), f.clock(at));
    assert.equal(widget.sameDay(at, NOW), f.sameDay(at, NOW));
    assert.equal(widget.dayLine(at, NOW, zh, "zh-CN"), f.dayLine(at, NOW, "zh-CN"));
    assert.equal(widget.dayLine(at, NOW, en, "en"), f.dayLine(at, NOW, "en"));
  }
});

test("hover: date, seconds, zone", () => {
  assert.equal(f.fullTime(NOW, ZONE), "2026-11-24 14:05:20 UTC+8");
  assert.equal(f.fullTime(NOW, "UTC"), "2026-11-24 06:05:20 UTC");
  assert.equal(f.fullTime(NOW, "Asia/Kolkata"), "2026-11-24 11:35:20 UTC+5:30");
  assert.equal(f.fullTime(NOW, "America/New_York"), "2026-11-24 01:05:20 UTC-5");
});

test("countdowns: zero exactly when due, late ones negative", () =>
  table(
    [
      [245_000, "4:05", "4:05"],
      [244_001, "4:05", "4:05"],
      [7_100_000, "1:58:20", "1:58:20"],
      [2 * 86_400_000 + 3 * 3_600_000, "2天3小时", "2 d 3 h"],
      [1, "0:01", "0:01"],
      [0, "0:00", "0:00"],
      [-999, "0:00", "0:00"],
      [-1000, "-0:01", "-0:01"],
      [-245_000, "-4:05", "-4:05"],
      [-90_000_000, "-1天1小时", "-1 d 1 h"],
    ],
    (value: number, lang) => f.countdown(value, lang),
  ));

test("time gone by, and durations in words", () => {
  table(
    [
      [42_999, "0:42", "0:42"],
      [-5, "0:00", "0:00"],
      [7_100_000, "1:58:20", "1:58:20"],
    ],
    (value: number, lang) => f.elapsed(value, lang),
  );
  table(
    [
      [42_000, "42 秒", "42 s"],
      [360_000, "6 分钟", "6 min"],
      [7_200_000, "2 小时", "2 h"],
      [3 * 86_400_000, "3 天", "3 d"],
    ],
    (value: number, lang) => f.duration(value, lang),
  );
  assert.deepEqual([0, 20, 89, 91, 240].map(f.wholeMinutes), [1, 1, 1, 2, 4]);
});

test("numbers", () => {
  assert.equal(f.count(12345), "12,345");
  assert.deepEqual([1, 99, 100].map(f.badge), ["1", "99", "99+"]);
  assert.equal(f.percent(0.823), "82 %");
  assert.equal(f.characters("𠮷🙂a"), 3);
});

test("masked phones never show more than they should", () => {
  const shown = (text: string): string => f.maskPhone(text);
  assert.equal(shown("13812345678"), "138 **** 5678");
  assert.equal(shown("+86 138-1234-5678"), "138 **** 5678");
  assert.equal(shown("008613812345678"), "138 **** 5678");
  assert.equal(shown("010-12345678"), "010 **** 5678");
  assert.equal(shown("87654321"), "87 **** 21");
  assert.equal(shown("95588"), "**** 8");
  assert.equal(shown("1234"), "****");
  for (let n = 0; n < 20; n++) {
    const digits = "12345678901234567890".slice(0, n);
    assert.ok(shown(digits).replace(/\D/g, "").length <= Math.max(0, n - 4), digits);
  }
});

test("language, placeholders, plural", () => {
  assert.equal(pickLang(["fr-FR", "zh-Hant-TW", "en"]), "zh-CN");
  assert.equal(pickLang([undefined, "en_GB"]), "en");
  assert.equal(pickLang(["fr"], "zh-CN"), "zh-CN");
  assert.equal(fill("{a}{b}-{a}", { a: 1, b: "x" }), "1x-1");
  assert.equal(fill("{missing}."), ".");
  assert.equal(plural("{n} line|{n} lines", 1), "1 line");
  assert.equal(plural("{n} line|{n} lines", 0), "0 lines");
  assert.equal(plural("{n} 条", 1), "1 条");
  assert.deepEqual(placeholders("{b} {a} {b}"), ["a", "b"]);
});
