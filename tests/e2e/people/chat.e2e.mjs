// ui.md §13, cases 1, 2, 3 and 13: a chat there and back, a server killed in the middle, input methods, drafts.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { box, composer, entries, openChat, People, reply, say, texts, theirs } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin, widgetTwin } from "./twin.mjs";

const CHAT = "channels/chat/widget/chat.ts";
const IME = "channels/http/browser/ime.ts";
const { conf, rules, agents, list } = teams(Array(9).fill(""), 1);
let browser;
let site;
let people;

before(async () => {
  browser = await launch();
  site = await new Site({ agents, conf, rules }).open();
  people = new People(browser, site, list);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const delivered = (page) => page.locator(".own .meta", { hasText: /已送达|已读/ }).first();

async function thereAndBack(t, who) {
  const { word, nos } = who.team();
  const desk = await who.desk(t, nos[0]);
  const customer = await who.customer(t);
  await who.converse(customer, desk, `${word} 你好，洗衣机漏水了`);
  await delivered(customer).waitFor();
  await reply(desk, "<b>请问</b>型号？ https://shop.example.cn/a.");
  await theirs(customer).filter({ hasText: "<b>请问</b>型号？" }).waitFor();
  assert.equal(await customer.locator(".their a").getAttribute("href"), "https://shop.example.cn/a");
  await say(customer, "XQG100");
  await who.until("the answer", async () => (await entries(desk, ".theirs")).includes("XQG100"));
  const seen = await texts(customer);
  await box(customer).fill("还没写完");
  await customer.reload();
  await openChat(customer);
  const asItWas = async () => (await texts(customer)).length === seen.length;
  await who.claim(() => who.until("the chat as it was", asItWas));
  assert.deepEqual(await texts(customer), seen);
  assert.equal(await box(customer).inputValue(), "还没写完");
  await say(customer, "又回来了");
  await who.until("the next line", async () => (await entries(desk, ".theirs")).includes("又回来了"));
  const stranger = await who.customer(t);
  await stranger.locator(".hello").waitFor();
  assert.deepEqual(await texts(stranger), [], "another browser sees nothing of it");
}

/**
 * A socket between page and server that can keep frames back: what was sent is kept, the page never hears of it.
 * `welcomed`: how often the page was.
 */
async function between(page, path) {
  const line = { drops: () => false, welcomed: 0 };
  await page.routeWebSocket(new RegExp(path), (socket) => {
    const server = socket.connectToServer();
    server.onMessage((data) => {
      const frame = JSON.parse(data);
      if (line.drops(frame)) return;
      socket.send(data);
      line.welcomed += frame.type === "welcome";
    });
  });
  return line;
}

async function killed(t, who) {
  const { word, nos } = who.team();
  let line;
  let deskLine;
  const desk = await who.desk(t, nos[0], { prepare: async (page) => (deskLine = await between(page, "/desk$")) });
  const customer = await who.customer(t, { prepare: async (page) => (line = await between(page, "/chat\\?")) });
  const number = await who.converse(customer, desk, `${word} 一`);
  const { id } = await site.json("contact", number);
  const kept = async (text) => (await who.history(nos[0], id)).some((one) => one.text === text);
  deskLine.drops = ({ type }) => type === "done";
  await reply(desk, "甲，行已到，应未到");
  await theirs(customer).filter({ hasText: "甲，" }).waitFor();
  await who.until("the line", async () => (await desk.locator("#transcript .entry.own:not(.pending)").count()) === 2);
  assert.equal((await entries(desk, ".own")).filter((text) => text.startsWith("甲，")).length, 1, "shown twice");
  line.drops = deskLine.drops = () => true;
  await say(customer, "二，已存未应");
  await say(customer, "三，未发出");
  await reply(desk, "乙，已存未应");
  await who.until("both are kept", async () => (await kept("二，已存未应")) && (await kept("乙，已存未应")));
  assert.equal(await kept("三，未发出"), false);
  await box(customer).pressSequentially("正在");
  await composer(desk).pressSequentially("我正");
  await site.kill();
  line.drops = deskLine.drops = () => false;
  await box(customer).pressSequentially("打字");
  await composer(desk).pressSequentially("打字");
  await site.start();
  await who.until("both are back", () => line.welcomed === 2 && deskLine.welcomed === 2);
  const own = [`${word} 一`, "二，已存未应", "三，未发出"];
  const whole = async (page, read, side, wanted) =>
    who.claim(() => who.until(`${side}: ${wanted}`, async () => (await read(page, side)).join() === wanted.join()));
  await whole(customer, texts, ".own", own);
  await whole(desk, entries, ".theirs", own);
  const theirsNow = (await texts(customer, ".their")).slice(0, 1).concat("甲，行已到，应未到", "乙，已存未应");
  await whole(customer, texts, ".their", theirsNow);
  await whole(desk, entries, ".own", theirsNow);
  await customer.locator(".own .meta", { hasText: "发送中" }).waitFor({ state: "detached" });
  await desk.locator(".entry.pending").waitFor({ state: "detached" });
  const lines = (await who.history(nos[0], id)).filter(({ kind }) => kind !== "event");
  const by = (side) => lines.filter((one) => one.by === side).map(({ text }) => text);
  assert.deepEqual([by("customer"), by("agent")], [own, theirsNow], "each line once, in order");
  assert.deepEqual([await box(customer).inputValue(), await composer(desk).inputValue()], ["正在打字", "我正打字"]);
  const info = await site.json("contact", number);
  assert.deepEqual([info.state, info.owner, info.id], ["active", `a${nos[0]}`, id]);
}

test("2: killed while both type, with unanswered lines: nothing lost, nothing doubled", (t) => killed(t, people));
test("2, control: a widget that drops what waits when the line breaks", async (t) => {
  const lossy = [
    CHAT,
    "  link,\n  flight:",
    '  link,\n  outbox: link.phase === "lost" ? [] : state.outbox,\n  flight:',
  ];
  await people.mustFail(t, widgetTwin([lossy]), killed, /never: .own/);
});
test("2, control: a desk that numbers an unanswered line anew", async (t) => {
  const doubling = ["daemon/desk/pages/outbox.ts", "n: e.n <= last ? e.n : 0", "n: 0"];
  await people.mustFail(t, deskTwin([doubling]), killed, /never: .*甲，行已到/); // at whichever of them shows it first
});

/** Types pinyin with an input method open, presses Enter to take the letters, ends the composition. */
async function compose(field) {
  const page = field.page();
  const cdp = await page.context().newCDPSession(page);
  await field.focus();
  await cdp.send("Input.imeSetComposition", { text: "nihao", selectionStart: 5, selectionEnd: 5 });
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
  await cdp.send("Input.dispatchKeyEvent", { type: "keyDown", ...enter });
  await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  assert.notEqual(await field.inputValue(), "", "an Enter of the input method sent");
  await cdp.send("Input.insertText", { text: "你好" });
}

/** Safari ends the composition first; the keydown of the Enter that ended it comes after, with 229. */
const safari = (field) =>
  field.evaluate((element) => {
    const fire = (event) => element.dispatchEvent(event);
    fire(new CompositionEvent("compositionstart", { bubbles: true }));
    fire(new CompositionEvent("compositionend", { bubbles: true }));
    fire(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }));
  });

