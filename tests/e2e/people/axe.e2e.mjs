// ui.md §13, case 19: axe-core over every state there is a picture of, in both themes; and over the running daemon's pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as axe from "../support/axe.mjs";
import { launch } from "../support/chromium.mjs";
import { buildDesk } from "../support/desk-files.mjs";
import { DESK, reach, WALL } from "../support/desk-states.mjs";
import { buildWidget } from "../support/widget-files.mjs";
import { reachWidget, STATES } from "../support/widget-states.mjs";
import { People, say } from "./people.mjs";
import { Site, teams } from "./site.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const AT_ONCE = 2;
const { conf, rules, agents, list } = teams(["", ""], 1);
const supervisors = agents.map((one) => ({ ...one, role: "supervisor" }));
let browser;
let site;

before(async () => {
  browser = await launch();
  site = await new Site({ agents: supervisors, conf, rules }).open();
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** `inside`: only there (the widget's host page is not ours). */
const found = (page, inside, runOnly = RULES) => axe.found(page, { inside, runOnly });

const WIDGET = { include: [{ fromShadowDom: ["frontdesk-chat", ".fd"] }] };
const CONTRAST = { type: "rule", values: ["color-contrast"] }; // all that a theme changes
/** A state that exists only on a narrow page is looked at there. */
const look = (state) => {
  const [width, height] = (state?.sizes?.at(-1) ?? "1440x900").split("x").map(Number);
  return { viewport: { width, height }, bypassCSP: true };
};

test("19: nothing found in any state, light and dark", async (t) => {
  const [desk, widget] = [buildDesk(), buildWidget()];
  const jobs = [
    ...Object.entries({ ...DESK, ...WALL }).map(([name, state]) => [
      name,
      () => reach(browser, desk, name, look(state)),
    ]),
    ...Object.keys(STATES).map((name) => [`widget ${name}`, () => reachWidget(browser, widget, name, look()), WIDGET]),
  ];
  const all = jobs.length;
  assert.ok(all >= 40, "the states of the checklist");
  const bad = [];
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const [name, open, inside] = job;
      const { page, problems, close } = await open();
      const settled = () =>
        page.evaluate(() =>
          Promise.all(
            document
              .getAnimations()
              .map((one) =>
                one.effect?.getComputedTiming().iterations === Infinity ? 0 : one.finished.catch(() => 0),
              ),
          ),
        );
      await settled(); // a colour in between is no one's
      const light = await found(page, inside);
      await page.emulateMedia({ colorScheme: "dark" });
      await settled();
      const dark = await found(page, inside, CONTRAST);
      bad.push(...[...problems, ...light, ...dark.map((one) => `dark: ${one}`)].map((one) => `${name}: ${one}`));
      await close();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  assert.deepEqual(bad, []);
  t.diagnostic(`${all} states`);
});

for (const colorScheme of ["light", "dark"]) {
  test(`19: nothing found on the running daemon's pages, ${colorScheme}`, async (t) => {
    const people = new People(browser, site, list);
    const { word, nos } = people.team();
    const options = { colorScheme, bypassCSP: true };
    const page = await people.page(t, options);
    await page.goto(`${site.internal}/desk/`);
    await page.locator("[name=staff_no]").waitFor();
    assert.deepEqual(await found(page), [], "sign-in");
    const desk = await people.desk(t, nos[0], options);
    const customer = await people.customer(t, options);
    assert.deepEqual(await found(desk), [], "empty desk");
    await people.converse(customer, desk, `${word} 你好`);
    await desk.locator(".panel-section").first().waitFor();
    assert.deepEqual(await found(desk), [], "conversation");
    assert.deepEqual(await found(customer, WIDGET), [], "widget");
    await say(customer, "您好");
    await desk.goto(`${site.internal}/desk/wall`);
    await desk.locator(".agent").first().waitFor();
    assert.deepEqual(await found(desk), [], "wall");
    await desk.evaluate(() => document.querySelector("main, body").append(document.createElement("button")));
    assert.match((await found(desk)).join(), /button-name/, "control: a button without a name is found");
  });
}
