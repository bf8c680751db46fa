// Every state of the wall, as desk-states.mjs has them of the desk.
import { inVain } from "./desk-site.mjs";
import { leaveAlone, makeWall } from "./desk-wall.mjs";

const supervisor = (site) => (site.welcome.me.role = "supervisor");
const trouble = (site, _lang, now) => (supervisor(site), (site.wall = makeWall(now, "trouble")));
const drawn = (page) => page.waitForSelector(".agent");

/** Who waits in the first queue, the second of them marked. */
async function openLine(page) {
  await drawn(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog.line tbody tr");
  await page.keyboard.press("ArrowDown");
}

export const WALL = {
  "wall-calm": { full: true, site: supervisor, act: drawn },
  "wall-trouble": {
    full: true,
    site: trouble,
    act: drawn,
  },
  "wall-seen": {
    site: trouble,
    act: async (page) => {
      await drawn(page);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("a");
      await page.keyboard.press("ArrowDown");
      await page.waitForSelector(".seen");
    },
  },
  "wall-list": {
    full: true,
    site: trouble,
    act: openLine,
  },
  ...Object.fromEntries(
    Object.entries({ "wall-priority": "p", "wall-end": "e" }).map(([name, letter]) => [
      name,
      {
        full: true,
        site: trouble,
        act: async (page) => {
          await openLine(page);
          await page.keyboard.press(letter);
          await page.locator("dialog dialog [type=submit]").click();
        },
      },
    ]),
  ),
  "wall-unattended": {
    full: true,
    site: (...of) => leaveAlone(trouble(...of), "A007"),
    act: async (page) => {
      await page.locator(".agent.unattended .menu-button").click();
      await page.waitForSelector(".agent .menu");
    },
  },
  "wall-untaken": {
    full: true,
    site: (...of) => Object.assign(trouble(...of).agents.at(10), { reason: "signed_out" }),
    act: async (page, server, lang) => {
      await drawn(page);
      inVain(lang).forEach((frame) => server.lines[0].delta(frame));
      await page.waitForSelector(".untaken .offer");
    },
  },
  "wall-plain": {
    host: "desk.test",
    site: trouble,
    act: (page) => page.waitForSelector(".strip.plain"),
  },
  "wall-crowd": {
    site: (site, _lang, now) => (supervisor(site), (site.wall = makeWall(now, "trouble", 250))),
    act: async (page) => {
      await page.waitForSelector(".crowd .agent");
      await page.evaluate(() => document.querySelector(".crowd").scrollIntoView());
    },
  },
  "wall-stale": {
    site: trouble,
    act: async (page, server) => {
      await drawn(page);
      server.refuse(true);
      server.cut();
      await page.waitForSelector(".live.stale");
    },
  },
  "wall-pause": {
    sizes: ["1440x900"],
    site: supervisor,
    act: async (page) => {
      await page.locator(".queues td:last-child .btn").first().click();
      await page.locator("dialog [type=submit]").click();
    },
  },
  "wall-reassign": {
    sizes: ["1440x900"],
    site: supervisor,
    act: async (page) => page.locator(".wall-top .btn").first().click(),
  },
  "wall-tv": {
    sizes: ["1920x1080"],
    site: trouble,
    act: async (page) => {
      await drawn(page);
      await page.locator(".wall-top .btn").nth(1).click();
    },
  },
};
