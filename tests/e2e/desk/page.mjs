// A desk page in Chromium against the scripted server, and what the tests ask of it.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch } from "../support/chromium.mjs";
import { buildDesk } from "../support/desk-files.mjs";
import { id, makeSite } from "../support/desk-site.mjs";
import { playDesk } from "../support/scripted-desk.mjs";

export const A = id(0);
export const B = id(1);
let browser;
let files;

before(async () => {
  browser = await launch();
  files = buildDesk();
});
after(() => browser?.close());

export async function desk(
  t,
  { change, contacts, path = "/desk/", host = "127.0.0.1", context: options = {}, prepare, ...more } = {},
) {
  const site = makeSite("zh", Date.now(), contacts);
  change?.(site);
  const server = await playDesk({ files, site, ...more });
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (m) => /Content Security|Trusted/i.test(m.text()) && problems.push(m.text()));
  t.after(async () => {
    await context.close();
    await server.stop();
    assert.deepEqual(problems, []);
  });
  await prepare?.(page);
  await page.goto(`${server.origin.replace("127.0.0.1", host)}${path}`);
  return { page, server, site, context };
}

export const box = (page) => page.locator(".composer textarea");
export const open = async (page, contact = A) => {
  await page.locator(`#row-${contact}`).click();
  await page.waitForSelector(".composer textarea");
};
export const frames = (server, type, line = 0) => (server.lines[line]?.heard ?? []).filter((f) => f.type === type);
/** Waits until `look()` is true; a page that never gets there fails by the test's own time limit. */
export async function until(look) {
  for (let i = 0; i < 1200; i += 1) {
    if (await look()) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  assert.fail(`never: ${look}`);
}
