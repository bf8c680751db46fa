// The supervisor's wall: trouble, steps with their reasons, stale data.
import assert from "node:assert/strict";
import { test } from "node:test";
import { id } from "../support/desk-site.mjs";
import { makeWall } from "../support/desk-wall.mjs";
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
  await page.locator(".queues tbody .btn").first().click();
  await page.getByRole("button", { name: "确认" }).click();
  await page.getByText("请填写原因").waitFor();
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
