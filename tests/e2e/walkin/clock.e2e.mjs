// Kiosk and display show the site's time: their machine may be in another zone, and its clock three hours off.
// FD_DAEMON names the program.
import { after, before, test } from "node:test";
import { launch, open, run } from "./browser.mjs";
import { Site } from "./site.mjs";

const ZONE = "Asia/Shanghai"; // of config/frontdesk.yaml
const OFF_MS = 3 * 3_600_000;
let browser;
let site;
before(async () => {
  browser = await launch();
  site = new Site(process.env.FD_DAEMON);
  await site.start();
});
after(async () => {
  await browser?.close();
  await site?.remove();
});

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
/** The minute of now and its neighbours: the page asks now and then, and the clock may tick meanwhile. */
const around = () => [-1, 0, 1].map((minutes) => clock.format(Date.now() + minutes * 60_000));

for (const [name, device, shown] of [
  ["kiosk", "kiosk-1", "time.clock"],
  ["display", "display-1", "footer time"],
]) {
  test(`${name}: the site's time on a machine of another zone, three hours ahead`, async (t) => {
    const machine = { clock: { time: Date.now() + OFF_MS }, timezoneId: "America/New_York" };
    const page = await open(browser, t, site.page(`/${name}/`, device), machine);
    await run(page, "the site's time", async () => around().includes(await page.locator(shown).textContent()));
  });
}
