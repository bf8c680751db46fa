// A real daemon with a managed Redis on free ports, two devices with tokens of their own, agents at the counter, and
// their desk over its socket (docs/desk.md). For the browser tests of the walk-in pages and for their pictures.
import { spawn } from "node:child_process";
import { cpSync, chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import WebSocket from "ws";
import { accounts, PASSWORD } from "../support/accounts.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const TOKENS = { "kiosk-1": "kiosk-token-of-this-test", "display-1": "display-token-of-this-test" };

export const AGENTS = [
  ["1024", "陈静"],
  ["1031", "赵敏"],
  ["1044", "李雷"],
  ["1055", "韩梅梅"],
  ["1066", "王晓明"],
  ["1077", "孙立国"],
];

/** Waits until `look()` gives something true; fails by name after `seconds`. */
export async function until(what, look, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

export class Site {
  constructor(daemon) {
    this.daemon = daemon;
    this.dir = mkdtempSync(join(tmpdir(), "fdk"));
    chmodSync(this.dir, 0o700);
    cpSync(join(root, "config/rules.d"), join(this.dir, "rules.d"), { recursive: true });
    let text = readFileSync(join(root, "config/frontdesk.yaml"), "utf8");
    for (const port of ["8080", "8081"]) text = text.replace(`127.0.0.1:${port}`, "127.0.0.1:0");
    for (const [name, token] of Object.entries(TOKENS)) {
      writeFileSync(join(this.dir, `${name}.token`), token, { mode: 0o600 });
      text = text.replace(new RegExp(`^    ${name}: \\{\\}`, "m"), `    ${name}: {token: {file: ${name}.token}}`);
    }
    writeFileSync(join(this.dir, "frontdesk.yaml"), text);
    const people = AGENTS.map(([no, name]) => ({ no, name, teams: ["counter"] }));
    writeFileSync(join(this.dir, "agents.yaml"), accounts(people), { mode: 0o600 });
  }

  async start(public_port = 0) {
    if (public_port) {
      const path = join(this.dir, "frontdesk.yaml");
      writeFileSync(path, readFileSync(path, "utf8").replace("127.0.0.1:0", `127.0.0.1:${public_port}`));
    }
    const log = join(this.dir, "log");
    const out = openSync(log, "w");
    const args = ["--config", join(this.dir, "frontdesk.yaml"), "--state", join(this.dir, "state")];
    this.process = spawn(this.daemon, [...args, "--run", join(this.dir, "run")], { stdio: ["ignore", out, out] });
    closeSync(out);
    const found = await until("the daemon's ports", () => {
      if (this.process.exitCode !== null) throw new Error(`the daemon ended: ${readFileSync(log, "utf8")}`);
      return /public=(\d+) internal=(\d+)/.exec(readFileSync(log, "utf8"));
    });
    [, this.public, this.internal] = found.map(Number);
    const ready = `http://127.0.0.1:${this.internal}/readyz`;
    await until(
      "the daemon is ready",
      () =>
        fetch(ready).then(
          (r) => r.ok,
          () => false,
        ),
      30,
    );
  }

  get origin() {
    return `http://127.0.0.1:${this.public}`;
  }
  page(path, device, query = "") {
    return `${this.origin}${path}?device=${TOKENS[device]}${query}`;
  }

  async stop(signal = "SIGTERM") {
    if (!this.process || this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill(signal);
    await ended;
  }
  async remove() {
    for (const line of this.lines ?? []) line.close();
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A number without a browser. */
  async ticket(service, key, lang = "zh-CN") {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    const answer = await fetch(`${this.origin}/v1/walkin/tickets`, {
      method: "POST",
      headers: { ...headers, "X-Frontdesk-Device": TOKENS["kiosk-1"] },
      body: JSON.stringify({ service, lang }),
    });
    if (answer.status !== 201) throw new Error(`ticket: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  async look(token) {
    return (await fetch(`${this.origin}/v1/walkin/tickets/${token}`)).json();
  }
  async services() {
    return (await (await fetch(`${this.origin}/v1/walkin/services`)).json()).services;
  }

  async desk(no, counter) {
    const internal = `http://127.0.0.1:${this.internal}`;
    const signed = await fetch(`${internal}/desk/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: internal },
      body: JSON.stringify({ staff_no: no, password: PASSWORD }),
    });
    if (!signed.ok) throw new Error(`sign-in of ${no}: ${signed.status} ${await signed.text()}`);
    const desk = new Desk(internal, signed.headers.get("set-cookie").split(";")[0], `page${no}`);
    (this.lines ??= []).push(desk);
    await desk.open();
    await desk.say({ type: "presence", state: "available", counter });
    return desk;
  }
}

class Desk {
  constructor(internal, cookie, page) {
    Object.assign(this, { page, n: 0, heard: [] });
    const url = `${internal.replace("http", "ws")}/desk`;
    this.socket = new WebSocket(url, "frontdesk.desk.v1", { origin: internal, headers: { Cookie: cookie } });
    this.socket.on("message", (data) => this.heard.push(JSON.parse(data)));
  }
  async open() {
    await new Promise((done, fail) => this.socket.once("open", done).once("error", fail));
    this.socket.send(JSON.stringify({ type: "hello", v: 1, page: this.page }));
    await until("the desk's picture", () => this.heard.find((f) => f.type === "snapshot"));
  }
  /** Sends a command and waits until it is kept; fails when it is refused. */
  async say(frame) {
    const id = `${this.page}:${this.n + 1}`;
    this.socket.send(JSON.stringify({ ...frame, id }));
    const answer = await until(`answer to ${frame.type}`, () => this.heard.find((f) => f.id === id));
    if (answer.type !== "done") throw new Error(`${frame.type}: ${JSON.stringify(answer)}`);
    this.n += 1;
    return answer;
  }
  async next() {
    this.contact = (await this.say({ type: "next", queue: "counter" })).contact;
    return this.contact;
  }
  recall = () => this.say({ type: "recall", contact: this.contact });
  serve = () => this.say({ type: "serve", contact: this.contact });
  absent = () => this.say({ type: "absent", contact: this.contact });
  async finish() {
    await this.say({ type: "done", contact: this.contact, kind: "repair", disposition: "answered" });
  }
  close() {
    this.socket.terminate();
  }
}
