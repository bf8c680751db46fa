import assert from "node:assert/strict";
import test from "node:test";
import { luminance, onColor } from "../../../channels/chat/widget/brand";
import { list, read } from "./files";

type Theme = Record<string, string>;

const css = read("channels/http/browser/tokens.css");
const own = read("channels/http/browser/tokens.own.css");

/** What the n-th block of each file sets: light, dark by the system, dark by choice. */
function theme(n: number): Theme {
  const blocks = [css, own].map((text) => text.split(/^ *:root/m)[n + 1] ?? "").join("");
  return Object.fromEntries(
    [...blocks.matchAll(/--fd-([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]),
  );
}

const [light, darkBySystem, darkByChoice] = [theme(0), theme(1), theme(2)];

function contrast(a = "", b = ""): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

/** Text on what it may stand on. */
const TEXT: [string, string[]][] = [
  ["text", ["bg", "surface", "sunken", "note", "accent-weak", "vip-weak"]],
  ["text-2", ["bg", "surface", "sunken"]],
  ["text-3", ["bg", "surface", "sunken"]],
  ["accent", ["bg", "surface", "accent-weak"]],
  ["on-accent", ["accent"]],
  ["ok", ["surface", "ok-weak"]],
  ["warn", ["surface", "warn-weak"]],
  ["bad", ["surface", "bad-weak"]],
  ["on-bad", ["bad"]],
  ["vip", ["surface", "vip-weak"]],
];

const weak = (t: Theme): string[] =>
  TEXT.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground, contrast(t[text], t[ground])] as const))
    .filter(([, , ratio]) => !(ratio >= 4.6))
    .map(([text, ground, ratio]) => `${text} on ${ground}: ${ratio.toFixed(2)}`);

test("every text pair reaches 4.6:1 in both themes", () => {
  assert.ok(Object.keys(light).length >= 20);
  assert.deepEqual(weak(light), []);
  assert.deepEqual(weak(darkBySystem), []);
});

test("control edges reach 3:1", () => {
  for (const t of [light, darkBySystem]) {
    for (const ground of ["bg", "surface"]) assert.ok(contrast(t.edge, t[ground]) >= 3, ground);
  }
});

test("control: a weaker grey fails", () => assert.notDeepEqual(weak({ ...light, "text-3": "#8d97a2" }), []));

test("dark by choice is dark by the system", () => {
  assert.deepEqual(darkByChoice, darkBySystem);
  assert.deepEqual(Object.keys(darkBySystem).sort(), Object.keys(light).sort());
});

test("the first rule hides what is hidden", () => {
  assert.ok(
    css
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .trim()
      .startsWith("[hidden]{display:none!important}"),
  );
});

test("colours stand in the files of tokens alone", () => {
  for (const path of [...list("channels/chat/widget", ".css"), ...list("channels/http/browser", ".css")]) {
    if (/tokens(\.own)?\.css$/.test(path)) continue;
    assert.deepEqual(read(path).match(/#[0-9a-f]{3,8}\b|rgba?\(|hsl/gi) ?? [], [], path);
  }
});

test("a brand colour gets black or white, whichever is read better, and always 4.5:1", () => {
  for (let r = 0; r < 256; r += 15) {
    for (let g = 0; g < 256; g += 15) {
      for (let b = 0; b < 256; b += 15) {
        const color = `#${[r, g, b].map((c) => c.toString(16).padStart(2, "0")).join("")}`;
        const on = onColor(color) === "#000" ? "#000000" : "#ffffff";
        assert.ok(contrast(color, on) >= 4.5, color);
      }
    }
  }
  assert.ok(Number.isNaN(luminance("red;}*{")));
});
