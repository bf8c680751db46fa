// The conversation list: a listbox that keeps at most 40 rows in the DOM and never moves under the pointer or focus.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import {
  Avatar,
  channelWord,
  Countdown,
  Elapsed,
  Grade,
  Hidden,
  Icon,
  memo,
  useDesk,
  useLang,
  useWords,
} from "./pieces";
import { dueSoon, optionName, unansweredSince, unread, type Sort } from "./select";
import { heldOrder, listOrder, moved, shownOrder, windowOf, type Window } from "./order";
import type { Row } from "./protocol";
import { goOnline } from "./top";
import * as icons from "../../../channels/http/browser/icons";
import { badge, listTime } from "../../../channels/http/browser/format";
import { fill, plural, type Lang } from "../../../channels/http/browser/words";
import type { App } from "./app";

const ROW = { comfortable: 68, compact: 52 } as const;

function stateText(app: App, row: Row): string {
  const words = app.words;
  if (row.state === "connecting" && row.ticket) return words.state.called;
  return row.state === "active" ? "" : words.state[row.state];
}

function RowMeta({ row }: { row: Row }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { lists } = app.view.state;
  const state = stateText(app, row);
  const since = unansweredSince(row);
  const what = row.kind ? optionName(lists.kinds, row.kind, lang) : optionName(lists.queues, row.queue, lang);
  return (
    <span class="row-meta">
      {state ? <span class="row-state">{state}</span> : <span class="row-kind">{what}</span>}
      {row.away && row.state === "active" && (
        <span class="row-away" title={words.list.customerAway}>
          <Icon path={icons.offline} size={12} />
          <Hidden>{words.list.customerAway}</Hidden>
        </span>
      )}
      <span class="grow" />
      {dueSoon(row, app.at()) > 0 ? (
        <Countdown due={row.due} warn_ms={60_000} />
      ) : (
        since > 0 && (
          <span class="row-wait" title={fill(words.list.waits, { time: "" })}>
            <Icon path={icons.clock} size={12} />
            <Elapsed since={since} />
          </span>
        )
      )}
    </span>
  );
}

/** On touch the keyboard would jump up: there the text box waits to be tapped. */
export const coarse = (): boolean => matchMedia("(pointer:coarse)").matches;

export function customerName(app: App, row: Pick<Row, "customer" | "ticket">): string {
  return row.customer.name || row.ticket || app.words.panel.anonymous;
}

interface RowProps {
  readonly row: Row;
  readonly i: number;
  readonly n: number;
  readonly top: number;
  readonly cursor: boolean;
  readonly open: boolean;
  readonly count: number;
  readonly draft: boolean;
  readonly lang: Lang;
  /** Changes when "14:05" may have become "yesterday". */
  readonly hour: number;
}

function RowBody({ row, i, n, top, cursor, open, count, draft, lang }: RowProps) {
  const { app } = useDesk();
  const words = useWords();
  const { state } = app.view;
  const at = row.last?.at ?? row.since;
  const mine = row.last?.by === "agent";
  return (
    <div
      id={`row-${row.id}`}
      role="option"
      class={`row${row.state === "paused" ? " paused" : ""}`}
      aria-selected={open}
      data-cursor={cursor}
      aria-posinset={i + 1}
      aria-setsize={n}
      style={{ top: `${top}px` }}
      onClick={() => app.openTalk(row.id, !coarse())}
    >
      <Avatar name={row.customer.name || row.ticket} channel={row.channel} away={row.away} />
      <span class="row-main">
        <span class="row-head">
          <b class="row-name">{customerName(app, row)}</b>
          {row.ticket && row.customer.name && <span class="chip ticket">{row.ticket}</span>}
          <Grade grade={row.customer.grade} />
          <Hidden>{channelWord(words, row.channel)}</Hidden>
          <span class="grow" />
          <time class="row-time">{listTime(at, app.at(), lang, state.zone)}</time>
        </span>
        <span class="row-line">
          <span class="row-preview">
            {draft && <Icon path={icons.note} size={12} />}
            {mine && (
              <span class="row-mine">
                {words.list.you}
                {words.colon}
              </span>
            )}
            {row.last?.text ?? ""}
          </span>
          {count > 0 && (
            <span class="unread">
              <span aria-hidden="true">{badge(count)}</span>
              <Hidden>{fill(words.list.unread, { n: count })}</Hidden>
            </span>
          )}
        </span>
        <RowMeta row={row} />
      </span>
    </div>
  );
}

const RowView = memo(RowBody);

function Empty() {
  const { app } = useDesk();
  const words = useWords();
  const { presence } = app.view.state;
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

export function List() {
  const { app } = useDesk();
  const words = useWords();
  const { state, ui, settings } = app.view;
  const [view, setView] = useState<Window>({ top: 0, height: 900 });
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const fresh = useMemo(() => listOrder(app), [state.contacts, ui.sort, ui.unanswered]);
  const { order, updates, apply } = useHeld(fresh, pointed || focused);
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
        aria-label={words.list.label}
        {...(cursor >= 0 ? { "aria-activedescendant": `row-${ui.cursor}` } : {})}
        onScroll={(e) => setView({ top: e.currentTarget.scrollTop, height: e.currentTarget.clientHeight })}
        onPointerEnter={(e) => setPointed(e.pointerType === "mouse")}
        onPointerLeave={() => setPointed(false)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        <div class="list-space" role="presentation" style={{ height: `${order.length * row}px` }}>
          {windowOf(order.length, row, view, cursor).map((i) => {
            const contact = state.contacts.get(order[i] ?? "");
            return (
              contact && (
                <RowView
                  key={contact.id}
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
      {order.length === 0 && state.loaded && <Empty />}
    </div>
  );
}

function TodoList() {
  const { app } = useDesk();
  const words = useWords();
  const { todo } = app.view.state;
  if (todo.length === 0) return <p class="list-empty">{words.list.emptyTodo}</p>;
  return (
    <ul class="todo">
      {todo.map((one) => (
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

export function ListPane() {
  const { app } = useDesk();
  const words = useWords();
  const { state, ui } = app.view;
  const tabs = [
    { id: "mine" as const, text: words.list.mine, n: state.contacts.size },
    { id: "todo" as const, text: words.list.todo, n: state.todo.length },
  ];
  return (
    <>
      <div class="list-tabs" role="tablist" aria-label={words.list.label}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`tab-${tab.id}`}
            aria-selected={ui.tab === tab.id}
            aria-controls="list-panel"
            tabIndex={ui.tab === tab.id ? 0 : -1}
            onClick={() => app.ui({ tab: tab.id })}
            onKeyDown={(e) => {
              if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
              e.stopPropagation();
              const other = tab.id === "mine" ? "todo" : "mine";
              app.ui({ tab: other });
              document.getElementById(`tab-${other}`)?.focus();
            }}
          >
            {tab.text} <span class="tabular tab-count">{tab.n}</span>
          </button>
        ))}
      </div>
      {ui.tab === "mine" && (
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
      )}
      <div class="list-panel" id="list-panel" role="tabpanel" aria-labelledby={`tab-${ui.tab}`}>
        {ui.tab === "mine" ? <List /> : <TodoList />}
      </div>
    </>
  );
}
