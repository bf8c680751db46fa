// ui.md §9: two supervisors at their walls, and a customer whom nobody answers: the alarm, who has seen it, who waits.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { People, say } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin } from "./twin.mjs";

const QUEUES = "daemon/desk/pages/wall/queues.tsx";
const LINE = "daemon/desk/pages/wall/line.tsx";
const { conf, rules, agents, list } = teams(["", "", "", "", "", "", ""]);
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
const line = (page) => page.locator("dialog.line");

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

async function listed(t, who) {
  const { walls, customer, queue, nos } = await alarmed(t, who);
  await row(walls[0], queue).focus();
  await walls[0].keyboard.press("Enter");
  await line(walls[0]).locator("tbody tr").waitFor();
  assert.match(await line(walls[0]).locator("tbody tr").innerText(), /\d{8}-\d{6}[^]*排队中/);
  await walls[0].keyboard.press("Enter");
  await walls[0].locator("dialog.explain .story").waitFor();
  await walls[0].keyboard.press("Escape");

  await say(customer, "还在吗");
  const desk = await who.desk(t, nos[1]);
  await who.until("to whom it is offered", async () =>
    (await line(walls[0]).locator("tbody").innerText()).includes(`派给 客服${nos[1]}`),
  );
  await who.accept(desk);
  await line(walls[0]).getByText("当前无人等待").waitFor();
  await walls[0].keyboard.press("Escape");
  await who.until("the list is closed", async () => (await line(walls[0]).count()) === 0);
  await row(walls[0], queue).locator(".chip.ok").waitFor();
}

test("an alarm is acknowledged by one for all, and still after a reload", async (t) => {
  await acknowledged(t, people);
});
test("control: a wall that keeps the acknowledgement to itself", (t) => {
  const silent = deskTwin([[QUEUES, 'app.ask({ type: "acknowledge", queue: one.id });', ""]]);
  return people.mustFail(t, silent, acknowledged, /every wall says who has seen it/);
});
test("who waits: why, to whom it is offered, and gone when accepted", async (t) => {
  await listed(t, people);
});
test("control: a list that is asked for once only", (t) => {
  const stale = deskTwin([[LINE, "}, [state.wall?.at]);", "}, []);"]]);
  return people.mustFail(t, stale, listed, /to whom it is offered/);
});
test("who waits in another team's queue is not shown", async (t) => {
  const other = people.team();
  const page = await wall(t, people, agents[0].no);
  const customer = await people.customer(t);
  await say(customer, `${other.word} 有人吗`);
  await row(page, other.queue).locator(".chip.bad").waitFor();
  await row(page, other.queue).getByRole("button", { name: /队列/ }).click();
  await line(page).getByText("只有这个队列的主管能看到等待的客户").waitFor();
  assert.equal(await line(page).locator("tbody").count(), 0);
});

async function neverHere(t, who) {
  const { nos } = who.team();
  const page = await wall(t, who, nos[0]);
  const card = page.locator(".agent", { hasText: nos[1] });
  await card.waitFor();
  assert.doesNotMatch(await card.locator(".agent-state").innerText(), /[:天]/, "offline since the epoch");
}

test("an agent who was never here is offline, without saying since when", (t) => neverHere(t, people));
test("control: a wall that counts from 1970", (t) => {
  const epoch = deskTwin([["daemon/desk/pages/wall/agents.tsx", "a.since > 0 && ", ""]]);
  return people.mustFail(t, epoch, neverHere, /offline since the epoch/);
});
