// The widget in a page, beside a scripted site: what the tests of this folder share. One browser a test file.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { Site } from "../support/chat-site.mjs";
import { launch } from "../support/chromium.mjs";
import { play, WEBSITE } from "../support/scripted-chat.mjs";
import { buildWidget } from "../support/widget-files.mjs";

let browser;
export let files;

before(async () => {
  browser = await launch();
  files = buildWidget();
});
after(() => browser.close());

/** A host page of the test's own, beside the widget's files. */
export function host(name, html, charset) {
  const path = join(dirname(files["/widget.js"]), name);
  writeFileSync(path, html, charset ?? "utf8");
  return path;
}

export const SCRIPT = '<script src="/widget.js" data-website-token="demo" data-locale="zh-CN" async></script>';

export async function setting(t, { extra = {}, website = WEBSITE, context: options = {}, site = new Site() } = {}) {
  const server = await play({ files: { ...files, ...extra }, scene: site.scene, website });
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (m) => /Content Security|Trusted/i.test(m.text()) && problems.push(m.text()));
  t.after(async () => {
    await context.close();
    await server.stop();
    assert.deepEqual(problems, []);
  });
  return { server, site, context, page };
}

export async function openAt(page, address) {
  await page.goto(address);
  await page.locator("frontdesk-chat .launcher").click();
  await page.locator("textarea.box").waitFor();
}

export const box = (page) => page.locator("textarea.box");
export const bubbles = (page) => page.locator(".log .bubble");
export async function send(page, text) {
  await box(page).fill(text);
  await box(page).press("Enter");
}
export const waitFor = async (check) => {
  const end = Date.now() + 30_000;
  while (!(await check())) {
    assert.ok(Date.now() < end, `in vain: ${check}`);
    await new Promise((done) => setTimeout(done, 25));
  }
};
