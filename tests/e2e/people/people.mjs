// People at both ends of a running site, in a real browser; and the same people with a faulty build of their page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import WebSocket from "ws";
import { PASSWORD } from "../support/accounts.mjs";
import { until } from "./site.mjs";
import { deskTwin, widgetTwin } from "./twin.mjs";

/** FD_PAGES=source: the pages of the source tree in place of those in the binary, while one works on them. */
const SOURCE = process.env.FD_PAGES === "source" ? { ...widgetTwin([]), ...deskTwin([]) } : {};

const PATIENCE = 30; // seconds for what must come, however busy the machine: what passes does not wait for them

const TYPES = { js: "text/javascript", css: "text/css" };

/** The widget's style sheet comes with its settings. */
const settingsWith = (css) => async (route) => {
  const response = await route.fetch().catch(() => undefined);
  if (!response) return route.abort();
  return route.fulfill({ response, json: { ...(await response.json()), css } });
};

export class People {
  /** `twin`: address → file of a faulty build; `brief`: seconds it has for a claim. */
  constructor(browser, site, teams = [], { brief = PATIENCE, twin = {} } = {}) {
    Object.assign(this, { browser, site, teams, brief, patience: PATIENCE, pages: [], twin: { ...SOURCE, ...twin } });
  }

  /** What a control must fail at: a twin waits for this only briefly, and patiently for all that leads there. */
  async claim(what) {
    const wait = (seconds) => {
      this.patience = seconds;
      this.pages.forEach((page) => page.setDefaultTimeout(seconds * 1000));
    };
    if (this.brief === PATIENCE) return what();
    wait(this.brief);
    try {
      return await what();
    } finally {
      wait(PATIENCE);
    }
  }

  /** The next team: nobody else has it. */
  team() {
    const team = this.teams.shift();
    assert.ok(team, "no team is left: the test's list is too short");
    return team;
  }

  until(what, look, patience = this.patience) {
    return until(what, look, patience);
  }

  /** Lets the clock of a page opened with `clock` run until `look()` gives something true. */
  run(page, what, look, step = 500) {
    return this.until(what, async () => {
      await page.clock.runFor(step);
      return look();
    });
  }

  /** A page in a context of its own; its script faults and policy violations fail the test. */
  async page(t, options = {}) {
    const context = await this.browser.newContext({
      locale: "zh-CN",
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    t.after(() => context.close());
    return this.tab(t, context);
  }

  async tab(t, context) {
    const page = await context.newPage();
    const problems = this.problems ?? []; // a twin's are looked for
    page.setDefaultTimeout(this.patience * 1000);
    this.pages.push(page);
    page.sent = [];
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => page.sent.push(JSON.parse(payload))));
    page.on("pageerror", (fault) => problems.push(String(fault)));
    page.on("console", (m) => /Content Security|Trusted/i.test(m.text()) && problems.push(m.text()));
    t.after(() => this.problems || assert.deepEqual(problems, []));
    const { "/chat/widget.css": css, ...files } = this.twin;
    if (css) await page.route((url) => url.pathname === "/chat/settings", settingsWith(readFileSync(css, "utf8")));
    for (const [path, file] of Object.entries(files)) {
      const answer = { body: readFileSync(file), contentType: `${TYPES[file.split(".").pop()]}; charset=utf-8` };
      await page.route(
        (url) => url.pathname === path,
        (route) => route.fulfill(answer),
      );
    }
    return page;
  }

  /** An agent at the desk: signed in, and online unless `online` is false. `clock`: its time can be made to run. */
  async desk(t, no, { online = true, path = "/desk/", prepare, clock, ...options } = {}) {
    const page = await this.page(t, { viewport: { width: 1440, height: 900 }, ...options });
    if (clock) await page.clock.install();
    await prepare?.(page);
    await page.goto(`${this.site.internal}${path}`);
    await this.signIn(page, no);
    await page
      .locator(path === "/desk/" ? ".menu-button, .presence" : ".wall-top")
      .first()
      .waitFor();
    if (online) await this.goOnline(page);
    return page;
  }

  async signIn(page, no) {
    await page.locator("[name=staff_no]").fill(no);
    await page.locator("[name=password]").fill(PASSWORD);
    await page.locator(".login-form [type=submit]").click();
  }

  async goOnline(page) {
    await page.getByRole("button", { name: "开始接待" }).first().click();
    await page.locator(".presence.available, .dot.available").first().waitFor();
  }

  /** A customer on the demo page, with the chat open. */
  async customer(t, { prepare, address = `${this.site.public}/demo/`, ...options } = {}) {
    const page = await this.page(t, options);
    await prepare?.(page);
    await page.goto(address);
    await openChat(page);
    return page;
  }

