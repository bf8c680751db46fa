// A whole frontdeskd for browser tests: sample configuration, managed Redis, free ports, people at both ends.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { accounts } from "../support/accounts.mjs";

const SOURCE = fileURLToPath(new URL("../../../", import.meta.url));
const DAEMON = resolve(process.env.FRONTDESKD ?? process.argv[2] ?? "frontdeskd");

/** Waits for a condition, never for a time. */
export async function until(what, look, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

const run = (program, args) =>
  new Promise((done) => execFile(program, args, (fault, out, err) => done({ code: fault?.code ?? 0, out, err })));

/** `agents`: [{no, name, role?, teams[]}]; `conf`: YAML laid over the sample, `rules`: YAML before its rules. */
export class Site {
  constructor({ agents, conf = "", rules = "" }) {
    this.dir = mkdtempSync(join(tmpdir(), "fdp-"));
    cpSync(join(SOURCE, "config/rules.d"), join(this.dir, "rules.d"), { recursive: true });
    cpSync(join(SOURCE, "config/frontdesk.yaml"), join(this.dir, "frontdesk.yaml"));
    mkdirSync(join(this.dir, "conf.d"));
    if (conf) this.write("conf.d/20-test.yaml", conf);
    if (rules) this.write("rules.d/05-test.yaml", rules);
    this.write("agents.yaml", accounts(agents));
    this.listenOn(0, 0);
  }

  write(name, text) {
    writeFileSync(join(this.dir, name), text, { mode: 0o600 });
  }

  listenOn(open, inner) {
    this.write("conf.d/10-ports.yaml", `listen: {public: "127.0.0.1:${open}", internal: "127.0.0.1:${inner}"}\n`);
  }

  cli(...args) {
    return run(join(dirname(DAEMON), "frontdesk"), ["--socket", join(this.dir, "run/control.sock"), ...args]);
  }

  /** For commands that read the configuration, not the daemon. */
  where() {
    return ["--config", join(this.dir, "frontdesk.yaml"), "--state", join(this.dir, "state")];
  }

  /** A command to the site's own Redis; its answer as text. */
  async redis(...command) {
    const { code, out, err } = await run("redis-cli", ["-s", join(this.dir, "run/redis.sock"), ...command]);
    assert.equal(code, 0, err);
    return out.trim();
  }

  async json(...args) {
    const { code, out, err } = await this.cli(...args, "--json");
    assert.equal(code, 0, `frontdesk ${args.join(" ")}: ${err}`);
    return JSON.parse(out);
  }

  async open() {
    await this.start();
    return this;
  }

  async start() {
    const log = join(this.dir, "log");
    const where = ["--state", join(this.dir, "state"), "--run", join(this.dir, "run")];
    this.process = spawn(DAEMON, ["--config", join(this.dir, "frontdesk.yaml"), ...where], {
      stdio: ["ignore", "ignore", openSync(log, "w")],
    });
    const gone = new Promise((done) => this.process.once("exit", done));
    this.gone = gone;
    const said = () => readFileSync(log, "utf8");
    const ports = await until("the ports", () => {
      assert.equal(this.process.exitCode, null, said());
      return /public=(\d+) internal=(\d+)/.exec(said());
    });
    this.public = `http://127.0.0.1:${ports[1]}`;
    this.internal = `http://127.0.0.1:${ports[2]}`;
    this.listenOn(ports[1], ports[2]); // a restart comes up where the pages look for it
    await until("ready", async () => (await fetch(`${this.internal}/readyz`).catch(() => null))?.ok, 30);
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.gone;
  }

  async close() {
    this.process.kill("SIGTERM");
    const late = setTimeout(() => this.process.kill("SIGKILL"), 20_000);
    await this.gone;
    clearTimeout(late);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/**
 * Teams that share nothing, so that cases do not disturb each other: queue `q01` takes what says "team01" and has agents
 * 1101, 1102 …. `of`: settings of each team's queue in YAML, by their place; `size`: agents of each.
 */
export function teams(of, size = 2) {
  const names = of.map((_, i) => String(i + 1).padStart(2, "0"));
  const queues = names.map((n, i) => `  q${n}: {name: {zh: "队列${n}", en: "Queue ${n}"}${of[i] && `, ${of[i]}`}}`);
  const rules = names.map((n) => `  - {id: team${n}, when: {words: [team${n}]}, then: {queue: q${n}}}`);
  const people = names.map((n) => Array.from({ length: size }, (_, i) => ({ no: `1${n}${i + 1}`, queue: `q${n}` })));
  return {
    conf: `queues:\n${queues.join("\n")}\n`,
    rules: `rules:\n${rules.join("\n")}\n`,
    agents: people.flat().map(({ no, queue }) => ({ no, name: `客服${no}`, teams: [queue] })),
    list: names.map((n, i) => ({ queue: `q${n}`, word: `team${n}`, nos: people[i].map(({ no }) => no) })),
  };
}
