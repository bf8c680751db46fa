// The desk's other two lists: who waits in the agent's queues, and what the agent finished. Frames of docs/desk.md are
// played; the page's clock runs when told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finishedOf, linesOf } from "../support/desk-tabs.mjs";
import { transcript } from "../support/desk-site.mjs";
import { A, desk, frames, open, until } from "./page.mjs";

const tab = (page, name) => page.locator(`#tab-${name}`);
const names = (page) => page.locator(".row-name").allInnerTexts();
const asked = (server, line = 0) => frames(server, "waiting", line).map((frame) => frame.queue);
const go = async (page, letter) => {
  await page.keyboard.press("g");
  await page.keyboard.press(letter);
};
const look = (page, state) =>
  page.evaluate((to) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => to });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);

const waiting = (site) => Object.assign(site, { lines_of: linesOf("zh", Date.now()) });
const prepare = (page) => page.clock.install();

test("who waits: asked when it is opened and again while it is looked at, not behind another page", async (t) => {
  const { page, server } = await desk(t, { change: waiting, prepare });
  await page.waitForSelector(`#row-${A}`);
  await page.clock.runFor(60_000);
  assert.deepEqual(asked(server), [], "nobody has opened it");
  assert.equal((await tab(page, "queue").innerText()).trim(), "排队", "and no number is shown");
  await go(page, "q");
  await until(async () => (await names(page)).length === 9);
  assert.deepEqual(asked(server).slice(0, 2), ["online", "complaints"]);
  assert.equal((await tab(page, "queue").innerText()).trim(), "排队 9");
  assert.match(
    await page.locator(".row").first().innerText(),
    /李\*\*.*产品咨询.*138\*\*\*\*5678.*派单中.*第 1 位.*优先级 高/s,
  );
  assert.match(await page.locator(".row").nth(7).innerText(), /投诉 · 第 1 位/, "each queue counts its own places");

  server.lines[0].site.lines_of.online.shift();
  await page.clock.runFor(6_000);
  await until(async () => (await names(page)).length === 8);
  assert.match(await page.locator(".row").first().innerText(), /第 1 位/);

  await look(page, "hidden");
  await page.clock.runFor(1_000);
  const before = asked(server).length;
  await page.clock.runFor(60_000);
  assert.equal(asked(server).length, before, "nobody looks");
  await look(page, "visible");
  await until(() => asked(server).length > before);
});

test("who waits: the number beside the other lists is asked for too, but seldom", async (t) => {
  const { page, server } = await desk(t, { change: waiting, prepare });
  await tab(page, "queue").click();
  await until(async () => (await names(page)).length === 9);
  await tab(page, "mine").click();
  await until(() => asked(server).length >= 4);
  server.lines[0].site.lines_of.online = Array.from({ length: 50 }, (_, i) => ({ id: `W${i}`, since: Date.now() }));
  const soon = asked(server).length;
  await page.clock.runFor(12_000);
  assert.equal(asked(server).length, soon);
  await page.clock.runFor(20_000);
  await until(async () => (await tab(page, "queue").innerText()).trim() === "排队 52+");
  await open(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.clock.runFor(1_000);
  const before = asked(server).length;
  await page.clock.runFor(60_000);
  assert.equal(asked(server).length, before, "a conversation is before it");
  await page.locator(".talk-head .only-narrow").first().click();
  await until(() => asked(server).length > before);
});

test("who waits, by keys: J and K mark, Enter says why; nobody's conversation is opened", async (t) => {
  const { page, server, site } = await desk(t, { change: waiting });
  await page.waitForSelector(`#row-${A}`);
  await go(page, "q");
  await page.waitForSelector(".level");
  for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
  const second = site.lines_of.online[1].id;
  await page.locator(`#row-${second}[data-cursor=true]`).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("dialog.explain .story").waitFor();
  assert.equal(frames(server, "explain").pop().contact, second);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.deepEqual(frames(server, "history"), []);
  assert.equal(await page.locator(".row[aria-selected=true]").count(), 0);
  await go(page, "m");
  await page.waitForSelector(`#row-${A}`);
});

test("who waits: what is refused is said, and what is not known is not called empty", async (t) => {
  const { page, server } = await desk(t, { scene: (line) => line.hold("waiting") });
  await tab(page, "queue").click();
  await page.getByText("正在载入…").waitFor();
  const say = (frame) => server.lines[0].say(frame);
  say({ type: "refused", ask: "waiting", id: "online", code: "not_permitted", why: "" });
  await page.locator(".list-fault", { hasText: "没有权限" }).waitFor();
  say({ type: "waiting", queue: "complaints", at: Date.now(), contacts: [] });
  await page.getByText("您的队列里没有人等待").waitFor();
  assert.equal(await page.locator(".list-fault").count(), 1, "of the other queue nothing is known");
  server.refuse(true);
  server.cut();
  await tab(page, "done").click();
  await page.locator(".list-empty", { hasText: "正在重新连接" }).waitFor();
  server.refuse(false);
  await page.getByText("您结束的会话会列在这里").waitFor();
});

test("finished: opened read-only, with its number; told anew when one more is finished", async (t) => {
  const now = Date.now();
  const change = (site) => {
    site.finished = finishedOf("zh", now);
    site.lines[site.finished[1].id] = transcript("zh", now);
  };
  const { page, server, site } = await desk(t, { change });
  await page.waitForSelector(`#row-${A}`);
  assert.deepEqual(frames(server, "finished"), []);
  await go(page, "d");
  await until(async () => (await names(page)).length === 9);
  const [first, second] = site.finished;
  assert.match(await page.locator(".row").first().innerText(), new RegExp(`${first.case}.*已预约上门`, "s"));
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.locator(".bubble").first().waitFor();
  assert.equal((await page.locator(".case-no").innerText()).trim(), second.case);
  await page.locator(".banner", { hasText: "会话已结束" }).waitFor();
  assert.equal(await page.locator(".composer").count(), 0);
  for (const key of ["r", "n", "t", "e"]) await page.keyboard.press(key);
  assert.equal(await page.locator("dialog, .composer").count(), 0, "nothing can be done to it");

  site.finished = [{ ...site.contacts[1], state: "closed" }, ...site.finished];
  server.lines[0].delta({ type: "contact_gone", id: site.contacts[1].id, why: "resolved" });
  await until(async () => (await names(page)).length === 10);
  assert.equal(frames(server, "finished").length, 2);
});

test("finished: those without a result come first, and are counted on the tab", async (t) => {
  const { page } = await desk(t, {});
  await page.waitForSelector(`#row-${A}`);
  assert.match(await tab(page, "done").innerText(), /已完成\s+1/);
  await tab(page, "mine").focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator("#tab-done:focus[aria-selected=true]").waitFor();
  await page.locator(".todo .btn").click();
  await page.locator("dialog.wrapup").waitFor();
});
