// The supervisor's wall: trouble, steps with their reasons, stale data.
import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "../support/desk-site.mjs";
import { leaveAlone, makeLine, makeWall } from "../support/desk-wall.mjs";
import { desk, frames, until } from "./page.mjs";

test("the wall: trouble first, pause asks why, stale says since when; an agent is turned away", async (t) => {
  const { page, server } = await desk(t, {
    path: "/desk/wall",
    change: (s) => {
      s.welcome.me.role = "supervisor";
      s.wall = makeWall(Date.now(), "trouble");
    },
  });
  await page.waitForSelector(".queues tbody tr");
  assert.equal(frames(server, "hello")[0].wall, true);
  assert.match(await page.locator(".queues tbody th").first().innerText(), /电话/);
  await page.locator(".queues").getByRole("button", { name: "暂停派单" }).first().click();
  await page.getByRole("button", { name: "确认" }).click();
  await page.getByText("还缺：原因").waitFor();
  await page.keyboard.type("线路检修");
  await page.keyboard.press("Enter");
  await until(() => frames(server, "queue").length === 1);
  const { queue, pause, reason } = frames(server, "queue")[0];
  assert.deepEqual([queue, pause, reason], ["phone", true, "线路检修"]);
  await until(async () => (await page.locator("dialog").count()) === 0);
  server.refuse(true);
  server.cut();
  await page.getByText(/数据停在/).waitFor();

  const agent = await desk(t, { path: "/desk/wall" });
  await agent.page.getByText("大屏只对主管开放").waitFor();
});

test("reassign from the wall: by case number, to a person, with a reason", async (t) => {
  const { page, server } = await desk(t, {
    path: "/desk/wall",
    change: (s) => (s.welcome.me.role = "supervisor"),
  });
  await page.getByRole("button", { name: "改派会话" }).click();
  await page.getByLabel(/工单号/).fill("20261124-000103");
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByText("找到 1 个联络").waitFor();
  await page.locator(".choice-list button", { hasText: "赵敏" }).click();
  await page.locator("dialog input").last().fill("客户是老主顾");
  await page.getByRole("button", { name: "确认" }).click();
  await until(() => frames(server, "reassign").length === 1);
  const sent = frames(server, "reassign")[0];
  assert.deepEqual([sent.contact, sent.to, sent.reason], [id(3), { agent: "a1031" }, "客户是老主顾"]);
});

const troubled = (people) => (site) => {
  site.welcome.me.role = "supervisor";
  site.wall = makeWall(Date.now(), "trouble", people);
};

test("keys of the wall: ↓ and ↑ go through the rows, Enter lists who waits, A marks its alarm as seen by name", async (t) => {
  const { page, server, site } = await desk(t, { path: "/desk/wall", change: troubled() });
  await page.waitForSelector(".queues tbody tr");
  const here = () => page.evaluate(() => document.activeElement.dataset.id ?? "");
  const order = await page.locator(".queues tbody tr").evaluateAll((all) => all.map((row) => row.dataset.id));
  assert.deepEqual(order.slice(0, 2), ["phone", "online"]);
  for (const [key, id] of [
    ["ArrowDown", order[0]],
    ["ArrowDown", order[1]],
    ["ArrowUp", order[0]],
    ["ArrowUp", order[0]],
  ]) {
    await page.keyboard.press(key);
    assert.equal(await here(), id, key);
  }
  const phone = page.locator(".queues tr[data-id=phone]");
  await page.keyboard.press("a");
  await phone.getByText(/陈静 \d\d:\d\d 已知悉/).waitFor();
  assert.equal(await phone.locator(".chip.bad").count(), 0, "no longer an alarm");
  assert.equal(await page.locator(".seen").count(), 1, "only this one");
  assert.equal(frames(server, "acknowledge").length, 1);
  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "电话 · 等待的客户" }).waitFor();
  assert.equal(frames(server, "acknowledge").length, 1, "it is seen already");
  await page.keyboard.press("Escape");
  await until(async () => (await page.locator("dialog").count()) === 0);
  assert.equal(await here(), "phone", "back on the row");

  // Over, and in trouble again: seen no more. While somebody stands on a row the rows keep their places.
  const was = { ...site.wall.queues.find((q) => q.id === "phone"), seen: null };
  const say = (change) => {
    Object.assign(
      site.wall.queues.find((q) => q.id === "phone"),
      was,
      change,
    );
    server.lines[0].wall();
  };
  say({ waiting: 0, oldest_at: 0, free: 2, alarm: "" });
  await until(async () => (await page.locator(".seen").count()) === 0);
  assert.equal(await page.locator(".queues tbody tr").first().getAttribute("data-id"), "phone");
  say({});
  await phone.locator(".chip.bad").waitFor();
  await phone.getByRole("button", { name: /知悉/ }).click();
  await phone.locator(".seen").waitFor();
  assert.equal(await here(), "phone", "the focus stays in the row");
});

