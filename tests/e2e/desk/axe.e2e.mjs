// axe finds nothing on desk and wall, in both themes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { offer } from "../support/desk-site.mjs";
import { desk, open } from "./page.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing on the desk and the wall, ${theme}`, async (t) => {
    const look = async (page, what) => {
      await page.evaluate(AXE);
      const found = await page.evaluate(() => window.axe.run());
      assert.deepEqual(
        found.violations.map((v) => `${what}: ${v.id} ${v.nodes[0]?.target}`),
        [],
      );
    };
    const context = { bypassCSP: true, colorScheme: theme };
    const first = await desk(t, { context, change: (s) => (s.offers = [offer(0, "zh", Date.now())]) });
    await open(first.page);
    await first.page.waitForSelector(".earlier");
    await look(first.page, "desk");
    await first.page.keyboard.press("Control+k");
    await look(first.page, "palette");
    const second = await desk(t, { context, path: "/desk/wall", change: (s) => (s.welcome.me.role = "supervisor") });
    await second.page.waitForSelector(".agent");
    await look(second.page, "wall");
  });
}
