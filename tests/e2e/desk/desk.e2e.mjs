// Desk and wall in a real browser; the server plays the frames of docs/desk.md (support/scripted-desk.mjs).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { buildDesk } from "../support/desk-files.mjs";
import { id, makeSite, makeWall, offer, row } from "../support/desk-site.mjs";
import { playDesk } from "../support/scripted-desk.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const A = id(0);
const B = id(1);
let browser;
let files;

before(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  files = buildDesk();
});
after(() => browser.close());

async function desk(t, { change, contacts, path = "/desk/", context: options = {}, ...more } = {}) {
  const site = makeSite("zh", Date.now(), contacts);
  change?.(site);
  const server = await playDesk({ files, site, ...more });
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (m) => /Content Security|Trusted/i.test(m.text()) && problems.push(m.text()));
  t.after(async () => {
    await context.close();
    await server.stop();
    assert.deepEqual(problems, []);
  });
  await page.goto(`${server.origin}${path}`);
  return { page, server, site, context };
}

const box = (page) => page.locator(".composer textarea");
const open = async (page, contact = A) => {
  await page.locator(`#row-${contact}`).click();
  await page.waitForSelector(".composer textarea");
};
const frames = (server, type, line = 0) => (server.lines[line]?.heard ?? []).filter((f) => f.type === type);
/** Waits until `look()` is true; a page that never gets there fails by the test's own time limit. */
async function until(look) {
  for (let i = 0; i < 400; i += 1) {
    if (await look()) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  assert.fail(`never: ${look}`);
}

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

test("drafts never cross conversations and survive a reload", async (t) => {
  const { page } = await desk(t);
  await open(page, A);
  await page.keyboard.type("给甲的话");
  await open(page, B);
  assert.equal(await box(page).inputValue(), "");
  await page.keyboard.type("给乙的话");
  await page.locator(".composer-modes button", { hasText: "备注" }).click();
  await page.keyboard.type("乙的备注");
  await open(page, A);
  assert.equal(await box(page).inputValue(), "给甲的话");
  await page.reload();
  await page.waitForSelector(`#row-${B}`);
  await open(page, B);
  assert.equal(await box(page).inputValue(), "给乙的话");
  await page.locator(".composer-modes button", { hasText: "备注" }).click();
  assert.equal(await box(page).inputValue(), "乙的备注");
});

test("the line breaks between a message and its answer: sent again under its id, shown once, in order", async (t) => {
  const { page, server, site } = await desk(t, {
    scene: (line, n) => {
      if (n > 0) return;
      line.hold("msg");
      line.next("msg").then((frame) => {
        line.manual.delete("msg");
        // kept, but the answer is lost with the line
        const [pageId, count] = frame.id.split(":");
        site.taken = { [pageId]: Number(count) };
        site.contacts[0].seq += 1;
        const kept = { seq: site.contacts[0].seq, at: Date.now(), by: "agent", kind: "text", text: frame.text };
        site.lines[A].push({ ...kept, cid: frame.id });
        line.socket.terminate();
      });
    },
  });
  await open(page);
  await page.waitForSelector(".bubble");
  await page.keyboard.type("第一句");
  await page.keyboard.press("Enter");
  await page.keyboard.type("第二句");
  await page.keyboard.press("Enter");
  await until(() => server.lines.length > 1 && frames(server, "msg", 1).length >= 2);
  const [again, second] = frames(server, "msg", 1);
  assert.equal(again.id, frames(server, "msg")[0].id, "the same id");
  assert.deepEqual([again.text, second.text], ["第一句", "第二句"]);
  await until(async () => (await page.locator(".entry.pending").count()) === 0);
  const own = await page.locator(".entry.own .bubble").allInnerTexts();
  assert.equal(own.filter((text) => text.includes("第一句")).length, 1);
  assert.equal(own.filter((text) => text.includes("第二句")).length, 1);
});

test("expired: the page and the draft stay, the same number signs in again, the line comes back", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  await page.keyboard.type("草稿还在");
  server.expire();
  server.lines[0].say({ type: "error", code: "session_over", text: "" });
  server.lines[0].close(4401);
  await page.getByRole("alertdialog").waitFor();
  await page.keyboard.type("right");
  await page.keyboard.press("Enter");
  await until(async () => (await page.getByRole("alertdialog").count()) === 0);
  await until(() => server.lines.length === 2);
  assert.equal(await box(page).inputValue(), "草稿还在");
});

test("expired, and a colleague signs in on this page: nothing of the first one is shown as theirs", async (t) => {
  const { page, server } = await desk(t, { login: () => [200, { agent: "a9999" }] });
  await page.waitForSelector(".row");
  server.expire();
  server.lines[0].close(4401);
  await page.getByRole("alertdialog").waitFor();
  await page.keyboard.type("other");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "重新载入" }).waitFor();
  assert.equal(server.lines.length, 1);
});

