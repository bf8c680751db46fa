// Pictures of every state of kiosk, phone ticket and call display, for a person to look at: screens.mjs [name …]
// FD_DAEMON names the program. What cannot be waited for (long names, a cut line) is played by routes in the browser.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch, open } from "./browser.mjs";
import { AGENTS, Site, until } from "./site.mjs";

const SCREENS = fileURLToPath(new URL("../screens/", import.meta.url));
mkdirSync(SCREENS, { recursive: true });
const wanted = process.argv.slice(2);
const KIOSK = [
  { width: 1080, height: 1920 },
  { width: 1280, height: 800 },
];
const PHONE = [{ width: 360, height: 740 }];
const HALL = [{ width: 1920, height: 1080 }];
const PLAIN = [["zh-CN", "light"]];
const STARRED = [...PLAIN, ["en", "light"], ["zh-CN", "dark"]];

const browser = await launch();
const site = new Site(process.env.FD_DAEMON);
await site.start();
process.on("exit", () => site.process?.kill("SIGKILL")); // also when a picture fails
const ends = [];
const t = { after: (work) => ends.push(work) };

/** One picture a size, language and theme. */
async function picture(name, { url, sizes, variants = PLAIN, before, act, done, ...options }) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  for (const viewport of sizes) {
    for (const [lang, theme] of variants) {
      const page = await open(browser, t, "about:blank", { viewport, locale: lang, colorScheme: theme, ...options });
      await before?.(page);
      await page.goto(typeof url === "function" ? url(lang) : url);
      await act(page, lang);
      await page.screenshot({ path: `${SCREENS}${name}-${viewport.width}x${viewport.height}-${lang}-${theme}.png` });
      await done?.();
      await Promise.all(ends.splice(0).map((work) => work()));
    }
  }
}
const kiosk = (lang) => site.page("/kiosk/", "kiosk-1", `&lang=${lang}`);
const display = (lang) => site.page("/display/", "display-1", `&lang=${lang}`);
const take = async (page) => {
  await page.locator(".service").first().click();
  await page.locator(".ticket .number").waitFor();
  await page.waitForFunction(() => document.querySelector("#qr").naturalWidth > 0);
};
const cutTickets = (page) => page.route("**/v1/walkin/tickets/**", (route) => route.abort());

const LONG = ["大家电安装调试与延长保修业务办理", "Warranty extension and installation of large appliances"];
const longServices = (page) =>
  page.route("**/v1/walkin/services", (route) =>
    route.fulfill({
      json: {
        services: Array.from({ length: 8 }, (_, i) => ({
          id: `s${i}`,
          name: i % 2 ? { zh: "查询进度", en: "Progress" } : { zh: LONG[0], en: LONG[1] },
          prefix: "A",
          waiting: i === 2 ? 12345 : i,
          open: i !== 3,
        })),
      },
    }),
  );

await picture("kiosk-closed", { url: kiosk, sizes: KIOSK, act: (page) => page.locator(".notice h1").waitFor() });
await picture("kiosk-foreign", {
  url: () => `${site.origin}/kiosk/`,
  sizes: KIOSK,
  act: (page) => page.locator(".notice-icon:not(.busy)").waitFor(),
});
await picture("display-idle", { url: display, sizes: HALL, act: (page) => page.locator(".idle").waitFor() });

const desks = [];
for (const [i, [no]] of AGENTS.entries()) desks.push(await site.desk(no, String(i + 1)));
const [one] = desks;
const finish = async (desk) => {
  await desk.serve();
  await desk.say({ type: "done", contact: desk.contact, kind: "repair", disposition: "repaired" });
};
for (let i = 0; i < 5; i += 1) await site.ticket(i % 2 ? "returns" : "repair", `seed-${i}`);
await picture("kiosk-start", {
  url: kiosk,
  sizes: KIOSK,
  variants: STARRED,
  act: (page) => page.locator(".service").first().waitFor(),
});
await picture("kiosk-long", {
  url: kiosk,
  sizes: KIOSK,
  variants: [...PLAIN, ["en", "light"]],
  before: longServices,
  act: async (page) => page.locator(".service.shut").click(),
});
const english = [...PLAIN, ["en", "light"]];
await picture("kiosk-ticket", { url: kiosk, sizes: KIOSK, variants: english, act: take });
await picture("kiosk-printer-failed", {
  url: kiosk,
  sizes: KIOSK,
  variants: english,
  print: "missing",
  act: async (page) => {
    await take(page);
    await page.locator(".print.warn").waitFor();
  },
});
await picture("kiosk-retrying", {
  url: kiosk,
  sizes: KIOSK,
  before: (page) => page.route("**/v1/walkin/tickets", (route) => route.abort()),
  act: async (page) => {
    await page.locator(".service").first().click();
    await page.locator(".big").waitFor();
  },
});
await picture("kiosk-failed", {
  url: kiosk,
  sizes: KIOSK,
  clock: true,
  before: (page) => page.route("**/v1/walkin/tickets", (route) => route.abort()),
  act: async (page) => {
    await page.locator(".service").first().click();
    await page.locator(".big").waitFor();
    await page.clock.runFor(21_000);
    await page.locator(".big.primary").waitFor();
  },
});
await picture("kiosk-offline", {
  url: kiosk,
  sizes: KIOSK,
  clock: true,
  act: async (page) => {
    await page.locator(".service").first().waitFor();
    await page.route("**/v1/walkin/services", (route) => route.abort());
    await page.clock.runFor(14_000);
    await page.locator(".notice").waitFor();
  },
});

