// ui.md §9: two supervisors at their walls, and customers whom nobody answers: the alarm, who has seen it, who waits, and
// what a supervisor does about it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { People, say } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin } from "./twin.mjs";

const QUEUES = "daemon/desk/pages/wall/queues.tsx";
const LINE = "daemon/desk/pages/wall/line.tsx";
const STEPS = "daemon/desk/pages/wall/steps.tsx";
const ALL = "1901"; // a supervisor of no team, and so of all
const COUNTERS = ["1911", "1912"];
const { conf, rules, agents, list } = teams(Array(12).fill(""));
const people_of = (nos, role, teams) => nos.map((no) => ({ no, name: `客服${no}`, role, teams }));
const staff = [
  ...agents.map((one) => ({ ...one, role: "supervisor" })),
  ...people_of([ALL], "supervisor", []),
  ...people_of(COUNTERS, "agent", ["counter"]),
];
const settings = "wall: {long_wait: 1s}\nrouting: {agent_grace: 1s}\n";
let browser;
let site;
let people;

before(async () => {
  browser = await launch();
  site = await new Site({ agents: staff, conf: conf + settings, rules }).open();
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
    await who.claim(() =>
      who.until("every wall says who has seen it", async () => (await seen(page, queue).count()) === 1),
    );
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
  await desk.locator(".offer").waitFor();
  await who.claim(() =>
    who.until("to whom it is offered", async () =>
      (await line(walls[0]).locator("tbody").innerText()).includes(`派给 客服${nos[1]}`),
    ),
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
  const stale = deskTwin([[LINE, "[answer, verdict], state.wall?.at)", "[answer, verdict])"]]);
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

/** Two who wait in the order they came, at their wall's list, on the second row. */
async function twoWait(t, who) {
  const { word, nos, queue } = who.team();
  const page = await wall(t, who, nos[0]);
  const customers = [];
  const cases = () => line(page).locator("tbody tr td:nth-of-type(3)").allInnerTexts();
  await row(page, queue).getByRole("button", { name: /队列/ }).click();
  for (const place of [1, 2]) {
    const customer = await who.customer(t);
    await say(customer, `${word} 有人吗`);
    await line(page)
      .locator("tbody tr")
      .nth(place - 1)
      .waitFor();
    customers.push(customer);
  }
  await line(page).locator("tbody tr").nth(1).focus();
  return { page, customers, cases, nos, numbers: await cases() };
}

async function moved(t, who) {
  const { page, customers, cases, numbers } = await twoWait(t, who);
  await customers[1].getByText("您前面还有 1 位").waitFor();
  await page.keyboard.press("p");
  const form = line(page).locator("dialog");
  await form.getByText(numbers[1]).waitFor();
  await page.keyboard.press("1");
  await form.locator("input").fill("第二次来电");
  await page.keyboard.press("Enter");
  const turned = [...numbers].reverse().join();
  await who.claim(() => who.until("the second is the first", async () => (await cases()).join() === turned));
  await who.until("the form closes", async () => (await form.count()) === 0);
  assert.match(await line(page).locator("tbody tr").first().innerText(), /高 \/ 中/);
  await customers[0].getByText("您前面还有 1 位").waitFor();
  assert.equal((await who.site.json("contact", numbers[1])).priority, "high");
}

async function ended(t, who) {
  const { page, customers, cases, numbers } = await twoWait(t, who);
  await page.keyboard.press("e");
  const form = line(page).locator("dialog");
  await form.getByRole("radiogroup", { name: "工单类型" }).getByRole("radio").first().click();
  await form.getByRole("radiogroup", { name: "处理结果" }).getByRole("radio").first().click();
  await form.locator("input:not([type=search])").fill("重复咨询");
  await page.keyboard.press("Enter");
  await who.claim(() => who.until("only the first waits", async () => (await cases()).join() === numbers[0]));
  await who.until("the form closes", async () => (await form.count()) === 0);
  await customers[1].locator("frontdesk-chat").getByText("对话已结束").waitFor();
  const { state, reason, disposition } = await who.site.json("contact", numbers[1]);
  assert.deepEqual([state, reason], ["closed", "canceled"]);
  assert.ok(disposition);
  assert.equal((await who.site.json("contact", numbers[0])).state, "queued");
}

/** Accepted while the supervisor fills in the end: nothing is ended. */
async function tooLate(t, who) {
  const { page, cases, nos, numbers } = await twoWait(t, who);
  await page.keyboard.press("e");
  const form = line(page).locator("dialog");
  const desk = await who.desk(t, nos[1]);
  await who.until("both are offered", async () => (await desk.locator(".offer:not(.ended)").count()) === 2);
  await who.accept(desk);
  await who.accept(desk);
  await form.getByText("已不在等待中").first().waitFor();
  assert.deepEqual(await cases(), []);
  await form.locator("[type=submit]").click();
  assert.equal((await who.site.json("contact", numbers[1])).state, "active");
}

test("another priority: the contact moves up, and the customers hear of their places", (t) => moved(t, people));
test("control: a form that sends the priority there was", (t) => {
  const idle = deskTwin([[STEPS, "v: c.v, priority, reason", "v: c.v, priority: c.priority, reason"]]);
  return people.mustFail(t, idle, moved, /the second is the first/);
});
test("the end of a wait: gone from the list, and the customer is told", (t) => ended(t, people));
test("control: a form that ends the wait of whoever is first", (t) => {
  const other = deskTwin([
    [
      STEPS,
      'app.command({ type: "resolve", contact: c.id',
      'app.command({ type: "resolve", contact: [...app.view.state.waiting.values()][0]?.[0]?.id ?? c.id',
    ],
  ]);
  return people.mustFail(t, other, ended, /only the first waits/);
});
test("who was accepted meanwhile is not ended", (t) => tooLate(t, people));

/** An agent at a counter calls and serves the next number, then the agent's browser is gone. */
async function alone(t, who) {
  const no = COUNTERS.shift();
  const page = await wall(t, who, ALL);
  const desk = await who.desk(t, no, { online: false });
  await desk.getByRole("button", { name: "开始接待" }).first().click();
  await desk.locator("dialog input").fill(no);
  await desk.keyboard.press("Enter");
  const { out } = await who.site.cli("device", "kiosk-1", ...who.site.where());
  const answer = await fetch(`${who.site.public}/v1/walkin/tickets`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Frontdesk-Device": out.trim(), "Idempotency-Key": no },
    body: JSON.stringify({ service: "repair" }),
  });
  const { number } = await answer.json();
  await desk.getByRole("button", { name: "叫下一位" }).click();
  await desk.getByRole("button", { name: "已到，开始服务" }).click();
  const card = page.locator(".agent", { hasText: no });
  await card.waitFor();
  assert.equal(await card.getByText("无人接待").count(), 0);
  await desk.context().close();
  const state = async () => (await who.site.json("agents")).agents.find(({ id }) => id === `a${no}`).state;
  await who.until("the agent is gone", async () => (await state()) === "offline");
  await who.claim(() =>
    who.until("the customer is alone", () => card.getByText(`${no} 号窗口 ${number} 无人接待`).count()),
  );
  await card.locator(".menu-button").click();
  await page.getByRole("menuitem", { name: "放回队列" }).click();
  await page.locator("dialog input").fill("电脑坏了");
  await page.keyboard.press("Enter");
  await row(page, "counter").getByRole("button", { name: /柜台/ }).click();
  await line(page).locator("tbody tr", { hasText: number }).waitFor();
  await who.until("nobody is alone", async () => (await card.getByText("无人接待").count()) === 0);
}

test("a customer at the counter of an agent who is gone: on the wall, and put back in line", (t) => alone(t, people));
test("control: a wall that does not read who is alone", (t) => {
  const blind = deskTwin([["daemon/desk/pages/decode.ts", "list(obj(v).unattended)", "list(obj(v).none)"]]);
  return people.mustFail(t, blind, alone, /the customer is alone/);
});
