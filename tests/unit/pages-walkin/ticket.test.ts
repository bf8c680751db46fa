// The ticket on a phone: states, questions and their pace, leaving. Then words, budgets and rules of all three pages.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { counterName, named } from "../../../channels/walkin/pages/pieces";
import type { Answer } from "../../../channels/walkin/pages/rest";
import {
  initial,
  isOver,
  isStale,
  justCalled,
  mayLeave,
  nextPoll,
  phaseOf,
  reduce,
  STALE_MS,
  type Event,
  type Phase,
  type Ticket,
} from "../../../channels/walkin/pages/ticket";
import { said, wordsOf } from "../../../channels/walkin/pages/ticket.view";
import * as en from "../../../channels/walkin/pages/words.en";
import * as zh from "../../../channels/walkin/pages/words.zh-CN";
import { placeholders } from "../../../channels/http/browser/words";
import { list, read, ROOT } from "../pages/files";

const NOW = 1_795_507_200_000;
const seen = (state: string, more = {}): Answer => ({
  kind: "ok",
  body: { number: "A023", name: { zh: "维修", en: "Repair" }, state, ahead: 2, est_wait_s: 400, ...more },
});
const play = (...events: Event[]): Ticket => events.reduce((state, event) => reduce(state, event, NOW), initial(NOW));
const heard = (answer: Answer): Ticket => play({ type: "answer", answer });

test("every state of the router has its phase", () => {
  const rows: [string, string, Phase, boolean, boolean][] = [
    ["scheduled", "", "waiting", true, false],
    ["queued", "", "waiting", true, false],
    ["offered", "", "waiting", true, false],
    ["connecting", "", "called", true, false],
    ["active", "", "serving", false, false],
    ["paused", "", "serving", false, false],
    ["wrapup", "", "done", false, true],
    ["abandoned", "", "absent", false, false],
    ["closed", "resolved", "done", false, true],
    ["closed", "ended", "done", false, true],
    ["closed", "abandoned", "canceled", false, true],
    ["closed", "canceled", "canceled", false, true],
    ["closed", "no_show", "noShow", false, true],
    ["closed", "expired", "expired", false, true],
  ];
  for (const [state, reason, phase, leave, over] of rows) {
    const ticket = heard(seen(state, { reason }));
    assert.ok(ticket.look);
    assert.deepEqual(
      [phaseOf(ticket.look), mayLeave(ticket), isOver(ticket)],
      [phase, leave, over],
      `${state} ${reason}`,
    );
    assert.equal(nextPoll(ticket, false, 0.5) === undefined, over, "asked until it is over, and no longer");
    for (const lang of ["zh-CN", "en"] as const) assert.ok(said(wordsOf(lang), ticket.look, lang)[0]);
  }
});

test("who was not there is told so, and what happens now, until the number is called again", () => {
  const missed = (state: string, more = {}): Ticket => heard(seen(state, { missed: true, ...more }));
  const phase = (ticket: Ticket): Phase | undefined => ticket.look && phaseOf(ticket.look);
  const back = missed("queued", { ahead: null, est_wait_s: null });
  assert.deepEqual([phase(back), mayLeave(back), isOver(back)], ["missed", true, false]);
  assert.ok(back.look);
  assert.deepEqual(said(wordsOf("zh-CN"), back.look, "zh-CN"), [
    "叫号时您不在",
    "号码已回到队列，稍后会再次叫您，请回到等候区",
  ]);
  assert.match(said(wordsOf("en"), back.look, "en").join(" "), /not there .* back in the line/i);
  assert.ok((nextPoll(back, false, 0.5) ?? 0) <= 3_000, "as near as the next one in line");
  const near = missed("queued", { ahead: 0 }).look;
  assert.ok(near);
  assert.equal(said(wordsOf("zh-CN"), near, "zh-CN")[1], "下一位就是您，请到等候区");
  assert.equal(phase(missed("abandoned")), "absent");
  assert.equal(phase(missed("closed", { reason: "no_show" })), "noShow");
  assert.equal(phase(heard(seen("queued", { missed: false }))), "waiting");
  const again = reduce(back, { type: "answer", answer: seen("connecting", { missed: false }) }, NOW);
  assert.deepEqual([phase(again), justCalled(back, again)], ["called", true]);
});

