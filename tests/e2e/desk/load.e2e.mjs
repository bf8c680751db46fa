// The desk under load: 1,000 conversations, 10,000 lines, a busy hour.
import assert from "node:assert/strict";
import { test } from "node:test";
import { A, desk, frames, open, until } from "./page.mjs";

test("1,000 conversations: usable within a second, ≤ 40 rows in the DOM, a key moves within 50 ms", async (t) => {
  const { page } = await desk(t, { contacts: 1000 });
  await page.waitForSelector(".row");
  const usable = await page.evaluate(() => performance.now());
  assert.ok(usable < 3_000, `${Math.round(usable)} ms until usable`);
  assert.ok((await page.locator(".row").count()) <= 40);
  const took = await page.evaluate(async () => {
    const times = [];
    for (let i = 0; i < 20; i += 1) {
      const start = performance.now();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
      await new Promise((done) => requestAnimationFrame(done));
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[10];
  });
  assert.ok(took <= 50, `${took.toFixed(1)} ms`);
  assert.ok((await page.locator(".row").count()) <= 40);
  const active = await page.locator("[role=listbox].list-scroll").getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`#${active}`).count(), 1);
});

test("10,000 lines: at most 200 entries, older ones by scrolling without a jump", async (t) => {
  const lines = Array.from({ length: 10_000 }, (_, i) => ({
    seq: i + 1,
    at: Date.now() - (10_000 - i) * 1000,
    by: i % 2 ? "agent" : "customer",
    kind: "text",
    text: `第 ${i + 1} 句`,
  }));
  const { page, server } = await desk(t, {
    change: (s) => {
      s.lines[A] = lines;
      s.contacts[0].seq = 10_000;
    },
  });
  await open(page);
  await page.getByText("第 10000 句").waitFor();
  const up = () => page.locator("#transcript").evaluate((el) => (el.scrollTop = 60));
  for (let i = 0; i < 5; i += 1) {
    const before = frames(server, "history").length;
    await up();
    await until(() => frames(server, "history").length > before);
    await page.waitForFunction((n) => document.querySelectorAll(".entry").length >= n, (i + 2) * 50);
  }
  const place = () =>
    page.evaluate(() => {
      const box = document.querySelector("#transcript").getBoundingClientRect();
      const seen = [...document.querySelectorAll(".entry")].find(
        (e) => e.getBoundingClientRect().bottom > box.top + 60,
      );
      return [seen.querySelector(".bubble").textContent, Math.round(seen.getBoundingClientRect().top)];
    });
  await page.locator("#transcript").evaluate((el) => (el.scrollTop = 600));
  const [text, top] = await place();
  const before = frames(server, "history").length;
  await page.evaluate(() => {
    const el = document.querySelector("#transcript");
    window.before = { height: el.scrollHeight, top: el.scrollTop };
    el.scrollTop = 190;
  });
  await until(() => frames(server, "history").length > before);
  await page.waitForFunction(() => document.querySelector("#transcript").scrollHeight > window.before.height);
  const shift = await page.evaluate((wanted) => {
    const one = [...document.querySelectorAll(".entry")].find((e) => e.querySelector(".bubble").textContent === wanted);
    return Math.round(one.getBoundingClientRect().top);
  }, text);
  assert.ok(Math.abs(shift - (top + 410)) <= 2, `moved by ${shift - (top + 410)} px`);
  await page.getByRole("button", { name: /回到最新/ }).click();
  await until(async () => (await page.locator(".entry").count()) <= 200);
});

test("busy hour: 50 lines a second for 5 s leave the main thread free", async (t) => {
  const { page, server, site } = await desk(t, { contacts: 40 });
  await page.locator(".row").first().click();
  await page.waitForSelector(".composer textarea");
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => list.getEntries().forEach((e) => window.long.push(e.duration))).observe({
      entryTypes: ["longtask"],
    });
  });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" }); // CPU of the thread: others may be busy
  const task = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return metrics.find((m) => m.name === "TaskDuration").value;
  };
  const from = await task();
  const began = Date.now();
  for (let i = 0; i < 250; i += 1) {
    const contact = site.contacts[i % 40];
    contact.seq += 1;
    server.lines[0].delta({
      type: "msg",
      contact: contact.id,
      seq: contact.seq,
      at: Date.now(),
      by: "customer",
      kind: "text",
      text: `第 ${i} 句`,
    });
    await new Promise((done) => setTimeout(done, Math.max(0, began + (i + 1) * 20 - Date.now())));
  }
  const share = (await task()) - from;
  const seconds = (Date.now() - began) / 1000;
  const long = await page.evaluate(() => window.long);
  t.diagnostic(`main thread ${((100 * share) / seconds).toFixed(1)} %, long tasks ${long.length}`);
  assert.ok(share / seconds < 0.15, `${Math.round((100 * share) / seconds)} % of a core`);
});
