// The widget in a real browser, on pages it does not own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { widgetTwin } from "../people/twin.mjs";
import { found } from "../support/axe.mjs";
import { Site } from "../support/chat-site.mjs";
import { ASKING, WEBSITE } from "../support/scripted-chat.mjs";
import { box, bubbles, files, host, openAt, SCRIPT, send, setting, waitFor } from "./setting.mjs";

const said = (page) =>
  page.evaluate(() =>
    [...document.querySelector("frontdesk-chat").shadowRoot.querySelectorAll(".own .bubble")].map((b) =>
      b.textContent.replace(/^.*?: /, ""),
    ),
  );
const until = async (page, check) => page.waitForFunction(check);

test("a chat there and back under a strict policy with Trusted Types; a reload resumes", async (t) => {
  const { server, site, page } = await setting(t);
  await openAt(page, `${server.origin}/demo/`);
  await send(page, "你好，洗衣机漏水了 https://shop.example.cn/a.");
  await page.locator(".own .meta", { hasText: "已送达" }).waitFor();
  site.add("agent", "<b>请问</b>型号？");
  await page.locator(".their .bubble", { hasText: "<b>请问</b>型号？" }).waitFor();
  const link = page.locator(".own a");
  assert.equal(await link.getAttribute("href"), "https://shop.example.cn/a");
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  await box(page).fill("还没写完");
  await page.reload();
  await page.locator(".badge:not([hidden])").waitFor(); // counted without being opened
  await page.locator(".launcher").click();
  await bubbles(page).nth(1).waitFor();
  assert.equal(await box(page).inputValue(), "还没写完");
  assert.deepEqual(site.taken, ["你好，洗衣机漏水了 https://shop.example.cn/a."]);
});