const far = await site.ticket("repair", "far");
const phone = { sizes: PHONE, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const ticket = (token) => (lang) => `${site.origin}/t/${token}?lang=${lang}`;
await picture("ticket-waiting", {
  ...phone,
  url: ticket(far.token),
  variants: STARRED,
  act: (page) => page.locator(".state.waiting").waitFor(),
});
await picture("ticket-leaving", {
  ...phone,
  url: ticket(far.token),
  act: async (page) => {
    await page.locator(".leave").click();
    await page.locator("dialog[open]").waitFor();
  },
});
await picture("ticket-stale", {
  ...phone,
  url: ticket(far.token),
  clock: true,
  act: async (page) => {
    await page.locator(".state.waiting").waitFor();
    await cutTickets(page);
    await page.clock.fastForward(20_000);
    await page.locator(".strip:not(.off)").waitFor();
  },
});
await picture("ticket-gone", {
  ...phone,
  url: ticket("nonsense"),
  act: (page) => page.locator(".sentence").waitFor(),
});

// Five calls that are old enough not to be announced, then a fresh one for each picture.
const last = desks[5];
for (const desk of desks.slice(0, 5)) await desk.next();
const rested = Date.now() + 15_500;
await until("the calls have rested", () => Date.now() > rested, 20);
await picture("display-call", {
  url: display,
  sizes: HALL,
  variants: STARRED,
  act: async (page) => {
    await page.locator(".stage:not(.idle)").waitFor();
    await last.next();
    await page.locator(".stage.flash").waitFor();
  },
  done: () => finish(last),
});
for (const desk of desks.slice(1, 4)) await finish(desk);
await picture("display-recall", {
  url: display,
  sizes: HALL,
  act: async (page) => {
    await page.locator(".stage:not(.idle)").waitFor();
    await one.recall();
    await page.locator(".chip", { hasText: "再次呼叫" }).waitFor({ timeout: 40_000 });
  },
});
await picture("display-served", {
  url: display,
  sizes: HALL,
  act: async (page) => {
    await page.locator(".stage:not(.idle)").waitFor();
    await one.serve();
    await page.locator(".stage.served").waitFor();
  },
});
await one.say({ type: "done", contact: one.contact, kind: "repair", disposition: "repaired" });
await finish(desks[4]);
const called = async (desk, ticket) => {
  for (;;) {
    await desk.next();
    if ((await site.look(ticket.token)).state === "connecting") return;
    await finish(desk);
  }
};
const served = await site.ticket("complaint", "served");
const near = await site.ticket("complaint", "near");
await called(last, served);
await last.serve();
await picture("ticket-serving", {
  ...phone,
  url: ticket(served.token),
  act: (page) => page.locator(".state.serving").waitFor(),
});
await last.say({ type: "done", contact: last.contact, kind: "repair", disposition: "repaired" });
await called(last, near);
await picture("ticket-called", {
  ...phone,
  url: ticket(near.token),
  variants: STARRED,
  act: (page) => page.locator(".state.called").waitFor(),
});
await last.absent();
await picture("ticket-missed", {
  ...phone,
  url: ticket(near.token),
  variants: STARRED,
  act: (page) => page.locator(".state.missed").waitFor(),
});
await picture("display-stale", {
  url: display,
  sizes: HALL,
  clock: true,
  act: async (page) => {
    await page.locator(".stage:not(.idle)").waitFor();
    const port = site.public;
    await site.stop("SIGKILL");
    await page.locator(".line.lost").waitFor();
    await page.screenshot({ path: `${SCREENS}display-lost-1920x1080-zh-CN-light.png` });
    await page.clock.fastForward(61_000);
    await page.locator(".line.old").waitFor();
    await site.start(port);
  },
});
await browser.close();
await site.remove();
