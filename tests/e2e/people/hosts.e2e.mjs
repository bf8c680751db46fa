// ui.md §13, case 4: the widget of a running site on pages that are not ours.
import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, launchIn } from "../support/chromium.mjs";
import { box, openChat, People, say, texts } from "./people.mjs";
import { Site, until } from "./site.mjs";
import { widgetTwin } from "./twin.mjs";

const CSS = "channels/chat/widget/widget.css";
let browser;
let site;
let people;
let shop; // one server, whatever name it is called by: a.test and b.test are allowed, c.test is not

const tag = () =>
  `<script src="${site.public}/widget.js" data-website-token="demo" data-locale="zh-CN" async></script>`;
const HEAD = "<!doctype html><meta charset=utf-8><title>shop</title>";
const PAGES = {
  "/plain": () => ({ body: `${HEAD}<p>shop</p>${tag()}` }),
  "/strict": () => ({
    body: `${HEAD}<p>shop</p>${tag()}`,
    policy:
      `default-src 'none'; script-src ${site.public}; connect-src ${site.public} ${site.public.replace("http", "ws")}; ` +
      "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  }),
  "/gbk": () => ({
    body: Buffer.concat([
      Buffer.from('<!doctype html><meta charset="gbk"><p id=p>'),
      Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), // 你好
      Buffer.from(`</p>${tag()}`),
    ]),
  }),
  "/hostile": () => ({
    body: `${HEAD}<style>*,*::before{all:unset!important}html *{transform:rotate(3deg);opacity:.2}
      frontdesk-chat,div,section,textarea{display:none!important;visibility:hidden!important}</style><p id=frontdesk>x</p>
      <script>
      Array.prototype.toJSON = function(){return "broken"}; Object.prototype.extra = 1; window.keys = 0;
      Array.prototype.last = function(){return this[this.length-1]};
      addEventListener("keydown", function(e){ if (e.key === "j") keys++ });
      localStorage.setItem("frontdesk:demo:out:dead", "not json");
      </script>${tag()}`,
  }),
  "/framing": () => ({ body: `${HEAD}<iframe src="${at("b", "/framed")}"></iframe>${tag()}` }),
  "/framed": () => ({
    body: `${HEAD}<p></p><script>try{localStorage.x=1;document.querySelector("p").textContent="kept"}
      catch(e){document.querySelector("p").textContent=e.name}</script>`,
  }),
};
const at = (name, path) => `http://${name}.test:${shop.address().port}${path}`;

before(async () => {
  shop = createServer((request, response) => {
    const page = PAGES[request.url]?.();
    if (!page) return response.writeHead(404).end();
    response.setHeader("Content-Type", "text/html"); // without charset: the page's own says it
    if (page.policy) response.setHeader("Content-Security-Policy", page.policy);
    response.end(page.body);
  });
  await new Promise((done) => shop.listen(0, "127.0.0.1", done));
  browser = await launch();
  const origins = [at("a", ""), at("b", ""), `http://127.0.0.1:${shop.address().port}`];
  site = await new Site({
    agents: [{ no: "1024", name: "陈静", teams: ["online"] }],
    conf: `chat: {websites: {demo: {origins: [${origins.map((one) => `"${one}"`)}]}}}\n`,
  }).open();
  people = new People(browser, site);
});
after(async () => {
  await browser?.close();
  shop.closeAllConnections();
  shop.close();
  await site?.close();
});

/** A message there, kept by the server. */
async function chats(page, text) {
  await say(page, text);
  await page.locator(".own .meta", { hasText: "已送达" }).last().waitFor();
  assert.equal((await texts(page, ".own")).at(-1), text);
  assert.match(await page.locator(".event.copy").first().innerText(), /已登记，工单号 \d{8}-\d{6}/);
}

async function strict(t, who) {
  const page = await who.page(t);
  await page.goto(`http://127.0.0.1:${shop.address().port}/strict`);
  await who.claim(() => openChat(page));
  await chats(page, "严格策略");
}
test("4: a strict policy with Trusted Types", (t) => strict(t, people));
test("4, control: a widget that writes HTML breaks on it", (t) => {
  const html = [
    [
      "channels/chat/widget/dom.ts",
      "element.append(...children);",
      'element.innerHTML = "";\nelement.append(...children);',
    ],
  ];
  return people.mustFail(t, widgetTwin(html), strict, /requires 'TrustedHTML'/);
});

/** On a GBK page, with a proxy in between that drops the charset of the script: then the page's counts. */
async function gbk(t, who) {
  const page = await who.page(t);
  await page.goto(at("a", "/gbk"));
  await openChat(page);
  assert.equal(await page.locator("#p").textContent(), "你好");
  assert.equal(await page.locator(".hello").textContent(), "您好，请问有什么可以帮您？");
  const bare = await who.page(t);
  await bare.route("**/widget.js", async (route) => {
    const file = who.twin["/widget.js"];
    const body = file ? readFileSync(file) : await (await route.fetch()).body();
    await route.fulfill({ body, contentType: "text/javascript", headers: { "Access-Control-Allow-Origin": "*" } });
  });
  await bare.goto(at("a", "/gbk"));
  await openChat(bare);
  await box(bare).fill("x");
  assert.equal(await box(bare).getAttribute("placeholder"), "输入消息…");
  await chats(bare, "编码 GBK");
  const meta = await bare.locator(".own .meta").last().textContent();
  assert.match(meta, /^\d\d:\d\d \u00b7 /, "what is beyond ASCII is misread");
}
test("4: a GBK page, also without the charset of the script", (t) => gbk(t, people));
test("4, control: a widget with characters beyond ASCII is misread", (t) =>
  people.mustFail(t, widgetTwin([], ["--charset=utf8"]), gbk, /misread/));

async function hostile(t, who) {
  const page = await who.page(t);
  await page.goto(at("a", "/hostile"));
  await who.claim(() => openChat(page));
  await box(page).pressSequentially("jjj");
  await chats(page, "jjj");
  assert.equal(await page.evaluate(() => window.keys), 0, "keys typed here are heard by the page");
  const panel = await page.locator(".panel").boundingBox();
  assert.deepEqual([panel.width, panel.x + panel.width], [384, 1260], "the page's style moves the panel");
}
test("4: hostile styles, prototypes, keys, and an element called frontdesk", (t) => hostile(t, people));
test("4, control: a widget whose host element is not guarded", (t) =>
  people.mustFail(
    t,
    widgetTwin([[CSS, "all:initial!important;position:fixed!important;", ""]]),
    hostile,
    /frontdesk-chat \.launcher[^]*element is not visible/,
  ));

async function plain(t, who) {
  const page = await who.page(t);
  await page.goto(at("a", "/plain"));
  await who.claim(() => openChat(page));
  assert.equal(await page.evaluate(() => isSecureContext || "randomUUID" in crypto), false);
  await chats(page, "明文");
}
test("4: a plain http page, no secure context", (t) => plain(t, people));
test("4, control: a widget that asks crypto for a UUID", (t) => {
  const modern = ["channels/http/browser/tabs.ts", "crypto.getRandomValues(new Uint8Array(16))", "crypto.randomUUID()"];
  return people.mustFail(t, widgetTwin([modern]), plain, /crypto\.randomUUID is not a function/);
});

test("4: two sites in a browser that blocks third-party cookies: two visitors, each resumes", async (t) => {
  const home = mkdtempSync(join(tmpdir(), "fd-browser-"));
  mkdirSync(join(home, "Default"));
  writeFileSync(
    join(home, "Default/Preferences"),
    JSON.stringify({ profile: { block_third_party_cookies: true, cookie_controls_mode: 1 } }),
  );
  const context = await launchIn(home, { locale: "zh-CN" });
  t.after(async () => {
    await context.close();
    rmSync(home, { recursive: true, force: true });
  });
  const a = await people.tab(t, context);
  await a.goto(at("a", "/framing"));
  const framed = a.frameLocator("iframe").locator("p");
  await until("the frame's try", async () => (await framed.textContent()) !== "");
  assert.equal(await framed.textContent(), "SecurityError", "control: a frame of another site keeps nothing here");
  await openChat(a);
  await chats(a, "在甲店");
  const b = await people.tab(t, context);
  await b.goto(at("b", "/plain"));
  await openChat(b);
  await b.locator(".hello").waitFor();
  assert.deepEqual(await texts(b), [], "the other shop's customer");
  await chats(b, "在乙店");
  await a.reload();
  await openChat(a);
  await people.until("the first shop resumes", async () => (await texts(a, ".own")).join() === "在甲店");
});

test("4: a refused origin: nothing on the page, one line that says what to do, and the server refuses too", async (t) => {
  const page = await people.page(t);
  const lines = [];
  page.on("console", (m) => m.text().startsWith("frontdesk:") && lines.push(m.text()));
  await page.goto(at("c", "/plain"));
  await people.until("the line", () => lines.length > 0);
  assert.deepEqual([lines.length, await page.locator("frontdesk-chat").count()], [1, 0]);
  assert.match(lines[0], new RegExp(`allow-list.*${at("c", "")}`));
  const opens = (url) =>
    page.evaluate(
      (address) =>
        new Promise((done) => {
          const socket = new WebSocket(address, "frontdesk.chat.v1");
          socket.onopen = () => done("open");
          socket.onerror = () => done("refused");
        }),
      url,
    );
  const url = `${site.public.replace("http", "ws")}/chat?w=demo`;
  assert.equal(await opens(url), "refused");
  await page.goto(at("a", "/plain"));
  assert.equal(await opens(url), "open", "control: from an allowed page the same socket opens");
  await page.locator("frontdesk-chat .launcher").waitFor();
});
