// The wall without a browser: its keys, alarms, who waits, the agents of a team, and a crowd of them in a window.
import assert from "node:assert/strict";
import test from "node:test";
import { decode } from "../../../daemon/desk/pages/decode";
import { crowd, teamGroups } from "../../../daemon/desk/pages/wall/crowd";
import { agentOrder, teamIds } from "../../../daemon/desk/pages/wall/figures";
import { overPlainHttp } from "../../../daemon/desk/pages/plain";
import { initial, reduce } from "../../../daemon/desk/pages/state";
import { lineAction, wallAction } from "../../../daemon/desk/pages/wall/keys";

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const outside = { field: false, form: false, letters: true, control: false };

test("every key of the wall", () => {
  const table: [string, object, object, string | undefined][] = [
    ["ArrowDown", {}, {}, "next"],
    ["ArrowUp", {}, {}, "previous"],
    ["Enter", {}, {}, "open"],
    ["Enter", {}, { control: true }, undefined],
    ["ArrowDown", {}, { control: true }, "next"],
    ["ArrowDown", {}, { form: true }, undefined],
    ["ArrowDown", {}, { field: true }, undefined],
    ["a", {}, {}, "acknowledge"],
    ["A", { shiftKey: true }, {}, "acknowledge"],
    ["a", { ctrlKey: true }, {}, undefined],
    ["a", {}, { letters: false }, undefined],
    ["a", {}, { field: true }, undefined],
    ["f", {}, {}, "full"],
    ["f", { metaKey: true }, {}, undefined],
    ["f", {}, { form: true }, undefined],
    ["ArrowDown", {}, { letters: false }, "next"],
    ["x", {}, {}, undefined],
  ];
  for (const [key, more, place, wanted] of table)
    assert.equal(wallAction(press(key, more), { ...outside, ...place }), wanted, `${key} ${JSON.stringify(place)}`);
});

test("every key of the list of who waits", () => {
  const table: [string, object, object, string | undefined][] = [
    ["ArrowDown", {}, {}, "next"],
    ["ArrowUp", {}, { control: true }, "previous"],
    ["Enter", {}, {}, "open"],
    ["Enter", {}, { control: true }, undefined],
    ["p", {}, {}, "priority"],
    ["P", { shiftKey: true }, { control: true }, "priority"],
    ["e", {}, {}, "end"],
    ["e", { ctrlKey: true }, {}, undefined],
    ["e", {}, { letters: false }, undefined],
    ["e", {}, { form: true }, undefined],
    ["p", {}, { field: true }, undefined],
    ["a", {}, {}, undefined],
  ];
  for (const [key, more, place, wanted] of table)
    assert.equal(lineAction(press(key, more), { ...outside, ...place }), wanted, `${key} ${JSON.stringify(place)}`);
});

test("the site says what is an alarm and who has seen it; a frame without that has none", () => {
  const heard = (more: object) => {
    const frame = decode({ type: "wall", at: 1, long_wait_ms: 90_000, queues: [{ id: "q", ...more }], agents: [] });
    assert.ok(frame?.type === "wall" && frame.long_wait_ms === 90_000);
    return [frame.queues[0]?.alarm, frame.queues[0]?.seen];
  };
  assert.deepEqual(heard({ alarm: "no_free", seen: { by: "a1", at: 5 } }), ["no_free", { by: "a1", at: 5 }]);
  assert.deepEqual(heard({ alarm: "long_wait", seen: null }), ["long_wait", undefined]);
  assert.deepEqual(heard({}), ["", undefined]);
  assert.deepEqual(heard({ alarm: "fire", seen: 7 }), ["", undefined]);
});

test("who waits: whole records, in the order told; the newest answer replaces the last and its refusal", () => {
  const raw = (queue: string, ...contacts: object[]) => decode({ type: "waiting", queue, at: 9, contacts });
  const first = raw(
    "online",
    { id: "B", kind: "repair", seq: 4, customer: { name: "王**" }, offered: [{ agent: "a1", due: 7 }] },
    { id: "A" },
  );
  assert.ok(first?.type === "waiting");
  assert.deepEqual(
    first.contacts.map((c) => [c.id, c.customer.name, c.kind, c.seq, c.state, c.offered, c.ticket]),
    [
      ["B", "王**", "repair", 4, "queued", [{ agent: "a1", due: 7 }], ""],
      ["A", "", "", 0, "queued", [], ""],
    ],
  );
  const refused = decode({ type: "refused", ask: "waiting", id: "online", code: "busy", why: "" });
  assert.ok(refused);
  const state = reduce(reduce(initial("p"), refused, 1), first, 2);
  assert.equal(state.waiting.get("online")?.length, 2);
  assert.equal(state.verdicts.size, 0);
  const other = decode({ type: "refused", ask: "waiting", id: "vip", code: "not_permitted", why: "" });
  assert.ok(other);
  const both = reduce(reduce(state, other, 3), first, 4);
  assert.deepEqual([...both.verdicts.keys()], ["ask:waiting:vip"], "one queue's answer is not another's");
});

