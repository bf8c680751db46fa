// A furnished department for scripted-desk: conversations, a transcript, offers.
import { LISTS, two } from "./desk-lists.mjs";
import { makeWall } from "./desk-wall.mjs";

export const id = (n) => `01KATJ3W0000000000000${String(n).padStart(5, "0")}`;
const NAMES =
  "王晓明 李雷 韩梅梅 陈思远 赵敏 孙立国 周婷 吴磊 郑爽 冯建华 蒋欣 沈万山 杨柳 朱文 秦岚 许可 何平 吕洁 施洋 张伟".split(
    " ",
  );
const EN_NAMES =
  "Olivia Hart|Liam Novak|Emma Stone|Noah Fischer|Ava Lindqvist|Mason Clarke|Mia Rossi|Lucas Meyer|Zoe Martin|Ethan Walsh|Ella Novotná|Jack Turner".split(
    "|",
  );
const ASKS = {
  zh: [
    "门下面那一圈在滴水，地上都湿了",
    "型号是 XQG100-14BH，买了不到一年",
    "请问周三上午可以上门吗？",
    "发票抬头写错了，能重开吗",
    "订单显示签收但我没有收到",
    "好的，谢谢您",
    "遥控器没有反应，换了电池也不行",
    "师傅几点能到？",
  ],
  en: [
    "Water drips from below the door",
    "The model is XQG100-14BH, less than a year old",
    "Could someone come on Wednesday morning?",
    "The name on my invoice is wrong",
    "It says delivered but nothing came",
    "Fine, thank you",
    "The remote does not respond",
    "When will the engineer arrive?",
  ],
};
const KINDS = ["repair", "repair", "install", "invoice", "delivery", "enquiry", "repair", "return"];
const GRADES = ["VIP", "", "A", "", "B", "", "", "A"];

export function row(n, lang, now, more = {}) {
  const names = lang === "en" ? EN_NAMES : NAMES;
  const by = n % 3 === 2 ? "agent" : "customer";
  const at = now - (20 + n * 97) * 1000;
  return {
    id: id(n),
    v: 3,
    case: `20261124-${String(100 + n).padStart(6, "0")}`,
    channel: "chat",
    queue: n % 5 === 3 ? "complaints" : "online",
    state: "active",
    away: false,
    customer: { id: `c-${n}`, name: names[n % names.length], grade: GRADES[n % 8], masked: "138****5678" },
    kind: KINDS[n % 8],
    priority: n % 7 === 0 ? "high" : "medium",
    urgency: "medium",
    seq: 20,
    last: { at, by, text: ASKS[lang][n % 8] },
    read: { customer: 19, agent: by === "agent" ? 20 : 20 - (n % 4) },
    since: now - (300 + n * 120) * 1000,
    due: now + 86_400_000,
    transfers: n === 0 ? 1 : 0,
    ...more,
  };
}

