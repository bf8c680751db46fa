// The scripted department on the wall: its staff, its queues, calm or in trouble.

const STAFF =
  "陈静|Chen Jing 赵敏|Zhao Min 李文博|Li Wenbo 孙悦|Sun Yue 周杰|Zhou Jie 吴倩|Wu Qian 郑凯|Zheng Kai 王芳|Wang Fang 冯雪|Feng Xue 蒋涛|Jiang Tao 沈洁|Shen Jie 韩冰|Han Bing 杨帆|Yang Fan 朱琳|Zhu Lin 秦昊|Qin Hao 许诺|Xu Nuo 何静|He Jing 吕梁|Lü Liang 施诗|Shi Shi 张扬|Zhang Yang".split(
    / (?=\p{Script=Han})/u,
  );

const LONG_WAIT_MS = 300_000;

const TEAMS = [["online"], ["phone", "online"], ["complaints", "vip"], ["repair"], ["counter"]];

/** `people`: more than the staff are the same ones under further numbers. */
export function makeWall(now, mood, people = STAFF.length) {
  const calm = mood === "calm";
  const queue = (name, waiting, age, free, paused = false) => ({
    id: name,
    waiting,
    oldest_at: waiting ? now - age * 1000 : 0,
    free,
    paused,
    alarm: waiting && age >= LONG_WAIT_MS / 1000 ? "long_wait" : waiting && !paused && !free ? "no_free" : "",
    seen: null,
  });
  const agents = Array.from({ length: people }, (_, i) => {
    const [zh, en] = STAFF[i % STAFF.length].split("|");
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
      teams: TEAMS[i % TEAMS.length],
      counter: TEAMS[i % TEAMS.length].includes("counter") ? String(1 + (i % 4)) : "",
      unattended: [],
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
  return { long_wait_ms: LONG_WAIT_MS, queues, agents };
}

/** The line of an agent at a counter is lost; the customer called last stands there. */
export function leaveAlone(wall, ...tickets) {
  const agent = wall.agents.find((one) => one.counter !== "");
  Object.assign(agent, { state: tickets.length > 0 ? "offline" : "available", unattended: tickets });
  return agent;
}

/** Who waits in a queue of the scripted wall; the first ones are being offered. */
export function makeLine(now, queue, agents) {
  const channels = { phone: "phone", counter: "walkin", complaints: "email" };
  return Array.from({ length: Math.min(50, queue.waiting) }, (_, i) => {
    const walkin = queue.id === "counter";
    return {
      id: `01KATJ3W0000000000000L${queue.id
        .slice(0, 1)
        .toUpperCase()
        .replace(/[ILOU]/, "X")}0${String(i).padStart(2, "0")}`,
      v: 3,
      case: `20261124-000${210 + i}`,
      channel: channels[queue.id] ?? "chat",
      customer: walkin
        ? { name: "", grade: "", masked: "" }
        : {
            name: `${"王李张刘陈杨赵黄周吴"[i % 10]}**`,
            grade: i === 0 ? "VIP" : "",
            masked: i % 3 ? "" : "138****5678",
          },
      kind: i % 2 ? "repair" : "",
      seq: 2,
      since: i === 1 ? queue.oldest_at : Math.max(queue.oldest_at, now - (queue.waiting - i) * 17_000),
      priority: i === 0 ? "high" : "medium",
      urgency: i === 2 ? "high" : "medium",
      state: i < 2 ? "offered" : "queued",
      away: i === 4,
      offered: i < 2 ? [{ agent: agents[i].id, due: now + 15_000 }] : [],
      ...(walkin ? { ticket: `A${String(20 + i).padStart(3, "0")}` } : {}),
    };
  });
}