test("agents of one team; more than 200 are grouped by team and only those in view are drawn", async (t) => {
  const few = await desk(t, { path: "/desk/wall", change: troubled() });
  await few.page.waitForSelector(".agent");
  assert.equal(await few.page.locator(".agent").count(), 20);
  await few.page.getByLabel("按班组筛选").selectOption("vip");
  assert.equal(await few.page.locator(".agent").count(), 4);

  const { page } = await desk(t, { path: "/desk/wall", change: troubled(1000) });
  await page.waitForSelector(".crowd .agent");
  const drawn = () => page.locator(".agent").count();
  assert.ok((await drawn()) <= 120, `${await drawn()} of 1000 cards`);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await page.getByRole("region", { name: "门店柜台" }).waitFor();
  await page.locator(".agent[aria-posinset='200'][aria-setsize='200']").waitFor();
  assert.ok((await drawn()) <= 120, `${await drawn()} of 1000 cards at the end`);
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), height, "the page does not grow");
  await page.getByLabel("按班组筛选").selectOption("repair");
  await until(async () => (await drawn()) === 200);
  assert.equal(await page.locator(".crowd").count(), 0);
});

const line = (page) => page.locator("dialog.line");
const cases = (page) => line(page).locator("tbody tr td:nth-of-type(3)").allInnerTexts();
const standing = (page) => page.evaluate(() => document.activeElement.closest("tr")?.dataset.id ?? "");

test("who waits in a queue: in the order told, asked again with each frame, by keys and with the focus kept", async (t) => {
  const { page, server, site } = await desk(t, { path: "/desk/wall", change: troubled() });
  await page.waitForSelector(".queues tbody tr");
  const now = Date.now();
  site.lines_of = { phone: makeLine(now, { id: "phone", waiting: 8, oldest_at: now - 412_000 }, site.wall.agents) };
  const all = site.lines_of.phone;
  await page.getByRole("button", { name: "电话" }).click();
  await line(page).locator("tbody tr").nth(7).waitFor();
  assert.deepEqual(
    await cases(page),
    all.map((c) => c.case),
  );
  const first = line(page).locator("tbody tr").first();
  assert.match(await first.innerText(), /王\*\*.*VIP.*138\*\*\*\*5678.*电话.*高 \/ 中.*派给 陈静 1024/s);
  assert.equal(await line(page).locator("td.late").count(), 1, "who has waited as long as the site calls long");
  assert.equal(await standing(page), all[0].id);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await standing(page), all[2].id);

  // The one stood on is accepted and a VIP comes first: the next frame asks again, the place is kept.
  const asked = frames(server, "waiting").length;
  site.lines_of.phone = [{ ...all[7], priority: "high" }, ...all.slice(0, 2), ...all.slice(3, 7)];
  server.lines[0].wall();
  await until(async () => (await cases(page))[0] === all[7].case);
  assert.equal(frames(server, "waiting").length, asked + 1);
  assert.equal(await standing(page), all[1].id, "the third place still");

  await page.keyboard.press("Enter");
  await page.locator("dialog.explain .story").waitFor();
  assert.equal(frames(server, "explain").pop().contact, all[1].id);
  await page.keyboard.press("Escape");
  await until(async () => (await page.locator("dialog.explain").count()) === 0);
  assert.equal(await standing(page), all[1].id);

  site.lines_of.phone = [];
  server.lines[0].wall();
  await line(page).getByText("当前无人等待").waitFor();
  await page.keyboard.press("Escape");
  await until(async () => (await page.locator("dialog").count()) === 0);
  const over = frames(server, "waiting").length;
  server.lines[0].wall();
  await until(() => frames(server, "waiting").length === over);
});

test("reassign from the list: no case number to type, the version the list showed", async (t) => {
  const { page, server } = await desk(t, { path: "/desk/wall", change: troubled() });
  await page.waitForSelector(".queues tbody tr");
  await page.getByRole("button", { name: "电话" }).click();
  const second = line(page).locator("tbody tr").nth(1);
  const id = await second.getAttribute("data-id");
  await second.getByRole("button", { name: "改派" }).click();
  const form = page.locator("dialog.transfer");
  await form.getByText("20261124-000211").waitFor();
  await form.locator(".choice-list button", { hasText: "赵敏" }).click();
  await form.locator("input").last().fill("客户是老主顾");
  await page.getByRole("button", { name: "确认" }).click();
  await until(() => frames(server, "reassign").length === 1);
  const { contact, v, to } = frames(server, "reassign")[0];
  assert.deepEqual([contact, v, to], [id, 3, { agent: "a1031" }]);
  await until(async () => (await form.count()) === 0);
  assert.equal(await line(page).count(), 1, "back at the list");
});

