// Who waits in a queue, in the order in which they will be served: asked again with each frame of the wall.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ActDialog, type Act } from "./act";
import { lineAction } from "./keys";
import { placeOf } from "./listen";
import { Live } from "./live";
import { stand } from "./steps";
import { useWords } from "./words";
import { useAsking, waitingIn } from "../ask";
import { Dialog } from "../dialog";
import { Explain } from "../explain";
import { customerName } from "../rows";
import { channelIcon, channelWord, Grade, Icon, Keys, Menu, refusalText, useDesk, useLang, useNow } from "../pieces";
import { optionName } from "../select";
import { askSubject } from "../state";
import { Untakens } from "../untaken";
import type { Waiting } from "../protocol";
import * as icons from "../../../../channels/http/browser/icons";
import { count, elapsed } from "../../../../channels/http/browser/format";
import { fill } from "../../../../channels/http/browser/words";

interface RowProps {
  readonly c: Waiting;
  readonly place: number;
  readonly late_ms: number;
  readonly why: () => void;
  readonly act: (kind: Step) => void;
}
type Step = Extract<Act, { contact?: Waiting }>["kind"];

function WaitingRow({ c, place, late_ms, why, act }: RowProps) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const waited = useNow() - c.since;
  const { urgent, state } = stand(app, c);
  return (
    <tr tabIndex={place === 1 ? 0 : -1} data-id={c.id}>
      <td class="number">{count(place)}</td>
      <th scope="row">
        {customerName(app, c)} <Grade grade={c.customer.grade} />
        {c.customer.masked && <small class="tabular">{c.customer.masked}</small>}
      </th>
      <td>
        <Icon path={channelIcon(c.channel)} /> {channelWord(words, c.channel)}
      </td>
      <td class="tabular">{c.case}</td>
      <td class={late_ms > 0 && waited >= late_ms ? "number late" : "number"}>
        {late_ms > 0 && waited >= late_ms && <Icon path={icons.warning} size={14} />} {elapsed(waited, lang)}
      </td>
      <td>{urgent}</td>
      <td>
        {state}
        {c.away && <small>{words.list.customerAway}</small>}
      </td>
      <td class="no-tv">
        <button type="button" class="btn small" onClick={why}>
          <Icon path={icons.help} size={14} /> {words.panel.whyShort}
        </button>{" "}
        <button type="button" class="btn small" onClick={() => act("reassign")}>
          <Icon path={icons.transfer} size={14} /> {words.wall.toOther}
        </button>
        <Menu
          label={`${words.wall.actions}${words.colon}${customerName(app, c)}`}
          items={[
            { id: "priority", label: words.wall.priorityHeading, icon: icons.flag, run: () => act("priority") },
            { id: "end", label: words.wall.endHeading, icon: icons.stop, run: () => act("end") },
          ]}
        >
          <Icon path={icons.more} size={20} />
        </Menu>
      </td>
    </tr>
  );
}

