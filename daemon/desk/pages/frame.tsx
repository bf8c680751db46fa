// The desk's layout: bar, strips, three columns (one at a time when narrow), and whatever form is open.

import { useEffect, useRef, useState } from "preact/hooks";
import { LoginPage, OverDialog } from "./login";
import { ListPane, StartButton } from "./list";
import { Offers } from "./offer";
import { Icon, refusalText, useDesk, useLang, useNow, useWords } from "./pieces";
import { Panel } from "./customer";
import { customerName } from "./rows";
import { CounterDialog, KeysDialog, SettingsDialog } from "./settings";
import { Explain } from "./explain";
import { Palette } from "./palette";
import { Strips, TopBar, accountItems, presenceItems, presenceWord } from "./top";
import { TalkPane } from "./talk/talk";
import { Transfer } from "./transfer";
import { Wrapup } from "./wrapup";
import { atCounter, nameIn, pending, pullQueues, slots, totalUnread } from "./select";
import { talkOf } from "./state";
import { lastSeq } from "./talk";
import * as icons from "../../../channels/http/browser/icons";
import { badge, elapsed } from "../../../channels/http/browser/format";
import { fill } from "../../../channels/http/browser/words";
import type { Pane, Tab } from "./ui";

function Forms() {
  const { app } = useDesk();
  const { form } = app.view.ui;
  switch (form?.kind) {
    case "transfer":
      return <Transfer contact={form.contact} />;
    case "wrapup":
      return <Wrapup contact={form.contact} todo={form.todo} />;
    case "explain":
      return <Explain contact={form.contact} />;
    case "counter":
      return <CounterDialog />;
    case "settings":
      return <SettingsDialog />;
    case "keys":
      return <KeysDialog />;
    case "palette":
      return <Palette />;
    default:
      return null;
  }
}

/** For agents of called queues: the next number, or whom they serve. */
function CounterBar() {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const queues = pullQueues(state);
  if (queues.length === 0 || state.presence?.state !== "available") return null;
  const current = atCounter(state);
  return (
    <section class="counter-bar" aria-label={words.counter.next}>
      {current ? (
        <button type="button" class="btn wide" onClick={() => app.openTalk(current.id)}>
          <Icon path={icons.ticket} />{" "}
          {current.state === "connecting"
            ? `${words.state.called} ${current.ticket}`
            : fill(words.counter.now, { ticket: current.ticket })}
        </button>
      ) : (
        queues.map((q) => {
          const going = pending(state, `next:${q.id}`);
          const verdict = state.verdicts.get(`next:${q.id}`);
          return (
            <div key={q.id} class="counter-next">
              <button
                type="button"
                class="btn strong wide"
                aria-disabled={going !== undefined || !app.open}
                onClick={() => {
                  if (!going && app.open) app.command({ type: "next", queue: q.id });
                }}
              >
                <Icon path={icons.bell} /> {going ? words.counter.calling : words.counter.next}
                <small>{nameIn(q, lang)}</small>
              </button>
              {verdict && (
                <p class="counter-verdict" role="status">
                  {refusalText(words, verdict.code)}
                </p>
              )}
            </div>
          );
        })
      )}
    </section>
  );
}

/** New lines of the open conversation, said once by a screen reader; history is not. */
function Announcer() {
  const { app } = useDesk();
  const words = useWords();
  const { state, ui } = app.view;
  const talk = talkOf(state, ui.open);
  const newest = lastSeq(talk);
  const said = useRef({ open: "", seq: 0 });
  const [text, setText] = useState("");
  useEffect(() => {
    const line = talk.lines[talk.lines.length - 1];
    const known = said.current.open === ui.open && said.current.seq > 0;
    said.current = { open: ui.open, seq: newest };
    if (!known || !line || line.by !== "customer") return;
    const row = state.contacts.get(ui.open);
    if (row) setText(`${customerName(app, row)}${words.colon}${line.text}`);
  }, [ui.open, newest]);
  return (
    <p class="hidden" aria-live="polite">
      {text}
    </p>
  );
}

