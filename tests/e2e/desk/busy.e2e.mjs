// The desk through a busy hour and a day (ui.md §12): 50 lines a second for a minute, 50 conversations come and gone. Each
// budget has a control: a desk that thinks too long or keeps what it should let go is found out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deskTwin } from "../people/twin.mjs";
import { buildDesk } from "../support/desk-files.mjs";
import { id, row, transcript } from "../support/desk-site.mjs";
import { SLOW, within } from "../support/pace.mjs";
import { box, desk } from "./page.mjs";

/** CPU seconds of the page's main thread (others may be busy), and the MB it holds when all garbage is gone. */
async function gauges(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  return {
    async cpu() {
      const { metrics } = await cdp.send("Performance.getMetrics");
      return metrics.find((m) => m.name === "TaskDuration").value;
    },
    async held() {
      await cdp.send("HeapProfiler.collectGarbage");
      return (await cdp.send("Runtime.getHeapUsage")).usedSize / 1e6;
    },
  };
}

const APP = "daemon/desk/pages/app.ts";
/** The desk with a fault before a line of its source. */
const faulty = (line, fault) => ({ ...buildDesk(), ...deskTwin([[APP, line, `${fault}\n${line}`]]) });
const taking = (fault) => faulty("    const frame = decode(raw);", `if (raw.type === "msg") ${fault}`);
const burn = (ms) => `{ const until = performance.now() + ${ms}; while (performance.now() < until); }`;
const keep = (n) => `((window as any).kept ??= []).push(new Array(${n}).fill(Math.random()));`;
const SHORT = { lines: 25, every: 20 };

/** From now on: how long the tasks over 50 ms were, and how long keys lay before the page took them. */
const watch = (page) =>
  page.evaluate(() => {
    window.long = [];
    window.waited = [];
    new PerformanceObserver((list) => list.getEntries().forEach((e) => window.long.push(e.duration))).observe({
      entryTypes: ["longtask"],
    });
    addEventListener("keydown", (event) => window.waited.push(performance.now() - event.timeStamp), true);
  });

/**
 * `rounds` of `lines` lines, one every `every` ms, on 40 conversations, one of them open and written in. Over all of it:
 * the share of a core and what is held more afterwards; of each round the longest task and the slowest key.
 */
async function busyHour(t, { files, rounds, lines, every }) {
  const change = ({ lines: kept, contacts }) =>
    contacts.forEach((one) => (kept[one.id] = transcript("zh", Date.now())));
  const { page, server, site } = await desk(t, { contacts: 40, change, ...(files ? { files } : {}) });
  await page.locator(".row").first().click();
  await page.locator("#transcript .bubble").first().waitFor();
  await box(page).focus();
  const { cpu, held } = await gauges(page);
  const before = await held();
  await watch(page);
  const longest = [];
  const slowest = [];
  const from = await cpu();
  const began = Date.now();
  for (let i = 0; i < rounds * lines; i += 1) {
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
    if (i % Math.ceil(lines / 5) === 0) await page.keyboard.press("x");
    await new Promise((done) => setTimeout(done, Math.max(0, began + (i + 1) * every - Date.now())));
    if ((i + 1) % lines) continue;
    const [tasks, keys] = await page.evaluate(() => [window.long.splice(0), window.waited.splice(0)]);
    longest.push(Math.max(0, ...tasks));
    slowest.push(Math.max(...keys));
  }
  const seconds = (Date.now() - began) / 1000;
  const share = ((await cpu()) - from) / seconds;
  const more = (await held()) - before;
  t.diagnostic(`${seconds.toFixed(1)} s, main thread ${(100 * share).toFixed(1)} %, heap ${more.toFixed(2)} MB more`);
  within(t, "longest task", longest, 50);
  within(t, "longest task at the end", longest.slice(-3), 50);
  within(t, "a key while lines come", slowest, 50);
  assert.ok(Math.abs(more) <= 5, `${more.toFixed(1)} MB more in the heap`);
  assert.ok(share < 0.15, `${Math.round(100 * share)} % of a core`);
}

test("busy hour: 50 lines a second for 60 s: the main thread is free, no task is long, keys are taken, the heap is back", (t) =>
  busyHour(t, { rounds: 12, lines: 250, every: 20 }));
test("control: a desk that thinks long about a line", (t) =>
  assert.rejects(busyHour(t, { files: taking(burn(60 * SLOW)), rounds: 3, lines: 1, every: 500 }), /longest task: /));
test("control: a desk that slows down at last: two rounds of twelve show it, and so those of the end alone", (t) => {
  const slower = `if (((window as any).taken = ((window as any).taken ?? 0) + 1) > 50) ${burn(60 * SLOW)}`;
  return assert.rejects(busyHour(t, { files: taking(slower), rounds: 12, lines: 5, every: 150 * SLOW }), /at the end/);
});
test("control: a desk that thinks a little about every line", (t) =>
  assert.rejects(busyHour(t, { files: taking(burn(5)), rounds: 3, ...SHORT }), /% of a core/));
test("control: a desk that keeps something of every line", (t) =>
  assert.rejects(busyHour(t, { files: taking(keep(20_000)), rounds: 3, ...SHORT }), /MB more in the heap/));

/** `n` conversations come, are opened and resolved: how many MB more are held than before, all garbage gone. */
async function aDay(t, { files, n: many }) {
  const { page, server, site } = await desk(t, { contacts: 3, ...(files ? { files } : {}) });
  await page.waitForSelector(".row");
  const { held } = await gauges(page);
  const FIVE = 5; // come together and go together: a page paints ten times a second
  const work = async (from) => {
    const contacts = Array.from({ length: FIVE }, (_, n) => id(2_000 + from + n));
    for (const contact of contacts) {
      const own = ({ text, ...line }) => ({ ...line, ...(text ? { text: `${contact} ${text}` } : {}) });
      site.lines[contact] = transcript("zh", Date.now()).map(own);
      server.lines[0].delta({ type: "contact", ...row(0, "zh", Date.now(), { id: contact, seq: 9 }) });
    }
    for (const contact of contacts) {
      await page.locator(`#row-${contact}`).dispatchEvent("click");
      await page.locator("#transcript .bubble", { hasText: contact }).first().waitFor();
    }
    for (const contact of contacts) server.lines[0].delta({ type: "contact_gone", id: contact, why: "resolved" });
    await page.locator(`#row-${contacts.at(-1)}`).waitFor({ state: "detached" });
  };
  await work(0); // what is loaded once
  const before = await held();
  for (let n = FIVE; n < FIVE + many; n += FIVE) await work(n);
  const more = (await held()) - before;
  t.diagnostic(`heap ${before.toFixed(1)} MB, ${more.toFixed(2)} MB more after ${many} conversations`);
  assert.ok(Math.abs(more) <= 5, `${more.toFixed(1)} MB more in the heap`);
}

test("50 conversations opened and closed: the heap is back to ± 5 MB", (t) => aDay(t, { n: 50 }));
test("control: a desk that keeps something of every conversation", (t) => {
  const opening = "    this.change({ ui: screen.openTalk(this.view.ui, contact, write) });";
  return assert.rejects(aDay(t, { files: faulty(opening, keep(400_000)), n: 10 }), /MB more in the heap/);
});