export function transcript(lang, now) {
  const zh = lang !== "en";
  const at = (s) => now - s * 1000;
  const say = (seq, ago, by, text, more = {}) => ({ seq, at: at(ago), by, kind: "text", text, ...more });
  const agent = { name: two("陈静", "Chen Jing"), no: "1024" };
  return [
    say(
      1,
      1260,
      "customer",
      zh ? "你好，我家的滚筒洗衣机昨晚开始漏水。" : "Hello, my washing machine started leaking last night.",
    ),
    say(
      2,
      1250,
      "customer",
      zh
        ? "门下面那一圈在滴水，地上都湿了，您看这个要怎么处理？"
        : "Water drips from below the door and the floor is wet. What should I do?",
    ),
    { seq: 3, at: at(1180), by: "system", kind: "event", event: { name: "joined", agent } },
    say(
      4,
      1179,
      "agent",
      zh
        ? "您好，我是青禾家电的陈静，工号 1024，很高兴为您服务。"
        : "Hello, this is Chen Jing of Qinghe Home, staff number 1024. How can I help?",
      { kind: "greeting" },
    ),
    say(
      5,
      1120,
      "agent",
      zh
        ? "抱歉给您带来不便。请先断电，打开门看看橡胶圈的褶里有没有硬币、发卡之类的东西。步骤图在这里：https://shop.example.cn/help/door-seal"
        : "I am sorry about that. Please switch it off, open the door and look into the folds of the rubber ring for coins or hairpins. Pictures: https://shop.example.cn/help/door-seal",
    ),
    say(
      6,
      900,
      "customer",
      zh ? "里面没有东西，不过橡胶圈好像裂了一条小口子。" : "There is nothing in it, but the ring has a small crack.",
    ),
    say(
      7,
      840,
      "agent",
      zh
        ? "明白了，这种情况需要更换门封圈，在保修期内免费。请问产品的型号是什么？"
        : "I see. The seal has to be replaced, free of charge within the guarantee. Which model is it?",
    ),
    say(
      8,
      60,
      "customer",
      zh ? "型号是 XQG100-14BH，买了不到一年。" : "The model is XQG100-14BH, less than a year old.",
    ),
    say(
      9,
      52,
      "customer",
      zh
        ? "请问周三上午可以上门吗？我下午要上班。"
        : "Could someone come on Wednesday morning? I work in the afternoon.",
    ),
  ];
}

/** Two that were handed to a colleague, and neither was taken; the first of them is open on the screen. */
export function inVain(lang) {
  const names = lang === "en" ? EN_NAMES : NAMES;
  return [
    { end: "expired", reason: "expired", to: "a1031" },
    { end: "declined", reason: "language", to: "a1044" },
  ].map((more, n) => ({
    type: "transfer_failed",
    contact: id(n),
    case: `20261124-${String(100 + n).padStart(6, "0")}`,
    customer: { name: names[n], grade: GRADES[n] },
    queue: n ? "complaints" : "online",
    ...more,
  }));
}

export function earlierOf(lang, now) {
  const day = 86_400_000;
  return [
    { contact: id(0), case: "20261124-000100", channel: "chat", state: "active", at: now - 3000_000, kind: "repair" },
    {
      contact: id(901),
      case: "20261118-000042",
      channel: "chat",
      state: "closed",
      at: now - 6 * day,
      kind: "delivery",
      disposition: "answered",
    },
    {
      contact: id(902),
      case: "20261103-000317",
      channel: "walkin",
      state: "closed",
      at: now - 21 * day,
      kind: "invoice",
      disposition: "invoice_sent",
    },
    {
      contact: id(903),
      case: "20260120-000008",
      channel: "phone",
      state: "closed",
      at: now - 308 * day,
      kind: "install",
      disposition: "visit_booked",
    },
  ];
}

