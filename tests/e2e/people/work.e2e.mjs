// ui.md §13, cases 9, 11 and 12: transfer without consulting, wrap-up with missing fields, a sign-in that ends.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD } from "../support/accounts.mjs";
import { launch } from "../support/chromium.mjs";
import { composer, entries, frames, offers, People, reply, say, texts } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin } from "./twin.mjs";

const LEFT_S = 12; // of a sign-in, when it is nearly over
const { conf, rules, agents, list } = teams([...Array(13).fill(""), "wrapup: 30s", "wrapup: 30s"], 1);
let browser;
let site;
let people;
let wrapping; // people of the teams whose contacts have a time for notes

before(async () => {
  browser = await launch();
  site = await new Site({ agents, conf, rules }).open();
  people = new People(browser, site, list.slice(0, 13));
  wrapping = new People(browser, site, list.slice(13));
});
after(async () => {
  await browser?.close();
  await site?.close();
});

async function begin(t, who) {
  const { word, nos } = who.team();
  const desk = await who.desk(t, nos[0]);
  const customer = await who.customer(t);
  const number = await who.converse(customer, desk, `${word} 你好`);
  const { id } = await who.site.json("contact", number);
  return { word, no: nos[0], desk, customer, number, id };
}

/** Leaves the text box and presses a letter. */
async function key(desk, letter) {
  await desk.keyboard.press("Escape");
  await desk.locator("#transcript").focus();
  await desk.keyboard.press(letter);
}

async function transferred(t, who, kind) {
  const { desk, customer, id, no, word } = await begin(t, who);
  const to = who.team();
  const colleague = await who.desk(t, to.nos[0]);
  await reply(desk, "我帮您转接");
  await say(customer, "好的");
  await key(desk, "t");
  const form = desk.locator("dialog.transfer");
  await form.locator("[type=submit]").click();
  await who.claim(() => form.getByText("还缺：转给谁、转接原因").waitFor());
  assert.deepEqual(frames(desk, "transfer"), [], "nothing leaves before both are said");
  if (kind === "agent") await form.locator(".segments button", { hasText: "同事" }).click();
  const target = kind === "agent" ? `客服${to.nos[0]}` : `队列${to.queue.slice(1)}`;
  await form.locator(".choice-list button", { hasText: target }).click();
  await form.locator(".choice-list button", { hasText: "需要专业人员" }).click();
  await form.getByText("第 1 次转接").waitFor();
  await form.locator("[type=submit]").click();
  await form.waitFor({ state: "detached" });
  await desk.locator(".banner", { hasText: "已转接" }).waitFor();
  assert.equal(await desk.locator(".row").count(), 0);
  await customer.locator(".event", { hasText: "正在为您转接" }).waitFor();
  const card = offers(colleague).first();
  await card.filter({ hasText: kind === "agent" ? "同事转接 · 需要专业人员" : "您空闲最久" }).waitFor();
  await card.filter({ hasText: "接入后 1/4" }).waitFor(); // the colleague has no other: an offer is not counted twice
  await who.accept(colleague);
  await customer.getByText(`客服${to.nos[0]}（工号 ${to.nos[0]}）为您服务`).waitFor();
  await who.until("the whole talk", async () => (await entries(colleague, ".theirs")).join() === `${word} 你好,好的`);
  await say(customer, "您好");
  await who.until("the new line", async () => (await entries(colleague, ".theirs")).includes("您好"));
  await reply(colleague, "由我继续");
  await who.until("the answer", async () => (await texts(customer, ".their")).includes("由我继续"));
  const row = await who.site.json("contact", id);
  assert.deepEqual(
    [row.owner, row.queue, row.transfers],
    [`a${to.nos[0]}`, kind === "agent" ? `q${word.slice(4)}` : to.queue, 1],
  );
  assert.equal((await entries(desk)).includes("您好"), false, `${no} hears no more of it`);
}

/** Handed to a colleague who says no: who gave it is told, in words, until they put it away. */
async function untaken(t, who) {
  const { desk, number } = await begin(t, who);
  const to = who.team();
  const colleague = await who.desk(t, to.nos[0]);
  await key(desk, "t");
  const form = desk.locator("dialog.transfer");
  await form.locator(".segments button", { hasText: "同事" }).click();
  await form.locator(".choice-list button", { hasText: `客服${to.nos[0]}` }).click();
  await form.locator(".choice-list button", { hasText: "需要专业人员" }).click();
  await form.locator("[type=submit]").click();
  await form.waitFor({ state: "detached" });
  await offers(colleague).first().waitFor();
  await who.until("the form for the reason", async () => {
    await offers(colleague)
      .locator(".offer-buttons .btn")
      .nth(1)
      .click({ timeout: 500 })
      .catch(() => undefined);
    return colleague.locator(".decline").isVisible();
  });
  await colleague.keyboard.press("2");
  const notice = desk.locator(".untaken .offer", { hasText: `客服${to.nos[0]} ${to.nos[0]} 拒绝了` });
  await offers(colleague).waitFor({ state: "detached" });
  await who.claim(() => notice.filter({ hasText: number }).waitFor());
  await notice.getByRole("button").click();
  await notice.waitFor({ state: "detached" });
}

const deaf = ["daemon/desk/pages/decode.ts", 'case "transfer_failed":', 'case "transfer_came_to_nothing":'];
const silent = ["daemon/desk/pages/transfer.tsx", "missing.length > 0 || going || !row", "going || !row"];

