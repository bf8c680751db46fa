// axe-core in a page. The page's context needs `bypassCSP`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds: rule, where, why. `inside`: axe's context, else the whole page; `runOnly`: axe's choice of rules. */
export async function found(page, { inside, runOnly } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(
    async ([where, only]) => {
      const options = { resultTypes: ["violations"], ...(only ? { runOnly: only } : {}) };
      const { violations } = await window.axe.run(where ?? document, options);
      // Lines, not the report: that one takes longer to leave the browser than to be made.
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0].target.join(" ")} ${nodes[0].any[0]?.message ?? ""}`);
    },
    [inside, runOnly],
  );
}