/** ↑↓ from row to row, Enter for its reasons, a letter for a step. Who leaves hands the focus to who takes the place. */
function useRows(rows: readonly Waiting[], why: (c: Waiting) => void, act: (kind: Step, c: Waiting) => void) {
  const { app, ime } = useDesk();
  const table = useRef<HTMLTableSectionElement>(null);
  const place = useRef(0);
  const all = (): HTMLElement[] => [...(table.current?.querySelectorAll<HTMLElement>("tr") ?? [])];
  const here = (): number => all().findIndex((row) => row.contains(document.activeElement));
  const go = (to: number): void => all()[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
  const began = useRef(false);
  useLayoutEffect(() => {
    const at = here();
    if (at >= 0) place.current = at;
    else if (rows.length > 0 && (!began.current || document.activeElement === document.body)) go(place.current);
    began.current ||= rows.length > 0;
  }, [rows]);
  const onKeyDown = (e: KeyboardEvent): void => {
    if (e.defaultPrevented || ime.busy(e)) return;
    const action = lineAction(e, placeOf(e.target as HTMLElement, "[role=menu]", app.view.settings.letters));
    const at = here();
    const c = rows[at];
    if (action === "next") go(at + 1);
    else if (action === "previous") go(at - 1);
    else if (action === "open" && c) why(c);
    else if ((action === "priority" || action === "end") && c) act(action, c);
    else return;
    e.preventDefault();
  };
  return { table, onKeyDown, onFocusIn: () => (place.current = Math.max(0, here())) };
}

export function WaitingList({ queue, close }: { queue: string; close: () => void }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const ask = waitingIn(queue);
  const subject = askSubject(ask);
  const answer = state.waiting.get(queue);
  const verdict = state.verdicts.get(subject);
  const denied = verdict?.code === "not_permitted";
  useAsking(denied ? [] : [ask], 60_000, [answer, verdict], state.wall?.at);
  useEffect(() => {
    app.forgive(subject);
    return () => app.forgive(subject);
  }, []);
  const [why, setWhy] = useState<Waiting | undefined>(undefined);
  const [act, setAct] = useState<Act | undefined>(undefined);
  const open = (kind: Step, contact: Waiting): void => setAct({ kind, contact });
  const { wall, lists } = state;
  const rows = answer ?? [];
  const { table, onKeyDown, onFocusIn } = useRows(rows, setWhy, open);
  const of = wall?.queues.find((q) => q.id === queue)?.waiting ?? 0;
  return (
    <Dialog
      label={fill(words.wall.line, { queue: optionName(lists.queues, queue, lang) })}
      class="line"
      onClose={close}
    >
      <p class="line-head">
        <Live />
        {rows.length < of && rows.length > 0 && <span>{fill(words.wall.lineMost, { n: rows.length, of })}</span>}
      </p>
      <Untakens />
      {!answer && !verdict && <p class="quiet-text">{words.loading}</p>}
      {verdict && (
        <p class="fault" role="alert">
          <Icon path={denied ? icons.lock : icons.warning} />{" "}
          {denied ? words.wall.notYours : refusalText(words, verdict.code)}
        </p>
      )}
      {answer && rows.length === 0 && (
        <p class="calm">
          <Icon path={icons.check} /> {words.refused.empty}
        </p>
      )}
      {rows.length > 0 && (
        <table onKeyDown={onKeyDown} onFocusIn={onFocusIn}>
          <caption class="hidden">{words.wall.lineCaption}</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                {words.wall.place}
              </th>
              <th scope="col">{words.panel.customer}</th>
              <th scope="col">{words.wall.channel}</th>
              <th scope="col">{words.panel.case}</th>
              <th scope="col" class="number">
                {words.wall.waited}
              </th>
              <th scope="col">
                {words.panel.priority} / {words.panel.urgency}
              </th>
              <th scope="col">{words.wall.status}</th>
              <th scope="col" class="no-tv">
                {words.wall.actions}
              </th>
            </tr>
          </thead>
          <tbody ref={table}>
            {rows.map((c, i) => (
              <WaitingRow
                key={c.id}
                c={c}
                place={i + 1}
                late_ms={wall?.long_wait_ms ?? 0}
                why={() => setWhy(c)}
                act={(kind) => open(kind, c)}
              />
            ))}
          </tbody>
        </table>
      )}
      <p class="line-keys no-tv">
        <Keys of={["↑", "↓"]} /> {words.wall.keysMove} <Keys of={["Enter"]} /> {words.explain.waiting}{" "}
        {app.view.settings.letters && (
          <>
            <Keys of={["P"]} /> {words.wall.priorityHeading} <Keys of={["E"]} /> {words.wall.endHeading}{" "}
          </>
        )}
        <Keys of={["Esc"]} /> {words.close}
      </p>
      {why && <Explain contact={why.id} close={() => setWhy(undefined)} />}
      {act && <ActDialog act={act} close={() => setAct(undefined)} />}
    </Dialog>
  );
}
