// Pictures of every state of desk and wall, for a person to look at: node screens-desk.mjs [state …]
// Console errors and policy violations are printed, and pages that scroll sideways.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch } from "./support/chromium.mjs";
import { buildDesk } from "./support/desk-files.mjs";
import { DESK, reach, WALL } from "./support/desk-states.mjs";

const SCREENS = fileURLToPath(new URL("./screens/", import.meta.url));
const SIZES = {
  "1440x900": { width: 1440, height: 900 },
  "1024x768": { width: 1024, height: 768 },
  "360x740": { width: 360, height: 740 },
  "1920x1080": { width: 1920, height: 1080 },
};
let faults = 0;

async function shoot(browser, files, name, size, lang, theme) {
  const look = { lang, theme, viewport: SIZES[size], hasTouch: size === "360x740" };
  const { page, problems, close } = await reach(browser, files, name, look);
  await page.waitForTimeout(350);
  const face = name in WALL ? "" : "desk-";
  await page.screenshot({ path: `${SCREENS}${face}${name}-${size}-${lang}-${theme}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) problems.push(`scrolls sideways by ${wide} px`);
  await close();
  faults += problems.length;
  if (problems.length) console.log(`${name} ${size} ${lang} ${theme}: ${problems.join(" | ")}`);
}

mkdirSync(SCREENS, { recursive: true });
const files = buildDesk();
const browser = await launch();
const wanted = process.argv.slice(2);
for (const [name, state] of Object.entries({ ...DESK, ...WALL })) {
  if (wanted.length && !wanted.includes(name)) continue;
  const usual = name.startsWith("wall") ? ["1920x1080", "1440x900", "360x740"] : ["1440x900", "1024x768", "360x740"];
  for (const size of state.sizes ?? usual) {
    await shoot(browser, files, name, size, "zh-CN", "light");
    if (!state.full && !process.env.FULL) continue;
    await shoot(browser, files, name, size, "en", "light");
    await shoot(browser, files, name, size, "zh-CN", "dark");
  }
}
await browser.close();
if (faults > 0) process.exitCode = 1;
