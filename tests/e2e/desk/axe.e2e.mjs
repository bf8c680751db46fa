// axe finds nothing on desk and wall, in both themes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { found } from "../support/axe.mjs";
import { offer } from "../support/desk-site.mjs";
import { desk, open } from "./page.mjs";

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing on the desk and the wall, ${theme}`, async (t) => {
    const look = async (page, what) => assert.deepEqual(await found(page), [], what);
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
