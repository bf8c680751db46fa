// What the views are made from, without a browser: keys, list order and window, drafts, transcript, wall, words, budgets.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { loadEnglish } from "../../../daemon/desk/pages/english";
import { canReply, matchPhrases, phraseQuery } from "../../../daemon/desk/pages/composer";
import {
  Drafts,
  keepUnsent,
  loadSettings,
  saveSettings,
  takeUnsent,
  type Store,
} from "../../../daemon/desk/pages/keep";
import { actionOf, sends, type Place } from "../../../daemon/desk/pages/keys";
import { heldOrder, moved, windowOf } from "../../../daemon/desk/pages/order";
import { caseNumber } from "../../../daemon/desk/pages/palette";
import { readRow } from "../../../daemon/desk/pages/decode";
import { signIn } from "../../../daemon/desk/pages/signin";
import { itemsOf, pieces } from "../../../daemon/desk/pages/talk/items";
import { seek, step } from "../../../daemon/desk/pages/ui";
import { agentOrder, byTrouble, totals, troubleOf } from "../../../daemon/desk/pages/wall/figures";
import type { WallQueue } from "../../../daemon/desk/pages/protocol";
import { wallWords } from "../../../daemon/desk/pages/wall/words";
import zh from "../../../daemon/desk/pages/words.zh-CN";
import en from "../../../daemon/desk/pages/words.en";
import { placeholders } from "../../../channels/http/browser/words";
import { ROOT } from "../pages/files";

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const outside: Place = { field: false, form: false, letters: true, prefixed: false, control: false };

test("every key of the table", () => {
  const table: [string, object, Partial<Place>, string | undefined][] = [
    ["F2", {}, { field: true }, "accept"],
    ["F2", { shiftKey: true }, { field: true }, "focusOffer"],
    ["j", {}, {}, "next"],
    ["k", {}, {}, "previous"],
    ["ArrowDown", {}, {}, "next"],
    ["ArrowUp", {}, {}, "previous"],
    ["Enter", {}, {}, "open"],
    ["r", {}, {}, "reply"],
    ["n", {}, {}, "note"],
    ["t", {}, {}, "transfer"],
    ["e", {}, {}, "resolve"],
    ["w", {}, {}, "why"],
    ["[", {}, {}, "previousUnread"],
    ["]", {}, {}, "nextUnread"],
    ["?", { shiftKey: true }, {}, "keys"],
    ["g", {}, {}, "prefix"],
    ["m", {}, { prefixed: true }, "mine"],
    ["q", {}, { prefixed: true }, "queue"],
    ["d", {}, { prefixed: true }, "done"],
    ["d", {}, {}, undefined],
    ["w", {}, { prefixed: true }, "wall"],
    ["k", { ctrlKey: true }, { field: true }, "palette"],
    ["Escape", {}, { field: true, form: true }, "escape"],
  ];
  for (const [key, keys, place, action] of table) {
    assert.equal(actionOf(press(key, keys), { ...outside, ...place }), action, `${key} ${JSON.stringify(place)}`);
  }
});

test("control: letters are silent in fields, in forms, with modifiers, and when switched off", () => {
  for (const place of [{ field: true }, { form: true }, { letters: false }]) {
    assert.equal(actionOf(press("e"), { ...outside, ...place }), undefined);
  }
  assert.equal(actionOf(press("e", { ctrlKey: true }), outside), undefined);
  assert.equal(actionOf(press("r", { metaKey: true }), outside), undefined, "reload stays reload");
  assert.equal(actionOf(press("Enter"), { ...outside, control: true }), undefined, "Enter on a button presses it");
});

test("Enter by the agent's setting; Ctrl+Enter always, Shift+Enter never", () => {
  assert.equal(sends(press("Enter"), true), true);
  assert.equal(sends(press("Enter"), false), false);
  assert.equal(sends(press("Enter", { ctrlKey: true }), false), true);
  assert.equal(sends(press("Enter", { shiftKey: true }), true), false);
});

test("moving in the list stops at the ends; seeking the unread goes round", () => {
  assert.deepEqual([step(["a", "b"], "b", 1), step(["a", "b"], "", 1), step([], "x", 1)], ["b", "a", ""]);
  assert.equal(
    seek(["a", "b", "c"], "c", 1, (id) => id === "a"),
    "a",
  );
  assert.equal(
    seek(["a", "b", "c"], "a", -1, (id) => id === "b"),
    "b",
  );
  assert.equal(
    seek(["a"], "a", 1, () => false),
    "",
  );
});

