// The wall's queues: how many wait, who the longest, whether anybody is free; which alarm is seen, and what can be done.

import type { RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Act } from "./act";
import { byTrouble, isAlarm, troubleOf, type Trouble } from "./figures";
import { useKeys } from "./listen";
import { useWords } from "./words";
import { heldOrder } from "../order";
import { Icon, Keys, refusalText, useDesk, useLang, useNow } from "../pieces";
import { nameIn, optionName } from "../select";
import type { WallQueue } from "../protocol";
import * as icons from "../../../../channels/http/browser/icons";
import { clock, count, elapsed } from "../../../../channels/http/browser/format";
import { fill } from "../../../../channels/http/browser/words";

function TroubleChip({ trouble, paused, seen }: { trouble: Trouble; paused: boolean; seen: boolean }) {
  const words = useWords();
  const [tone, icon, text] = isAlarm(trouble)
    ? [seen ? "" : trouble === "long" ? "bad" : "warn", icons.warning, words.wall[trouble]]
    : paused
      ? ["", icons.pause, words.wall.paused]
      : ["ok", icons.check, words.wall.open];
  return (
    <span class={`chip ${tone}`}>
      <Icon path={icon} size={14} /> {text}
    </span>
  );
}

function Seen({ by, at }: { by: string; at: number }) {
  const { app } = useDesk();
  const words = useWords();
  const { people, zone } = app.view.state;
  const person = people.get(by);
  const name = person ? nameIn(person.name, app.view.settings.lang) : by;
  return <small class="seen">{fill(words.wall.seen, { name, time: clock(at, zone) })}</small>;
}

function SeeButton({ see }: { see: () => void }) {
  const { app } = useDesk();
  const words = useWords();
  return (
    <button
      type="button"
      class="btn small"
      onClick={(e) => {
        e.currentTarget.closest("tr")?.focus(); // the button goes
        see();
      }}
    >
      <Icon path={icons.check} size={14} /> {words.wall.acknowledge}
      {app.view.settings.letters && <Keys of={["A"]} />}
    </button>
  );
}

interface RowProps {
  readonly q: WallQueue;
  readonly first: boolean;
  readonly see: () => void;
  readonly open: () => void;
  readonly act: (act: Act) => void;
}

function QueueRow({ q, first, see, open, act }: RowProps) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const now = useNow();
  const trouble = troubleOf(q);
  return (
    <tr class={trouble} data-id={q.id} tabIndex={first ? 0 : -1}>
      <th scope="row">
        <button type="button" class="link" aria-haspopup="dialog" title={words.wall.lineCaption} onClick={open}>
          {optionName(app.view.state.lists.queues, q.id, lang)}
        </button>
      </th>
      <td class="number" data-label={words.wall.waiting}>
        {count(q.waiting)}
      </td>
      <td class="number" data-label={words.wall.longest}>
        {q.waiting > 0 && q.oldest_at > 0 ? elapsed(now - q.oldest_at, lang) : "–"}
      </td>
      <td class="number" data-label={words.wall.free}>
        {count(q.free)}
      </td>
      <td>
        <span class="trouble">
          <TroubleChip trouble={trouble} paused={q.paused} seen={q.seen !== undefined} />
          {q.seen && <Seen {...q.seen} />}
        </span>
      </td>
      <td class="no-tv">
        {isAlarm(trouble) && !q.seen && <SeeButton see={see} />}{" "}
        <button type="button" class="btn small" onClick={() => act({ kind: "pause", queue: q, on: !q.paused })}>
          <Icon path={q.paused ? icons.play : icons.pause} size={14} />{" "}
          {q.paused ? words.wall.resume : words.wall.pause}
        </button>
      </td>
    </tr>
  );
}

/** By trouble; held still while somebody points at a row or stands on one. */
function useOrder(queues: readonly WallQueue[]): { rows: WallQueue[]; hold: (yes: boolean) => void } {
  const fresh = byTrouble(queues).map((q) => q.id);
  const kept = useRef<readonly string[]>(fresh);
  const [held, hold] = useState(false);
  kept.current = held ? heldOrder(kept.current, fresh) : fresh;
  return { rows: kept.current.flatMap((id) => queues.filter((q) => q.id === id)), hold };
}

/** ↑↓ from row to row, Enter for who waits there, A for its alarm or, on no row, for the worst one. */
function useRowKeys(table: RefObject<HTMLTableElement | null>, open: (id: string) => void, see: (id: string) => void) {
  const rows = (): HTMLElement[] => [...(table.current?.querySelectorAll<HTMLElement>("tbody tr") ?? [])];
  const current = (): HTMLElement | undefined => rows().find((row) => row.contains(document.activeElement));
  const move = (by: number): void => {
    const all = rows();
    const here = current();
    const to = here ? Math.min(all.length - 1, Math.max(0, all.indexOf(here) + by)) : 0;
    all[to]?.focus();
  };
  useKeys({
    next: () => move(1),
    previous: () => move(-1),
    open: () => {
      const id = current()?.dataset.id;
      if (id) open(id);
    },
    acknowledge: () => see(current()?.dataset.id ?? ""),
  });
}

export function Queues({ act, open }: { act: (act: Act) => void; open: (queue: string) => void }) {
  const { app } = useDesk();
  const words = useWords();
  const table = useRef<HTMLTableElement>(null);
  const wall = app.view.state.wall;
  const queues = wall?.queues ?? [];
  const { rows, hold } = useOrder(queues);
  const see = (id: string): void => {
    const one = rows.find((q) => (id === "" || q.id === id) && isAlarm(troubleOf(q)) && !q.seen);
    if (!one) return;
    app.forgive("ask:acknowledge");
    app.ask({ type: "acknowledge", queue: one.id });
  };
  const verdict = app.view.state.verdicts.get("ask:acknowledge");
  useRowKeys(table, open, see);
  if (!wall) return null;
  const nobody = wall.queues.every((q) => q.waiting === 0);
  return (
    <section class="wall-card" aria-label={words.transfer.queues}>
      <header class="wall-card-head">
        <h2>{words.transfer.queues}</h2>
        {nobody && (
          <p class="calm">
            <Icon path={icons.check} /> {words.refused.empty}
          </p>
        )}
        {verdict && (
          <p class="fault" role="alert">
            <Icon path={icons.warning} /> {refusalText(words, verdict.code)}
          </p>
        )}
      </header>
      <table
        class="queues"
        ref={table}
        onFocusIn={() => hold(true)}
        onFocusOut={() => hold(false)}
        onPointerEnter={(e) => hold(e.pointerType === "mouse")}
        onPointerLeave={() => hold(table.current?.contains(document.activeElement) ?? false)}
      >
        <caption class="hidden">{words.wall.queuesCaption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.panel.queue}</th>
            <th scope="col" class="number">
              {words.wall.waiting}
            </th>
            <th scope="col" class="number">
              {words.wall.longest}
            </th>
            <th scope="col" class="number">
              {words.wall.free}
            </th>
            <th scope="col">{words.wall.status}</th>
            <th scope="col" class="no-tv">
              {words.wall.actions}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((q, i) => (
            <QueueRow key={q.id} q={q} first={i === 0} see={() => see(q.id)} open={() => open(q.id)} act={act} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
