// ui.md §9: two supervisors at their walls, and a customer whom nobody answers: the alarm, and who has seen it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { People, say } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin } from "./twin.mjs";

const QUEUES = "daemon/desk/pages/wall/queues.tsx";
const { conf, rules, agents, list } = teams(["", ""]);
const supervisors = agents.map((one) => ({ ...one, role: "supervisor" }));
let browser;
let site;
let people;

before(async () => {
  browser = await launch();
  site = await new Site({ agents: supervisors, conf: `${conf}wall: {long_wait: 1s}\n`, rules }).open();
  people = new People(browser, site, list);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const wall = (t, who, no) => who.desk(t, no, { path: "/desk/wall", online: false });
const row = (page, queue) => page.locator(`.queues tr[data-id=${queue}]`);
const seen = (page, queue) => row(page, queue).locator(".seen");

/** A customer waits, the alarm is on both walls. */
async function alarmed(t, who) {
  const { word, nos, queue } = who.team();
  const walls = [await wall(t, who, nos[0]), await wall(t, who, nos[1])];
  const customer = await who.customer(t);
  await say(customer, `${word} 有人吗`);
  for (const page of walls) await row(page, queue).locator(".chip.bad").waitFor();
  return { walls, customer, queue, nos };
}

async function acknowledged(t, who) {
  const { walls, queue, nos } = await alarmed(t, who);
  await row(walls[0], queue).focus();
  await walls[0].keyboard.press("a");
  for (const page of walls)
    await who.until("every wall says who has seen it", async () => (await seen(page, queue).count()) === 1);
  assert.match(await seen(walls[1], queue).innerText(), new RegExp(`客服${nos[0]} \\d\\d:\\d\\d 已知悉`));
  assert.equal(await row(walls[1], queue).locator(".chip.bad").count(), 0);
  assert.equal(await row(walls[1], queue).getByRole("button", { name: /知悉/ }).count(), 0, "nothing left to do");
  await walls[1].reload();
  await seen(walls[1], queue).waitFor();
  return { walls, queue, nos };
}

test("an alarm is acknowledged by one for all, and still after a reload", async (t) => {
  await acknowledged(t, people);
});
test("control: a wall that keeps the acknowledgement to itself", (t) => {
  const silent = deskTwin([[QUEUES, 'app.ask({ type: "acknowledge", queue: one.id });', ""]]);
  return people.mustFail(t, silent, acknowledged, /every wall says who has seen it/);
});