test("the counter is named, also one that has no number", () => {
  const look = heard(seen("connecting", { counter: "3" })).look;
  assert.ok(look);
  assert.equal(said(wordsOf("zh-CN"), look, "zh-CN")[0], "请到3号窗口");
  assert.equal(said(wordsOf("en"), look, "en")[0], "Please go to counter 3");
  assert.equal(said(wordsOf("zh-CN"), { ...look, counter: "" }, "zh-CN")[0], "正在叫您的号码，请看大厅屏幕");
  assert.deepEqual(
    ["12", "B2", "VIP", "贵宾室"].map((name) => counterName(name, "zh-CN")),
    ["12号窗口", "B2号窗口", "VIP", "贵宾室"],
  );
  assert.equal(named({ zh: "维修", en: "Repair" }, "zh-CN"), "维修");
  assert.equal(named({ fr: "Réparation" }, "en"), "Réparation");
  assert.equal(named({}, "en", "repair"), "repair");
});

test("the nearer the turn the more often, less in a pocket, and never all phones at once", () => {
  const at = (state: string, ahead: number, hidden = false, random = 0.5): number =>
    nextPoll(heard(seen(state, { ahead })), hidden, random) ?? 0;
  assert.ok(at("queued", 1) <= 3_000 && at("connecting", 0) <= 3_000);
  assert.ok(at("queued", 5) > at("queued", 1) && at("queued", 50) > at("queued", 5));
  assert.ok(at("queued", 1, true) >= 8_500);
  assert.notEqual(at("queued", 1, false, 0), at("queued", 1, false, 1));
});

test("without an answer it backs off, as the server wishes, and the page says since when", () => {
  let state = heard(seen("queued"));
  const waits: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    state = reduce(state, { type: "answer", answer: { kind: "lost" } }, NOW);
    waits.push(nextPoll(state, false, 0.5) ?? 0);
  }
  assert.deepEqual(waits, [1_500, 3_000, 6_000, 12_000, 24_000, 30_000, 30_000, 30_000]);
  state = reduce(state, { type: "answer", answer: { kind: "later", code: "busy", after_ms: 50_000 } }, NOW);
  assert.equal(nextPoll(state, false, 0.5), 50_000);
  assert.equal(isStale(reduce(state, { type: "tick" }, NOW + STALE_MS)), false);
  assert.equal(isStale(reduce(state, { type: "tick" }, NOW + STALE_MS + 1)), true);
  assert.equal(
    isStale(reduce(heard(seen("closed")), { type: "tick" }, NOW + 3_600_000)),
    false,
    "the end does not age",
  );
  assert.equal(reduce(state, { type: "answer", answer: seen("queued") }, NOW).failures, 0);
});

test("it rings when the number is called, once, and again after another wait", () => {
  const steps = ["queued", "connecting", "connecting", "queued", "connecting", "active"].map((state) => seen(state));
  let state = initial(NOW);
  const rings = steps.map((answer) => {
    const next = reduce(state, { type: "answer", answer }, NOW);
    const rang = justCalled(state, next);
    state = next;
    return rang;
  });
  assert.deepEqual(rings, [false, true, false, false, true, false]);
});

test("leaving: asked for, taken back, failed, done; and not when it is too late", () => {
  const waiting: Event = { type: "answer", answer: seen("queued") };
  const over: Event = { type: "answer", answer: seen("closed", { reason: "abandoned" }) };
  assert.equal(play(waiting, { type: "leave" }).leaving, "asked");
  assert.equal(play(waiting, { type: "leave" }, { type: "stay" }).leaving, "no");
  assert.equal(play(waiting, { type: "leave" }, { type: "left", answer: { kind: "lost" } }).leaving, "failed");
  assert.equal(play(waiting, { type: "leave" }, waiting).leaving, "asked", "news does not close the question");
  assert.equal(play(waiting, { type: "leave" }, over).leaving, "no");
  assert.equal(play({ type: "answer", answer: seen("active") }, { type: "leave" }).leaving, "no");
  const gone = play({ type: "answer", answer: { kind: "refused", status: 404, code: "no_ticket" } });
  assert.deepEqual([gone.gone, isOver(gone), mayLeave(gone)], [true, true, false]);
});

