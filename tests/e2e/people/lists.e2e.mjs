// ui.md §8: the desk's other two lists on a running site. Who waits is seen by their team, also by who takes nobody now;
// what an agent finished is found again, also by a page that has just been loaded.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { entries, People, reply, say } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin } from "./twin.mjs";

const { conf, rules, agents, list } = teams(Array(4).fill(""), 1);
let browser;
let site;
let people;

before(async () => {
  browser = await launch();
  site = await new Site({ agents, conf, rules }).open();
  people = new People(browser, site, list);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const rows = (desk) => desk.locator(".row");
const go = async (desk, letter) => {
  await desk.keyboard.press("g");
  await desk.keyboard.press(letter);
};

/** An agent who is offline sees who waits in the own queue, in which place and why, and that they are gone. */
async function inLine(t, who) {
  const { word, nos, queue } = who.team();
  const desk = await who.desk(t, nos[0], { online: false });
  const customers = [await who.customer(t), await who.customer(t)];
  await say(customers[0], `${word} 有人吗`);
  await who.until("the first waits", async () =>
    (await who.site.json("queues")).queues.some((q) => q.id === queue && q.waiting === 1),
  );
  await say(customers[1], `${word} 你好`);
  await go(desk, "q");
  await who.until("both are listed", async () => (await rows(desk).count()) === 2);
  for (const [n, place] of ["第 1 位", "第 2 位"].entries())
    assert.match(await rows(desk).nth(n).innerText(), new RegExp(place));
  assert.match(await desk.locator("#tab-queue").innerText(), /排队\s+2/);
  await desk.keyboard.press("j");
  await desk.keyboard.press("Enter");
  await desk.locator("dialog.explain .story", { hasText: "离线" }).waitFor();
  await desk.keyboard.press("Escape");
  await who.goOnline(desk);
  await who.accept(desk);
  await who.claim(() => who.until("one is listed", async () => (await rows(desk).count()) === 1));
}

/** Finished, and after a reload found, opened and read; nothing can be written there. */
async function finished(t, who) {
  const { word, nos } = who.team();
  const desk = await who.desk(t, nos[0]);
  const customer = await who.customer(t);
  const number = await who.converse(customer, desk, `${word} 洗衣机漏水`);
  await reply(desk, "已经安排");
  await who.until("the reply", async () => (await entries(desk, ".own")).includes("已经安排"));
  await desk.keyboard.press("Escape");
  await desk.locator("#transcript").focus();
  await desk.keyboard.press("e");
  const form = desk.locator("dialog.wrapup");
  await form.locator(".choice-list button", { hasText: "维修" }).first().click();
  await form.locator(".choice-filter").fill("预约");
  await desk.keyboard.press("Enter");
  await form.locator("[type=submit]").click();
  await form.waitFor({ state: "detached" });
  await who.until("the own list is empty", async () => (await rows(desk).count()) === 0);
  await desk.reload();
  await desk.locator(".menu-button").first().waitFor();
  await go(desk, "d");
  await who.claim(() => who.until("it is listed", async () => (await rows(desk).count()) === 1));
  assert.match(await rows(desk).innerText(), new RegExp(number));
  await desk.keyboard.press("j");
  await desk.keyboard.press("Enter");
  await who.until("its lines are read", async () => (await entries(desk, ".theirs")).includes(`${word} 洗衣机漏水`));
  assert.equal((await desk.locator(".case-no").innerText()).trim(), number);
  assert.equal(await desk.locator(".composer").count(), 0);
}

test("who waits: seen by who takes nobody now, with their places and why; gone when accepted", (t) =>
  inLine(t, people));
test("who waits, control: a desk that asks once and never again", (t) => {
  const deaf = deskTwin([["daemon/desk/pages/ask.ts", "(past < every_ms && stale === before)", "past < Infinity"]]);
  return people.mustFail(t, deaf, inLine, /one is listed/, 10);
});
test("finished: found after a reload, opened read-only with its number", (t) => finished(t, people));
test("finished, control: a desk that knows only what it saw end itself", (t) => {
  const forgetful = deskTwin([["daemon/desk/pages/decode.ts", 'case "finished":', 'case "finished_elsewhere":']]);
  return people.mustFail(t, forgetful, finished, /it is listed/);
});