  /** A second person of the same browser, with the same storage: another tab. */
  async second(t, page) {
    const other = await this.tab(t, page.context());
    await other.goto(page.url());
    return other;
  }

  /** The customer writes, the agent takes it: both see the same chat. Returns the case number. */
  async converse(customer, desk, text) {
    await say(customer, text);
    await this.accept(desk);
    await this.until("the customer's line", async () => (await entries(desk, ".theirs")).includes(text));
    await theirs(customer).first().waitFor();
    await this.until("the greeting", async () => (await entries(desk, ".own")).length > 0);
    return (await desk.locator(".case-no").first().innerText()).trim();
  }

  /** Two agents of one team, online, and a customer who wrote: `asked` has the offer, `other` has none. */
  async offered(t, options = {}) {
    const { word, nos } = this.team();
    const desks = [await this.desk(t, nos[0], options), await this.desk(t, nos[1], options)];
    const customer = await this.customer(t);
    await say(customer, `${word} 你好`);
    const at = await this.until("an offer", async () => {
      const counts = await Promise.all(desks.map((desk) => offers(desk).count()));
      return counts.includes(1) && [counts.indexOf(1)];
    });
    return {
      word,
      nos,
      customer,
      asked: desks[at[0]],
      other: desks[1 - at[0]],
      no: nos[at[0]],
      otherNo: nos[1 - at[0]],
    };
  }

  async accept(desk) {
    await offers(desk).first().waitFor();
    await desk.keyboard.press("F2");
    await composer(desk).waitFor();
  }

  /** The lines the server keeps of a contact, asked by a socket of the agent's own, beside any page. */
  async history(no, contact) {
    const { internal } = this.site;
    const answer = await fetch(`${internal}/desk/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: internal },
      body: JSON.stringify({ staff_no: no, password: PASSWORD }),
    });
    const headers = { Cookie: answer.headers.get("set-cookie").split(";")[0] };
    const socket = new WebSocket(internal.replace("http", "ws") + "/desk", "frontdesk.desk.v1", {
      headers,
      origin: internal,
    });
    const lines = await new Promise((done, fail) => {
      socket.on("error", fail);
      socket.on("open", () => socket.send(JSON.stringify({ type: "hello", v: 1, page: `t${Date.now() % 1e6}` })));
      socket.on("message", (data) => {
        const frame = JSON.parse(String(data));
        if (frame.type === "welcome") socket.send(JSON.stringify({ type: "history", id: "h", contact, before: 0 }));
        else if (frame.type === "history") done(frame.lines);
        else if (frame.type === "refused") fail(new Error(frame.why));
      });
    });
    socket.terminate();
    return lines;
  }

  /**
   * The control of a case: the same people with a faulty page must fail it, and by what it should, for a case that fails
   * earlier proves nothing. `scenario(t, people)` is the case itself; `by` is looked for in its fault. `brief`: seconds for
   * what the case claims.
   */
  async mustFail(t, twin, scenario, by, brief = 3) {
    const doomed = new People(this.browser, this.site, this.teams, { brief, twin });
    doomed.problems = [];
    let fault;
    const said = () => [fault.message, fault.stack, ...doomed.problems].join("\n");
    await t.test("the twin", async (inner) => {
      fault = await scenario(inner, doomed).then(
        () => undefined,
        (one) => one,
      );
      if (fault) await doomed.until("its own fault", () => by.test(said())).catch(() => undefined); // a page may say it late
    });
    assert.ok(fault, "the faulty twin passed: this case cannot fail");
    assert.match(said(), by);
  }
}

export async function openChat(page) {
  await page.locator("frontdesk-chat .launcher").click();
  await page.locator("textarea.box").waitFor();
}

export const box = (page) => page.locator("textarea.box");
export const composer = (desk) => desk.locator(".composer textarea");
export const offers = (desk) => desk.locator(".offer:not(.ended)");
export const frames = (page, type) => page.sent.filter((frame) => frame.type === type);
export const theirs = (page) => page.locator("frontdesk-chat .their .bubble");

export async function say(page, text) {
  await box(page).fill(text);
  await box(page).press("Enter");
}

export async function reply(desk, text) {
  await composer(desk).fill(text);
  await composer(desk).press("Enter");
}

/** What the customer sees of a chat: texts of one side in order, without the words for screen readers. */
export const texts = (page, side = ".row") =>
  page
    .locator(`frontdesk-chat .log ${side} .bubble`)
    .evaluateAll((all) => all.map((one) => one.textContent.replace(/^[^:]*: /, "")));

/** What the agent sees. */
export const entries = (desk, side = "") =>
  desk
    .locator(`#transcript .entry${side} .bubble`)
    .evaluateAll((all) => all.map((one) => one.textContent.replace(/^[^：]*：/, "")));