test("no request but the file and its settings, and nothing kept, before the customer opens it", async (t) => {
  const { server, page } = await setting(t);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${server.origin}/demo/`);
  await page.locator(".launcher").waitFor();
  assert.deepEqual(
    asked.filter((path) => !path.startsWith("/demo/")),
    ["/widget.js", "/chat/settings"],
  );
  assert.equal(server.lines.length, 0);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test("the line is cut again and again: nothing is lost, doubled or out of order", async (t) => {
  const { server, site, page } = await setting(t);
  let count = 0;
  site.drop = () => ++count % 3 === 0; // kept, but the answer never comes
  await openAt(page, `${server.origin}/demo/`);
  const texts = Array.from({ length: 8 }, (_, i) => `第${i}条`);
  for (const text of texts) {
    await send(page, text);
    if (text === texts[4]) server.cut();
  }
  await waitFor(() => site.taken.length === texts.length);
  await page.locator(".own .meta", { hasText: "发送中" }).waitFor({ state: "detached" });
  assert.deepEqual(site.taken, texts);
  assert.deepEqual(await said(page), texts);
});

test("what a closed page could not send goes out from the next one, under its old cids", async (t) => {
  const { server, site, page } = await setting(t);
  await openAt(page, `${server.origin}/demo/`);
  await send(page, "一");
  await page.locator(".own .meta", { hasText: "已送达" }).waitFor();
  server.refuse(true);
  server.cut();
  await send(page, "二");
  await send(page, "三");
  await page.reload();
  server.refuse(false);
  await page.locator(".launcher").click();
  await waitFor(() => site.taken.length === 3);
  assert.deepEqual(site.taken, ["一", "二", "三"]);
  assert.equal(site.pages.size, 1); // counted as the page that wrote them
});

/** Takes an end when it is said for the third time: first it is busy, then the line is cut. */
class Busy extends Site {
  ends = 0;
  scene = async (line) => {
    this.welcome(line, await line.next("hello"));
    if (!this.lines.length) this.take(line, await line.next("msg"));
    for (;;) {
      const { contact } = await line.next("end");
      this.ends++;
      if (this.ends === 1) line.say({ type: "slow_down", retry_ms: 10, reason: "busy" });
      else if (this.ends === 2) line.socket.terminate();
      else line.say({ type: "state", contact, case: "20261124-000123", state: "closed", reason: "customer" });
    }
  };
}

async function endWhileBusy(t, extra = {}) {
  const { server, site, page } = await setting(t, { site: new Busy(), extra });
  await openAt(page, `${server.origin}/demo/`);
  await send(page, "一");
  await page.locator(".own .meta", { hasText: "已送达" }).waitFor();
  await page.locator(".header .tool").first().click();
  await page.locator(".menu .item", { hasText: "结束对话" }).click();
  await page.locator(".ask .primary:visible").click();
  await waitFor(() => site.ends === 3);
  await page.locator(".over").waitFor();
}

test("the chat ends although the server was busy and the line was cut", (t) => endWhileBusy(t));

test("control: an end that is said once", (t) => {
  const once = ["channels/chat/widget/effects.ts", "fold.sent(state, fold.END, now)", "{ ...state, ending: null }"];
  return assert.rejects(endWhileBusy(t, widgetTwin([once])), /in vain/);
});

test("an input method's Enter never sends; Shift+Enter breaks the line", async (t) => {
  const { server, site, page, context } = await setting(t);
  await openAt(page, `${server.origin}/demo/`);
  const cdp = await context.newCDPSession(page);
  await box(page).focus();
  await cdp.send("Input.imeSetComposition", { text: "nihao", selectionStart: 5, selectionEnd: 5 });
  await cdp.send("Input.dispatchKeyEvent", {
    type: "keyDown",
    key: "Enter",
    code: "Enter",
    windowsVirtualKeyCode: 229,
  });
  await cdp.send("Input.insertText", { text: "你好" });
  // Safari: the composition is over, then comes the keydown of the Enter that ended it.
  await box(page).evaluate((field) => {
    field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }));
  });
  assert.equal(await bubbles(page).count(), 0);
  await page.waitForTimeout(120);
  await box(page).press("Shift+Enter");
  await box(page).pressSequentially("在吗");
  await box(page).press("Enter");
  await waitFor(() => site.taken.length === 1);
  assert.deepEqual(site.taken, ["你好\n在吗"]);
});

test("a hostile page: resets, poisoned prototypes, greedy keys, an element called frontdesk", async (t) => {
  const html = `<!doctype html><meta charset=utf-8><style>*,*::before{all:unset!important}html *{transform:rotate(3deg);opacity:.2}
    frontdesk-chat,div,section,textarea{display:none!important;visibility:hidden!important}</style>
    <p id=frontdesk>x</p><script>
    Array.prototype.toJSON = function(){return "broken"}; Object.prototype.extra = 1; window.keys = 0;
    Array.prototype.last = function(){return this[this.length-1]};
    addEventListener("keydown", function(e){ if (e.key === "j") keys++ });
    localStorage.setItem("frontdesk:demo:out:dead", "not json");
    </script>${SCRIPT}`;
  const { server, site, page } = await setting(t, { extra: { "/hostile": host("hostile.html", html) } });
  await openAt(page, `${server.origin}/hostile`);
  await box(page).pressSequentially("jjj");
  await box(page).press("Enter");
  await waitFor(() => site.taken.length === 1);
  assert.deepEqual([site.taken[0], await page.evaluate(() => window.keys)], ["jjj", 0]);
  const panel = await page.locator(".panel").boundingBox();
  assert.ok(panel.width === 384 && panel.x + panel.width === 1260, JSON.stringify(panel));
  assert.equal(await page.locator(".panel").evaluate((p) => getComputedStyle(p).opacity), "1");
});

test("a GBK page reads it right", async (t) => {
  const html = Buffer.concat([
    Buffer.from('<!doctype html><meta charset="gbk"><p id=p>'),
    Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), // 你好
    Buffer.from(`</p>${SCRIPT}`),
  ]);
  const path = host("gbk.html", html);
  const { server, page } = await setting(t, { extra: { "/gbk": path }, website: ASKING });
  await page.route("**/gbk", async (route) => route.fulfill({ body: html, contentType: "text/html" }));
  await page.route("**/widget.js", async (route) =>
    route.fulfill({ body: readFileSync(files["/widget.js"]), contentType: "text/javascript" }),
  ); // without charset: the page's is taken
  await openAt(page, `${server.origin}/gbk`);
  assert.equal(await page.locator("#p").textContent(), "你好");
  assert.equal(await page.locator(".hello").textContent(), "您好，请问有什么可以帮您？");
  assert.equal(await page.locator(".welcome label").nth(1).textContent(), ASKING.prechat[1].label.zh);
  await send(page, "你好");
  await page.locator(".note.bad", { hasText: "请填写此项" }).first().waitFor();
});

test("a plain http page that is no secure context", async (t) => {
  const { server, site, page } = await setting(t);
  const origin = server.origin.replace("127.0.0.1", "shop.test");
  await openAt(page, `${origin}/demo/`);
  assert.equal(await page.evaluate(() => isSecureContext || "randomUUID" in crypto), false);
  await send(page, "明文");
  await waitFor(() => site.taken.length === 1);
});

/** Codes of the error events the page hears, from before the widget's script. */
const faults = (page) => {
  const codes = [];
  return page
    .exposeFunction("heard", (code) => codes.push(code))
    .then(() => page.addInitScript(() => addEventListener("frontdesk:error", (e) => window.heard(e.detail.code))))
    .then(() => codes);
};

test("a refused origin: nothing on the page, one line in the console that says what to do", async (t) => {
  const error = { code: "origin_refused", message: "this site is not on the allow-list of website demo" };
  const { server, page } = await setting(t, { website: { ...WEBSITE, allowed: false, error } });
  const lines = [];
  page.on("console", (m) => m.text().startsWith("frontdesk:") && lines.push(m.text()));
  const codes = await faults(page);
  await page.goto(`${server.origin}/demo/`);
  await waitFor(() => codes.length > 0);
  assert.deepEqual([lines.length, codes], [1, ["refused"]]);
  assert.match(lines[0], /allow-list/);
  assert.equal(await page.locator("frontdesk-chat").count(), 0);
});

const ILL = { error: { message: "not now" } };
for (const [what, answer, tries = 3] of [
  ["no server", (route) => route.abort()],
  ["no server for an hour", (route) => route.abort(), 20],
  ["a server that is not ready", (route) => route.fulfill({ status: 503, json: ILL })],
  ["a server that was asked too often", (route) => route.fulfill({ status: 429, json: ILL })],
  ["a server older than the script", (route) => route.fulfill({ json: { ...WEBSITE, words: {} } })],
]) {
  test(`settings from ${what}: nothing breaks, the bubble comes when it answers`, async (t) => {
    const { server, page } = await setting(t);
    let asked = 0;
    await page.clock.install();
    const codes = await faults(page);
    await page.route("**/chat/settings*", (route) => (++asked < tries ? answer(route) : route.continue()));
    await page.goto(`${server.origin}/demo/`);
    await waitFor(() => asked === 1);
    await page.evaluate(() => frontdesk.toggle("open")); // kept until there is something to open
    assert.equal(await page.locator("frontdesk-chat").count(), 0);
    await waitFor(async () => {
      await page.clock.runFor(tries * 5_000);
      return asked === tries;
    });
    await page.locator(".hello").waitFor();
    assert.deepEqual(codes, ["unreachable"], "said once, and nobody refused us");
  });
}

test("two tabs are one visitor: lines, read marks and drafts travel", async (t) => {
  const { server, site, page, context } = await setting(t);
  await openAt(page, `${server.origin}/demo/`);
  await send(page, "一");
  await page.locator(".own .meta", { hasText: "已送达" }).waitFor();
  const other = await context.newPage();
  await other.goto(`${server.origin}/demo/`);
  await page.bringToFront();
  site.add("agent", "您好");
  await page.locator(".their .bubble").waitFor();
  await other.locator(".badge[hidden]").waitFor({ state: "attached" });
  await box(page).fill("草稿");
  await other.bringToFront();
  await other.locator(".launcher").click();
  await bubbles(other).nth(1).waitFor();
  await waitFor(async () => (await box(other).inputValue()) === "草稿");
});

test("keys and focus: Escape closes and gives the focus back, Tab reaches everything", async (t) => {
  const { server, page } = await setting(t);
  await openAt(page, `${server.origin}/demo/`);
  const focused = () =>
    page.evaluate(() => document.querySelector("frontdesk-chat").shadowRoot.activeElement?.className);
  assert.equal(await focused(), "box");
  await page.keyboard.press("Escape");
  assert.match(await focused(), /launcher/);
  assert.equal(await page.locator(".launcher").getAttribute("aria-expanded"), "false");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "box");
  await box(page).fill("x");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.match(await focused(), /send/);
});

test("the page's own interface: one frozen global, Chatwoot's names, events", async (t) => {
  const html = `<!doctype html><meta charset=utf-8><body><script>window.heard=[];
    ["ready","opened","closed","unread","on-message","error"].forEach(function(n){addEventListener("frontdesk:"+n,function(e){heard.push(n)})});
    window.frontdeskSettings={websiteToken:"demo",position:"left",launcherTitle:"问我们",color:"#0a7d5a",locale:"en"};</script>
    <script src="/widget.js" data-x async></script>`;
  const { server, page } = await setting(t, { extra: { "/api": host("api.html", html) } });
  await page.goto(`${server.origin}/api`);
  await until(page, () => window.heard.includes("ready"));
  const launcher = await page.locator(".launcher").boundingBox();
  assert.equal(launcher.x, 20);
  await page.evaluate(() => frontdesk.toggle("open"));
  await page.locator(".panel").waitFor();
  assert.equal(await page.locator(".hello").textContent(), "Hello! How can we help?");
  await page.evaluate(() => frontdesk.setLocale("zh-CN"));
  await page.locator(".hello", { hasText: "您好，请问有什么可以帮您？" }).waitFor();
  await page.locator(".name", { hasText: WEBSITE.name.zh }).waitFor();
  const result = await page.evaluate(() => {
    frontdesk.toggle("close");
    frontdesk.setLabel("x");
    try {
      ("use strict");
      frontdesk.toggle = 1;
    } catch {}
    const host = document.querySelector("frontdesk-chat");
    return { frozen: Object.isFrozen(frontdesk), kind: typeof frontdesk.toggle, heard, brand: host.style.cssText };
  });
  assert.deepEqual([result.frozen, result.kind], [true, "function"]);
  assert.deepEqual(result.heard.slice(0, 3), ["ready", "opened", "closed"]);
  assert.match(result.brand, /--fd-brand: ?#0a7d5a/);
});

test("a page of its own: /chat/TOKEN", async (t) => {
  const { server, site, page } = await setting(t, {
    context: { viewport: { width: 360, height: 740 }, hasTouch: true },
  });
  await page.goto(`${server.origin}/chat/demo`);
  await box(page).waitFor();
  assert.equal(await page.title(), "青禾家电客服");
  await send(page, "你好");
  await waitFor(() => site.taken.length === 1);
  const panel = await page.locator(".panel").boundingBox();
  assert.deepEqual([panel.x, panel.y, panel.width, panel.height], [0, 0, 360, 740]);
});

test("names of 30 characters stand whole in the header of a phone", async (t) => {
  const context = { viewport: { width: 360, height: 740 }, hasTouch: true };
  for (const name of [
    "Qinghe Home Appliances support",
    "青禾家用电器全国联保维修安装退换货与客户关怀服务中心热线客服",
  ]) {
    const { server, page } = await setting(t, { context, website: { ...WEBSITE, name: { zh: name } } });
    await openAt(page, `${server.origin}/demo/`);
    const shown = await page.locator(".header .name").evaluate((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      const [text, box] = [range.getBoundingClientRect(), one.getBoundingClientRect()];
      return [one.textContent, text.right <= box.right + 1 && text.bottom <= box.bottom + 1];
    });
    assert.deepEqual(shown, [name, true]);
  }
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing, ${colorScheme}`, async (t) => {
    const { server, site, page } = await setting(t, { context: { colorScheme, bypassCSP: true } });
    const inside = { include: [{ fromShadowDom: ["frontdesk-chat", ".fd"] }] };
    const check = async (state) => assert.deepEqual(await found(page, { inside }), [], state);
    await openAt(page, `${server.origin}/demo/`);
    await page.waitForTimeout(250);
    await check("empty");
    await send(page, "你好");
    await page.locator(".own .meta", { hasText: "已送达" }).waitFor();
    site.add("agent", "您好，看 https://a.cn");
    await page.locator(".their .bubble").waitFor();
    await check("talking");
    await page.locator(".header .tool").first().click();
    await page.locator(".tools .tool").click();
    await check("menu and emoji");
  });
}