// --- all three pages ---

const DIR = "channels/walkin/pages";
const HAN = /[\u3400-\u9fff]/;
const FACES = ["kiosk", "ticket", "display"] as const;
type Catalogue = Readonly<Record<string, string>>;

const unlike = (a: Catalogue, b: Catalogue): string[] =>
  Object.keys(a).filter((key) => String(placeholders(a[key] ?? "")) !== String(placeholders(b[key] ?? "")));

test("both languages say the same with the same placeholders, each in its own script", () => {
  for (const face of FACES) {
    const [ours, theirs]: Catalogue[] = [zh[face], en[face]];
    assert.ok(ours && theirs);
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort());
    assert.deepEqual(unlike(ours, theirs), [], face);
    for (const [key, text] of Object.entries(ours)) assert.ok(HAN.test(text), `${face}.${key}`);
    for (const [key, text] of Object.entries(theirs)) assert.ok(text && !HAN.test(text), `${face}.${key}`);
  }
  assert.deepEqual(placeholders(zh.counter), placeholders(en.counter));
  assert.deepEqual(unlike({ a: "{n} 位" }, { a: "ahead" }), ["a"], "control: a forgotten placeholder is seen");
});

test("every word is used, and only words files hold Chinese", () => {
  const sources = [...list(DIR, ".ts"), ...list(DIR, ".tsx")].filter((path) => !/words/.test(path));
  const code = sources.map((path) => read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")).join("\n");
  assert.ok(!HAN.test(code));
  for (const face of FACES) {
    for (const key of Object.keys(zh[face])) assert.match(code, new RegExp(`\\.${key}\\b|"${key}"`), `${face}.${key}`);
  }
});

test("nothing is parsed as HTML, nothing inline, no colour outside tokens.css, no other origin", () => {
  for (const path of [...list(DIR, ".ts"), ...list(DIR, ".tsx")]) {
    const code = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|style=/.test(code), path);
    assert.ok(!/https?:\/\//.test(code), path);
  }
  for (const path of list(DIR, ".html")) {
    const html = read(path);
    assert.ok(!/<script(?![^>]*\bsrc="\/)/.test(html) && !/<style|\sstyle=|\son\w+=|https?:/.test(html), path);
  }
  for (const path of list(DIR, ".css")) {
    assert.deepEqual(read(path).match(/#[0-9a-f]{3,8}\b|rgba?\(|hsl|url\(/gi) ?? [], [], path);
  }
});

/** 20 kB of script and style each (ui.md §12); ratchets: they may only be lowered. */
const BUDGETS: Readonly<Record<(typeof FACES)[number], number>> = { kiosk: 18, ticket: 18, display: 18 };

test("each page keeps its budget", () => {
  const out = mkdtempSync(join(tmpdir(), "fd-walkin-"));
  for (const face of FACES) {
    const common = ["--bundle", "--minify", "--charset=ascii", "--legal-comments=none", "--log-level=error"];
    const script = ["--format=esm", "--target=es2020", "--jsx=automatic", "--jsx-import-source=preact"];
    const build = (args: string[]): void =>
      void execFileSync("esbuild", [...common, ...args], {
        cwd: ROOT,
        env: { ...process.env, NODE_PATH: join(ROOT, "channels/http/browser/node_modules") },
      });
    build([`${DIR}/${face}.main.tsx`, ...script, `--outfile=${out}/${face}.js`]);
    build([`${DIR}/${face}.css`, `--outfile=${out}/${face}.css`]);
    const size = ["js", "css"]
      .map((end) => gzipSync(readFileSync(join(out, `${face}.${end}`)), { level: 9 }).length)
      .reduce((a, b) => a + b);
    assert.ok(size > 5_000, "control: something was built");
    assert.ok(size <= BUDGETS[face] * 1024, `${face}: ${size} bytes gzip, ${BUDGETS[face]} kB allowed`);
  }
});