test("a list of 1,000 keeps at most 40 rows in the DOM, the marked one among them", () => {
  for (const top of [0, 1_000, 30_000, 67_000]) {
    for (const height of [400, 900, 4_000]) {
      const shown = windowOf(1000, 68, { top, height }, 500);
      assert.ok(shown.length <= 40, `${shown.length} rows at ${top}/${height}`);
      assert.ok(shown.includes(500));
    }
  }
  assert.deepEqual(windowOf(3, 68, { top: 0, height: 900 }, -1), [0, 1, 2]);
});

test("under the pointer rows keep their places, new ones come last, and the pill counts", () => {
  assert.deepEqual(heldOrder(["a", "b", "c"], ["c", "d", "a"]), ["a", "c", "d"]);
  assert.equal(moved(["a", "b", "c"], ["a", "b", "c"]), 0);
  assert.ok(moved(["a", "b", "c"], ["c", "a", "b"]) > 0);
});

class Memory implements Store {
  private readonly map = new Map<string, string>();
  get length(): number {
    return this.map.size;
  }
  getItem = (key: string): string | null => this.map.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.map.set(key, value);
  removeItem = (key: string): void => void this.map.delete(key);
  key = (i: number): string | null => [...this.map.keys()][i] ?? null;
}

test("drafts never cross conversations, modes or agents, and survive a reload for seven days", () => {
  const store = new Memory();
  let now = 1_000;
  const first = new Drafts(store, () => now);
  first.set("a1", "c1", "reply", "您好");
  first.set("a1", "c1", "note", "备注");
  const second = new Drafts(store, () => now);
  assert.deepEqual(
    [
      second.get("a1", "c1", "reply"),
      second.get("a1", "c1", "note"),
      second.get("a1", "c2", "reply"),
      second.get("a2", "c1", "reply"),
    ],
    ["您好", "备注", "", ""],
  );
  now += 7 * 86_400_000;
  const late = new Drafts(store, () => now);
  assert.equal(late.get("a1", "c1", "reply"), "");
  late.sweep();
  assert.equal(store.length, 0);
});

test("without storage everything works, for as long as the page lives", () => {
  const broken: Store = {
    getItem: () => {
      throw new Error("private mode");
    },
    setItem: () => {
      throw new Error("private mode");
    },
    removeItem: () => undefined,
    key: () => null,
    length: 0,
  };
  const drafts = new Drafts(broken, () => 0);
  drafts.set("a", "c", "reply", "x");
  assert.equal(drafts.get("a", "c", "reply"), "x");
  assert.equal(loadSettings(broken, ["en-GB"]).lang, "en");
});

test("unsent texts of dead pages are taken once; those of living tabs stay theirs", () => {
  const store = new Memory();
  const left = (text: string) => [{ id: "p:1", command: { type: "msg" as const, contact: "c", text }, at: 1 }];
  keepUnsent(store, "a1", "dead", left("one"));
  keepUnsent(store, "a1", "living", left("two"));
  keepUnsent(store, "a2", "dead", left("another's"));
  const taken = takeUnsent(store, "a1", new Set(["living"]), 2);
  assert.deepEqual(
    taken.map((t) => t.command.type === "msg" && t.command.text),
    ["one"],
  );
  assert.equal(takeUnsent(store, "a1", new Set(["living"]), 2).length, 0);
  assert.equal(store.length, 2);
});

test("settings: what is strange becomes the default", () => {
  const store = new Memory();
  store.setItem("fd:desk:settings", JSON.stringify({ lang: "fr", theme: "dark", volume: 7, letters: false }));
  const s = loadSettings(store, ["zh-TW"]);
  assert.deepEqual([s.lang, s.theme, s.volume, s.letters, s.soundOffer], ["zh-CN", "dark", 0.6, false, true]);
  saveSettings(store, { ...s, counter: "3" });
  assert.equal(loadSettings(store, []).counter, "3");
});

test("phrases: a slash at the start asks, what follows filters", () => {
  assert.deepEqual(
    [phraseQuery("/"), phraseQuery("/发票"), phraseQuery("a/b"), phraseQuery("/a\nb")],
    ["", "发票", undefined, undefined],
  );
  const list = [
    { id: "hello", zh: "您好", en: "Hello", kinds: [] },
    { id: "bye", zh: "再见", en: "Goodbye", kinds: [] },
  ];
  assert.deepEqual(
    matchPhrases(list, "good").map((p) => p.id),
    ["bye"],
  );
});

