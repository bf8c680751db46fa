// The desk with much in it (ui.md §12): 1,000 conversations, 10,000 lines. Each budget has a control: a desk that is too
// slow is found out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deskTwin } from "../people/twin.mjs";
import { buildDesk } from "../support/desk-files.mjs";
import { SLOW, within } from "../support/pace.mjs";
import { A, B, desk, frames, open, until } from "./page.mjs";

/** A desk that works `ms` long for nothing wherever the budgets look. */
function slowDesk(ms) {
  const burn = `{ const until = performance.now() + ${ms}; while (performance.now() < until); }`;
  const changes = [
    ["daemon/desk/pages/main.tsx", "  const store = browserStore();", `  ${burn}\n  const store = browserStore();`],
    [
      "daemon/desk/pages/app.ts",
      "  openTalk(contact: string, write = false): void {",
      `  openTalk(contact: string, write = false): void {\n    ${burn}`,
    ],
  ];
  return { ...buildDesk(), ...deskTwin(changes) };
}

/** First contents and first rows of 1,000 conversations, in ms since the page was asked for; of cold starts. */
async function starts(t, { files, slowdown = 1, times: n = 5, first, usable }) {
  const prepare = async (page) => {
    await page.addInitScript(() => {
      new MutationObserver((_, watch) => {
        if (!document.querySelector(".row")) return;
        watch.disconnect();
        document.querySelector(".row").getBoundingClientRect(); // laid out too
        window.usable = performance.now();
      }).observe(document, { subtree: true, childList: true });
    });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  };
  const times = [];
  for (let i = 0; i < n; i += 1) {
    const { page } = await desk(t, { contacts: 1000, prepare, ...(files ? { files } : {}) });
    await page.waitForFunction(() => window.usable && performance.getEntriesByName("first-contentful-paint").length);
    times.push(
      await page.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0].startTime, window.usable]),
    );
    await page.close();
  }
  const [contents, rows] = [0, 1].map((which) => times.map((one) => one[which]));
  within(t, `first contents, ${slowdown}× slowdown`, contents, first);
  within(t, `usable, ${slowdown}× slowdown`, rows, usable);
}

test("1,000 conversations: first contents in 400 ms, usable within a second; 1 and 2.5 s at a quarter of the speed", async (t) => {
  await starts(t, { first: 400, usable: 1_000 });
  await starts(t, { slowdown: 4, first: 1_000, usable: 2_500 });
});
test("control: a desk that is busy before it draws", async (t) => {
  await assert.rejects(
    starts(t, { files: slowDesk(1_000 * SLOW), times: 3, first: 400, usable: 1_000 }),
    /first contents|usable/,
  );
});

test("1,000 conversations: ≤ 40 rows in the DOM, a key moves within 50 ms", async (t) => {
  const { page } = await desk(t, { contacts: 1000 });
  await page.waitForSelector(".row");
  assert.ok((await page.locator(".row").count()) <= 40);
  const took = await page.evaluate(async () => {
    const times = [];
    for (let i = 0; i < 20; i += 1) {
      const start = performance.now();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
      await new Promise((done) => requestAnimationFrame(done));
      times.push(performance.now() - start);
    }
    return times;
  });
  within(t, "a key", took, 50);
  assert.ok((await page.locator(".row").count()) <= 40);
  const active = await page.locator("[role=listbox].list-scroll").getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`#${active}`).count(), 1);
});

/** Reads back by 410 px, so that older lines come above: the line the eye rests on must not move otherwise. */
async function readBack(page) {
  await page.locator("#transcript").evaluate((el) => (el.scrollTop = 600));
  const [text, top] = await page.evaluate(() => {
    const { top: edge } = document.querySelector("#transcript").getBoundingClientRect();
    const seen = [...document.querySelectorAll(".entry")].find((e) => e.getBoundingClientRect().bottom > edge + 60);
    return [seen.querySelector(".bubble").textContent, seen.getBoundingClientRect().top];
  });
  await page.evaluate(() => {
    const el = document.querySelector("#transcript");
    window.before = el.scrollHeight;
    el.scrollTop = 190;
  });
  await page.waitForFunction(() => document.querySelector("#transcript").scrollHeight > window.before);
  const now = await page.evaluate((wanted) => {
    const one = [...document.querySelectorAll(".entry")].find((e) => e.querySelector(".bubble").textContent === wanted);
    return one.getBoundingClientRect().top;
  }, text);
  const shift = Math.round(now - top - 410);
  assert.ok(Math.abs(shift) <= 2, `moved by ${shift} px`);
}

