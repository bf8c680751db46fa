// ui.md §13, case 18: every key of the desk, pressed on a running desk; its list of keys is that of ui.md §8.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { composer, entries, frames, offers, People, say, texts } from "./people.mjs";
import { Site, teams } from "./site.mjs";
import { deskTwin } from "./twin.mjs";

const KEYS = "daemon/desk/pages/keys.ts";
const { conf, rules, agents, list } = teams(["", "", ""], 1);
const supervisors = agents.map((one) => ({ ...one, role: "supervisor" }));
let browser;
let site;
let people;

before(async () => {
  browser = await launch();
  site = await new Site({ agents: supervisors, conf, rules }).open();
  people = new People(browser, site, list);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** A desk with two conversations, "甲" open, and an offer of a third customer. */
async function scene(t, who) {
  const { word, nos } = who.team();
  const desk = await who.desk(t, nos[0]);
  const customers = [];
  const ids = [];
  for (const name of ["甲", "乙"]) {
    customers.push(await who.customer(t));
    await say(customers.at(-1), `${word} ${name}`);
    await who.accept(desk);
    await who.until(name, async () => (await entries(desk, ".theirs")).join().includes(name));
    ids.push((await desk.locator(".row[aria-selected=true]").getAttribute("id")).slice(4));
  }
  customers.push(await who.customer(t));
  return { desk, customers, ids, word, who };
}

const dialog = (desk) => desk.locator("dialog[open]");
const outside = async (desk) => {
  await desk.locator("#transcript").focus();
};
const cursor = (desk) => desk.locator(".row[data-cursor=true]").getAttribute("id");
const open = (desk) => desk.locator(".row[aria-selected=true]").getAttribute("id");
const focused = (desk) => desk.evaluate(() => document.activeElement?.tagName ?? "");
const shut = async (desk) => {
  await desk.keyboard.press("Escape");
  await dialog(desk).waitFor({ state: "detached" });
};

/** ui.md §8, and the digits of its wrap-up: what → the keys. The desk lists one key for each, the arrows with their letters. */
const TABLE = {
  accept: "F2",
  focusOffer: "Shift F2",
  next: "J",
  previous: "K",
  open: "Enter",
  reply: "R",
  note: "N",
  transfer: "T",
  resolve: "E",
  phrases: "/",
  send: "Ctrl Enter",
  enter: "Enter",
  newline: "Shift Enter",
  mine: "G M",
  queue: "G Q",
  done: "G D",
  wall: "G W",
  palette: "Ctrl K",
  nextUnread: "]",
  previousUnread: "[",
  keys: "?",
  why: "W",
  escape: "Esc",
  digits: "1–9",
};

/** Of TABLE, what its keys do here. In this order: the first ones leave the desk as the next ones need it. */
const DOES = {
  escape: async ({ desk }) => {
    await composer(desk).focus();
    await desk.keyboard.press("Escape");
    assert.notEqual(await focused(desk), "TEXTAREA");
  },
  next: async ({ desk, who }) => {
    const from = await cursor(desk);
    await desk.keyboard.press("j");
    await desk.keyboard.press("k"); // one of them is at the end of the list
    await desk.keyboard.press("k");
    const top = await cursor(desk);
    await desk.keyboard.press("j");
    await who.until("J moves down", async () => (await cursor(desk)) !== top);
    assert.ok(from);
  },
  previous: async ({ desk, who }) => {
    const low = await cursor(desk);
    await desk.keyboard.press("k");
    await who.until("K moves up", async () => (await cursor(desk)) !== low);
    const high = await cursor(desk);
    await desk.keyboard.press("ArrowDown");
    await who.until("↓ moves down", async () => (await cursor(desk)) === low);
    await desk.keyboard.press("ArrowUp");
    await who.until("↑ moves up", async () => (await cursor(desk)) === high);
  },
  open: async ({ desk, who }) => {
    const marked = await cursor(desk);
    await desk.keyboard.press("Enter");
    await who.until("Enter opens", async () => (await open(desk)) === marked);
    await who.until("and focuses the composer", async () => (await focused(desk)) === "TEXTAREA");
    await desk.keyboard.press("Escape");
  },
  note: async ({ desk, who }) => {
    await outside(desk);
    await desk.keyboard.press("n");
    await who.claim(() => desk.locator(".composer.note").waitFor());
    await who.until("the note has the focus", async () => (await focused(desk)) === "TEXTAREA");
    await desk.keyboard.press("Escape");
  },
  reply: async ({ desk, who }) => {
    await outside(desk);
    await desk.keyboard.press("r");
    await desk.locator(".composer.reply").waitFor();
    await who.until("the reply has the focus", async () => (await focused(desk)) === "TEXTAREA");
  },
  phrases: async ({ desk }) => {
    await composer(desk).fill("");
    await desk.keyboard.type("/");
    await desk.locator(".phrases li").first().waitFor();
    await desk.keyboard.press("ArrowDown");
    await desk.locator("#phrase-1[aria-selected=true]").waitFor();
    await desk.keyboard.press("Escape");
    await desk.locator(".phrases").waitFor({ state: "detached" });
    await composer(desk).fill("");
    await desk.keyboard.type("/wait");
    await desk.keyboard.press("Enter");
    assert.equal(await composer(desk).inputValue(), "请稍等，我马上为您查询。");
  },
  newline: async ({ desk }) => {
    await composer(desk).fill("一");
    await desk.keyboard.press("Shift+Enter");
    await desk.keyboard.type("二");
    assert.equal(await composer(desk).inputValue(), "一\n二");
  },
  enter: async ({ desk, who }) => {
    await desk.keyboard.press("Enter");
    await who.until("Enter sends", async () => (await entries(desk, ".own")).includes("一\n二"));
  },
  send: async ({ desk, who }) => {
    await composer(desk).fill("三");
    await desk.keyboard.press("Control+Enter");
    await who.until("Ctrl+Enter sends", async () => (await entries(desk, ".own")).includes("三"));
    await desk.keyboard.press("Escape");
  },
  transfer: async ({ desk }) => {
    await outside(desk);
    await desk.keyboard.press("t");
    await desk.locator("dialog.transfer").waitFor();
    await shut(desk);
  },
  resolve: async ({ desk }) => {
    await outside(desk);
    await desk.keyboard.press("e");
    await desk.locator("dialog.wrapup").waitFor();
  },
  digits: async ({ desk, who }) => {
    await desk.locator("dialog.wrapup .choice-list button", { hasText: "维修" }).first().click();
    const results = desk.locator("dialog.wrapup .choice-list").nth(1);
    await results.locator("button").first().focus();
    await desk.keyboard.press("2");
    await who.until(
      "2 takes the second",
      async () => (await results.locator("button").nth(1).getAttribute("aria-checked")) === "true",
    );
    await shut(desk);
  },
  why: async ({ desk }) => {
    await outside(desk);
    await desk.keyboard.press("w");
    await desk.locator("dialog", { hasText: "派单依据" }).waitFor();
    await shut(desk);
  },
  keys: async ({ desk }) => {
    await outside(desk);
    await desk.keyboard.press("?");
    await desk.locator(".key-groups").waitFor();
    const listed = await desk
      .locator(".key-groups dt")
      .evaluateAll((all) => all.map((one) => [...one.querySelectorAll("kbd")].map((key) => key.textContent).join(" ")));
    assert.deepEqual(listed.sort(), Object.values(TABLE).sort(), "the list of keys");
    await shut(desk);
  },
  palette: async ({ desk }) => {
    await desk.keyboard.press("Control+k");
    await desk.locator(".palette-input input").waitFor();
    await shut(desk);
  },
  queue: async ({ desk }) => {
    await outside(desk);
    await desk.keyboard.press("g");
    await desk.keyboard.press("q");
    await desk.getByText("您的队列里没有人等待").waitFor();
  },
  done: async ({ desk }) => {
    await desk.keyboard.press("g");
    await desk.keyboard.press("d");
    await desk.getByText("您结束的会话会列在这里").waitFor();
  },
  mine: async ({ desk }) => {
    await desk.keyboard.press("g");
    await desk.keyboard.press("m");
    await desk.locator(".row").first().waitFor();
  },
  nextUnread: async ({ desk, who, customers, ids }) => {
    await desk.locator(`#row-${ids[0]}`).click();
    await desk.keyboard.press("Escape");
    await say(customers[1], "还在吗");
    await desk.locator(`#row-${ids[1]} .unread`).waitFor();
    await outside(desk);
    await desk.keyboard.press("]");
    await who.until("] opens it", async () => (await open(desk)) === `row-${ids[1]}`);
  },
  previousUnread: async ({ desk, who, customers, ids }) => {
    await who.until("read", async () => (await desk.locator(`#row-${ids[1]} .unread`).count()) === 0);
    await say(customers[0], "在的");
    await desk.locator(`#row-${ids[0]} .unread`).waitFor();
    await outside(desk);
    await desk.keyboard.press("[");
    await who.until("[ opens it", async () => (await open(desk)) === `row-${ids[0]}`);
  },
  focusOffer: async ({ desk, customers, word, who }) => {
    await say(customers[2], `${word} 丙`);
    await offers(desk).first().waitFor();
    await composer(desk).focus();
    await desk.keyboard.press("Shift+F2");
    await who.until("Shift+F2 goes to the card", () =>
      desk.evaluate(() => document.activeElement.className.includes("offer")),
    );
  },
  accept: async ({ desk, who }) => {
    await composer(desk).focus();
    await desk.keyboard.type("写到一半");
    await desk.keyboard.press("F2");
    await who.until("F2 accepts while typing", async () => (await desk.locator(".row").count()) === 3);
    assert.equal(frames(desk, "accept").length, 3);
  },
  wall: async ({ desk }) => {
    await outside(desk);
    await desk.keyboard.press("g");
    await desk.keyboard.press("w");
    await desk.waitForURL("**/desk/wall");
    await desk.locator(".queues").waitFor();
  },
};

async function everyKey(t, who) {
  const there = await scene(t, who);
  for (const [action, press] of Object.entries(DOES)) {
    await press(there).catch((fault) => {
      fault.message = `the key of ${action}: ${fault.message}`;
      throw fault;
    });
  }
  return there;
}

test("18: every key of the table is pressed", () =>
  assert.deepEqual(Object.keys(DOES).sort(), Object.keys(TABLE).sort()));
test("18: every key does what the list of keys says; letters are the customer's text in a field", async (t) => {
  const { desk, customers } = await everyKey(t, people);
  assert.equal((await texts(customers[0], ".their")).concat(await texts(customers[1], ".their")).includes("j"), false);
  assert.deepEqual(frames(desk, "resolve"), [], "a slip of E costs nothing");
});
test("18, control: a desk whose N writes to the customer", (t) => {
  const swapped = deskTwin([[KEYS, 'n: "note",', 'n: "reply",']]);
  return people.mustFail(t, swapped, everyKey, /the key of note/);
});
test("18, control: a desk that lists another key than it takes", (t) => {
  const renamed = deskTwin([[KEYS, 'why: ["W"],', 'why: ["Y"],']]);
  return people.mustFail(t, renamed, everyKey, /the key of keys: the list of keys/);
});