test("nobody writes to a customer who stands at the counter", () => {
  assert.equal(canReply(readRow({ id: "c", state: "active", ticket: "A001" })), false);
  assert.equal(canReply(readRow({ id: "c", state: "active" })), true);
});

test("case numbers as people type them", () => {
  assert.deepEqual(["20261124-000123", "20261124000123", "20261124-123", "2026", "abc"].map(caseNumber), [
    "20261124-000123",
    "20261124-000123",
    "20261124-000123",
    "",
    "",
  ]);
});

test("sign-in: every answer is a value", async () => {
  const answer = (status: number, body: unknown, headers = {}) =>
    signIn("1024", "x", async () => new Response(JSON.stringify(body), { status, headers }));
  assert.deepEqual(await answer(200, { agent: "a1024" }), { kind: "in", agent: "a1024" });
  assert.deepEqual(await answer(401, { error: { code: "sign_in_failed" } }), { kind: "wrong" });
  assert.deepEqual(await answer(429, { error: { seconds: 42 } }), { kind: "wait", seconds: 42 });
  assert.deepEqual(await answer(429, {}, { "Retry-After": "7" }), { kind: "wait", seconds: 7 });
  assert.deepEqual(await answer(503, {}), { kind: "unreachable" });
  assert.deepEqual(await answer(400, { error: { code: "bad_request" } }), { kind: "refused", code: "bad_request" });
  assert.deepEqual(await signIn("1", "x", async () => Promise.reject(new Error("off"))), { kind: "unreachable" });
});

test("notes stand by time between the lines; links are http only", () => {
  const line = (seq: number, at: number) =>
    ({
      seq,
      at,
      by: "customer",
      kind: "text",
      text: "",
      event: "",
      name: { zh: "", en: "" },
      no: "",
      agent: "",
      cid: "",
    }) as const;
  const note = (at: number) => ({ at, agent: "a", text: "" });
  assert.deepEqual(
    itemsOf([line(1, 10), line(2, 30)], [note(20), note(40)]).map((i) => i.group),
    ["customer", "note", "customer", "note"],
  );
  assert.equal(itemsOf([line(60, 100)], [note(20)]).length, 1, "a note of lines that are not here yet waits for them");
  assert.deepEqual(
    pieces("看 https://a.example/x。javascript:alert(1)").map((p) => p.href),
    ["", "https://a.example/x", ""],
  );
});

test("the wall puts trouble first and adds up what it shows", () => {
  const q = (id: string, waiting: number, age: number, free: number, alarm: WallQueue["alarm"], paused = false) => ({
    id,
    waiting,
    oldest_at: waiting ? 1_000_000 - age : 0,
    free,
    paused,
    alarm,
  });
  const queues = [
    q("calm", 1, 5_000, 3, ""),
    q("held", 2, 9_000, 0, "", true),
    q("none", 2, 60_000, 0, "no_free"),
    q("long", 1, 400_000, 1, "long_wait", true),
    q("idle", 0, 0, 2, ""),
  ];
  assert.deepEqual(
    byTrouble(queues).map((one) => one.id),
    ["long", "none", "held", "calm", "idle"],
  );
  assert.deepEqual(queues.map(troubleOf), ["", "paused", "noFree", "long", ""]);
  const agent = (id: string, state: "available" | "not_responding" | "offline") =>
    ({
      id,
      no: id,
      name: { zh: id, en: id },
      state,
      reason: "",
      since: 0,
      used: 0,
      total: 100,
      teams: [],
      counter: "",
      unattended: [],
    }) as const;
  const agents = [agent("1", "offline"), agent("2", "available"), agent("3", "not_responding")];
  const sum = totals(queues, agents);
  assert.deepEqual([sum.waiting, sum.oldest_at, sum.free, sum.online, sum.notResponding], [6, 600_000, 6, 1, 1]);
  assert.deepEqual(
    agentOrder(agents, "").map((a) => a.id),
    ["3", "2", "1"],
  );
});