async function wrapUp(t, who) {
  const { desk, customer, id } = await begin(t, who);
  await customer.locator(".header .tool").first().click();
  await customer.locator(".menu .item", { hasText: "结束对话" }).click();
  await customer.locator(".ask .primary:visible").click();
  await desk.getByText("整理时间").waitFor();
  const before = (await who.site.json("contact", id)).due;
  await desk.getByRole("button", { name: "+30 秒" }).click();
  await who.until("30 s more", async () => (await who.site.json("contact", id)).due > before);
  await key(desk, "e");
  const form = desk.locator("dialog.wrapup");
  const submit = form.locator("[type=submit]");
  await submit.click();
  await who.claim(() => form.getByText("还缺：工单类型、处理结果").waitFor());
  assert.equal(await form.locator("[aria-invalid=true]").count(), 2);
  await form.locator(".choice-list button", { hasText: "维修" }).first().click();
  await submit.click();
  await form.getByText("还缺：处理结果").waitFor();
  assert.equal(await form.locator(".choice-list button", { hasText: "已开票" }).count(), 0, "of another kind");
  assert.deepEqual(frames(desk, "resolve"), [], "nothing leaves while a field is missing");
  assert.equal((await who.site.json("contact", id)).state, "wrapup");
  await form.locator(".choice-filter").fill("预约");
  await desk.keyboard.press("Enter");
  await form.locator("textarea").fill("周三上午");
  await submit.click();
  await form.waitFor({ state: "detached" });
  const row = await who.until("closed", async () => {
    const now = await who.site.json("contact", id);
    return now.state === "closed" && now;
  });
  assert.equal(row.kind, "repair");
  const [sent] = frames(desk, "resolve");
  assert.deepEqual([sent.kind, sent.disposition, sent.text], ["repair", "repair_booked", "周三上午"]);
}

/** The session ends by `end`; the page stays, what was typed stays, and after signing in again it can be sent. */
async function signedOut(who, { desk, customer, no }, end, state) {
  const url = desk.url();
  await desk.evaluate(() => (window.same = true));
  await end();
  const over = desk.getByRole("alertdialog");
  await who.claim(() => over.waitFor());
  await over.getByText("页面和草稿都会保留").waitFor();
  assert.equal(await composer(desk).inputValue(), "写到一半");
  await say(customer, "还在吗");
  await over.locator("[name=password]").fill(PASSWORD);
  await desk.keyboard.press("Enter");
  await over.waitFor({ state: "detached" });
  await who.until("what came meanwhile", async () => (await entries(desk, ".theirs")).includes("还在吗"));
  assert.deepEqual([desk.url(), await desk.evaluate(() => window.same)], [url, true], "the page was loaded anew");
  assert.equal(await composer(desk).inputValue(), "写到一半");
  await composer(desk).press("Enter");
  await who.until("the draft is sent", async () => (await texts(customer, ".their")).includes("写到一半"));
  assert.equal((await who.site.json("agents")).agents.find(({ id }) => id === `a${no}`).state, state);
}

async function signedOutElsewhere(t, who) {
  const talk = await begin(t, who);
  await composer(talk.desk).fill("写到一半");
  // Who signs out wants no new work: the talk goes on, and then it is over.
  const out = () => talk.desk.evaluate(() => fetch("/desk/logout", { method: "POST" }));
  await signedOut(who, talk, out, "draining");
}

async function expiring(t, who) {
  const talk = await begin(t, who);
  // Sign-ins last hours: this one gets a few seconds, and a socket that was told so.
  for (const name of (await site.redis("KEYS", "fd:{main}:session:*")).split("\n").filter(Boolean)) {
    const [agent] = (await site.redis("GET", name)).split(" ");
    if (agent === `a${talk.no}`) await site.redis("SET", name, `${agent} ${Date.now() + LEFT_S * 1000}`, "KEEPTTL");
  }
  const from = Date.now();
  await talk.desk.reload();
  await talk.desk.locator(`#row-${talk.id}`).click();
  await composer(talk.desk).fill("写到一半");
  assert.ok(Date.now() - from < LEFT_S * 1000, "it ended before anything was typed");
  assert.equal(await talk.desk.getByRole("alertdialog").count(), 0, "control: not before its time");
  await signedOut(who, talk, () => undefined, "available");
  assert.ok(Date.now() - from >= LEFT_S * 1000);
}

// Each has a team of its own, and mostly waits, the first one for a sign-in to end.
describe("9, 11 and 12", { concurrency: 2 }, () => {
  test("12: an expired sign-in keeps the draft", (t) => expiring(t, people));
  test("9: transfer to a queue, blind", (t) => transferred(t, people, "queue"));
  test("9: transfer to a colleague, blind", (t) => transferred(t, people, "agent"));
  test("9: handed to a colleague who declines: who gave it is told", (t) => untaken(t, people));
  test("9, control: a desk that does not listen to what came of it", (t) =>
    people.mustFail(t, deskTwin([deaf]), untaken, /拒绝了/));
  test("9, control: a desk that sends a transfer nobody filled in", (t) =>
    people.mustFail(t, deskTwin([silent]), (inner, who) => transferred(inner, who, "queue"), /nothing leaves|还缺/));

  test("11: wrap-up names what is missing, and takes it when it is there", (t) => wrapUp(t, wrapping));
  test("11, control: a desk that lets the server find out", (t) => {
    const eager = ["daemon/desk/pages/wrapup.tsx", "if (missing.length > 0 || going) return;", "if (going) return;"];
    return wrapping.mustFail(t, deskTwin([eager]), wrapUp, /nothing leaves|还缺/);
  });

  test("12: signed out in another tab: the draft stays", (t) => signedOutElsewhere(t, people));
  test("12, control: a desk that shows the sign-in page in place of its own", (t) => {
    const away = ["daemon/desk/pages/effects.ts", 'access: "over", over:', 'access: "out", over:'];
    return people.mustFail(t, deskTwin([away]), signedOutElsewhere, /alertdialog/);
  });
});
