// Holds the one state of a page and says when it changed. Folding is state.ts, doing is effects.ts; this file joins the
// two to the views: own actions are painted at once, frames at most ten times a second.

import { launch, discard, idOf, retry } from "./outbox";
import type { Ask, Command, RawFrame } from "./protocol";
import { decode } from "./decode";
import * as fold from "./state";
import type { State } from "./state";
import * as screen from "./ui";
import type { Form, Ui } from "./ui";
import type { Drafts, Settings } from "./keep";
import type { LinkState } from "../../../channels/http/browser/socket";
import zh, { type Words } from "./words.zh-CN";

/** checking: asking for a session · out: sign-in page · in · over: expired or ended · disabled · stranger: another agent
 *  signed in on this browser, this page's drafts are not theirs */
export type Access = "checking" | "out" | "in" | "over" | "disabled" | "stranger";

export interface View {
  readonly state: State;
  readonly ui: Ui;
  readonly settings: Settings;
  readonly link: LinkState;
  readonly access: Access;
  readonly over: string;
  readonly blocked: boolean;
}

export interface Port {
  send(frame: RawFrame): boolean;
  now(): number;
}

const PAINT_MS = 100;
const offline: LinkState = { phase: "idle", since: 0, refused: 0, heard: 0, welcomed: false };

export class App {
  view: View;
  /** Loaded when somebody wants it (english.ts). */
  english: Words | undefined;
  private port: Port = { send: () => false, now: () => Date.now() };
  private readonly watchers = new Set<(view: View, before: View) => void>();
  private readonly painters = new Set<() => void>();
  private readonly seconds = new Set<() => void>();
  private ticker: ReturnType<typeof setInterval> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private painted = 0;

  constructor(
    page: string,
    settings: Settings,
    readonly drafts: Drafts,
    readonly chinese = zh,
  ) {
    this.view = {
      state: fold.initial(page),
      ui: screen.initialUi,
      settings,
      link: offline,
      access: "checking",
      over: "",
      blocked: false,
    };
  }

  get words(): Words {
    return (this.view.settings.lang === "en" && this.english) || this.chinese;
  }
  get open(): boolean {
    return this.view.link.phase === "open";
  }
  now(): number {
    return this.port.now();
  }
  /** Site time now: what deadlines count against. */
  at(): number {
    return fold.siteNow(this.view.state, this.port.now());
  }
  attach(port: Port): void {
    this.port = port;
  }
  /** Effects: called at every change, painted or not. */
  watch(hear: (view: View, before: View) => void): void {
    this.watchers.add(hear);
  }
  onPaint(paint: () => void): () => void {
    this.painters.add(paint);
    return () => this.painters.delete(paint);
  }

  /** Every second, for all clocks of the page in one go: forty timers would be forty layouts. */
  onSecond(hear: () => void): () => void {
    this.seconds.add(hear);
    this.ticker ??= setInterval(() => this.seconds.forEach((one) => one()), 1000);
    return () => {
      this.seconds.delete(hear);
      if (this.seconds.size > 0) return;
      clearInterval(this.ticker);
      this.ticker = undefined;
    };
  }

  change(to: Partial<View>, urgent = true): void {
    const before = this.view;
    const next = { ...before, ...to };
    this.view = { ...next, state: fold.forgetTalks(next.state, next.ui.open) };
    for (const hear of this.watchers) hear(this.view, before);
    if (urgent) this.paint();
    else if (this.timer === undefined) {
      const wait = Math.max(0, this.painted + PAINT_MS - this.port.now());
      this.timer = setTimeout(() => this.paint(), wait);
    }
  }
  private paint(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.painted = this.port.now();
    for (const paint of this.painters) paint();
  }

  ui(to: Partial<Ui>): void {
    this.change({ ui: { ...this.view.ui, ...to } });
  }
  form(form: Form): void {
    this.change({ ui: screen.openForm(this.view.ui, form) });
  }
  closeForm(): void {
    this.change({ ui: screen.closeForm(this.view.ui) });
  }
  openTalk(contact: string, write = false): void {
    this.change({ ui: screen.openTalk(this.view.ui, contact, write) });
  }
  /** A row of the list: who waits is nobody's yet, but why they wait can be asked. */
  pick(contact: string, write: boolean): void {
    const { tab } = this.view.ui;
    if (tab === "queue") this.form({ kind: "explain", contact });
    else this.openTalk(contact, write && tab === "mine");
  }
  writeTo(mode: screen.Mode): void {
    this.change({ ui: screen.write(this.view.ui, mode) });
  }
  set(settings: Partial<Settings>): void {
    this.change({ settings: { ...this.view.settings, ...settings } });
  }

  /** A frame of the server. Offers are painted at once: the agent has seconds. */
  hear(raw: RawFrame): void {
    const frame = decode(raw);
    if (!frame) return;
    const before = this.view;
    const state = fold.reduce(before.state, frame, this.port.now());
    this.change({ state, ui: this.follow(before.ui, before.state, state) }, frame.type.startsWith("offer"));
    this.flush();
  }

  /** What the screen does because a command of this page was done: the form closes, the accepted contact opens. */
  private follow(ui: Ui, before: State, after: State): Ui {
    if (before.finished === after.finished) return ui;
    const last = after.finished[after.finished.length - 1];
    if (!last) return ui;
    const c = last.command;
    const contact = last.contact || ("contact" in c ? c.contact : "");
    if (c.type === "accept" || c.type === "next") return screen.openTalk(ui, contact, false);
    const form = ui.form;
    if (!form || !("contact" in form) || form.contact !== contact) return ui;
    if (form.kind === "transfer" && c.type === "transfer") return screen.closeForm(ui);
    if (form.kind === "wrapup" && (c.type === "resolve" || c.type === "done")) return screen.closeForm(ui);
    return ui;
  }

  command(c: Command): void {
    this.change({ state: fold.command(this.view.state, c, this.port.now()) });
    this.flush();
  }
  ask(ask: Ask): boolean {
    return this.port.send(ask as unknown as RawFrame);
  }
  history(contact: string, before: number): void {
    if (!this.ask({ type: "history", contact, before })) return;
    this.change({ state: fold.asked(this.view.state, contact, before) }, false);
  }
  read(contact: string, seq: number): void {
    if (!this.ask({ type: "read", contact, seq })) return;
    this.change({ state: fold.readTo(this.view.state, contact, seq) });
  }
  retry(key: string): void {
    this.change({ state: { ...this.view.state, outbox: retry(this.view.state.outbox, key, this.port.now()) } });
    this.flush();
  }
  discard(key: string): void {
    this.change({ state: { ...this.view.state, outbox: discard(this.view.state.outbox, key) } });
  }
  forgive(subject: string): void {
    const state = fold.clearVerdict(this.view.state, subject);
    if (state !== this.view.state) this.change({ state });
  }

  /** Lets the next waiting command go, when the line is open. */
  flush(): void {
    if (!this.open) return;
    const next = launch(this.view.state.outbox, this.port.now());
    if (!next) return;
    const frame = { ...next.entry.command, id: idOf(next.box, next.entry) } as unknown as RawFrame;
    if (this.port.send(frame)) this.change({ state: { ...this.view.state, outbox: next.box } }, false);
  }

  tick(): void {
    const state = fold.tick(this.view.state, this.port.now(), this.open);
    if (state !== this.view.state) this.change({ state });
    this.flush();
  }
  resync(): void {
    if (this.view.state.resync !== "wanted") return;
    if (this.ask({ type: "resync" })) this.change({ state: { ...this.view.state, resync: "asked" } }, false);
  }
}