type Tree = { readonly [key: string]: string | Tree };
const flat = (tree: Tree, at = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${at}${key}`, value] as [string, string]] : flat(value, `${at}${key}.`),
  );
const HAN = /[㐀-鿿]/;

test("both languages say the same with the same placeholders", () => {
  const english = new Map(flat(en as unknown as Tree));
  for (const [key, text] of flat(wallWords as unknown as Tree)) {
    const other = english.get(key) ?? "";
    assert.ok(text !== "" && other !== "", key);
    assert.deepEqual(placeholders(text), placeholders(other), key);
    assert.ok(!HAN.test(other), `${key} is not English`);
  }
});

test("no Han and no innerHTML outside words files; no style attribute as text", () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "daemon/desk/pages"], { cwd: ROOT })
    .toString()
    .split("\n")
    .filter((name) => /\.tsx?$/.test(name) && !/words\.|languages\.ts/.test(name));
  assert.ok(files.length > 30);
  for (const path of files) {
    const code = readFileSync(join(ROOT, path), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.ok(!HAN.test(code), path);
    assert.ok(!/innerHTML|dangerouslySet|style="|setAttribute\("style/.test(code), path);
  }
});

test("English is loaded only when its keys are those of this page", async () => {
  const out = mkdtempSync(join(tmpdir(), "fd-desk-"));
  writeFileSync(join(out, "whole.mjs"), `export default ${JSON.stringify(en)}`);
  writeFileSync(join(out, "holes.mjs"), `export default ${JSON.stringify({ ...en, login: {} })}`);
  assert.equal((await loadEnglish(zh, join(out, "whole.mjs")))?.login.go, "Sign in");
  assert.equal(await loadEnglish(zh, join(out, "holes.mjs")), undefined);
  assert.equal(await loadEnglish(zh, join(out, "missing.mjs")), undefined);
  const { wall: _none, ...desk } = en;
  writeFileSync(join(out, "desk.mjs"), `export default ${JSON.stringify(desk)}`);
  assert.equal((await loadEnglish(zh, join(out, "desk.mjs")))?.login.go, "Sign in");
  assert.equal(await loadEnglish(wallWords, join(out, "desk.mjs")), undefined, "the wall has sentences of its own");
});

/** The desk alone is the page with its wall taken out; the wall is what it adds. */
test("budgets: desk 60 kB, wall 10 kB more, gzip, script and sheet", () => {
  const out = mkdtempSync(join(tmpdir(), "fd-desk-"));
  const dir = join(ROOT, "daemon/desk/pages");
  const absolute = (text: string): string =>
    text.replace(/"(\.\.?\/[^"]*)"/g, (_, path: string) => `"${join(dir, path)}"`);
  const main = readFileSync(join(dir, "main.tsx"), "utf8");
  const wallParts = /import { (\w+) } from "\.\/wall\/\w+";/g;
  assert.equal(main.match(wallParts)?.length, 2, "the wall's view and its words");
  writeFileSync(join(out, "alone.tsx"), absolute(main.replace(wallParts, "const $1 = () => null;")));
  const sheet = readFileSync(join(dir, "desk.css"), "utf8");
  writeFileSync(join(out, "alone-sheet.css"), absolute(sheet.replace('@import "./wall/wall.css";', "")));
  const bundle = (entry: string, ...more: string[]): Buffer =>
    execFileSync(
      "esbuild",
      [entry, "--bundle", "--minify", "--charset=ascii", "--legal-comments=none", "--log-level=error", ...more],
      { cwd: ROOT, env: { ...process.env, NODE_PATH: join(ROOT, "channels/http/browser/node_modules") } },
    );
  const script = ["--jsx=automatic", "--jsx-import-source=preact", "--target=es2020", "--format=esm"];
  const size = (bytes: Buffer): number => gzipSync(bytes, { level: 9 }).length;
  const whole = bundle(join(dir, "main.tsx"), ...script);
  assert.ok(
    whole.every((byte) => byte < 128),
    "pure ASCII",
  );
  const desk = size(bundle(join(out, "alone.tsx"), ...script)) + size(bundle(join(out, "alone-sheet.css")));
  const wall = size(whole) + size(bundle(join(dir, "desk.css"))) - desk;
  assert.ok(desk <= 60_000, `desk ${desk} bytes`);
  assert.ok(wall > 0 && wall <= 10_000, `wall ${wall} bytes`);
  const english = size(bundle(join(dir, "words.en.ts"), "--format=esm"));
  assert.ok(desk + english <= 66_000, `with English ${desk + english} bytes`);
});
