// One conversation: who, state, deadline and what can be done; below it the transcript or the counter; the composer.

import type { ComponentChildren } from "preact";
import { Composer } from "../composer";
import { customerName } from "../rows";
import {
  channelWord,
  CopyButton,
  Countdown,
  Grade,
  Icon,
  Keys,
  Menu,
  useDesk,
  useNow,
  useWords,
  type MenuItem,
} from "../pieces";
import { readRow } from "../decode";
import { SHOWN } from "../keys";
import type { Row } from "../protocol";
import { dueSoon } from "../select";
import { untakenText } from "../untaken";
import { CounterView } from "./counter";
import { Transcript } from "./transcript";
import * as icons from "../../../../channels/http/browser/icons";

export const canTransfer = (row: Row): boolean => row.state === "active" || row.state === "paused";
export const canResolve = (row: Row): boolean =>
  row.state === "active" || row.state === "paused" || row.state === "wrapup";

function StateWord({ row }: { row: Row }) {
  const words = useWords();
  if (row.state === "active" && !row.away) return null;
  const called = row.state === "connecting" && row.ticket !== "";
  const text = row.state === "active" ? words.list.customerAway : called ? words.state.called : words.state[row.state];
  return <span class={`state ${row.state}`}>{text}</span>;
}

function WrapupTimer({ row }: { row: Row }) {
  const { app } = useDesk();
  const words = useWords();
  const now = useNow();
  if (row.state !== "wrapup" || row.due <= 0 || row.due < now - 60_000) return null;
  return (
    <span class="wrapup-timer">
      {words.talk.wrapup} <Countdown due={row.due} warn_ms={10_000} />
      <button type="button" class="btn small" onClick={() => app.command({ type: "extend", contact: row.id })}>
        {words.talk.extend}
      </button>
    </span>
  );
}

