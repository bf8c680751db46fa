// Every state of the widget as a scene of the scripted server and what the customer does until it is there.
import { ASKING, play, WEBSITE } from "./scripted-chat.mjs";

const C = "01KATJ3W00000000000000000A";
const CASE = "20261124-000123";
const AGENT = { zh: { name: "陈静", no: "1024" }, en: { name: "Chen Jing", no: "1024" } };
const TEXT = {
  zh: {
    ask: "你好，我家的滚筒洗衣机昨晚开始漏水，型号是 QH-10D，买了不到一年。",
    more: "就是门下面那一圈在滴水",
    greet: "您好，我是青禾家电的陈静，工号 1024，很高兴为您服务。",
    answer:
      "听您的描述，多半是门封圈里夹了东西。请先断电，打开门看看橡胶圈的褶里有没有硬币或线头。步骤图在这里：https://shop.example.cn/help/door-seal",
    thanks: "看到了，夹着一根发卡，取出来就好了，谢谢！",
    bye: "太好了。还有其他问题吗？",
  },
  en: {
    ask: "Hello, my washing machine started leaking last night. It is a QH-10D, not a year old.",
    more: "Water drips from below the door",
    greet: "Hello, this is Chen Jing of Qinghe Home, staff number 1024. How can I help?",
    answer:
      "That sounds like something caught in the door seal. Please switch it off and look into the folds of the rubber ring. Pictures: https://shop.example.cn/help/door-seal",
    thanks: "Found it: a hairpin. It is dry now, thank you!",
    bye: "Wonderful. Is there anything else?",
  },
};

const now = Date.now();
const welcome = (more = {}) => ({
  type: "welcome",
  v: 1,
  at: Date.now(),
  online: true,
  contact: null,
  seq: 0,
  from: 1,
  reset: false,
  read: { customer: 0, agent: 0 },
  last: 0,
  limits: { chars: 4000, bytes: 16384 },
  token: "AAEC",
  ...more,
});
const msg = (seq, by, text, ago, more = {}) => ({
  type: "msg",
  contact: C,
  seq,
  at: now - ago,
  by,
  kind: "text",
  text,
  ...more,
});

function talk(line, lang, state, more = {}) {
  const t = TEXT[lang];
  line.say(
    welcome({ contact: C, case: CASE, state, seq: 5, agent: AGENT[lang], read: { customer: 5, agent: 2 }, ...more }),
  );
  line.say(msg(1, "customer", t.ask, 360000));
  line.say(msg(2, "customer", t.more, 350000));
  line.say(msg(3, "system", "", 300000, { kind: "event", event: { name: "joined", agent: AGENT[lang] } }));
  line.say(msg(4, "agent", t.greet, 299000, { kind: "greeting" }));
  line.say(msg(5, "agent", t.answer, 240000));
}

const box = (page) => page.locator("textarea.box");
const type = async (page, text) => {
  await box(page).fill(text);
  await box(page).press("Enter");
};

