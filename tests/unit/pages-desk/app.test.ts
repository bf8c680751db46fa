// The state of a page together with what is open on its screen: golden frames heard by the whole App.
import assert from "node:assert/strict";
import test from "node:test";
import { App } from "../../../daemon/desk/pages/app";
import { attributeWord } from "../../../daemon/desk/pages/customer";
import { Drafts, loadSettings } from "../../../daemon/desk/pages/keep";
import type { RawFrame } from "../../../daemon/desk/pages/protocol";
import { inLine, lineCount } from "../../../daemon/desk/pages/select";
import { openRow } from "../../../daemon/desk/pages/talk/talk";
import { presenceWord, reasonWord } from "../../../daemon/desk/pages/top";
import { untakenText } from "../../../daemon/desk/pages/untaken";
import en from "../../../daemon/desk/pages/words.en";
import { golden } from "../pages/files";

const A = "01KATJ3W00000000000000000A";
const B = "01KATJ3W00000000000000000B";
const FRAMES = new Map(golden("desk/out.json").map(({ name, frame }) => [name, frame as RawFrame]));

function desk(): { app: App; hear: (name: string, more?: object) => void } {
  const app = new App("p7Kq2", loadSettings(undefined, []), new Drafts(undefined, () => 0));
  const hear = (name: string, more: object = {}): void => app.hear({ ...FRAMES.get(name)!, ...more });
  for (const name of ["welcome", "snapshot", "snapshot_part_2"]) hear(name);
  return { app, hear };
}

test("a transcript goes with its conversation, but for the one on the screen", () => {
  const { app, hear } = desk();
  const held = (): string[] => [...app.view.state.talks.keys()].sort();
  for (const contact of [A, B]) hear("history", { contact });
  app.openTalk(A);
  assert.deepEqual(held(), [A, B]);
  const gone = (id: string): void => hear("contact_gone", { n: app.view.state.n + 1, id, contact: id });
  gone(B);
  assert.deepEqual(held(), [A]);
  gone(A);
  assert.deepEqual(held(), [A], "somebody reads it");
  app.openTalk("");
  assert.deepEqual(held(), []);
  assert.ok(app.view.state.gone.has(A), "it can still be opened");
});

test("a new snapshot without a conversation takes its transcript too; an answer that comes late is not kept", () => {
  const { app, hear } = desk();
  for (const contact of [A, B]) hear("history", { contact });
  hear("snapshot", { n: 7, parts: 1, contacts: [] });
  assert.equal(app.view.state.talks.size, 0);
  hear("history", { contact: A });
  hear("typing", { contact: A, on: true });
  assert.equal(app.view.state.talks.size, 0);
});

test("a transfer in vain in words: who, whom, where now, and why", () => {
  const { app, hear } = desk();
  const told = (more: object): string => {
    hear("transfer_failed", { n: app.view.state.n + 1, ...more });
    return untakenText(app, app.view.state.untaken[0]!);
  };
  assert.equal(told({}), "a1031 未接入 李雷（工单 20261124-000123），已放回“在线”队列");
  hear("targets");
  const declined = { end: "declined", reason: "language" };
  assert.equal(told(declined), "赵敏 1031 拒绝了 李雷（工单 20261124-000123）：语言不通，已放回“在线”队列");
  assert.equal(told({ end: "canceled" }), "李雷（工单 20261124-000123）在 赵敏 1031 接入前离开了");
  assert.match(told({ end: "withdrawn", reason: "agent_left", customer: {} }), /未接入 访客/);
  app.english = en;
  app.set({ lang: "en" });
  assert.equal(told({}), "Zhao Min 1031 did not take 李雷 (case 20261124-000123): back in line of Online");
  assert.match(told(declined), /^Zhao Min 1031 declined 李雷 .*, Language: back in line of Online$/);
  assert.equal(told({ end: "canceled" }), "李雷 (case 20261124-000123) left before Zhao Min 1031 took it");
});

test("why somebody is in a state: the router's reasons and the site's, and nothing for what nobody knows", () => {
  const { app } = desk();
  assert.equal(presenceWord(app, "offline", "signed_out"), "离线 · 已退出登录");
  assert.equal(presenceWord(app, "draining", "signed_out"), "不再接新 · 已退出登录");
  assert.equal(presenceWord(app, "away", "meal"), "离开 · 用餐");
  assert.equal(presenceWord(app, "offline", ""), "离线");
  assert.deepEqual(
    [reasonWord(app, "offline", "lease"), reasonWord(app, "away", "device"), reasonWord(app, "offline", "meal")],
    ["连接中断", "设备多次接通失败", ""],
  );
  assert.equal(reasonWord(app, "offline", "constructor"), "");
});

test("names of attributes: the well-known have a word, others are their own", () => {
  const { app } = desk();
  assert.deepEqual(
    ["phone", "order_no", "constructor", "toString"].map((name) => attributeWord(app.words, name)),
    ["电话", "order_no", "constructor", "toString"],
  );
});

test("who waits in the own queues: by the agent's order of queues, each in its own; how many, as far as it is told", () => {
  const { app, hear } = desk();
  const ids = (): string[] => inLine(app.view.state).map((row) => row.id);
  assert.deepEqual([ids(), lineCount(app.view.state)], [[], ""], "nobody has asked");
  const line = (queue: string, n: number): void =>
    hear("waiting", { queue, contacts: Array.from({ length: n }, (_, i) => ({ id: `${queue}${i}` })) });
  line("complaints", 1);
  line("phone", 2);
  assert.deepEqual([ids(), lineCount(app.view.state)], [["complaints0"], "1"], "phone is another team's");
  line("online", 2);
  assert.deepEqual(ids(), ["online0", "online1", "complaints0"]);
  assert.equal(app.view.state.waiting.get("online")?.[1]?.queue, "online");
  line("complaints", 0);
  line("online", 0);
  assert.equal(lineCount(app.view.state), "0");
  line("online", 50);
  assert.equal(lineCount(app.view.state), "50+", "more than the site tells");
  hear("welcome", { me: { ...(FRAMES.get("welcome")!.me as object), teams: [] } });
  assert.deepEqual([ids(), lineCount(app.view.state)], [[], "0"], "of no team: nobody can wait there");
});

test("a row of the list: own ones and finished ones are opened, of who waits it is said why", () => {
  const { app, hear } = desk();
  app.pick(A, true);
  assert.deepEqual([app.view.ui.open, app.view.ui.focus], [A, 1]);
  hear("finished");
  app.ui({ tab: "done" });
  app.pick(B, true);
  assert.deepEqual([app.view.ui.open, app.view.ui.focus], [B, 1], "nothing can be written there");
  app.ui({ tab: "queue" });
  app.pick("waits", true);
  assert.deepEqual([app.view.ui.open, app.view.ui.form], [B, { kind: "explain", contact: "waits" }]);
});

test("what was finished is shown as it ended, with its case number, and never as live", () => {
  const { app, hear } = desk();
  hear("contact_gone", { n: app.view.state.n + 1, id: A });
  hear("finished");
  app.openTalk(A);
  const open = openRow(app);
  assert.equal(open?.live, false);
  assert.deepEqual(
    [open?.row.state, open?.row.case, open?.row.disposition],
    ["closed", "20261124-000123", "visit_booked"],
  );
  hear("contact", { n: app.view.state.n + 1, id: A });
  assert.equal(openRow(app)?.live, true, "the customer is back");
});
