// A desk server that plays a scene, where a test or a picture needs a state on demand: the pages from a folder, sign-in,
// and the WebSocket /desk with the frames of docs/desk.md. What a scene does not say itself is answered from `site`.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { makeLine } from "./desk-wall.mjs";
import { Line } from "./scripted-chat.mjs";

const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" };
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
  "media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

/** One page's connection to the desk: numbers the deltas, keeps what the site holds, answers what nobody else did. */
export class DeskLine extends Line {
  constructor(socket, site) {
    super(socket);
    this.site = site;
    this.n = 0;
    this.taken = site.taken ?? {};
    this.manual = new Set();
    socket.on("message", (data) => this.answer(JSON.parse(String(data))));
  }
  /** Frames of these types are left to the scene. */
  hold(...types) {
    types.forEach((type) => this.manual.add(type));
  }
  delta(frame) {
    this.n += 1;
    this.say({ n: this.n, ...frame });
  }
  snapshot(part = this.site.contacts.length || 1) {
    const { site } = this;
    const held = site.offers.reduce((sum, one) => sum + one.cost, 0); // an open offer holds its share
    const capacity = { ...site.capacity, used: site.capacity.used + held };
    const parts = Math.max(1, Math.ceil(site.contacts.length / part));
    for (let i = 0; i < parts; i += 1) {
      this.n += 1;
      const head = i === 0 ? { presence: site.presence, capacity, offers: site.offers, todo: site.todo } : {};
      const contacts = site.contacts.slice(i * part, (i + 1) * part);
      this.say({ type: "snapshot", n: this.n, part: i + 1, parts, ...head, contacts });
    }
  }
  answer(frame) {
    if (this.manual.has(frame.type)) return;
    const { site } = this;
    if (frame.type === "hello") {
      this.page = frame.page;
      this.say({ ...site.welcome, at: Date.now(), last: this.taken[frame.page] ?? 0 });
      this.snapshot(250);
      if (frame.wall) this.wall();
    } else if (frame.type === "resync") this.snapshot(250);
    else if (frame.type === "ping") this.say({ type: "pong", at: Date.now() });
    else if (frame.type === "history") {
      const all = site.lines[frame.contact] ?? [];
      const below = frame.before ? all.filter((line) => line.seq < frame.before) : all;
      const lines = below.slice(-50);
      const notes = frame.before ? {} : { notes: site.notes[frame.contact] ?? [] };
      this.say({ type: "history", contact: frame.contact, lines, ...notes });
    } else if (frame.type === "customer")
      this.say({ type: "customer", id: frame.id, contacts: site.earlier[frame.id] ?? [] });
    else if (frame.type === "targets") this.say({ type: "targets", id: frame.id, ...site.targets });
    else if (frame.type === "find") {
      const own = site.contacts.filter((row) => row.case === frame.case).map((row) => row.id);
      const found = site.found?.[frame.case] ?? own;
      this.say({ type: "find", case: frame.case, contacts: found });
    } else if (frame.type === "explain") this.say({ type: "explain", contact: frame.contact, ...site.explain });
    else if (frame.type === "waiting") {
      const queue = site.wall.queues.find((one) => one.id === frame.queue);
      const contacts = site.lines_of?.[frame.queue] ?? makeLine(Date.now(), queue, site.wall.agents);
      this.say({ type: "waiting", id: frame.id, queue: frame.queue, at: Date.now(), contacts });
    } else if (frame.type === "finished") this.say({ type: "finished", contacts: site.finished ?? [] });
    else if (frame.type === "acknowledge") {
      const queue = site.wall.queues.find((one) => one.id === frame.queue);
      queue.seen ??= { by: site.welcome.me.id, at: Date.now() };
      this.wall();
    } else if (frame.id?.includes(":")) this.command(frame);
  }
  wall() {
    this.say({ type: "wall", at: Date.now(), ...this.site.wall });
  }
  /** Taken before: the same answer again, and nothing happens twice. */
  again(frame) {
    const kept = (this.site.lines[frame.contact] ?? []).find((line) => line.cid === frame.id);
    this.say({ type: "done", id: frame.id, ...(kept ? { seq: kept.seq, contact: frame.contact } : {}) });
  }
  /** Every command is done; a text becomes the next line. */
  command(frame) {
    const [page, n] = frame.id.split(":");
    if (Number(n) <= (this.taken[page] ?? 0)) return this.again(frame);
    this.taken[page] = Math.max(this.taken[page] ?? 0, Number(n));
    const row = this.site.contacts.find((one) => one.id === frame.contact);
    if (frame.type === "msg" && row) {
      row.seq += 1;
      const line = { seq: row.seq, at: Date.now(), by: "agent", kind: "text", text: frame.text, cid: frame.id };
      (this.site.lines[row.id] ??= []).push(line);
      this.say({ type: "done", id: frame.id, seq: row.seq, contact: row.id });
      return this.delta({ type: "msg", contact: row.id, ...line });
    }
    this.say({ type: "done", id: frame.id, ...(frame.contact ? { contact: frame.contact } : {}) });
    if (frame.type === "note") {
      this.delta({
        type: "note",
        contact: frame.contact,
        at: Date.now(),
        agent: this.site.welcome.me.id,
        text: frame.text,
      });
    }
    if (frame.type === "presence") {
      const { state, reason = "", counter = this.site.presence.counter } = frame;
      Object.assign(this.site.presence, { state, reason, counter, since: Date.now(), missed: 0, next: null });
      this.delta({ type: "presence", ...this.site.presence });
    }
  }
}

/**
 * `files`: address → file; `site`: desk-site.mjs; `scene(line, n)` after the defaults of the n-th connection are set up;
 * `signedIn`: is there a session. Returns {origin, lines, cut(), refuse(yes), stop()}.
 */
export async function playDesk({ files, site, scene, signedIn = true, login }) {
  const lines = [];
  let refusing = false;
  let session = signedIn;
  const http = createServer(async (request, response) => {
    const path = new URL(request.url, "http://here").pathname;
    const json = (status, body) => {
      response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
      response.end(JSON.stringify(body));
    };
    if (path === "/desk/session") {
      return session ? json(200, { agent: site.welcome.me.id }) : json(401, { error: { code: "not_signed_in" } });
    }
    if (path === "/desk/login") {
      let text = "";
      for await (const chunk of request) text += chunk;
      const [status, body] = login?.(JSON.parse(text)) ?? [200, { agent: site.welcome.me.id }];
      if (status === 200) session = true;
      return json(status, body);
    }
    if (path === "/desk/logout") {
      session = false;
      return json(200, {});
    }
    const file = files[path];
    if (!file) return response.writeHead(404).end();
    const type = TYPES[file.split(".").pop()];
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (type === "text/html") response.setHeader("Content-Security-Policy", POLICY);
    response.end(await readFile(file));
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "frontdesk.desk.v1" });
  http.on("upgrade", (request, socket, head) => {
    if (refusing || !session) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (open) => {
      const line = new DeskLine(open, site);
      lines.push(line);
      Promise.resolve(scene?.(line, lines.length - 1)).catch((error) => console.error(error));
    });
  });
  await new Promise((done) => http.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${http.address().port}`,
    lines,
    refuse: (yes) => (refusing = yes),
    expire: () => (session = false),
    cut: () => lines.forEach((line) => line.socket.terminate()),
    stop: () => {
      lines.forEach((line) => line.socket.terminate());
      http.closeAllConnections?.();
      return new Promise((done) => http.close(done));
    },
  };
}