const agent = (id: string, teams: string[], state: "available" | "offline" = "available") =>
  ({
    id,
    no: id,
    name: { zh: id, en: id },
    state,
    reason: "",
    since: 0,
    used: 0,
    total: 100,
    teams,
    counter: "",
    unattended: [],
  }) as const;

test("agents by team: of the site's order of queues, only those with somebody in them", () => {
  const agents = [agent("1", ["online", "vip"]), agent("2", ["vip"]), agent("3", ["phone"], "offline")];
  assert.deepEqual(teamIds(agents, ["phone", "online", "vip", "counter"]), ["phone", "online", "vip"]);
  assert.deepEqual(
    agentOrder(agents, "", "vip").map((a) => a.id),
    ["1", "2"],
  );
  assert.deepEqual(
    agentOrder(agents, "offline", "phone").map((a) => a.id),
    ["3"],
  );
  const groups = teamGroups([...agents, agent("4", [])], ["phone", "online", "vip"]);
  assert.deepEqual(
    groups.map((g) => [g.team, g.agents.map((a) => a.id)]),
    [
      ["phone", ["3"]],
      ["online", ["1"]], // where an agent is first
      ["vip", ["2"]],
      ["", ["4"]],
    ],
  );
});

test("whose customer stands at the counter alone comes first; a frame that does not say so has nobody there", () => {
  const heard = (more: object) => {
    const frame = decode({ type: "wall", at: 1, queues: [], agents: [{ id: "a1", no: "1", ...more }] });
    return frame?.type === "wall" ? [frame.agents[0]?.counter, frame.agents[0]?.unattended] : undefined;
  };
  assert.deepEqual(heard({ counter: "3", unattended: ["A007"] }), ["3", ["A007"]]);
  assert.deepEqual(heard({}), ["", []]);
  const lost = { ...agent("9", ["counter"], "offline"), unattended: ["A007"] };
  assert.deepEqual(
    agentOrder([agent("1", []), lost], "").map((a) => a.id),
    ["9", "1"],
  );
});

test("a crowd: only the rows in view and some around; the heights above and below make up for the rest", () => {
  const many = (team: string, n: number) => ({
    team,
    agents: Array.from({ length: n }, (_, i) => agent(`${team}${i}`, [team])),
  });
  const groups = [many("a", 100), many("b", 7), many("c", 193)];
  const rows = 3 + 25 + 2 + 49; // a heading each, four cards a row
  for (const top of [0, 20, 26.5, 60, 78, 500]) {
    const { above, below, parts } = crowd(groups, 4, { top, height: 10 });
    const drawn = parts.reduce((sum, p) => sum + (p.head ? 1 : 0) + Math.ceil(p.agents.length / 4), 0);
    assert.equal(above + drawn + below, rows, `at ${top}`);
    assert.ok(drawn <= 10 + 2 * 4 + 1 && drawn > 0, `${drawn} rows at ${top}`);
  }
  const middle = crowd(groups, 4, { top: 20, height: 10 });
  assert.deepEqual(
    middle.parts.map((p) => [p.team, p.head, p.from, p.agents.length, p.of]),
    [
      ["a", false, 60, 40, 100],
      ["b", true, 0, 7, 7],
      ["c", true, 0, 16, 193],
    ],
  );
});

test("plain http is said, but not of the machine the page is on", () => {
  const table: [string, boolean][] = [
    ["http://desk.example.cn/desk/", true],
    ["http://10.0.0.7:8081/desk/", true],
    ["http://localhost.example.cn/", true],
    ["http://1127.0.0.1.example/", true],
    ["http://localhost:8081/desk/", false],
    ["http://127.0.0.1:8081/desk/", false],
    ["http://[::1]:8081/desk/", false],
    ["https://desk.example.cn/desk/", false],
  ];
  for (const [url, wanted] of table) assert.equal(overPlainHttp(new URL(url)), wanted, url);
});

test("the teams of an agent come with the wall; a frame without them has none", () => {
  const heard = (more: object) => {
    const frame = decode({
      type: "wall",
      at: 1,
      queues: [],
      agents: [{ id: "a1", no: "1", state: "available", ...more }],
    });
    return frame?.type === "wall" ? frame.agents[0]?.teams : undefined;
  };
  assert.deepEqual(
    [heard({ teams: ["vip", "online"] }), heard({}), heard({ teams: "vip" })],
    [["vip", "online"], [], []],
  );
});