/** The server gives 50 lines at a time; what the page holds already comes by 100. */
async function longTalk(t, files) {
  const lines = Array.from({ length: 10_000 }, (_, i) => ({
    seq: i + 1,
    at: Date.now() - (10_000 - i) * 1000,
    by: i % 2 ? "agent" : "customer",
    kind: "text",
    text: `第 ${i + 1} 句`,
  }));
  const { page, server } = await desk(t, {
    ...(files ? { files } : {}),
    change: (s) => {
      s.lines[A] = lines;
      s.contacts[0].seq = 10_000;
    },
  });
  const shown = () => page.locator(".entry").count();
  const asked = () => frames(server, "history").length;
  await open(page);
  await page.getByText("第 10000 句").waitFor();
  assert.equal(await shown(), 50);
  for (let held = 100; held <= 350; held += 50) {
    const before = asked();
    await readBack(page);
    assert.deepEqual([await shown(), asked()], [held, before + 1], "read back from the server");
  }
  const newest = page.getByRole("button", { name: /回到最新/ });
  await newest.click();
  await newest.waitFor({ state: "detached" });
  assert.equal(await shown(), 200, "the last 200");
  assert.match(await page.locator(".entry").first().textContent(), /第 9801 句/);
  assert.match(await page.locator(".entry").last().textContent(), /第 10000 句/);
  const before = asked();
  await readBack(page);
  assert.deepEqual([await shown(), asked()], [300, before], "100 older ones, held already");
}
test("10,000 lines: the last 200 in the DOM, older ones by scrolling without a jump, those held 100 at a time", (t) =>
  longTalk(t));
for (const [fault, from, to, by] of [
  ["leaves more in the DOM", "SHOWN = 200", "SHOWN = 250", /the last 200/],
  ["takes other steps", "MORE = 100", "MORE = 50", /100 older ones/],
  ["jumps", "el.scrollTop += el.scrollHeight - was.height", "el.scrollTop += 0", /moved by/],
]) {
  test(`control: a transcript that ${fault}`, (t) => {
    const twin = deskTwin([["daemon/desk/pages/talk/transcript.tsx", from, to]]);
    return assert.rejects(longTalk(t, { ...buildDesk(), ...twin }), by);
  });
}

/** From the click on a conversation of 200 known lines to its last line, laid out. */
async function openings(t, files) {
  const say = (contact) => (_, i) => ({
    seq: i + 1,
    at: Date.now() - (200 - i) * 1000,
    by: i % 2 ? "agent" : "customer",
    kind: "text",
    text: `${contact === A ? "甲" : "乙"} ${i + 1}`,
  });
  const { page } = await desk(t, {
    ...(files ? { files } : {}),
    change: (s) =>
      [A, B].forEach((contact, n) => {
        s.lines[contact] = Array.from({ length: 200 }, say(contact));
        s.contacts[n].seq = 200;
      }),
  });
  for (const contact of [A, B]) {
    await open(page, contact);
    for (let n = 50; n < 200; n += 50) {
      await page.waitForFunction((least) => document.querySelectorAll(".entry").length >= least, n);
      await page.locator("#transcript").evaluate((el) => (el.scrollTop = 60));
    }
    await page.waitForFunction(() => document.querySelectorAll(".entry").length >= 200);
  }
  const times = await page.evaluate(
    async ([first, second]) => {
      const all = [];
      for (let i = 0; i < 12; i += 1) {
        const [contact, last] = i % 2 ? [second, "乙 200"] : [first, "甲 200"];
        const there = () => [...document.querySelectorAll(".entry .bubble")].at(-1)?.textContent.includes(last);
        const drawn = new Promise((done) => {
          new MutationObserver((_, watch) => {
            if (!there()) return;
            watch.disconnect();
            done();
          }).observe(document.body, { subtree: true, childList: true, characterData: true });
        });
        const start = performance.now();
        document.getElementById(`row-${contact}`).click();
        await drawn;
        document.querySelector("#transcript").getBoundingClientRect();
        all.push(performance.now() - start);
      }
      return all;
    },
    [A, B],
  );
  within(t, "opening a transcript of 200 lines", times, 100);
}

test("a transcript is open within 100 ms", (t) => openings(t));
test("control: a desk that is busy before it opens one", (t) =>
  assert.rejects(openings(t, slowDesk(120 * SLOW)), /opening a transcript/));