/** The list of a queue whose line the test writes, on its third row; `frame(type)` is the newest the page sent. */
async function third(t, ...held) {
  const more = { change: troubled(), scene: (one) => one.hold(...held) };
  const { page, server, site } = await desk(t, { path: "/desk/wall", ...more });
  await page.waitForSelector(".queues tbody tr");
  const now = Date.now();
  site.lines_of = { phone: makeLine(now, { id: "phone", waiting: 8, oldest_at: now - 412_000 }, site.wall.agents) };
  await page.getByRole("button", { name: "电话" }).click();
  await line(page).locator("tbody tr").nth(7).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const form = line(page).locator("dialog");
  const sent = (type) => frames(server, type).at(-1);
  const answer = (frame) => server.lines[0].say(frame);
  const change = (fields) => {
    Object.assign(site.lines_of.phone[2], fields);
    server.lines[0].wall();
  };
  return { page, server, site, form, sent, answer, change, c: site.lines_of.phone[2] };
}

test("another priority: by keys, with a reason; a refusal is said, and the next try has what the list shows by then", async (t) => {
  const { page, server, form, sent, answer, change, c } = await third(t, "reprioritise");
  await page.keyboard.press("p");
  await form.getByText(c.case).waitFor();
  await form.getByRole("button", { name: "确认" }).click();
  await form.getByText("优先级、原因").waitFor();
  assert.equal(frames(server, "reprioritise").length, 0);
  await form.getByRole("radio", { name: /中/ }).focus();
  await page.keyboard.press("1");
  await form.locator("input").fill("第二次来电");
  await page.keyboard.press("Enter");
  await until(() => frames(server, "reprioritise").length === 1);
  const { id, contact, v, priority, reason } = sent("reprioritise");
  assert.deepEqual([contact, v, priority, reason], [c.id, 3, "high", "第二次来电"]);
  answer({ type: "refused", id, code: "stale", why: "" });
  await form.getByText("情况已有变化").waitFor();

  change({ v: 4, state: "offered", offered: [{ agent: "a1031", due: Date.now() + 20_000 }] });
  await form.getByText("派给 赵敏 1031").waitFor();
  await page.keyboard.press("Enter");
  await until(() => frames(server, "reprioritise").length === 2);
  assert.equal(sent("reprioritise").v, 4);
  answer({ type: "done", id: sent("reprioritise").id, contact: c.id });
  await until(async () => (await form.count()) === 0);
  assert.equal(await standing(page), c.id, "back on the row");
});

test("the end of a wait: kind, result and reason; who wrote meanwhile is said; who is gone is not ended", async (t) => {
  const { page, server, site, form, sent, answer, change, c } = await third(t, "resolve");
  await page.keyboard.press("e");
  await page.getByRole("alertdialog", { name: "结束等待" }).getByText("不能撤销").waitFor();
  await form.getByRole("button", { name: "结束等待" }).click();
  await form.getByText("工单类型、处理结果、原因").waitFor();
  await form.getByRole("radio", { name: "报修" }).click();
  await form.getByRole("radiogroup", { name: "处理结果" }).getByRole("radio").first().click();
  await form.locator("input:not([type=search])").fill("误发");
  await page.keyboard.press("Enter");
  await until(() => frames(server, "resolve").length === 1);
  const { contact, v, seq, kind, disposition, text } = sent("resolve");
  assert.deepEqual([contact, v, seq, kind, text], [c.id, 3, 2, "repair", "误发"]);
  assert.ok(disposition);
  answer({ type: "refused", id: sent("resolve").id, code: "unread", why: "" });
  change({ seq: 3, priority: "high" });
  await form.getByText("高 / 高").waitFor();
  await form.getByText("客户刚发来新消息").waitFor();
  await page.keyboard.press("Enter");
  await until(() => frames(server, "resolve").length === 2);
  assert.equal(sent("resolve").seq, 3);
  answer({ type: "refused", id: sent("resolve").id, code: "stale", why: "" });
  await form.getByText("情况已有变化").waitFor();

  site.lines_of.phone = site.lines_of.phone.filter((one) => one.id !== c.id);
  server.lines[0].wall();
  await form.getByRole("alert").getByText("已不在等待中").waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await until(async () => (await form.count()) === 0);
  assert.equal(frames(server, "resolve").length, 2);
  assert.equal(await line(page).count(), 1, "back at the list");
});

