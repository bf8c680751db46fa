// The one file foreign pages load: size, alphabet, and what it must never do.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { pieces } from "../../../channels/chat/widget/dom";
import { createKept, parseEntries, personOf } from "../../../channels/chat/widget/kept";
import { isOn, readSettings } from "../../../channels/chat/widget/settings";
import { buildWidget, list, read } from "./files";

/** Of ui.md §12, as the daemon carries it: gzip -9. */
const BUDGET = 15_000;
const { script, css } = buildWidget();

test("widget.js keeps its budget", () => {
  const size = execFileSync("gzip", ["-9nc"], { input: script }).length;
  assert.ok(size <= BUDGET, `${size} bytes gzip, ${BUDGET} allowed`);
});

test("widget.js is ASCII, regexes included", () => assert.ok(script.every((byte) => byte < 0x80)));

test("every custom property of its style sheet is used", () => {
  const all = (pattern: RegExp): Set<string> => new Set([...css.matchAll(pattern)].map((m) => m[1] ?? ""));
  const used = all(/var\((--fd-[\w-]+)/g);
  assert.deepEqual(
    [...all(/(--fd-[\w-]+):/g)].filter((name) => !used.has(name)),
    [],
  );
});

test("old engines can read the style sheet", () => {
  for (const word of ["inset:", ";gap:", "{gap:", "color-mix", "dvh"]) assert.ok(!css.includes(word), word);
  assert.ok(css.includes("[hidden]{display:none!important}"));
});

test("nothing is parsed as HTML, nothing is evaluated", () => {
  for (const path of [...list("channels/chat/widget", ".ts"), ...list("channels/http/browser", ".ts")]) {
    const code = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.ok(
      !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser/.test(code),
      path,
    );
  }
});

test("our pages have no inline script and no inline style", () => {
  for (const path of list("channels/chat/widget", ".html")) {
    const html = read(path);
    assert.ok(!/<script(?![^>]*\bsrc=)/.test(html), path);
    assert.ok(!/<style|\sstyle=|\son\w+=/.test(html), path);
  }
});

test("settings: the script tag wins, Chatwoot's names are read, an attribute without value is on", () => {
  const settings = readSettings(
    { websiteToken: " tag ", hideMessageBubble: "" },
    { websiteToken: "page", position: "left", showPopoutButton: true, launcherTitle: 5 },
  );
  assert.equal(settings("websiteToken"), "tag");
  assert.equal(settings("position"), "left");
  assert.equal(settings("launcherTitle"), "5");
  assert.equal(settings("color"), "");
  assert.deepEqual([isOn(settings, "hideMessageBubble"), isOn(settings, "showPopoutButton")], [true, true]);
  assert.equal(isOn(settings, "useBrowserLanguage"), false);
});

test("only http addresses become links, without the full stop behind them", () => {
  const links = (text: string): string[] => pieces(text).filter((_, i) => i % 2 === 1);
  const rows: [string, string[]][] = [
    ["see https://a.cn/x?y=1.", ["https://a.cn/x?y=1"]],
    ["（https://a.cn/b）。后面", ["https://a.cn/b"]],
    ["请看https://a.cn/说明", ["https://a.cn/"]],
    ["javascript:alert(1) data:text/html,x ftp://a", []],
    ["http://a.cn, http://b.cn!", ["http://a.cn", "http://b.cn"]],
    ["https://", []],
  ];
  for (const [text, expected] of rows) {
    assert.deepEqual(links(text), expected, text);
    assert.equal(pieces(text).join(""), text); // nothing of a text is lost
  }
});

class Shelf {
  readonly [key: string]: unknown;
  getItem(key: string): string | null {
    return Object.prototype.hasOwnProperty.call(this, key) ? String(this[key]) : null;
  }
  setItem(key: string, value: string): void {
    (this as Record<string, unknown>)[key] = value;
  }
  removeItem(key: string): void {
    delete (this as Record<string, unknown>)[key];
  }
}

test("nothing is kept before the customer opened the chat", () => {
  const shelf = new Shelf();
  const kept = createKept("demo-token", () => shelf as unknown as Storage, "");
  kept.set("token", "t");
  kept.saveOutbox("p1", [{ cid: "p1:1", text: "x", at: 1, since: 1 }]);
  assert.deepEqual(Object.keys(shelf), []);
  kept.allow();
  kept.set("token", "t");
  assert.deepEqual(Object.keys(shelf), ["frontdesk:demo-tok:token"]);
  assert.equal(createKept("demo-token", () => shelf as unknown as Storage, "").allowed, true);
});

test("an outbox is found by the next page, also when the page breaks JSON of arrays", () => {
  const shelf = new Shelf();
  const kept = createKept("demo-token", () => shelf as unknown as Storage, "");
  const broken = Array.prototype as { toJSON?: () => string };
  const two = [
    { cid: "p1:7", text: "第一行\n第二行", at: 5, since: 9 },
    { cid: "p1:8", text: "|", at: 6, since: 9, form: { consent: "2026-11", prechat: { phone: "13800138000" } } },
  ];
  kept.allow();
  broken.toJSON = () => "broken";
  kept.saveOutbox("p1", two);
  delete broken.toJSON;
  assert.deepEqual(kept.otherPages("p2"), ["p1"]);
  assert.deepEqual(kept.otherPages("p1"), []);
  assert.deepEqual(
    kept.adopt("p1"),
    two.map((entry) => ({ form: undefined, ...entry, since: 0 })),
  );
  assert.deepEqual(kept.otherPages("p2"), []);
  assert.deepEqual(parseEntries('{"cid":"a:1","text":"x","at":1}\n{"cid":"a:2","te'), [
    { cid: "a:1", text: "x", at: 1, form: undefined, since: 0 },
  ]);
});

const identity = (id: string, exp = 1): string =>
  `${Buffer.from(JSON.stringify({ exp, id })).toString("base64url")}.${"0".repeat(64)}`;

test("people are told apart by the signed id, whatever else the website signed", () => {
  assert.equal(personOf(identity("李雷")), personOf(identity("李雷", 2)));
  assert.notEqual(personOf(identity("李雷")), personOf(identity("韩梅梅")));
  for (const nobody of ["", "x", "e30.x.y.z", "\u0000"]) assert.match(personOf(nobody), /^(\w+)?$/);
  assert.equal(personOf(""), "");
});

/** A browser in which the people come one after another; each leaves a token, a draft, a chat, something unsent. */
function browser(): {
  shelf: Shelf;
  as: (person: string) => ReturnType<typeof createKept>;
  leave: (name: string) => void;
} {
  const shelf = new Shelf();
  let kept = createKept("demo-token", () => shelf as unknown as Storage, "");
  const as = (person: string): typeof kept => {
    kept = createKept("demo-token", () => shelf as unknown as Storage, "");
    kept.as(person);
    return kept;
  };
  const leave = (name: string): void => {
    kept.allow();
    for (const key of ["token", "draft", "form:phone"]) kept.set(key, name);
    kept.saveOutbox(`page${name}`, [{ cid: `page${name}:1`, text: name, at: 1, since: 1 }]);
  };
  return { shelf, as, leave };
}
const has = (shelf: Shelf, name: string): boolean => JSON.stringify(shelf).includes(name);

test("what a signed person left is hers alone: not the next one's, and not of nobody", () => {
  const { shelf, as, leave } = browser();
  as("a1");
  leave("Alice");
  assert.equal(as("a1").get("draft"), "Alice", "control: it is there for her");
  const nobody = as("");
  assert.deepEqual([nobody.get("token"), nobody.get("draft"), nobody.otherPages("p")], ["", "", []]);
  assert.equal(as("a1").get("token"), "Alice", "a page without identity between takes nothing away");
  const bob = as("b2");
  assert.deepEqual([bob.get("token"), bob.get("form:phone"), bob.otherPages("p")], ["", "", []]);
  assert.equal(has(shelf, "Alice"), false);
});

test("who signs in keeps what was begun before; who has a visitor already keeps that, unless a chat was under way", () => {
  const { as, leave } = browser();
  as("");
  leave("Nobody");
  const alice = as("a1");
  assert.deepEqual(
    [alice.get("token"), alice.get("draft"), alice.otherPages("p")],
    ["Nobody", "Nobody", ["pageNobody"]],
  );
  assert.equal(as("").get("token"), "", "it is hers now");
  as("").allow();
  const idle = as("");
  idle.allow();
  idle.set("token", "Other");
  assert.deepEqual([as("a1").get("token"), as("").get("token")], ["Nobody", "Other"]);
  const busy = as("");
  busy.set("contact", "01");
  assert.deepEqual([as("a1").get("token"), as("").get("token")], ["Other", ""]);
});

test("logging out takes away all that was kept, but not whether it rings", () => {
  const { shelf, as, leave } = browser();
  as("");
  leave("Nobody");
  as("a1");
  leave("Alice");
  const kept = as("a1");
  kept.set("sound", "off");
  kept.clear();
  assert.deepEqual(Object.keys(shelf), ["frontdesk:demo-tok:sound"]);
  assert.deepEqual([as("").get("sound"), as("b2").get("sound")], ["off", "off"]);
});

test("a storage that throws is a storage that is empty", () => {
  const kept = createKept(
    "demo",
    () => {
      throw new Error("denied");
    },
    "",
  );
  kept.allow();
  kept.set("draft", "x");
  assert.equal(kept.get("draft"), "");
  assert.deepEqual(kept.otherPages("p"), []);
});
