// ui.md §13, cases 7 and 8: what becomes of an offer, seen by the agent asked, by the other one, and by the customer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { composer, entries, frames, offers, People, say, theirs } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin } from "./twin.mjs";

const OFFER = "daemon/desk/pages/offer.tsx";
const short = "offer_deadline: 2s";
const together = "parallel_offers: 2";
const { conf, rules, agents, list } = teams([...Array(10).fill(""), ...Array(4).fill(short), together, together]);
const limits = "routing: {reoffer_after: 1s, decline_delay: 1s}\nchannels: {chat: {missed_max: 2}}\n";
let browser;
let site;
let people;
let quick; // people of the teams whose offers are short
let several; // people of the teams whose agents are asked together

before(async () => {
  browser = await launch();
  site = await new Site({ agents, conf: conf + limits, rules }).open();
  people = new People(browser, site, list.slice(0, 10));
  quick = new People(browser, site, list.slice(10, 14));
  several = new People(browser, site, list.slice(14));
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const state = async (no) => (await site.json("agents")).agents.find(({ id }) => id === `a${no}`)?.state;

async function accepted(t, who) {
  const { customer, asked, other, no, word } = await who.offered(t);
  const card = offers(asked).first();
  assert.match(await card.innerText(), /在线聊天 · 队列\d\d/);
  assert.match(await asked.title(), /^● 新派单/);
  const accept = card.locator(".offer-buttons .btn").first();
  await who.claim(() =>
    who.until("the click is taken", async () => {
      if (await accept.isVisible()) await accept.click({ timeout: 500 }).catch(() => undefined);
      return frames(asked, "accept").length > 0;
    }),
  );
  await customer.getByText(`客服${no}（工号 ${no}）为您服务`).waitFor();
  await who.until("the line", async () => (await entries(asked, ".theirs")).join() === `${word} 你好`);
  assert.equal(await other.locator(".offer").count(), 0, "nobody else was asked");
}

async function declined(t, who) {
  const { customer, asked, other, no, otherNo } = await who.offered(t);
  await asked.keyboard.press("Shift+F2");
  await who.until("the form for the reason", async () => {
    await offers(asked)
      .locator(".offer-buttons .btn")
      .nth(1)
      .click({ timeout: 500 })
      .catch(() => undefined);
    return asked.locator(".decline").isVisible();
  });
  await asked.keyboard.press("2");
  await asked.getByText("已拒绝，放回队列").waitFor();
  assert.equal(frames(asked, "decline")[0].reason, "not_mine");
  await offers(other).first().waitFor();
  await other.keyboard.press("F2");
  await customer.getByText(`客服${otherNo}（工号 ${otherNo}）为您服务`).waitFor();
  assert.equal(await state(no), "available", "a declined offer is not a missed one");
}

async function expired(t, who) {
  const { customer, asked, other, no } = await who.offered(t);
  await who.claim(() => asked.locator(".offer.ended", { hasText: "超时未接" }).waitFor());
  await offers(other).first().waitFor();
  await other.keyboard.press("F2");
  await theirs(customer).first().waitFor();
  const row = (await site.json("agents")).agents.find(({ id }) => id === `a${no}`);
  assert.deepEqual([row.state, row.missed ?? 1], ["available", 1]);
}

async function left(t, who) {
  const { customer, asked, other } = await who.offered(t, { clock: true });
  await customer.locator(".header .tool").first().click();
  await customer.locator(".menu .item", { hasText: "结束对话" }).click();
  await customer.locator(".ask .primary:visible").click();
  await who.claim(() => asked.locator(".offer.ended", { hasText: "客户已离开" }).waitFor());
  await who.run(asked, "the card goes", async () => (await asked.locator(".offer").count()) === 0);
  assert.equal(await other.locator(".offer").count(), 0);
  await customer.locator(".over", { hasText: "重新咨询" }).waitFor();
}

/** Two agents are asked at once, each in a browser of their own: the first has it, then both press at once. */
async function colleague(t, who) {
  const { word, nos } = who.team();
  const desks = [await who.desk(t, nos[0]), await who.desk(t, nos[1])];
  const both = (what) => Promise.all(desks.map(what));
  const rows = () => both((desk) => desk.locator(".row").count());
  const late = (desk) => desk.locator(".offer.ended", { hasText: "已被同事接入" });
  const ask = async () => {
    const customer = await who.customer(t);
    await say(customer, `${word} 你好`);
    await both((desk) => offers(desk).first().waitFor());
    return customer;
  };
  const first = await ask();
  await desks[0].keyboard.press("F2");
  await who.claim(() => late(desks[1]).waitFor());
  await first.getByText(`客服${nos[0]}（工号 ${nos[0]}）为您服务`).waitFor();
  await composer(desks[0]).waitFor();
  assert.deepEqual(await rows(), [1, 0]);
  assert.equal(await desks[0].locator(".offer.ended").count(), 0, "who has it is told nothing of a colleague");
  await late(desks[1]).waitFor({ state: "detached" });

  const second = await ask();
  await both((desk) => desk.keyboard.press("F2"));
  await Promise.any(desks.map((desk) => late(desk).waitFor()));
  await theirs(second).first().waitFor();
  await who.until("one of them has it", async () => (await rows()).reduce((sum, n) => sum + n) === 2);
  await both((desk) => desk.locator(".offer").waitFor({ state: "detached" }));
  assert.equal(
    (await rows()).reduce((sum, n) => sum + n),
    2,
    "both have it",
  );
  assert.deepEqual([await theirs(first).count(), await theirs(second).count()], [1, 1], "greeted once");
  assert.deepEqual(await Promise.all(nos.map(state)), ["available", "available"], "it counts as missed");
}

/** The other tab accepts while this tab's accept is on its way. */
async function taken(t, who) {
  const { word, nos } = who.team();
  let held = [];
  const hold = { on: false };
  const asked = await who.desk(t, nos[0], {
    prepare: (page) =>
      page.routeWebSocket(/\/desk$/, (socket) => {
        const server = socket.connectToServer();
        hold.free = () => held.splice(0).forEach((data) => server.send(data));
        socket.onMessage((data) => (hold.on && /"accept"/.test(data) ? held.push(data) : server.send(data)));
      }),
  });
  const tab = await who.second(t, asked);
  await tab.locator(".presence.available").waitFor();
  const customer = await who.customer(t);
  await say(customer, `${word} 你好`);
  await offers(asked).first().waitFor();
  await offers(tab).first().waitFor();
  hold.on = true;
  await asked.keyboard.press("F2");
  await asked.getByText("正在接通…").waitFor();
  await who.until("the accept is held", () => held.length === 1);
  await tab.keyboard.press("F2");
  await composer(tab).waitFor();
  await asked.locator(".row").waitFor(); // the talk is this agent's in both tabs
  hold.free();
  await who.claim(() => asked.locator(".offer").waitFor({ state: "detached" }));
  await asked.locator(".offer-going").waitFor({ state: "detached" });
  await theirs(customer).first().waitFor();
  assert.equal(await theirs(customer).count(), 1, "greeted once");
  assert.deepEqual([await asked.locator(".row").count(), await tab.locator(".row").count()], [1, 1]);
}

/** Counts tones in each tab; a click lets sound out. */
async function ears(page) {
  await page.evaluate(() => {
    window.tones = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (...args) {
      window.tones += 1;
      return start.apply(this, args);
    };
  });
  await page.locator(".brand").click();
}

async function ring(t, who) {
  const { word, nos } = who.team();
  const one = await who.desk(t, nos[0], { clock: true }); // both tabs have the same one
  const two = await who.second(t, one);
  await two.locator(".presence.available").waitFor();
  const tabs = [one, two];
  for (const tab of tabs) await ears(tab);
  const customer = await who.customer(t);
  await say(customer, `${word} 你好`);
  for (const tab of tabs) await offers(tab).first().waitFor();
  const tones = () => Promise.all(tabs.map((tab) => tab.evaluate(() => window.tones)));
  // Two notes at once, again every 3 s: by the fourth of one tab, the other had its time.
  await who.run(one, "a tab rings twice", async () => Math.max(...(await tones())) >= 4);
  assert.equal(Math.min(...(await tones())), 0, "both tabs ring");
  await two.keyboard.press("F2");
  await composer(two).waitFor();
  const after = await tones();
  await one.clock.runFor(3_200); // one ring more, if it went on
  assert.deepEqual(await tones(), after, "it rings after the answer");
}

async function missed(t, who) {
  const { word, nos } = who.team();
  const desk = await who.desk(t, nos[0]);
  const customer = await who.customer(t);
  await say(customer, `${word} 有人吗`);
  await who.until("twice", async () => (await state(nos[0])) === "not_responding");
  await who.claim(() => desk.locator(".strip", { hasText: "连续 2 次未接，已暂停派单" }).waitFor());
  const [contact] = await who.until("waiting again", async () => {
    const queue = (await site.json("queues")).queues.find(({ id }) => id === `q${word.slice(4)}`);
    return queue?.waiting === 1 && [queue];
  });
  assert.equal(contact.waiting, 1);
  assert.equal(await offers(desk).count(), 0);
  await desk.getByRole("button", { name: "恢复在线" }).click();
  await desk.locator(".strip").waitFor({ state: "detached" });
  await who.accept(desk);
  await theirs(customer).first().waitFor();
  assert.equal(await state(nos[0]), "available");
}

const text = (from, to) => deskTwin([[OFFER, from, to]]);
const CASES = [
  {
    name: "7: accepted by a click: the customer sees who, nobody else was asked",
    run: accepted,
    twin: () => text('app.command({ type: "accept"', 'app.command({ type: "acept"'),
    by: /never: the click is taken/,
    fault: "a desk whose accept nobody understands",
  },
  {
    name: "7: declined with a reason: the next one is asked",
    run: declined,
    twin: () => text("const chosen = reasons[Number(e.key) - 1];", "const chosen = reasons[0];"),
    by: /not_mine/,
    fault: "a desk that takes the first reason for any",
  },
  {
    name: "7: not answered in time: says so, and the next one is asked",
    of: () => quick,
    run: expired,
    twin: () => text('if (end === "expired") return words.offer.expired;', ""),
    by: /超时未接/,
    fault: "a desk that does not say that it was missed",
    brief: 5, // 2 of them until it is missed
  },
  {
    name: "7: the customer leaves while it rings",
    run: left,
    twin: () => text('"canceled") return words.talk.goneWhy.abandoned', '"canceled") return words.offer.failed'),
    by: /客户已离开/,
    fault: "a desk that gives another reason",
  },
  {
    name: "7: taken by a colleague: one has it, the other is told",
    of: () => several,
    run: colleague,
    twin: () => text("by === me ?", "by !== me ?"),
    by: /已被同事接入/,
    fault: "a desk that takes a colleague for another of its own tabs",
  },
  {
    name: "7: taken in another tab: the late answer is no second one",
    run: taken,
    twin: () =>
      deskTwin([["daemon/desk/pages/state.ts", 'if (f.end === "accepted") return', 'if (f.end === "") return']]),
    by: /locator\('\.offer'\) to be detached/,
    fault: "a desk that keeps the card of an accepted offer",
    brief: 2, // of the 3 that any ended one is shown
  },
  {
    name: "7: two tabs ring once, until the answer",
    run: ring,
    twin: () => deskTwin([["channels/http/browser/tabs.ts", "answer(lock !== null);", "answer(true);"]]),
    by: /both tabs ring/,
    fault: "tabs that do not ask who rings",
  },
  {
    name: "8: missed twice in a row: no more offers until a click, and then again",
    of: () => quick,
    run: missed,
    twin: () => deskTwin([["daemon/desk/pages/top.tsx", '"not_responding" && (', '"never" && (']]),
    by: /已暂停派单/,
    fault: "a desk that does not say why offers stay away",
  },
];

// Each has a team of its own, and mostly waits.
describe("7 and 8: offers", { concurrency: 2 }, () => {
  for (const { name, run, twin, by, fault, brief, of = () => people } of CASES) {
    test(name, (t) => run(t, of()));
    test(`${name.slice(0, 1)}, control: ${fault}`, (t) => of().mustFail(t, twin(), run, by, brief));
  }
});