export function makeSite(lang = "zh", now = Date.now(), contacts = 7) {
  const me = {
    id: "a1024",
    no: "1024",
    name: two("陈静", "Chen Jing"),
    role: "agent",
    teams: [
      { queue: "online", rank: 1 },
      { queue: "complaints", rank: 2 },
    ],
    channels: ["chat"],
  };
  const rows = Array.from({ length: contacts }, (_, n) => row(n, lang, now));
  if (rows[0]) {
    Object.assign(rows[0], {
      seq: 9,
      last: { at: now - 52_000, by: "customer", text: ASKS[lang][2] },
      read: { customer: 7, agent: 7 },
      kind: "repair",
      priority: "high",
      attributes: {
        company: lang === "en" ? "Hart & Sons Bakery" : "杭州青禾餐饮管理有限公司",
        model: "XQG100-14BH",
        problem:
          lang === "en"
            ? "The machine leaks at every wash, from the door as it seems, and has done so since we moved it to the new kitchen in October; the floor below it is swelling."
            : "每次洗衣都会漏水，好像是从门那里漏出来的，十月份搬到新厨房以后就一直这样，下面的地板都泡得鼓起来了，请尽快安排师傅上门看看。",
        url: "https://shop.example.cn/help/washing-machines?from=order",
      },
    });
  }
  if (rows[3]) Object.assign(rows[3], { state: "paused" });
  if (rows[4]) Object.assign(rows[4], { away: true });
  if (rows[5])
    Object.assign(rows[5], {
      state: "wrapup",
      due: now + 24_000,
      last: { ...rows[5].last, by: "customer" },
      read: { customer: 20, agent: 20 },
    });
  return {
    welcome: {
      type: "welcome",
      v: 1,
      epoch: 3,
      me,
      session_until: now + 40_000_000,
      lists: LISTS,
      limits: { chars: 4000, bytes: 65536 },
      zone: "Asia/Shanghai",
    },
    presence: { state: "available", reason: "", since: now - 2_520_000, next: null, missed: 0, counter: "" },
    capacity: { used: 75, total: 125 },
    offers: [],
    contacts: rows,
    todo: [{ case: "20261123-000077", contact: id(801) }],
    lines: { [id(0)]: transcript(lang, now) },
    notes: {
      [id(0)]: [
        {
          at: now - 800_000,
          agent: "a1024",
          text:
            lang === "en"
              ? "Second repair for this customer. Ask for a photo of the crack."
              : "该客户已是第二次报修，记得请客户拍一张裂口的照片。",
        },
      ],
    },
    earlier: { "c-0": earlierOf(lang, now) },
    targets: {
      queues: [
        { id: "complaints", waiting: 4, free: 1 },
        { id: "repair", waiting: 2, free: 3 },
        { id: "vip", waiting: 0, free: 2 },
      ],
      agents: [
        { id: "a1031", no: "1031", name: two("赵敏", "Zhao Min"), state: "available", used: 25, total: 100 },
        { id: "a1044", no: "1044", name: two("李文博", "Li Wenbo"), state: "available", used: 75, total: 100 },
        { id: "a1052", no: "1052", name: two("孙悦", "Sun Yue"), state: "away", used: 0, total: 100 },
      ],
    },
    explain: {
      case: "20261124-000100",
      queue: "online",
      rule: { id: "vip-online", at: "rules.d/10-vip.yaml:3" },
      key: { band: 1, virtual_start: now - 1_260_000, head_start: 300_000 },
      decisions: [
        {
          at: now - 1_181_000,
          winner: "a1024",
          strategy: "longest_idle",
          value: now - 1_431_000,
          waited_ms: 79_000,
          runners_up: [{ agent: "a1031", value: now - 1_301_000 }],
          excluded: { capacity: 3, "skill zh 1 < 2": 1, not_available: 2 },
        },
      ],
      transitions: [
        { at: now - 1_260_000, from: "", to: "queued", event: "message", reason: "", actor: "" },
        { at: now - 1_185_000, from: "queued", to: "offered", event: "offer", reason: "", actor: "" },
        { at: now - 1_181_000, from: "offered", to: "connecting", event: "offer_won", reason: "", actor: "a1024" },
        { at: now - 1_180_000, from: "connecting", to: "active", event: "connected", reason: "", actor: "a1024" },
      ],
    },
    wall: makeWall(now, "calm"),
  };
}

export function offer(n, lang, now, more = {}) {
  const names = lang === "en" ? EN_NAMES : NAMES;
  return {
    offer: id(700 + n),
    contact: id(500 + n),
    v: 2,
    channel: "chat",
    queue: n === 0 ? "vip" : "online",
    customer: { name: names[(n + 7) % names.length], grade: n === 0 ? "VIP" : "B" },
    priority: "high",
    why: n === 0 ? "vip-first" : "default",
    waited_ms: 18_000 + n * 40_000,
    due: now + 38_000 - n * 9_000,
    cost: 25,
    ...more,
  };
}
