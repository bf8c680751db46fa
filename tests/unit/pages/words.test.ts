import assert from "node:assert/strict";
import test from "node:test";
import type { Words } from "../../../channels/chat/widget/settings";
import en from "../../../channels/chat/widget/words.en.json";
import zh from "../../../channels/chat/widget/words.zh-CN.json";
import { placeholders, TIME_WORDS } from "../../../channels/http/browser/words";
import { list, read } from "./files";

const HAN = /[\u3400-\u9fff]/;

/** Keys whose placeholders differ. */
const unlike = (a: Record<string, string>, b: Record<string, string>): string[] =>
  Object.keys(a).filter((key) => String(placeholders(a[key] ?? "")) !== String(placeholders(b[key] ?? "")));

test("both languages say the same with the same placeholders", () => {
  const both: readonly Words[] = [zh, en]; // a missing key does not compile
  assert.deepEqual(new Set(both.map((words) => String(Object.keys(words).sort()))).size, 1);
  assert.deepEqual(unlike(zh, en), []);
  for (const [key, text] of Object.entries(en)) assert.ok(text && !HAN.test(text), key);
  for (const [key, text] of Object.entries(zh)) assert.ok(HAN.test(text) || key === "emojis", key);
  assert.equal(zh.emojis.split(" ").length, 24);
});

test("control: a forgotten placeholder is seen", () =>
  assert.deepEqual(unlike({ a: "{n} 位" }, { a: "ahead" }), ["a"]));

test("time words too, but for the order of a date", () => {
  const { weekdays: z, date: zhDate, ...zhRest } = TIME_WORDS["zh-CN"];
  const { weekdays: e, date: enDate, ...enRest } = TIME_WORDS.en;
  assert.equal(z.length, 7);
  assert.equal(e.length, 7);
  assert.ok(zhDate && enDate);
  assert.deepEqual(unlike(zhRest, enRest), []);
});

test("no Han outside words files", () => {
  const files = [...list("channels/chat/widget", ".ts"), ...list("channels/http/browser", ".ts")];
  for (const path of files.filter((name) => !/words/.test(name))) {
    const code = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.ok(!HAN.test(code), path);
  }
});
