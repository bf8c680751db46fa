// A site of chat that keeps to docs/chat.md: counts each page, acknowledges again, refuses gaps, resumes by seq.
const C = "01KATJ3W00000000000000000A";
const CASE = "20261124-000123";

export class Site {
  constructor() {
    this.lines = []; // {seq, at, by, kind, text, cid}
    this.pages = new Map();
    this.open = new Set();
    this.taken = []; // texts, in the order kept
    this.drop = () => false; // (frame) => lose the answer and the line
  }

  /** For scripted-chat's `scene`. */
  scene = async (line) => {
    const hello = await line.next("hello");
    line.page = hello.page;
    this.open.add(line);
    line.socket.on("close", () => this.open.delete(line));
    this.welcome(line, hello);
    for (;;) this.take(line, await line.next("msg"));
  };

  welcome(line, hello) {
    const known = hello.contact === C ? (hello.last_seq ?? 0) : 0;
    const seq = this.lines.length;
    const live =
      seq > 0 ? { contact: C, case: CASE, state: "active", agent: { name: "陈静", no: "1024" } } : { contact: null };
    line.say({
      type: "welcome",
      v: 1,
      at: Date.now(),
      token: hello.token ?? "AAEC",
      online: true,
      ...live,
      seq,
      from: known + 1,
      reset: false,
      read: { customer: 0, agent: 0 },
      last: this.pages.get(hello.page) ?? 0,
      limits: { chars: 4000, bytes: 16384 },
    });
    for (const one of this.lines.slice(known)) line.say({ type: "msg", contact: C, ...one });
  }

  take(line, frame) {
    const [page, n] = frame.cid.split(":");
    const last = this.pages.get(page) ?? 0;
    if (Number(n) > last + 1) return line.say({ type: "slow_down", retry_ms: 0, reason: "gap", next: last + 1 });
    let kept = this.lines.find((one) => one.cid === frame.cid);
    if (!kept) {
      this.pages.set(page, Number(n));
      kept = this.add("customer", frame.text, { cid: frame.cid }, line);
      this.taken.push(frame.text);
    }
    if (this.drop(frame)) return line.socket.terminate();
    line.say({ type: "ack", cid: frame.cid, contact: C, seq: kept.seq, case: CASE, at: kept.at });
  }

  add(by, text, more = {}, but = undefined) {
    const one = { seq: this.lines.length + 1, at: Date.now(), by, kind: "text", text, ...more };
    this.lines.push(one);
    for (const line of this.open) if (line !== but) line.say({ type: "msg", contact: C, ...one });
    return one;
  }
}
