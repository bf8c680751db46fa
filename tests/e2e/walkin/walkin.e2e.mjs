// Kiosk, phone and call display in Chromium against the real daemon: a touch becomes a number, an agent calls it, the
// hall sees and hears it. FD_DAEMON names the program. Each promise has its negative beside it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { axe, launch, open, run } from "./browser.mjs";
import { Site, until } from "./site.mjs";

let browser;
let site;
before(async () => (browser = await launch()));
after(() => browser.close());
beforeEach(async () => {
  site = new Site(process.env.FD_DAEMON);
  await site.start();
});
afterEach(() => site.remove());

const kiosk = (t, options) => open(browser, t, site.page("/kiosk/", "kiosk-1", options?.query), options);
const display = (t, options) => open(browser, t, site.page("/display/", "display-1", options?.query), options);
const phone = (t, token, options = {}) => {
  const small = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
  return open(browser, t, `${site.origin}/t/${token}`, { ...small, ...options });
};
const waiting = async (id) => (await site.services()).find((one) => one.id === id).waiting;
const stage = (page, number) => page.locator(".stage .number", { hasText: number });
const pick = (page, name) => page.locator(".service", { hasText: name });
const seen = (page) => page.evaluate(() => window.seen);
const said = (page, times) =>
  run(page, `${times} announcements`, async () => (await seen(page)).said.length >= times && (await seen(page)).said);
/** The page's clock runs until this is on it. */
const comes = (page, locator) => run(page, String(locator), () => locator.isVisible());
const clean = async (page, locator, what) => {
  await comes(page, locator);
  await axe(page, what);
};

test("one touch makes a number; the call is on the display within a second, said twice, and on the phone", async (t) => {
  const desk = await site.desk("1024", "3");
  const hall = await display(t, { clock: true });
  const touch = await kiosk(t);
  await pick(touch, "维修").click();
  await touch.locator(".ticket .number", { hasText: "A001" }).waitFor();
  await touch.getByText("请取走小票").waitFor();
  assert.equal((await seen(touch)).prints, 1);
  assert.deepEqual((await seen(touch)).said, ["您的号码是A001，下一位就是您"]);
  await touch.waitForFunction(() => document.querySelector("#qr").naturalWidth > 0);
  const token = (await touch.locator("#qr").getAttribute("src")).split("/")[2];
  const hand = await phone(t, token, { clock: true });
  await hand.getByText("等候中").waitFor();
  await hand.getByText("下一位就是您").waitFor();
  assert.equal(await stage(hall, "A001").count(), 0, "nothing is called before the agent calls");

  const called = Date.now();
  await desk.next();
  await stage(hall, "A001").waitFor();
  const took = Date.now() - called;
  t.diagnostic(`from next to the display: ${took} ms`);
  assert.ok(took < 1000, `${took} ms`); // a promise to the hall, however busy the machine: no FD_SLOW
  await hall.locator(".stage.flash .counter", { hasText: "请到3号窗口" }).waitFor();
  assert.deepEqual(await said(hall, 2), ["请A001号到3号窗口", "请A001号到3号窗口"]);
  await until("ding and dong", async () => (await seen(hall)).tones === 2);
  await comes(hand, hand.getByText("请到3号窗口"));
  assert.ok((await seen(hand)).shakes >= 1);
  assert.equal(await hand.locator(".leave").count(), 1);
  assert.equal(hall.sockets.made, 1, "one socket, ever");

  await desk.recall();
  await comes(hall, hall.getByText("再次呼叫"));
  assert.equal((await said(hall, 4)).length, 4);

  await desk.serve();
  await hall.locator(".stage.served").waitFor();
  assert.equal(await hall.locator(".over").count(), 0, "only who did not come turns grey");
  await comes(hand, hand.getByText("正在3号窗口为您办理"));
  assert.equal(await hand.locator(".leave").count(), 0, "who is being served cannot leave the line");
  await desk.say({ type: "done", contact: desk.contact, kind: "repair", disposition: "repaired" });
  await comes(hand, hand.getByText("办理完成").first());
});