test("resolve names what is missing, then sends what was seen; a newer message is said in words", async (t) => {
  const { page, server } = await desk(t, { scene: (line) => line.hold("resolve") });
  await open(page);
  await page.waitForSelector(".bubble");
  await page.keyboard.press("Escape"); // leave the text box
  await page.keyboard.press("e");
  await page.getByRole("button", { name: "结束会话" }).click();
  await page.getByText("还缺：处理结果").waitFor();
  await page.locator(".choice-filter").fill("上门");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "结束会话" }).click();
  const sent = await server.lines[0].next("resolve");
  assert.deepEqual([sent.v, sent.seq, sent.kind, sent.disposition], [3, 9, "repair", "visit_booked"]);
  server.lines[0].say({ type: "refused", id: sent.id, code: "unread", why: "line 10" });
  await page.getByText("客户刚发来新消息，请先看一眼再结束").waitFor();
  await page.getByRole("button", { name: "结束会话" }).click();
  const again = await server.lines[0].next("resolve");
  server.lines[0].say({ type: "done", id: again.id, contact: A });
  server.lines[0].delta({ type: "contact_gone", id: A, why: "resolved" });
  await until(async () => (await page.locator("dialog").count()) === 0);
  await page.locator(".banner", { hasText: "会话已结束" }).waitFor();
});

test("transfer to a colleague with a reason; the form closes when it is done", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("t");
  await page.locator(".segments button", { hasText: "同事" }).click();
  await page.locator(".transfer .choice-list button", { hasText: "赵敏" }).click();
  await page.locator(".transfer .choice-list button", { hasText: "客户要求" }).click();
  await page.locator(".transfer [type=submit]").click();
  await until(() => frames(server, "transfer").length === 1);
  const [sent] = frames(server, "transfer");
  assert.deepEqual([sent.to, sent.reason, sent.v], [{ agent: "a1031" }, "asked", 3]);
  await until(async () => (await page.locator("dialog").count()) === 0);
});

test("an input method: Enter that ends a composition does not send, nor do its letters act", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Input.imeSetComposition", { selectionStart: 2, selectionEnd: 2, text: "ni" });
  await page.keyboard.press("Enter");
  await page.waitForTimeout(50); // an Enter that were taken would be a frame by now
  assert.equal(frames(server, "msg").length, 0);
  await cdp.send("Input.insertText", { text: "你好" });
  await page.keyboard.press("Enter");
  await until(() => frames(server, "msg").length === 1);
  assert.match(frames(server, "msg")[0].text, /你好/);
});

test("control: without a composition the same Enter sends", async (t) => {
  const { page, server } = await desk(t);
  await open(page);
  await page.keyboard.type("ni");
  await page.keyboard.press("Enter");
  await until(() => frames(server, "msg").length === 1);
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
  await page.getByRole("button", { name: "已到，开始服务" }).click();
  await until(() => frames(server, "serve").length === 1);
  server.lines[0].delta({ type: "contact", ...called, v: 4, state: "active", since: Date.now() });
  await page.getByRole("button", { name: "办结", exact: true }).click();
  await page.locator(".wrapup .choice-list button", { hasText: "发票" }).first().click();
  await page.locator(".wrapup .choice-list button", { hasText: "已开具发票" }).click();
  await page.locator(".wrapup [type=submit]").click();
  await until(() => frames(server, "done").length === 1);
  const [done] = frames(server, "done");
  assert.deepEqual([done.kind, done.disposition], ["invoice", "invoice_sent"]);
});

test("search by number opens the contact read only; an unknown one is said", async (t) => {
  const { page } = await desk(t, {
    change: (s) => {
      s.lines[id(900)] = s.lines[A];
      s.found = { "20260101-000009": [id(900)] };
    },
  });
  await page.waitForSelector(".row");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("20260101000008");
  await page.keyboard.press("Enter");
  await page.getByText("没有找到工单 20260101-000008").waitFor();
  await page.locator(".palette-input input").fill("20260101-000009");
  await page.keyboard.press("Enter");
  await page.locator(".banner", { hasText: "只读" }).waitFor();
  await page.waitForSelector(".bubble");
  assert.equal(await page.locator(".composer").count(), 0);
});

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

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing on the desk and the wall, ${theme}`, async (t) => {
    const look = async (page, what) => {
      await page.evaluate(AXE);
      const found = await page.evaluate(() => window.axe.run());
      assert.deepEqual(
        found.violations.map((v) => `${what}: ${v.id} ${v.nodes[0]?.target}`),
        [],
      );
    };
    const context = { bypassCSP: true, colorScheme: theme };
    const first = await desk(t, { context, change: (s) => (s.offers = [offer(0, "zh", Date.now())]) });
    await open(first.page);
    await first.page.waitForSelector(".earlier");
    await look(first.page, "desk");
    await first.page.keyboard.press("Control+k");
    await look(first.page, "palette");
    const second = await desk(t, { context, path: "/desk/wall", change: (s) => (s.welcome.me.role = "supervisor") });
    await second.page.waitForSelector(".agent");
    await look(second.page, "wall");
  });
}
