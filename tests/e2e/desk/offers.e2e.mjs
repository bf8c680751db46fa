// Signing in, offers, the counter, two tabs: what brings work to the agent. Frames of docs/desk.md are played.
import assert from "node:assert/strict";
import { test } from "node:test";
import { id, offer, row } from "../support/desk-site.mjs";
import { A, box, desk, frames, open, until } from "./page.mjs";

test("sign in by keyboard, start, and the conversation list is there", async (t) => {
  const { page, server } = await desk(t, {
    signedIn: false,
    login: (sent) => (sent.password === "right" ? [200, { agent: "a1024" }] : [401, { error: { code: "x" } }]),
  });
  await page.waitForSelector("[name=staff_no]");
  await page.keyboard.type("1024");
  await page.keyboard.press("Tab");
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("工号或密码不正确").waitFor();
  await page.keyboard.type("right"); // the wrong one was selected
  await page.keyboard.press("Enter");
  await page.waitForSelector(`#row-${A}`);
  assert.deepEqual(frames(server, "hello")[0].v, 1);
});

test("an offer: F2 while typing accepts, the draft and the focus stay; the accepted one opens when it comes", async (t) => {
  const { page, server, site } = await desk(t, {
    change: (s) => (s.offers = [offer(0, "zh", Date.now())]),
    scene: (line) => line.hold("accept"),
  });
  await open(page);
  await page.keyboard.type("写到一半");
  await page.keyboard.press("F2");
  await page.getByText("正在接通…").waitFor();
  assert.equal(await box(page).inputValue(), "写到一半");
  const { id: command, contact, offer: wanted } = await server.lines[0].next("accept");
  assert.deepEqual([contact, wanted], [id(500), id(700)]);
  const line = server.lines[0];
  line.say({ type: "done", id: command, contact });
  line.delta({ type: "offer_end", offer: id(700), end: "accepted", reason: "", by: "a1024" });
  line.delta({ type: "contact", ...row(7, "zh", Date.now(), { id: contact }) });
  await until(async () => (await page.locator(".offer").count()) === 0);
  await page.locator(`#row-${contact}[aria-selected=true]`).waitFor();
  await open(page);
  assert.equal(await box(page).inputValue(), "写到一半", "the half sentence belongs to its conversation");
  assert.equal(site.contacts.length, 7);
});

test("decline needs a reason, one key each; a card that just appeared swallows the click", async (t) => {
  const { page, server } = await desk(t, { change: (s) => (s.offers = []) });
  await page.waitForSelector(".row");
  server.lines[0].delta({ type: "offer", ...offer(0, "zh", Date.now()) });
  const decline = page.locator(".offer-buttons .btn").nth(1);
  await decline.waitFor();
  await page.evaluate(() => document.querySelectorAll(".offer-buttons .btn").forEach((b) => b.click()));
  assert.equal(await page.locator(".decline").count(), 0);
  assert.equal(frames(server, "accept").length, 0);
  await page.waitForTimeout(320); // the time the card asks for
  await decline.click();
  await page.keyboard.press("2");
  await until(() => frames(server, "decline").length === 1);
  assert.equal(frames(server, "decline")[0].reason, "skill");
});

test("ended offers say why and leave; nothing is offered while the line is down", async (t) => {
  const { page, server } = await desk(t, { change: (s) => (s.offers = [offer(0, "zh", Date.now())]) });
  await page.waitForSelector(".offer");
  server.lines[0].delta({
    type: "offer_end",
    offer: id(700),
    end: "withdrawn",
    reason: "answered_elsewhere",
    by: "a1031",
  });
  await page.getByText("已被同事接入").waitFor();
  await until(async () => (await page.locator(".offer").count()) === 0);
  server.lines[0].delta({ type: "offer", ...offer(1, "zh", Date.now()) });
  await page.waitForSelector(".offer");
  server.refuse(true);
  server.cut();
  await page.locator(".offer", { hasText: "正在重新连接" }).waitFor();
  assert.equal(await page.locator(".offer-buttons").count(), 0);
});

test("two tabs: both show the offer, one rings", async (t) => {
  const { page, server, context } = await desk(t);
  await page.waitForSelector(".row");
  const other = await context.newPage();
  await other.goto(`${server.origin}/desk/`);
  await other.waitForSelector(".row");
  for (const one of [page, other]) {
    await one.evaluate(() => {
      window.tones = 0;
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...args) {
        window.tones += 1;
        return start.apply(this, args);
      };
    });
    await one.locator(".brand").click(); // sound may come out after a click
  }
  for (const line of server.lines) line.delta({ type: "offer", ...offer(0, "zh", Date.now()) });
  await page.waitForSelector(".offer");
  await other.waitForSelector(".offer");
  const tones = async () => [await page.evaluate(() => window.tones), await other.evaluate(() => window.tones)];
  await until(async () => (await tones()).some((n) => n > 0));
  await page.waitForTimeout(500); // a second ring would have come by now
  assert.equal((await tones()).filter((n) => n > 0).length, 1);
});

test("counter: going online asks for its name, next calls, arrival and result follow", async (t) => {
  const ticket = { channel: "walkin", queue: "counter", state: "connecting", ticket: "A023", counter: "3", kind: "" };
  const { page, server } = await desk(t, {
    change: (s) => {
      s.welcome.me.teams.push({ queue: "counter", rank: 1 });
      Object.assign(s.presence, { state: "offline" });
      s.contacts = [];
    },
    scene: (line) => line.hold("next"),
  });
  await page.getByRole("button", { name: "开始接待" }).first().click();
  await page.getByLabel("窗口名称").fill("3");
  await page.keyboard.press("Enter");
  await until(() => frames(server, "presence").length === 1);
  assert.deepEqual([frames(server, "presence")[0].state, frames(server, "presence")[0].counter], ["available", "3"]);
  await page.getByRole("button", { name: /叫下一位/ }).click();
  const next = await server.lines[0].next("next");
  assert.equal(next.queue, "counter");
  const called = row(30, "zh", Date.now(), { ...ticket, seq: 0, last: null, due: Date.now() + 60_000 });
  server.lines[0].say({ type: "done", id: next.id, contact: called.id });
  server.lines[0].delta({ type: "contact", ...called });
  await page.getByRole("button", { name: "已叫号 A023" }).waitFor();
  await page.getByRole("button", { name: "已到，开始服务" }).click();
  await until(() => frames(server, "serve").length === 1);
  server.lines[0].delta({ type: "contact", ...called, v: 4, state: "active", since: Date.now() });
  await page.getByRole("button", { name: "正在服务 A023" }).waitFor();
  await page.getByRole("button", { name: "办结", exact: true }).click();
  await page.locator(".wrapup .choice-list button", { hasText: "发票" }).first().click();
  await page.locator(".wrapup .choice-list button", { hasText: "已开具发票" }).click();
  await page.locator(".wrapup [type=submit]").click();
  await until(() => frames(server, "done").length === 1);
  const [done] = frames(server, "done");
  assert.deepEqual([done.kind, done.disposition], ["invoice", "invoice_sent"]);
});