test("two calls at once wait for one another, eight seconds each, and the second is not lost", async (t) => {
  const [one, two] = [await site.desk("1024", "1"), await site.desk("1031", "2")];
  const hall = await display(t, { voices: [], clock: true });
  await hall.evaluate(() => {
    window.turns = []; // the page's time of each number in the big field
    new MutationObserver(() => {
      const number = document.querySelector(".stage .number")?.textContent ?? "";
      if (number && number !== window.turns.at(-1)?.number) window.turns.push({ number, at: Date.now() });
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await site.ticket("repair", "k1");
  await site.ticket("returns", "k2");
  await hall.locator("footer dd", { hasText: "2" }).first().waitFor(); // services of one queue share its line
  await Promise.all([one.next(), two.next()]);
  await hall.locator(".stage.flash").waitFor();
  const first = await hall.locator(".stage .number").textContent();
  const second = first === "A001" ? "B001" : "A001";
  await comes(hall, stage(hall, second));
  const turns = await hall.evaluate(() => window.turns);
  assert.deepEqual(
    turns.map(({ number }) => number),
    [first, second],
  );
  const held = turns[1].at - turns[0].at;
  t.diagnostic(`the first call stood for ${held} ms`);
  assert.ok(held >= 7_800 && held < 9_500, `${held} ms`);
  await hall.locator("aside b", { hasText: first }).waitFor();
  assert.deepEqual((await seen(hall)).said, [], "no voice: tone and flash only");
  await run(hall, "tones of both calls", async () => (await seen(hall)).tones >= 4);
});

test("without printing: the number and its code stand on the screen with a word about the printer", async (t) => {
  await site.desk("1024", "3");
  const rows = [
    ["missing", "", "打印机故障，请记住号码或扫码"],
    ["silent", "", "打印机故障，请记住号码或扫码"],
    ["on", "", "请取走小票"],
    ["on", "&print=off", "请记住号码或扫码，留意叫号"],
  ];
  for (const [print, query, words] of rows) {
    const touch = await kiosk(t, { print, query, clock: true });
    await pick(touch, "维修").click();
    await comes(touch, touch.locator(".print", { hasText: words }));
    await touch.waitForFunction(() => document.querySelector("#qr").naturalWidth > 0);
    assert.match(await touch.locator(".ticket .number").textContent(), /^A00\d$/);
    if (query) assert.equal((await seen(touch)).prints, 0);
  }
});

test("an answer that is lost on the way does not make a second number", async (t) => {
  await site.desk("1024", "3");
  const touch = await kiosk(t, { clock: true });
  const keys = [];
  await touch.route("**/v1/walkin/tickets", async (route) => {
    const key = route.request().headers()["idempotency-key"];
    if (!key) return route.continue();
    keys.push(key);
    const answer = await route.fetch(); // the daemon keeps it; the kiosk never hears
    return keys.length < 3 ? route.abort() : route.fulfill({ response: answer });
  });
  await pick(touch, "维修").click();
  await touch.getByText("正在重试").waitFor();
  await comes(touch, touch.locator(".ticket .number", { hasText: "A001" }));
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1, "one key for all attempts");
  assert.equal((await site.ticket("repair", "another-key")).number, "A002", "control: a new key is the second number");
  await until("two wait", async () => (await waiting("repair")) === 2);
});

test("who leaves before the answer leaves no ghost: the number is found and canceled", async (t) => {
  await site.desk("1024", "3");
  const touch = await kiosk(t, { clock: true });
  let cut = true;
  await touch.route("**/v1/walkin/tickets", async (route) => {
    if (!cut || !route.request().headers()["idempotency-key"]) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await pick(touch, "维修").click();
  await touch.getByRole("button", { name: "取消" }).click();
  await touch.getByText("请选择业务").waitFor();
  assert.equal(await until("the ghost", async () => waiting("repair")), 1, "the number nobody holds is there");
  cut = false;
  await run(touch, "the ghost is gone", async () => (await waiting("repair")) === 0);
  await touch.waitForFunction(() => localStorage.length === 0);
});

test("closed, offline, foreign: one sentence each, and back by itself", async (t) => {
  const touch = await kiosk(t, { clock: true });
  await touch.getByText("目前没有窗口办理业务").waitFor();
  await touch.getByText("有窗口开放后，这里会自动恢复取号").waitFor();
  assert.equal(await touch.locator(".service").count(), 0);
  await site.desk("1024", "3");
  await comes(touch, pick(touch, "维修"));
  await touch.route("**/v1/walkin/services", (route) => route.abort());
  await comes(touch, touch.getByText("暂时无法取号"));
  await touch.unroute("**/v1/walkin/services");
  await comes(touch, pick(touch, "维修"));

  const stranger = await open(browser, t, `${site.origin}/kiosk/`);
  await stranger.getByText("此设备尚未登记").waitFor();
  assert.equal(await stranger.locator(".service").count(), 0);
  const blind = await open(browser, t, `${site.origin}/display/?device=guess`);
  await blind.getByText("此设备尚未登记").waitFor();
});

test("the device's cookie is enough afterwards", async (t) => {
  await site.desk("1024", "3");
  const touch = await kiosk(t);
  await pick(touch, "维修").waitFor();
  await touch.goto(`${site.origin}/kiosk/`);
  await pick(touch, "维修").click();
  await touch.locator(".ticket .number", { hasText: "A001" }).waitFor();
});

test("thirty seconds after the last touch the kiosk is at its start again, in its own language", async (t) => {
  await site.desk("1024", "3");
  const touch = await kiosk(t, { clock: true });
  await touch.getByRole("button", { name: "English" }).click();
  await pick(touch, "Repair").click();
  await touch.locator(".ticket .number", { hasText: "A001" }).waitFor();
  await touch.getByText("Take your slip").waitFor();
  await touch.clock.fastForward(20_000);
  assert.equal(await touch.locator(".ticket .number").count(), 1, "not yet");
  await touch.clock.fastForward(11_000);
  await touch.getByText("请选择业务").waitFor();
});

test("a phone cancels only after it was asked, and the line is shorter", async (t) => {
  await site.desk("1024", "3");
  await site.ticket("repair", "k1");
  const { token, number } = await site.ticket("repair", "k2");
  const hand = await phone(t, token);
  await hand.getByText("1 位").waitFor();
  await hand.getByRole("button", { name: "取消排队" }).click();
  await hand.getByRole("alertdialog").waitFor();
  await hand.getByRole("button", { name: "继续排队" }).click();
  await hand.getByRole("alertdialog").waitFor({ state: "hidden" });
  assert.equal((await site.look(token)).state, "queued", "staying stays");
  await hand.getByRole("button", { name: "取消排队" }).click();
  await hand.getByRole("button", { name: "确定取消" }).click();
  await hand.getByText("已取消排队").waitFor();
  assert.equal((await site.look(token)).state, "closed");
  assert.equal(number, "A002");
  await until("one is left", async () => (await waiting("repair")) === 1);
  const wrong = await phone(t, `${token.slice(0, -2)}xx`);
  await wrong.getByText("没有这个号码").waitFor();
});

test("a phone without a line says since when, and catches up", async (t) => {
  const desk = await site.desk("1024", "3");
  const { token } = await site.ticket("repair", "k1");
  const hand = await phone(t, token, { clock: true });
  await hand.getByText("等候中").waitFor();
  assert.equal(await hand.locator(".strip:not(.off)").count(), 0);
  await hand.route("**/v1/walkin/tickets/**", (route) => route.abort());
  await hand.clock.fastForward(20_000);
  await hand.getByText("网络中断，以下为").waitFor();
  await hand.getByText("等候中").waitFor();
  await desk.next();
  await hand.unroute("**/v1/walkin/tickets/**");
  await hand.clock.fastForward(30_000);
  await hand.getByText("请到3号窗口").waitFor();
  assert.equal(await hand.locator(".strip:not(.off)").count(), 0);
});

test("a cut line: the last state stays with a mark, is called old after a minute, and comes back", async (t) => {
  const desk = await site.desk("1024", "3");
  const hall = await display(t, { clock: true });
  await site.ticket("repair", "k1");
  await desk.next();
  await stage(hall, "A001").waitFor();
  await said(hall, 2); // a clock that leaps into the middle of a sentence ends it: that voice would be given up
  await site.ticket("repair", "k2");
  await hall.locator("footer dd", { hasText: "1" }).first().waitFor();
  assert.equal(await hall.locator(".line").textContent(), "");
  const port = site.public;
  await site.stop("SIGKILL");
  await hall.getByText("连接中断，正在重连").waitFor();
  assert.equal(await stage(hall, "A001").count(), 1);
  assert.equal(await hall.getByText("显示可能已过期").count(), 0, "not old yet");
  await hall.clock.fastForward(61_000);
  await hall.getByText("显示可能已过期").waitFor();
  assert.equal(await stage(hall, "A001").count(), 1);
  await site.start(port);
  await run(hall, "the mark is gone", async () => (await hall.locator(".line").textContent()) === "");
  assert.ok(hall.sockets.made > 1, "control: it did connect again");
  assert.equal(hall.sockets.most, 1, "never two sockets at a time");
  await site.ticket("repair", "k3");
  await hall.locator("footer dd", { hasText: "2" }).first().waitFor(); // the new leader's list has come
  await hall.clock.runFor(5_000); // a tone takes two
  assert.equal((await seen(hall)).said.length, 2, "a new leader's list is not announced again");
});

test("the display reloads once after 04:00 and not before, and not into an error page", async (t) => {
  const context = await browser.newContext({ locale: "zh-CN" });
  t.after(() => context.close());
  const hall = await context.newPage();
  let loads = 0;
  hall.on("load", () => (loads += 1));
  await hall.clock.install({ time: new Date(2026, 10, 24, 3, 58) });
  await hall.goto(site.page("/display/", "display-1"));
  await hall.locator(".stage.idle").waitFor();
  await hall.clock.runFor(60_000);
  assert.equal(loads, 1);
  await hall.route("**/display/**", (route) => route.abort());
  await hall.clock.runFor(75_000);
  assert.equal(loads, 1, "a page that cannot be had is not reloaded");
  await hall.unroute("**/display/**");
  await until("the reload", async () => {
    await hall.clock.runFor(10_000).catch(() => undefined); // cut off by the very reload
    return loads === 2;
  });
});

test("seven days of calls leave the heap where it was", async (t) => {
  const hall = await open(browser, t, "about:blank", { clock: true });
  let server;
  let sockets = 0;
  await hall.routeWebSocket("**/v1/walkin/display?*", (socket) => {
    server = socket;
    sockets += 1;
    socket.onMessage((text) => {
      const type = JSON.parse(text).type;
      socket.send(JSON.stringify(type === "hello" ? { type: "welcome", v: 1 } : { type: "pong" }));
    });
  });
  await hall.goto(site.page("/display/", "display-1"));
  await hall.locator(".idle").waitFor();
  await hall.route("**/display/**", (route) => route.abort()); // no reload at night
  const inspector = await hall.context().newCDPSession(hall);
  const heap = async () => {
    await inspector.send("HeapProfiler.collectGarbage");
    return (await inspector.send("Runtime.getHeapUsage")).usedSize;
  };
  const PACE_MS = 2_400_000;
  let at = await hall.evaluate(() => Date.now());
  const call = async (i) => {
    at += PACE_MS;
    const number = `A${String(1 + (i % 999)).padStart(3, "0")}`;
    const calls = [{ number, counter: String(1 + (i % 9)), at, recall: false }];
    server.send(JSON.stringify({ type: "display", at, calls, waiting: [{ id: "repair", waiting: i % 50 }] }));
    await hall.clock.fastForward(PACE_MS);
    return number;
  };
  for (let i = 0; i < 36; i += 1) await call(i);
  const early = await heap();
  let number;
  for (let i = 36; i < 7 * 36; i += 1) number = await call(i);
  await stage(hall, number).waitFor();
  const grown = (await heap()) - early;
  t.diagnostic(`heap after a day ${early} bytes, after 7 days ${grown} more; sockets ${sockets}`);
  assert.equal(sockets, 1);
  assert.ok(Math.abs(grown) < 1024 * 1024, `${grown} bytes`);
  await hall.evaluate(() => void (window.kept = Array.from({ length: 400_000 }, (_, i) => ({ i }))));
  assert.ok((await heap()) - early > 1024 * 1024, "control: a leak would be seen");
});

for (const [width, paper] of [
  [80, ""],
  [58, "&paper=58"],
]) {
  test(`the slip is one page, ${width} mm wide, with the number and the code`, async (t) => {
    await site.desk("1024", "3");
    const touch = await kiosk(t, { query: paper });
    await pick(touch, "维修").click();
    await touch.getByText("请取走小票").waitFor();
    const pdf = (await touch.pdf({ preferCSSPageSize: true })).toString("latin1");
    const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map((m) => (Number(m[1]) / 72) * 25.4);
    assert.equal(boxes.length, 1, "one page");
    assert.ok(Math.abs(boxes[0] - width) < 1, `${boxes[0]} mm`);
    await touch.emulateMedia({ media: "print" });
    assert.equal(await touch.locator(".slip-number").isVisible(), true);
    assert.equal(await touch.locator("main").isVisible(), false);
  });
}

for (const [colorScheme, lang] of [
  ["light", "zh-CN"],
  ["dark", "en"],
]) {
  test(`axe finds nothing, ${colorScheme} ${lang}`, async (t) => {
    const query = `&lang=${lang}`;
    const options = { bypassCSP: true, colorScheme, locale: lang, query, print: "missing", clock: true };
    const touch = await kiosk(t, options);
    await clean(touch, touch.locator(".notice"), "closed");
    const desk = await site.desk("1024", "3");
    await clean(touch, touch.locator(".service").first(), "start");
    const hall = await display(t, options);
    await clean(hall, hall.locator(".idle"), "idle");
    await touch.locator(".service").first().click();
    await clean(touch, touch.locator(".print.warn"), "printer failed");
    const printing = await kiosk(t, { ...options, print: "on" });
    await printing.locator(".service").first().click();
    await clean(printing, printing.getByText(/请取走小票|Take your slip/), "ticket");
    const token = (await touch.locator("#qr").getAttribute("src")).split("/")[2];
    const hand = await phone(t, token, options);
    await clean(hand, hand.locator(".state.waiting"), "waiting");
    await hand.locator(".leave").click();
    await clean(hand, hand.locator("dialog[open]"), "leaving");
    await hand.locator("dialog .primary").click();
    await desk.next();
    await clean(hall, hall.locator(".stage.flash"), "call");
    await clean(hand, hand.locator(".state.called"), "called");
    await desk.recall();
    await clean(hall, hall.locator(".stage .chip:not(:empty)"), "recall");
    await desk.serve();
    await clean(hand, hand.locator(".state.serving"), "serving");
    await clean(hall, hall.locator(".stage.served"), "served");
    await desk.absent();
    await clean(hand, hand.locator(".state.missed"), "missed");
    await clean(hall, hall.locator(".stage.over"), "over");
    await site.stop();
    await clean(hall, hall.locator(".line.lost"), "lost");
    await hall.clock.fastForward(61_000);
    await clean(hall, hall.locator(".line.old"), "stale");
  });
}
