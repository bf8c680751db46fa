// One row of the list with its three faces: the agent's own, one who waits, one that is finished.

import {
  Avatar,
  channelWord,
  Countdown,
  Elapsed,
  Grade,
  Hidden,
  Icon,
  memo,
  priorityWord,
  useDesk,
  useLang,
  useWords,
} from "./pieces";
import { dueSoon, optionName, unansweredSince } from "./select";
import type { App } from "./app";
import type { Row } from "./protocol";
import type { Tab } from "./ui";
import * as icons from "../../../channels/http/browser/icons";
import { badge, listTime } from "../../../channels/http/browser/format";
import { fill, type Lang } from "../../../channels/http/browser/words";

/** On touch the keyboard would jump up: there the text box waits to be tapped. */
export const coarse = (): boolean => matchMedia("(pointer:coarse)").matches;

export function customerName(app: App, row: Pick<Row, "customer" | "ticket">): string {
  return row.customer.name || row.ticket || app.words.panel.anonymous;
}

function stateText(app: App, row: Row): string {
  const words = app.words;
  if (row.state === "connecting" && row.ticket) return words.state.called;
  return row.state === "active" ? "" : words.state[row.state];
}

function Away() {
  const words = useWords();
  return (
    <span class="row-away" title={words.list.customerAway}>
      <Icon path={icons.offline} size={12} />
      <Hidden>{words.list.customerAway}</Hidden>
    </span>
  );
}

interface RowProps {
  readonly tab: Tab;
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

function MineLines({ row, count, draft }: RowProps) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { lists } = app.view.state;
  const state = stateText(app, row);
  const since = unansweredSince(row);
  const what = row.kind ? optionName(lists.kinds, row.kind, lang) : optionName(lists.queues, row.queue, lang);
  return (
    <>
      <span class="row-line">
        <span class="row-preview">
          {draft && <Icon path={icons.note} size={12} />}
          {row.last?.by === "agent" && (
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
      <span class="row-meta">
        {state ? <span class="row-state">{state}</span> : <span class="row-kind">{what}</span>}
        {row.away && row.state === "active" && <Away />}
        <span class="grow" />
        {dueSoon(row, app.at()) > 0 ? (
          <Countdown due={row.due} warn_ms={60_000} />
        ) : (
          since > 0 && (
            <span class="row-wait" title={fill(words.offer.waited, { time: "" })}>
              <Icon path={icons.clock} size={12} />
              <Elapsed since={since} />
            </span>
          )
        )}
      </span>
    </>
  );
}

/** What they want, how urgent it is to us, where they stand. */
function QueueLines({ row }: RowProps) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { lists, waiting } = app.view.state;
  const kind = optionName(lists.kinds, row.kind, lang);
  const queue = optionName(lists.queues, row.queue, lang);
  const n = 1 + (waiting.get(row.queue) ?? []).findIndex((one) => one.id === row.id);
  return (
    <>
      <span class="row-line">
        <span class="row-preview tabular">
          {[kind, row.customer.masked].filter(Boolean).join(" · ") || channelWord(words, row.channel)}
        </span>
        {row.state === "offered" && <span class="chip">{words.state.offered}</span>}
      </span>
      <span class="row-meta">
        <span class="row-kind">
          {queue} · {fill(words.explain.place, { n })}
        </span>
        {row.away && <Away />}
        <span class="grow" />
        <span class={`level ${row.priority}`}>
          {words.panel.priority} {priorityWord(words, row.priority)}
        </span>
      </span>
    </>
  );
}

function DoneLines({ row }: RowProps) {
  const { lists } = useDesk().app.view.state;
  const lang = useLang();
  return (
    <>
      <span class="row-line row-preview tabular">{row.case}</span>
      <span class="row-meta">
        <span class="row-kind">
          {[optionName(lists.kinds, row.kind, lang), optionName(lists.dispositions, row.disposition, lang)]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
    </>
  );
}

const LINES = { mine: MineLines, queue: QueueLines, done: DoneLines };

function RowBody(props: RowProps) {
  const { tab, row, i, n, top, cursor, open, lang } = props;
  const { app } = useDesk();
  const words = useWords();
  const { state } = app.view;
  const Lines = LINES[tab];
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
      onClick={() => app.pick(row.id, !coarse())}
    >
      <Avatar name={row.customer.name || row.ticket} channel={row.channel} away={row.away} />
      <span class="row-main">
        <span class="row-head">
          <b class="row-name">{customerName(app, row)}</b>
          {row.ticket && row.customer.name && <span class="chip ticket">{row.ticket}</span>}
          <Grade grade={row.customer.grade} />
          <Hidden>{channelWord(words, row.channel)}</Hidden>
          <span class="grow" />
          {tab === "queue" ? (
            <span class="row-time row-wait">
              <Icon path={icons.clock} size={12} />
              <Elapsed since={row.since} />
            </span>
          ) : (
            <time class="row-time">
              {listTime((tab === "mine" && row.last?.at) || row.since, app.at(), lang, state.zone)}
            </time>
          )}
        </span>
        <Lines {...props} />
      </span>
    </div>
  );
}

export const RowView = memo(RowBody);
