// Who waits in the queues of the scripted agent, and what the agent finished: the desk's other two lists.
import { row } from "./desk-site.mjs";

const cut = (name) => `${[...name][0]}**`;

/** One who waits, as the site tells a team: the name cut, no line of theirs. */
function waits(n, lang, now, more = {}) {
  const {
    customer,
    queue: _queue,
    last: _last,
    read: _read,
    transfers: _transfers,
    due: _due,
    ...rest
  } = row(n, lang, now);
  return {
    ...rest,
    seq: 2,
    state: "queued",
    away: false,
    since: now - (640 - (n % 20) * 37) * 1000,
    customer: { name: cut(customer.name), grade: customer.grade, masked: n % 3 ? "" : customer.masked },
    offered: [],
    ...more,
  };
}

/** By queue, in the order of service. */
export function linesOf(lang, now) {
  const line = (from, to, more = {}) =>
    Array.from({ length: to - from }, (_, i) => waits(from + i, lang, now, i === 0 ? more : {}));
  const nobody = { name: "", grade: "", masked: "" };
  const counter = Array.from({ length: 4 }, (_, i) =>
    waits(40 + i, lang, now, { channel: "walkin", customer: nobody, kind: "", ticket: `A0${24 + i}` }),
  );
  const online = line(21, 28, { state: "offered", offered: [{ agent: "a1031", due: now + 20_000 }] });
  Object.assign(online[2], { away: true, kind: "" });
  Object.assign(online[3], { priority: "low" });
  return { online, complaints: line(28, 30, { channel: "email" }), counter };
}

/** Newest first. */
export function finishedOf(lang, now) {
  const results = ["visit_booked", "answered", "fixed_remote", "invoice_sent", "escalated", ""];
  return Array.from({ length: 9 }, (_, i) =>
    row(60 + i, lang, now, {
      state: "closed",
      since: now - (i < 6 ? i * 1_900 + 240 : i * 20_000) * 1000,
      due: 0,
      disposition: results[i % 6],
      last: { at: now, by: "agent" },
      ...(i === 4 ? { channel: "walkin", ticket: "A017", customer: { id: "", name: "", grade: "", masked: "" } } : {}),
    }),
  );
}
