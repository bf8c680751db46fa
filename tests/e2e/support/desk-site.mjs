// A furnished department for scripted-desk: lists in both languages, conversations, a transcript, a wall.

const two = (zh, en) => ({ zh, en });
const option = (id, zh, en, more = {}) => ({ id, name: two(zh, en), ...more });

const LISTS = {
  kinds: [
    option("enquiry", "产品咨询", "Product question"),
    option("repair", "故障报修", "Repair"),
    option("install", "安装预约", "Installation"),
    option("return", "退换货", "Return or exchange"),
    option("invoice", "发票", "Invoice"),
    option("delivery", "配送进度", "Delivery"),
    option("complaint", "投诉", "Complaint"),
    option("suggestion", "建议", "Suggestion"),
  ],
  dispositions: [
    option("answered", "已解答", "Answered"),
    option("visit_booked", "已预约上门", "Visit booked", { kinds: ["repair", "install"] }),
    option("fixed_remote", "远程指导解决", "Fixed by guidance", { kinds: ["repair"] }),
    option("part_sent", "已寄配件", "Part sent", { kinds: ["repair"] }),
    option("refund", "已退款", "Refunded", { kinds: ["return", "complaint"] }),
    option("exchanged", "已换货", "Exchanged", { kinds: ["return"] }),
    option("invoice_sent", "已开具发票", "Invoice sent", { kinds: ["invoice"] }),
    option("escalated", "已转技术部跟进", "Handed to engineering"),
    option("no_fault", "检测无故障", "No fault found", { kinds: ["repair"] }),
    option("gave_up", "客户放弃", "Customer gave up"),
  ],
  decline: [
    option("language", "语言不通", "Language"),
    option("skill", "专业不符", "Not my field"),
    option("busy", "手上工作紧急", "Urgent work at hand"),
    option("known", "与客户相识", "I know the customer"),
  ],
  transfer: [
    option("skill", "需要专业支持", "Needs a specialist"),
    option("asked", "客户要求", "Customer asked for it"),
    option("wrong", "分错队列", "Wrong queue"),
    option("shift", "交接班", "End of shift"),
    option("level", "需主管处理", "Needs a supervisor"),
  ],
  away: [
    option("break", "小休", "Break"),
    option("meal", "用餐", "Meal"),
    option("training", "培训", "Training"),
    option("meeting", "会议", "Meeting"),
  ],
  phrases: [
    { id: "hello", text: two("您好，很高兴为您服务，请问有什么可以帮您？", "Hello, how can I help you today?") },
    { id: "wait", text: two("请稍等，我马上为您查询。", "One moment please, I am looking that up.") },
    {
      id: "model",
      text: two(
        "请问产品的型号是什么？一般贴在机身背面或门内侧。",
        "Which model is it? The label is usually on the back or inside the door.",
      ),
    },
    {
      id: "visit",
      text: two(
        "已为您预约上门服务，师傅会提前一小时电话联系您。",
        "The visit is booked; the engineer will call you one hour before.",
      ),
    },
    { id: "bye", text: two("感谢您的咨询，祝您生活愉快！", "Thank you for getting in touch. Have a nice day!") },
  ],
  queues: [
    option("online", "在线咨询", "Online", { mode: "push" }),
    option("phone", "电话", "Phone", { mode: "push" }),
    option("complaints", "投诉", "Complaints", { mode: "push" }),
    option("vip", "贵宾", "VIP", { mode: "push" }),
    option("repair", "维修", "Technical", { mode: "push" }),
    option("counter", "门店柜台", "Service counter", { mode: "pull" }),
  ],
};

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

const STAFF =
  "陈静|Chen Jing 赵敏|Zhao Min 李文博|Li Wenbo 孙悦|Sun Yue 周杰|Zhou Jie 吴倩|Wu Qian 郑凯|Zheng Kai 王芳|Wang Fang 冯雪|Feng Xue 蒋涛|Jiang Tao 沈洁|Shen Jie 韩冰|Han Bing 杨帆|Yang Fan 朱琳|Zhu Lin 秦昊|Qin Hao 许诺|Xu Nuo 何静|He Jing 吕梁|Lü Liang 施诗|Shi Shi 张扬|Zhang Yang".split(
    / (?=\p{Script=Han})/u,
  );

export function makeWall(now, mood) {
  const calm = mood === "calm";
  const queue = (name, waiting, age, free, paused = false) => ({
    id: name,
    waiting,
    oldest_at: waiting ? now - age * 1000 : 0,
    free,
    paused,
  });
  const agents = STAFF.map((pair, i) => {
    const [zh, en] = pair.split("|");
    const bad = !calm && i === 5;
    const state = bad
      ? "not_responding"
      : i % 9 === 4
        ? "away"
        : i % 11 === 10
          ? "offline"
          : i === 13
            ? "draining"
            : "available";
    const used = state === "offline" || state === "away" ? 0 : Math.min(100, (calm ? i % 4 : 3 + (i % 2)) * 25);
    return {
      id: `a${1024 + i * 7}`,
      no: String(1024 + i * 7),
      name: { zh, en },
      state,
      reason: state === "away" ? ["meal", "break", "meeting"][i % 3] : "",
      since: now - (60 + i * 141) * 1000,
      used,
      total: 100,
    };
  });
  const queues = calm
    ? [
        queue("online", 3, 42, 6),
        queue("phone", 0, 0, 4),
        queue("complaints", 0, 0, 3),
        queue("vip", 0, 0, 2),
        queue("repair", 1, 15, 3),
        queue("counter", 2, 75, 1),
      ]
    : [
        queue("online", 23, 245, 0),
        queue("phone", 8, 412, 0),
        queue("complaints", 2, 95, 1),
        queue("vip", 0, 0, 2),
        queue("repair", 4, 180, 0, true),
        queue("counter", 12, 268, 1),
      ];
  return { queues, agents };
}
