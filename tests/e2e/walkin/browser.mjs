// Chromium for the walk-in pages: a watched context, a browser that speaks and prints into lists, axe.
import assert from "node:assert/strict";
import { found } from "../support/axe.mjs";
import * as chromium from "../support/chromium.mjs";
import { until } from "./site.mjs";

/** A hall's display speaks without a click. */
export const launch = () => chromium.launch(["--autoplay-policy=no-user-gesture-required"]);

/** Runs in the page before its scripts: what is said, played, printed and shaken is written down. */
export function furnish({ voices, print }) {
  const seen = { said: [], tones: 0, prints: 0, shakes: 0 };
  window.seen = seen;
  const engine = new EventTarget();
  engine.getVoices = () => voices.map((lang) => ({ lang, localService: true, name: lang }));
  engine.cancel = () => {};
  engine.speak = (words) => {
    seen.said.push(words.text);
    setTimeout(() => words.onend?.(), 30);
  };
  Object.defineProperty(window, "speechSynthesis", { value: engine });
  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    seen.tones += 1;
    return start.apply(this, at);
  };
  navigator.vibrate = () => (seen.shakes += 1) > 0;
  if (print === "missing") window.print = undefined;
  else {
    window.print = () => {
      seen.prints += 1;
      if (print === "on") dispatchEvent(new Event("afterprint"));
    };
  }
}

/** A page whose errors and policy violations fail the test that opened it. */
export async function open(browser, t, url, { voices = ["zh-CN", "en-US"], print = "on", clock, ...options } = {}) {
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.sockets = { made: 0, open: 0, most: 0 };
  page.on("websocket", (socket) => {
    page.sockets.made += 1;
    page.sockets.most = Math.max(page.sockets.most, ++page.sockets.open);
    socket.on("close", () => (page.sockets.open -= 1));
  });
  page.flying = 0;
  page.on("request", () => (page.flying += 1));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, () => (page.flying -= 1));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (m) => /Content Security|Trusted/i.test(m.text()) && problems.push(m.text()));
  if (clock) await page.clock.install(clock === true ? {} : clock);
  await page.addInitScript(furnish, { voices, print });
  t.after(async () => {
    await context.close();
    assert.deepEqual(problems, []);
  });
  await page.goto(url);
  return page;
}

/**
 * Lets the clock of a page opened with `clock` run until `look()` gives something true. It stands while an answer is on
 * its way: seconds of the clock are moments here, and the page would give up waiting.
 */
export function run(page, what, look, step = 500) {
  return until(what, async () => {
    if (page.flying === 0) await page.clock.runFor(step);
    return look();
  });
}

/** Needs a context with `bypassCSP`. */
export async function axe(page, what) {
  assert.deepEqual(await found(page), [], what);
}