function Head({ row, live }: { row: Row; live: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const transfer = (): void => app.form({ kind: "transfer", contact: row.id });
  const resolve = (): void => app.form({ kind: "wrapup", contact: row.id, todo: false });
  const panel = (): void => app.ui({ drawer: !app.view.ui.drawer, pane: "panel" });
  const why = (): void => app.form({ kind: "explain", contact: row.id });
  const more: MenuItem[] = [
    ...(live && canTransfer(row)
      ? [{ id: "t", label: words.commands.transfer, icon: icons.transfer, run: transfer }]
      : []),
    ...(live && canResolve(row) ? [{ id: "e", label: words.talk.resolve, icon: icons.check, run: resolve }] : []),
    { id: "p", label: words.talk.panel, icon: icons.person, run: panel },
    { id: "w", label: words.panel.whyShort, icon: icons.info, run: why },
  ];
  return (
    <header class="talk-head">
      <button
        type="button"
        class="btn quiet square only-narrow"
        aria-label={words.back}
        onClick={() => app.ui({ pane: "list" })}
      >
        <Icon path={icons.left} size={20} />
      </button>
      <div class="talk-who">
        <h2>
          <span class="talk-name">{customerName(app, row)}</span> <Grade grade={row.customer.grade} />
        </h2>
        <p class="talk-sub">
          <span class="talk-channel">{channelWord(words, row.channel)}</span>
          {row.case && (
            <span class="tabular case-no">
              {row.case}
              <CopyButton text={row.case} label={`${words.copy} ${words.panel.number}`} />
            </span>
          )}
          <StateWord row={row} />
          {row.state !== "wrapup" && dueSoon(row, app.at()) > 0 && <Countdown due={row.due} warn_ms={60_000} />}
          {live && <WrapupTimer row={row} />}
        </p>
      </div>
      <div class="talk-actions only-wide">
        {live && canTransfer(row) && (
          <button type="button" class="btn" onClick={transfer}>
            <Icon path={icons.transfer} /> {words.commands.transfer} <Keys of={SHOWN.transfer ?? []} />
          </button>
        )}
        {live && canResolve(row) && (
          <button type="button" class="btn" onClick={resolve}>
            <Icon path={icons.check} /> {words.talk.resolve} <Keys of={SHOWN.resolve ?? []} />
          </button>
        )}
        <button
          type="button"
          class="btn quiet square only-drawer"
          aria-label={words.talk.panel}
          title={words.talk.panel}
          aria-expanded={app.view.ui.drawer}
          onClick={panel}
        >
          <Icon path={icons.person} />
        </button>
      </div>
      <Menu label={words.talk.minimised} class="only-narrow" items={more}>
        <Icon path={icons.more} size={20} />
      </Menu>
    </header>
  );
}

/** What happened to the conversation that the agent should know before writing. */
function Banner({ row, live }: { row: Row; live: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const lines: ComponentChildren[] = [];
  const gone = app.view.state.gone.get(row.id);
  if (!live && gone) {
    const known = (words.talk.goneWhy as Readonly<Record<string, string>>)[gone.why];
    lines.push(
      <>
        <Icon path={icons.info} /> {gone.untaken ? untakenText(app, gone.untaken) : (known ?? words.talk.gone)}
        {row.ticket && ["absent", "abandoned"].includes(gone.why) && (
          <button type="button" class="btn small" onClick={() => app.command({ type: "recall", contact: row.id })}>
            {words.counter.recall}
          </button>
        )}
      </>,
    );
  } else if (!live) {
    lines.push(
      <>
        <Icon path={icons.lock} /> {app.view.state.done?.includes(row) ? words.talk.event.ended : words.talk.foreign}
      </>,
    );
  } else if (row.state === "paused") {
    lines.push(
      <>
        <Icon path={icons.pause} /> {words.talk.paused}
      </>,
    );
  } else if (row.away && row.state === "active") {
    lines.push(
      <>
        <Icon path={icons.offline} /> {words.talk.away}
      </>,
    );
  }
  return lines.length === 0 ? null : <p class="banner">{lines}</p>;
}

/** A contact known only by its number (found, or one of a customer's earlier ones). */
export const strangerRow = (id: string, number: string): Row => readRow({ id, case: number, state: "closed" });

/** Case number of a contact, wherever this page came across it. */
function numberOf(app: ReturnType<typeof useDesk>["app"], id: string): string {
  const { found, earlier, todo } = app.view.state;
  if (found?.contacts.includes(id)) return found.case;
  for (const contacts of earlier.values()) {
    const one = contacts.find((c) => c.contact === id);
    if (one) return one.case;
  }
  return todo.find((t) => t.contact === id)?.case ?? "";
}

export function openRow(app: ReturnType<typeof useDesk>["app"]): { row: Row; live: boolean } | undefined {
  const { state, ui } = app.view;
  if (ui.open === "") return undefined;
  const mine = state.contacts.get(ui.open);
  if (mine) return { row: mine, live: true };
  const past = state.done?.find((row) => row.id === ui.open) ?? state.gone.get(ui.open)?.row;
  return { row: past ?? strangerRow(ui.open, numberOf(app, ui.open)), live: false };
}

export function TalkPane() {
  const { app } = useDesk();
  const words = useWords();
  const open = openRow(app);
  if (!open) {
    const some = app.view.state.contacts.size > 0;
    return (
      <div class="talk-none">
        <span class="talk-none-mark" aria-hidden="true">
          <Icon path={icons.chat} size={36} />
        </span>
        <h2>{some ? words.talk.pick : words.list.empty}</h2>
        {some && app.view.settings.letters && <p>{words.talk.pickHint}</p>}
      </div>
    );
  }
  const { row, live } = open;
  const counter = row.ticket !== "";
  return (
    <>
      <Head row={row} live={live} />
      <Banner row={row} live={live} />
      {counter && live && <CounterView key={`c${row.id}`} row={row} />}
      <Transcript key={row.id} row={row} live={live} compact={counter && live} />
      {live && row.state !== "closed" && <Composer key={`w${row.id}`} row={row} />}
      {!live && app.view.state.verdicts.has("ask:history") && <p class="fault">{words.talk.noRight}</p>}
    </>
  );
}