async function imeOf(field, sent) {
  await compose(field);
  await safari(field);
  assert.equal(await field.inputValue(), "你好", "an Enter of the input method sent");
  assert.deepEqual(await sent(), []);
  await field.press("Shift+Enter");
  await field.pressSequentially("在吗");
  assert.equal(await field.inputValue(), "你好\n在吗");
}

async function imeInWidget(t, who) {
  const customer = await who.customer(t);
  await imeOf(box(customer), () => texts(customer));
  await box(customer).press("Enter");
  await delivered(customer).waitFor();
  assert.deepEqual(await texts(customer, ".own"), ["你好\n在吗"]);
}

async function imeAtDesk(t, who) {
  const { word, nos } = who.team();
  const desk = await who.desk(t, nos[0]);
  const customer = await who.customer(t);
  await who.converse(customer, desk, `${word} 有人吗`);
  const greeting = await entries(desk, ".own");
  const sent = async () => (await entries(desk, ".own")).slice(greeting.length);
  await imeOf(composer(desk), sent);
  await composer(desk).press("Enter");
  await theirs(customer).filter({ hasText: "你好\n在吗" }).waitFor();
  assert.deepEqual(await sent(), ["你好\n在吗"]);
}

const blind = [
  [IME, "composing = true;", "composing = false;"],
  [IME, "busy: (e) => e.isComposing === true ||", "busy: (e) => e === undefined ||"],
  [IME, "(e.keyCode === 229 && e.timeStamp - endedAt < SAFARI_MS)", "false"],
];
const noSafari = blind.slice(2);

