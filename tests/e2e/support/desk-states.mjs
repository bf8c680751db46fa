// Every state of desk and wall as a scene of the scripted server and what the agent does until it is there.
import { id, inVain, makeSite, offer, row, transcript } from "./desk-site.mjs";
import { finishedOf, linesOf } from "./desk-tabs.mjs";
import { playDesk } from "./scripted-desk.mjs";
import { WALL } from "./wall-states.mjs";

export { WALL };

const narrow = (page) => page.viewportSize().width < 720;
const C = id(0);

async function openFirst(page) {
  await page.waitForSelector(`#row-${C}`);
  await page.locator(`#row-${C}`).click();
  await page.waitForSelector(".bubble");
}
const form = async (page, name) => {
  const wide = page.locator(".talk-actions button", { hasText: name });
  if (!narrow(page)) return wide.click();
  await page.locator(".talk-head .menu-button").click();
  await page.locator(".talk-head .menu-item", { hasText: name }).click();
};

/** state → {site(site, lang, now), scene(line), act(page, server, lang)}; `sizes` where it has others, `full`: all looks. */
export const DESK = {
  login: {
    signedIn: false,
    login: () => [401, { error: { code: "sign_in_failed", message: "" } }],
    act: async (page) => {
      await page.locator("[name=staff_no]").fill("1024");
      await page.locator("[name=password]").fill("wrong-password");
      await page.locator(".login-form .primary").click();
      await page.waitForSelector(".login-form .fault:not(:empty)");
    },
  },
  "login-wait": {
    signedIn: false,
    login: () => [429, { error: { code: "too_many_tries", seconds: 42 } }],
    act: async (page) => {
      await page.locator("[name=staff_no]").fill("1024");
      await page.locator("[name=password]").fill("wrong-password");
      await page.locator(".login-form .primary").click();
      await page.waitForSelector(".login-form .fault:not(:empty)");
    },
  },
  "login-plain": {
    host: "desk.test",
    signedIn: false,
    act: (page) => page.waitForSelector(".strip.plain"),
  },
  plain: {
    host: "desk.test",
    full: true,
    act: openFirst,
  },
  empty: {
    site: (site) => Object.assign(site, { contacts: [], todo: [], capacity: { used: 0, total: 125 } }),
    act: (page) => page.waitForSelector(".list-empty"),
  },
  start: {
    site: (site) => {
      Object.assign(site, { contacts: [], todo: [], capacity: { used: 0, total: 125 } });
      site.presence.state = "offline";
    },
    act: (page) => page.waitForSelector(".primary:visible"),
  },
  "list-1000": {
    contacts: 1000,
    act: async (page) => {
      await page.waitForSelector(".row");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
    },
  },
  chat: {
    full: true,
    scene: async (line) => {
      await line.next("history");
      setTimeout(() => line.say({ type: "typing", contact: C, on: true }), 100);
    },
    act: async (page) => {
      await openFirst(page);
      await page.locator(".composer textarea").fill("您好，周三上午九点到十一点可以安排，");
      await page.waitForSelector(".typing");
    },
  },
  phrases: {
    act: async (page) => {
      await openFirst(page);
      await page.locator(".composer textarea").fill("/");
      await page.waitForSelector(".phrases li");
    },
  },
  counter: {
    site: (site, lang, now) => {
      site.welcome.me.teams.push({ queue: "counter", rank: 1 });
      site.presence.counter = "3";
      site.contacts = [
        row(0, lang, now, {
          id: C,
          channel: "walkin",
          queue: "counter",
          state: "connecting",
          ticket: "A023",
          counter: "3",
          customer: { id: "", name: "", grade: "", masked: "" },
          seq: 0,
          last: null,
          read: { customer: 0, agent: 0 },
          kind: "install",
          due: now + 47_000,
        }),
        ...site.contacts.slice(1, 4),
      ];
      site.lines = {};
      site.notes = {};
    },
    act: async (page) => {
      await page.locator(`#row-${C}`).click();
      await page.waitForSelector(".counter-number");
    },
  },
  "counter-next": {
    site: (site) => {
      site.welcome.me.teams.push({ queue: "counter", rank: 1 });
      site.presence.counter = "3";
    },
    scene: async (line) => {
      line.hold("next");
      const { id } = await line.next("next");
      line.say({ type: "refused", id, code: "empty", why: "" });
    },
    act: async (page) => {
      await page.locator(".counter-next .btn").click();
      await page.waitForSelector(".counter-verdict");
    },
  },
  offer: {
    full: true,
    site: (site, lang, now) => (site.offers = [offer(0, lang, now), offer(1, lang, now)]),
    act: async (page) => {
      await page.waitForSelector(".offer");
      await openFirst(page);
      await page.locator(".composer textarea").fill("请稍等");
    },
  },
  decline: {
    site: (site, lang, now) => (site.offers = [offer(0, lang, now)]),
    act: async (page) => {
      await page.waitForSelector(".offer");
      await page.waitForTimeout(350);
      await page.locator(".offer-buttons .btn").nth(1).click();
      await page.waitForSelector(".decline");
    },
  },
  "offer-ended": {
    site: (site, lang, now) => (site.offers = [offer(0, lang, now), offer(1, lang, now), offer(2, lang, now)]),
    scene: async (line) => {
      await line.next("hello");
      setTimeout(() => {
        const ends = [
          ["expired", ""],
          ["withdrawn", "answered_elsewhere"],
          ["canceled", ""],
        ];
        ends.forEach(([end, reason], n) =>
          line.delta({ type: "offer_end", offer: id(700 + n), end, reason, by: "a1031" }),
        );
      }, 400);
    },
    act: (page) => page.waitForSelector(".offer.ended"),
  },
  untaken: {
    full: true,
    act: async (page, server, lang) => {
      await openFirst(page);
      await form(page, lang === "en" ? "Transfer" : "转接"); // its answer says who everybody is
      await page.waitForSelector(".transfer .choice-list button");
      await page.keyboard.press("Escape");
      const [line] = server.lines;
      const event = { name: "undelivered" };
      line.delta({ type: "msg", contact: C, seq: 10, at: Date.now(), by: "system", kind: "event", event });
      line.delta({ type: "contact_gone", id: C, why: "offered" });
      inVain(lang).forEach((frame) => line.delta(frame));
      await page.waitForSelector(".untaken .offer");
    },
  },
  "not-responding": {
    site: (site, _lang, now) =>
      Object.assign(site.presence, { state: "not_responding", missed: 3, since: now - 65_000 }),
    act: openFirst,
  },
  transfer: {
    act: async (page, _server, lang) => {
      await openFirst(page);
      await form(page, lang === "en" ? "Transfer" : "转接");
      await page.waitForSelector(".transfer .choice-list button");
      await page.locator(".transfer .segments button").nth(1).click();
      await page.locator(".transfer .choice-list button").first().click();
      await page.locator(".transfer [type=submit]").click();
    },
  },
  wrapup: {
    full: true,
    act: async (page, _server, lang) => {
      await openFirst(page);
      await form(page, lang === "en" ? "Resolve" : "结束");
      await page.waitForSelector(".wrapup .choice-list button");
      await page.locator(".wrapup [type=submit]").click();
      await page.waitForSelector(".wrapup .fault:not(:empty)");
    },
  },
  explain: {
    act: async (page, _server, lang) => {
      await openFirst(page);
      if (narrow(page)) await form(page, lang === "en" ? "Why" : "派单依据");
      else {
        await page.locator("#transcript").focus();
        await page.keyboard.press("w");
      }
      await page.waitForSelector(".story dd");
    },
  },
  reconnecting: {
    site: (site, lang, now) => (site.offers = [offer(0, lang, now)]),
    act: async (page, server) => {
      await openFirst(page);
      server.refuse(true);
      server.cut();
      await page.locator(".composer textarea").fill("好的，已为您预约周三上午。");
      await page.locator(".composer .send").click();
      await page.locator(".composer textarea").fill("师傅会提前一小时联系您");
      await page.waitForSelector(".strip.warn");
    },
  },
  expired: {
    act: async (page, server) => {
      await openFirst(page);
      await page.locator(".composer textarea").fill("好的，已为您预约周三上午");
      server.expire();
      server.lines[0].close(4401);
      await page.waitForSelector(".over");
    },
  },
  palette: {
    act: async (page) => {
      await openFirst(page);
      await page.keyboard.press("Control+k");
      await page.waitForSelector(".palette-one");
    },
  },
  queue: {
    full: true,
    site: (site, lang, now) => {
      site.welcome.me.teams.push({ queue: "counter", rank: 3 });
      site.presence.counter = "3";
      site.lines_of = linesOf(lang, now);
    },
    act: async (page) => {
      await page.locator("#tab-queue").click();
      await page.waitForSelector(".level");
      await page.locator("#tab-queue").blur(); // it has keys of its own
      await page.keyboard.press("j");
      await page.keyboard.press("j");
    },
  },
  "queue-empty": {
    site: (site) => Object.assign(site, { lines_of: { online: [], complaints: [] } }),
    act: async (page) => {
      await page.locator("#tab-queue").click();
      await page.waitForSelector(".list-empty");
    },
  },
  "queue-refused": {
    scene: async (line) => {
      line.hold("waiting");
      const { id } = await line.next("waiting");
      line.say({ type: "refused", ask: "waiting", id, code: "not_permitted", why: "" });
    },
    act: async (page) => {
      await page.locator("#tab-queue").click();
      await page.waitForSelector(".list-fault");
    },
  },
  done: {
    full: true,
    site: (site, lang, now) => {
      site.finished = finishedOf(lang, now);
      site.lines[site.finished[0].id] = transcript(lang, now);
    },
    act: async (page) => {
      await page.locator("#tab-done").click();
      await page.waitForSelector(".row");
      if (narrow(page)) return;
      await page.locator(".row").first().click();
      await page.waitForSelector(".bubble");
    },
  },
  keys: {
    act: async (page) => {
      await page.waitForSelector(".row");
      await page.keyboard.press("?");
      await page.waitForSelector(".key-groups");
    },
  },
  settings: {
    act: async (page, _server, lang) => {
      await page.waitForSelector(".row");
      await page.keyboard.press("Control+k");
      await page.locator(".palette-input input").fill(lang === "en" ? "Settings" : "设置");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".settings");
    },
  },
  drawer: {
    sizes: ["1024x768", "360x740"],
    act: async (page, _server, lang) => {
      await openFirst(page);
      if (narrow(page)) await form(page, lang === "en" ? "Customer" : "客户资料");
      else await page.locator(".talk-actions .only-drawer").click();
      await page.waitForSelector(".earlier");
      await page.waitForTimeout(250);
    },
  },
  me: {
    sizes: ["360x740"],
    act: async (page) => {
      await page.waitForSelector(".row");
      await page.locator(".bottom button").nth(3).click();
    },
  },
};
/** Brings a new page of `browser` into the state; returns it with its problems and `close()`. */
export async function reach(browser, files, name, { lang = "zh-CN", theme = "light", viewport, ...options } = {}) {
  const state = DESK[name] ?? WALL[name];
  const short = lang === "en" ? "en" : "zh";
  const now = Date.now();
  const site = makeSite(short, now, state.contacts);
  state.site?.(site, short, now);
  const server = await playDesk({ files, site, scene: state.scene, signedIn: state.signedIn, login: state.login });
  const context = await browser.newContext({ viewport, locale: lang, colorScheme: theme, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (m) => m.type() === "error" && !/WebSocket|40[13]|429/.test(m.text()) && problems.push(m.text()));
  page.on("pageerror", (e) => problems.push(String(e)));
  const close = async () => {
    await context.close();
    await server.stop();
  };
  try {
    await page.goto(
      `${server.origin.replace("127.0.0.1", state.host ?? "127.0.0.1")}${name in WALL ? "/desk/wall" : "/desk/"}`,
    );
    await state.act(page, server, short);
  } catch (fault) {
    problems.push(String(fault).split("\n")[0]);
  }
  return { page, server, problems, close };
}