test("the same by the row's menu, with the mouse", async (t) => {
  const { page, server, form } = await third(t);
  for (const [name, type] of [
    ["改优先级", "reprioritise"],
    ["结束等待", "resolve"],
  ]) {
    await line(page).locator("tbody tr").nth(3).locator(".menu-button").click();
    await page.getByRole("menuitem", { name }).click();
    await form.getByRole("heading", { name }).waitFor();
    for (const group of await form.getByRole("radiogroup").all()) await group.getByRole("radio").last().click();
    await form.locator("input:not([type=search])").fill("演练");
    await form.locator("[type=submit]").click();
    await until(async () => (await form.count()) === 0);
    assert.equal(frames(server, type).length, 1);
  }
});

test("a customer alone at a counter: first of the agents, said once, and put back in line with a reason", async (t) => {
  const { page, server, site } = await desk(t, { path: "/desk/wall", change: troubled() });
  await page.waitForSelector(".agent");
  assert.equal(await page.locator(".agent.unattended").count(), 0);
  const agent = leaveAlone(site.wall, "A007");
  server.lines[0].wall();
  const card = page.locator(".agent").first();
  await card.getByText(`${agent.counter} 号窗口 A007 无人接待`).waitFor();
  await page.locator("[aria-live=assertive]", { hasText: `${agent.name.zh}：${agent.counter} 号窗口 A007` }).waitFor();
  await card.locator(".menu-button").click();
  await page.getByRole("menuitem", { name: "放回队列" }).click();
  const form = page.getByRole("alertdialog", { name: /A007/ });
  await form.locator("input").fill("电脑坏了");
  await page.keyboard.press("Enter");
  await until(() => frames(server, "agent").length === 1);
  const { agent: whom, force, reason } = frames(server, "agent")[0];
  assert.deepEqual([whom, force, reason], [agent.id, "offline", "电脑坏了"]);
  await until(async () => (await page.locator("dialog").count()) === 0);
  leaveAlone(site.wall);
  server.lines[0].wall();
  await until(async () => (await page.locator(".agent.unattended").count()) === 0);
});

test("a queue of another team: who waits is not shown, and not asked again", async (t) => {
  const { page, server } = await desk(t, {
    path: "/desk/wall",
    change: troubled(),
    scene: (line) => {
      line.hold("waiting");
      line.socket.on("message", (data) => {
        const { type, id } = JSON.parse(String(data));
        if (type === "waiting") line.say({ type: "refused", ask: "waiting", id, code: "not_permitted", why: "" });
      });
    },
  });
  await page.waitForSelector(".queues tbody tr");
  await page.getByRole("button", { name: "电话" }).click();
  await line(page).getByText("只有这个队列的主管能看到等待的客户").waitFor();
  server.lines[0].wall();
  server.lines[0].wall();
  await page.keyboard.press("Escape");
  await until(async () => (await page.locator("dialog").count()) === 0);
  assert.equal(frames(server, "waiting").length, 1);
});

test("two supervisors, one acknowledgement: by name on both walls and after a reload; a refusal is said", async (t) => {
  const { page, server, site, context } = await desk(t, { path: "/desk/wall", change: troubled() });
  await page.waitForSelector(".queues tbody tr");
  const other = await context.newPage();
  await other.goto(page.url());
  const seen = (one) => one.locator(".queues tr[data-id=phone]").getByText(/赵敏 \d\d:\d\d 已知悉/);
  await other.waitForSelector(".queues tbody tr");
  site.welcome.me = { ...site.welcome.me, id: "a1031", name: { zh: "赵敏", en: "Zhao Min" } };
  await other.locator(".queues tr[data-id=phone]").getByRole("button", { name: /知悉/ }).click();
  await seen(other).waitFor();
  server.lines[0].wall();
  await seen(page).waitFor();
  await page.reload();
  await seen(page).waitFor();
  assert.equal(await page.locator(".queues tr[data-id=phone] .chip.bad").count(), 0);
  server.lines.at(-1).say({ type: "refused", ask: "acknowledge", code: "not_permitted", why: "" });
  await page.getByRole("alert").getByText("没有权限").waitFor();
});

test("the wall says in red that it came over plain http, and the site's own measure of a long wait", async (t) => {
  const { page } = await desk(t, {
    path: "/desk/wall",
    change: (site) => (troubled()(site), (site.wall.long_wait_ms = 90_000)),
  });
  await page.waitForSelector(".queues tbody tr");
  assert.equal(await page.locator(".strip.plain").count(), 0, "this very machine");
  const far = await desk(t, { path: "/desk/wall", change: troubled(), host: "plain.test" });
  const strip = far.page.locator(".strip.bad", { hasText: "没有加密" });
  await strip.waitFor();
  await far.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  assert.ok((await strip.boundingBox()).y < 120, "also when the page is scrolled");
  assert.match(await page.locator(".figure").nth(1).getAttribute("title"), /达到 1:30 报警/);
});