async function drafts(t, who) {
  const { word, nos } = who.team();
  const desk = await who.desk(t, nos[0]);
  const [a, b] = [await who.customer(t), await who.customer(t)];
  const first = (await site.json("contact", await who.converse(a, desk, `${word} 我是甲`))).id;
  await say(b, `${word} 我是乙`);
  await who.accept(desk);
  const other = desk.locator(`.row[aria-selected=true]:not(#row-${first})`); // the newest is opened
  await other.waitFor();
  const second = (await other.getAttribute("id")).slice(4);
  await who.until("the second talk", async () => (await entries(desk, ".theirs")).includes(`${word} 我是乙`));
  const row = (id) => desk.locator(`#row-${id}`);
  await composer(desk).fill("给乙的话");
  await row(first).click();
  await who.until("the first talk", async () => (await entries(desk, ".theirs")).includes(`${word} 我是甲`));
  assert.equal(await composer(desk).inputValue(), "", "a draft of another conversation");
  await composer(desk).fill("给甲的话");
  await desk.locator(".composer-modes button", { hasText: "备注" }).click();
  assert.equal(await composer(desk).inputValue(), "", "a reply among the notes");
  await composer(desk).fill("甲的备注");
  await row(second).click();
  await desk.locator(".composer-modes button", { hasText: "回复" }).click();
  assert.equal(await composer(desk).inputValue(), "给乙的话");
  await composer(desk).press("Enter");
  await theirs(b).filter({ hasText: "给乙的话" }).waitFor();
  await desk.reload();
  await row(first).click();
  await composer(desk).waitFor();
  assert.equal(await composer(desk).inputValue(), "给甲的话");
  await composer(desk).press("Enter");
  await theirs(a).filter({ hasText: "给甲的话" }).waitFor();
  assert.equal((await texts(a, ".their")).includes("给乙的话"), false);
  assert.equal((await texts(a)).join().includes("备注"), false);
  assert.equal(await theirs(b).filter({ hasText: "甲" }).count(), 0);
}

// Each has a team of its own, and mostly waits.
describe("1, 3 and 13", { concurrency: 2 }, () => {
  test("1: a chat there and back; a reload resumes; another browser sees nothing", (t) => thereAndBack(t, people));
  test("1, control: a widget that keeps no token does not resume", async (t) => {
    const forgetful = widgetTwin([
      [
        "channels/chat/widget/kept.ts",
        "if (value && !allowed) return;",
        'if ((value && !allowed) || name === "token") return;',
      ],
    ]);
    await people.mustFail(t, forgetful, thereAndBack, /never: the chat as it was/);
  });

  test("3: an input method's Enter never sends, in the widget", (t) => imeInWidget(t, people));
  test("3, control: a widget without the check of a composition", (t) =>
    people.mustFail(t, widgetTwin(blind), imeInWidget, /an Enter of the input method sent/));
  test("3, control: a widget without the clause for Safari", (t) =>
    people.mustFail(t, widgetTwin(noSafari), imeInWidget, /an Enter of the input method sent/));
  test("3: an input method's Enter never sends, at the desk", (t) => imeAtDesk(t, people));
  test("3, control: a desk without the check of a composition", (t) =>
    people.mustFail(t, deskTwin(blind), imeAtDesk, /an Enter of the input method sent/));

  test("13: drafts never cross conversations, nor replies and notes", (t) => drafts(t, people));
  test("13, control: drafts kept without their conversation cross", async (t) => {
    const crossing = [
      "daemon/desk/pages/keep.ts",
      "return `${DRAFT}${agent}:${contact}:${mode}`",
      "return `${DRAFT}${agent}:${mode}`",
    ];
    await people.mustFail(t, deskTwin([crossing]), drafts, /a draft of another conversation/);
  });
});