/** state → {scene, act}: what the server plays, and what the customer does until the picture. */
export const STATES = {
  "closed-unread": {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active", { read: { customer: 3, agent: 2 } });
    },
    closed: true,
    act: (page) => page.waitForSelector(".badge:not([hidden])"),
  },
  empty: {
    scene: () => async (line) => {
      await line.next("hello");
      line.say(welcome());
    },
    act: (page) => page.waitForSelector(".hello"),
  },
  "empty-consent": {
    website: { ...WEBSITE, consent: ASKING.consent },
    scene: () => async (line) => {
      await line.next("hello");
      line.say(welcome());
    },
    act: (page) => page.waitForSelector(".terms a"),
  },
  prechat: {
    website: ASKING,
    scene: () => async (line) => {
      await line.next("hello");
      line.say(welcome());
    },
    act: async (page, lang) => {
      await page.locator("input").nth(1).fill("wang");
      await type(page, TEXT[lang].ask);
      await page.waitForSelector(".note.bad:visible");
    },
  },
  queued: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      line.say(welcome());
      const { cid } = await line.next("msg");
      line.say({ type: "ack", cid, contact: C, seq: 1, case: CASE, at: Date.now() });
      line.say({ type: "state", contact: C, case: CASE, state: "queued" });
      line.say({ type: "place", contact: C, position: 4, est_wait_s: 240 });
    },
    act: async (page, lang) => {
      await type(page, TEXT[lang].ask);
      await page.waitForSelector(".event.copy");
      await page.waitForTimeout(200);
    },
  },
  talking: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
      const { cid } = await line.next("msg");
      line.say({ type: "ack", cid, contact: C, seq: 6, case: CASE, at: Date.now() });
      line.say({ type: "read", contact: C, seq: 6, at: Date.now() });
      line.say(msg(7, "agent", TEXT[lang].bye, -1000));
      line.say({ type: "typing", contact: C, on: true });
    },
    act: async (page, lang) => {
      await type(page, TEXT[lang].thanks);
      await page.waitForSelector(".dots:visible");
      await page.waitForTimeout(150);
    },
  },
  menu: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
    },
    act: async (page) => {
      await page.waitForSelector(".log .bubble");
      await page.locator(".header .tool").first().click();
    },
  },
  emoji: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
    },
    act: async (page) => {
      await page.waitForSelector(".log .bubble");
      await page.locator(".tools .tool").click();
    },
  },
  reconnecting: {
    scene: (lang) => async (line, n) => {
      if (n > 0) return;
      await line.next("hello");
      talk(line, lang, "active");
    },
    act: async (page, lang, server) => {
      await page.waitForSelector(".log .bubble");
      await box(page).fill(TEXT[lang].thanks);
      server.cut();
      await page.waitForSelector(".notice.warn:visible");
    },
  },
  unreachable: {
    scene: () => async () => undefined,
    refuse: true,
    act: (page) => page.waitForSelector(".notice.warn:visible"),
  },
  "slow-down": {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
      await line.next("msg");
      line.say({ type: "slow_down", retry_ms: 8000, reason: "rate" });
    },
    act: async (page, lang) => {
      await page.waitForSelector(".log .bubble");
      await type(page, TEXT[lang].thanks);
      await box(page).fill(TEXT[lang].more);
      await page.waitForSelector(".note:visible");
    },
  },
  busy: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
      await line.next("msg");
      line.say({ type: "slow_down", retry_ms: 5000, reason: "busy" });
    },
    act: async (page, lang) => {
      await page.waitForSelector(".log .bubble");
      await type(page, TEXT[lang].thanks);
      await page.waitForSelector(".note:visible");
    },
  },
  failed: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
    },
    act: async (page, lang) => {
      await page.waitForSelector(".log .bubble");
      await type(page, TEXT[lang].thanks);
      await page.waitForSelector(".loud");
    },
    clock: 21000,
  },
  expired: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
      line.say({ type: "error", code: "expired", text: "" });
      line.close(4401);
    },
    act: async (page, lang) => {
      await page.waitForSelector(".notice.bad:visible");
      await box(page).fill(TEXT[lang].thanks);
    },
  },
  ended: {
    scene: (lang) => async (line) => {
      await line.next("hello");
      talk(line, lang, "active");
      line.say(msg(6, "system", "", 1000, { kind: "event", event: { name: "ended" } }));
      line.say({ type: "state", contact: C, case: CASE, state: "closed", reason: "resolved" });
    },
    act: (page) => page.waitForSelector(".over:visible"),
  },
};

/** Brings a new page of `browser` into the state; returns it with its problems and `close()`. */
export async function reachWidget(
  browser,
  files,
  name,
  { lang = "zh-CN", theme = "light", viewport, ...options } = {},
) {
  const state = STATES[name];
  const short = lang === "en" ? "en" : "zh";
  const server = await play({ files, scene: state.scene(short), website: state.website });
  if (state.refuse) server.refuse(true);
  const context = await browser.newContext({ viewport, locale: lang, colorScheme: theme, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (m) => m.type() === "error" && !/WebSocket/.test(m.text()) && problems.push(m.text()));
  page.on("pageerror", (e) => problems.push(String(e)));
  if (state.clock) await page.clock.install();
  if (state.closed) {
    await page.addInitScript((c) => {
      localStorage.setItem("frontdesk:demo:token", "AAEC");
      localStorage.setItem("frontdesk:demo:contact", c);
    }, C);
  }
  await page.goto(`${server.origin}/demo/`);
  await page.waitForSelector("frontdesk-chat .launcher");
  if (!state.closed) await page.locator(".launcher").click();
  if (state.clock) {
    const there = state.act(page, short, server);
    await page.waitForSelector(".own .meta");
    await page.waitForTimeout(100);
    await page.clock.runFor(state.clock);
    await there;
  } else await state.act(page, short, server);
  const close = async () => {
    await context.close();
    await server.stop();
  };
  return { page, problems, close };
}
