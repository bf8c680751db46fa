// Pictures of every state of the widget, for a person to look at: node screens-widget.mjs [state …]
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch } from "./support/chromium.mjs";
import { buildWidget } from "./support/widget-files.mjs";
import { reachWidget, STATES } from "./support/widget-states.mjs";

const SCREENS = fileURLToPath(new URL("./screens/", import.meta.url));
const SIZES = { "1280x800": { width: 1280, height: 800 }, "360x740": { width: 360, height: 740 } };

async function shoot(browser, files, name, size, lang, theme) {
  const look = { lang, theme, viewport: SIZES[size], deviceScaleFactor: 1.5, hasTouch: size === "360x740" };
  const { page, problems, close } = await reachWidget(browser, files, name, look);
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${SCREENS}widget-${name}-${size}-${lang}-${theme}.png` });
  await close();
  if (problems.length) console.log(`${name} ${size} ${lang} ${theme}: ${problems.join(" | ")}`);
}

mkdirSync(SCREENS, { recursive: true });
const files = buildWidget();
const browser = await launch();
const wanted = process.argv.slice(2);
const full = ["empty", "empty-consent", "prechat", "queued", "talking"];
for (const name of Object.keys(STATES)) {
  if (wanted.length && !wanted.includes(name)) continue;
  for (const size of Object.keys(SIZES)) {
    await shoot(browser, files, name, size, "zh-CN", "light");
    if (!full.includes(name)) continue;
    await shoot(browser, files, name, size, "en", "light");
    await shoot(browser, files, name, size, "zh-CN", "dark");
  }
}
await browser.close();