function MePane() {
  const { app, effects } = useDesk();
  const words = useWords();
  const lang = useLang();
  const now = useNow();
  const { me, presence, capacity } = app.view.state;
  if (!me || !presence) return null;
  const spoken = slots(capacity.used, capacity.total);
  return (
    <div class="me">
      <div class="me-head">
        <span class="avatar large" aria-hidden="true">
          <span class="initial">{[...nameIn(me.name, lang)][0]}</span>
        </span>
        <div>
          <b>{nameIn(me.name, lang)}</b>
          <small>{fill(words.staffNo, { no: me.no })}</small>
        </div>
      </div>
      <p class="me-state">
        <span class={`dot ${presence.state}`} aria-hidden="true" />
        <b>{presenceWord(app, presence.state, presence.reason)}</b>
        <span class="tabular">{elapsed(now - presence.since, lang)}</span>
        <span class="grow" />
        <span class="tabular">{fill(words.capacityOf, spoken)}</span>
      </p>
      <div class="me-list" role="group" aria-label={words.presence.label}>
        {presenceItems(app).map((item) =>
          item.heading ? (
            item.label && <h2 key={item.id}>{item.label}</h2>
          ) : (
            <button key={item.id} type="button" class="menu-item" aria-pressed={item.current} onClick={item.run}>
              <span class={`dot ${item.mark ?? ""}`} aria-hidden="true" />
              <span class="menu-label">
                {item.label}
                {item.hint && <small>{item.hint}</small>}
              </span>
              {item.current && <Icon path={icons.check} />}
            </button>
          ),
        )}
      </div>
      <div class="me-list">
        {accountItems(app, effects.leave).map((item) => (
          <button key={item.id} type="button" class="menu-item" onClick={item.run}>
            {item.icon && <Icon path={item.icon} />}
            <span class="menu-label">{item.label}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function BottomNav() {
  const { app } = useDesk();
  const words = useWords();
  const { ui, state } = app.view;
  const unread = totalUnread(state);
  const items: { pane: Pane; tab?: Tab; text: string; icon: string; n: number }[] = [
    { pane: "list", tab: "mine", text: words.list.mine, icon: icons.chat, n: unread },
    { pane: "list", tab: "queue", text: words.list.queue, icon: icons.people, n: 0 },
    { pane: "panel", text: words.talk.panel, icon: icons.person, n: 0 },
    { pane: "me", text: words.list.you, icon: icons.sliders, n: 0 },
  ];
  const current = ui.pane === "talk" ? "list" : ui.pane;
  return (
    <nav class="bottom" aria-label={words.palette.commands}>
      {items.map((item) => (
        <button
          key={item.text}
          type="button"
          aria-current={current === item.pane && (item.tab ?? ui.tab) === ui.tab ? "page" : undefined}
          onClick={() => app.ui({ pane: item.pane, tab: item.tab ?? ui.tab })}
        >
          <span class="bottom-icon">
            <Icon path={item.icon} size={20} />
            {item.n > 0 && <span class="unread">{badge(item.n)}</span>}
          </span>
          {item.text}
        </button>
      ))}
    </nav>
  );
}

export function Desk() {
  const { app } = useDesk();
  const words = useWords();
  const { access, ui, state } = app.view;
  if (access === "out") return <LoginPage />;
  if (access === "checking") return <div class="boot" aria-busy="true" />;
  const now = state.presence?.state;
  const away = state.contacts.size === 0 && (now === "offline" || now === "away" || now === "not_responding");
  return (
    <>
      <a class="skip" href="#talk">
        {words.skip}
      </a>
      <div class={`desk pane-${ui.pane}${ui.drawer ? " drawer-open" : ""}`}>
        <TopBar />
        <div class="strips">
          <Strips />
        </div>
        <main class="columns">
          <section class="col-list" aria-label={words.list.label}>
            <Offers />
            <CounterBar />
            <ListPane />
          </section>
          <section class="col-talk" id="talk" aria-label={words.talk.label} tabIndex={-1}>
            {away && ui.open === "" ? (
              <div class="talk-none">
                <span class="talk-none-mark" aria-hidden="true">
                  <Icon path={icons.bell} size={36} />
                </span>
                <h2>{words.list.emptyAway}</h2>
                <p>{words.list.empty}</p>
                <StartButton />
              </div>
            ) : (
              <TalkPane />
            )}
          </section>
          {ui.drawer && <div class="scrim" onClick={() => app.ui({ drawer: false })} />}
          <aside class="col-panel" aria-label={words.panel.label}>
            <Panel />
          </aside>
          <section class="col-me" aria-label={words.account}>
            <MePane />
          </section>
        </main>
        <BottomNav />
        <Announcer />
      </div>
      <Forms />
      {(access === "over" || access === "disabled" || access === "stranger") && <OverDialog />}
    </>
  );
}
