// The list and its tabs: the agent's own conversations, who waits in their queues, what they finished. A listbox that
// keeps at most 40 rows in the DOM and never moves under the pointer or focus.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useAsking, waitingIn } from "./ask";
import { Hidden, Icon, refusalText, useDesk, useWords } from "./pieces";
import { inLine, lineCount, ownQueues, unread, type Sort } from "./select";
import { askSubject } from "./state";
import { heldOrder, listOrder, moved, shownOrder, windowOf, type Window } from "./order";
import { RowView } from "./rows";
import { goOnline } from "./top";
import * as icons from "../../../channels/http/browser/icons";
import { badge } from "../../../channels/http/browser/format";
import { plural } from "../../../channels/http/browser/words";
import type { App } from "./app";
import type { Ask, Row } from "./protocol";
import type { Tab } from "./ui";

const ROW = { comfortable: 68, compact: 52 } as const;
const NONE: readonly string[] = [];
const EVERY_MS = { looked_at: 5_000, beside: 30_000 } as const;

function Empty({ tab, told }: { tab: Tab; told: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const { presence, loaded } = app.view.state;
  if (!told) return <p class="list-empty">{app.open ? words.loading : words.offer.frozen}</p>;
  if (tab !== "mine") return <p class="list-empty">{tab === "queue" ? words.list.emptyQueue : words.list.emptyDone}</p>;
  if (!loaded) return null;
  const routable = presence?.state === "available" || presence?.state === "draining";
  if (app.view.ui.unanswered && app.view.state.contacts.size > 0) {
    return <p class="list-empty">{words.list.emptyFilter}</p>;
  }
  if (routable || !presence) return <p class="list-empty">{words.list.empty}</p>;
  return (
    <div class="list-empty">
      <p>{words.list.emptyAway}</p>
      <span class="only-narrow">
        <StartButton />
      </span>
    </div>
  );
}

export function StartButton() {
  const { app, effects } = useDesk();
  const words = useWords();
  const offline = app.view.state.presence?.state === "offline";
  return (
    <button
      type="button"
      class="btn primary"
      onClick={() => {
        effects.welcome();
        goOnline(app);
      }}
    >
      {offline ? words.presence.start : words.list.goOnline}
    </button>
  );
}

function useHeld(
  fresh: readonly string[],
  still: boolean,
): { order: readonly string[]; updates: number; apply: () => void } {
  const held = useRef<readonly string[]>(fresh);
  const [, again] = useState(0);
  const order = still ? heldOrder(held.current, fresh) : fresh;
  useLayoutEffect(() => {
    held.current = order;
    shownOrder.ids = order;
  });
  return {
    order,
    updates: still ? moved(order, fresh) : 0,
    apply() {
      held.current = fresh;
      again((n) => n + 1);
    },
  };
}

/** The rows of a tab by id, and their order; undefined as long as nobody has told. */
function rowsOf(app: App, tab: Tab): { rows: ReadonlyMap<string, Row>; order: string[] } | undefined {
  const { state } = app.view;
  if (tab === "mine") return { rows: state.contacts, order: listOrder(app) };
  const told = tab === "done" ? state.done : lineCount(state) === "" ? undefined : inLine(state);
  return told && { rows: new Map(told.map((row) => [row.id, row])), order: told.map((row) => row.id) };
}

function List({ tab, fault }: { tab: Tab; fault: string }) {
  const { app } = useDesk();
  const words = useWords();
  const { state, ui, settings } = app.view;
  const [view, setView] = useState<Window>({ top: 0, height: 900 });
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const told = useMemo(
    () => rowsOf(app, tab),
    [state.contacts, state.waiting, state.done, state.me, ui.sort, ui.unanswered],
  );
  const { order, updates, apply } = useHeld(told?.order ?? NONE, pointed || focused);
  const row = ROW[settings.density];
  const cursor = order.indexOf(ui.cursor);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const measure = (): void => setView({ top: box.scrollTop, height: box.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const box = scroller.current;
    if (!box || cursor < 0) return;
    const top = cursor * row;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + row > box.scrollTop + box.clientHeight) box.scrollTop = top + row - box.clientHeight;
  }, [ui.cursor, row]);

  return (
    <div class="list-scroll-root">
      {updates > 0 && (
        <button type="button" class="pill updates" onClick={apply}>
          <Icon path={icons.up} size={12} /> {plural(words.list.updates, updates)}
        </button>
      )}
      <div
        class="list-scroll"
        ref={scroller}
        role="listbox"
        tabIndex={0}
        aria-label={tab === "mine" ? words.list.label : words.list[tab]}
        {...(cursor >= 0 ? { "aria-activedescendant": `row-${ui.cursor}` } : {})}
        onScroll={(e) => setView({ top: e.currentTarget.scrollTop, height: e.currentTarget.clientHeight })}
        onPointerEnter={(e) => setPointed(e.pointerType === "mouse")}
        onPointerLeave={() => setPointed(false)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        <div class="list-space" role="presentation" style={{ height: `${order.length * row}px` }}>
          {windowOf(order.length, row, view, cursor).map((i) => {
            const contact = told?.rows.get(order[i] ?? "");
            return (
              contact && (
                <RowView
                  key={contact.id}
                  tab={tab}
                  row={contact}
                  i={i}
                  n={order.length}
                  top={i * row}
                  cursor={i === cursor}
                  open={ui.open === contact.id}
                  count={unread(state, contact)}
                  draft={app.drafts.get(state.me?.id ?? "", contact.id, "reply") !== ""}
                  lang={settings.lang}
                  hour={Math.floor(app.at() / 3_600_000)}
                />
              )
            );
          })}
        </div>
      </div>
      {order.length === 0 && (told || !fault) && <Empty tab={tab} told={told !== undefined} />}
    </div>
  );
}

/** Finished, but for their result: they come before what is finished. */
function TodoList() {
  const { app } = useDesk();
  const words = useWords();
  return (
    <ul class="todo">
      {app.view.state.todo.map((one) => (
        <li key={one.case}>
          <span class="todo-main">
            <b class="tabular">{one.case}</b>
            <small>{words.list.todoHint}</small>
          </span>
          <button
            type="button"
            class="btn"
            onClick={() => app.form({ kind: "wrapup", contact: one.contact, todo: true })}
          >
            {words.list.fill}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Tools() {
  const { app } = useDesk();
  const words = useWords();
  const { ui } = app.view;
  return (
    <div class="list-tools">
      <label class="sort">
        <Hidden>{words.list.sort}</Hidden>
        <select value={ui.sort} onChange={(e) => app.ui({ sort: e.currentTarget.value as Sort })}>
          <option value="due">{words.list.due}</option>
          <option value="newest">{words.list.newest}</option>
          <option value="waiting">{words.list.waiting}</option>
        </select>
      </label>
      <span class="grow" />
      <button
        type="button"
        class="toggle"
        aria-pressed={ui.unanswered}
        onClick={() => app.ui({ unanswered: !ui.unanswered })}
      >
        {words.list.unanswered}
      </button>
    </div>
  );
}

/** Why the site does not tell. "Busy" is over when it is asked again. */
function faultOf(app: App, asks: readonly Ask[]): string {
  const codes = asks.map((ask) => app.view.state.verdicts.get(askSubject(ask))?.code ?? "");
  const code = codes.find((one) => one !== "" && one !== "busy");
  return code ? refusalText(app.words, code) : "";
}

const TABS: readonly Tab[] = ["mine", "queue", "done"];

export function ListPane() {
  const { app } = useDesk();
  const words = useWords();
  const { state, ui } = app.view;
  const { tab } = ui;
  const count = lineCount(state);
  const queues = ownQueues(state).map(waitingIn);
  const own: readonly Ask[] = { mine: [], queue: queues, done: [{ type: "finished" } as const] }[tab];
  const known = tab === "mine" || (tab === "done" && state.done);
  useAsking(
    tab !== "queue" && count !== "" ? [...own, ...queues] : own,
    known ? EVERY_MS.beside : EVERY_MS.looked_at,
    [state.waiting, state.done, state.verdicts],
    tab === "done" ? state.gone : tab,
  );
  const fault = faultOf(app, own);
  const counts = { mine: state.contacts.size, queue: count, done: "" };
  return (
    <>
      <div class="list-tabs" role="tablist" aria-label={words.list.label}>
        {TABS.map((id, i) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={tab === id}
            aria-controls="list-panel"
            tabIndex={tab === id ? 0 : -1}
            onClick={() => app.ui({ tab: id })}
            onKeyDown={(e) => {
              const by = { ArrowLeft: 2, ArrowRight: 1 }[e.key];
              const other = by && TABS[(i + by) % 3];
              if (!other) return;
              e.stopPropagation();
              app.ui({ tab: other });
              document.getElementById(`tab-${other}`)?.focus();
            }}
          >
            {words.list[id]} <span class="tabular tab-count">{counts[id]}</span>
            {id === "done" && state.todo.length > 0 && (
              <span class="chip warn">
                {badge(state.todo.length)} <Hidden>{words.list.todoHint}</Hidden>
              </span>
            )}
          </button>
        ))}
      </div>
      {tab === "mine" && <Tools />}
      <div class="list-panel" id="list-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {fault && (
          <p class="fault list-fault" role="alert">
            <Icon path={icons.warning} /> {fault}
          </p>
        )}
        {tab === "done" && state.todo.length > 0 && <TodoList />}
        <List key={tab} tab={tab} fault={fault} />
      </div>
    </>
  );
}
