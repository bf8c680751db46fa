// The case: number, kind (the agent may correct it), priority, where it waits, and why it came here.

import {
  CopyButton,
  Countdown,
  Elapsed,
  Icon,
  Keys,
  priorityWord,
  refusalText,
  useDesk,
  useLang,
  useWords,
} from "./pieces";
import { SHOWN } from "./keys";
import { dueSoon, nameIn, optionName, pending } from "./select";
import type { Row } from "./protocol";
import * as icons from "../../../channels/http/browser/icons";
import { fill } from "../../../channels/http/browser/words";

function Kind({ row }: { row: Row }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const going = pending(state, `classify:${row.id}`);
  const chosen = going?.command.type === "classify" ? going.command.kind : row.kind;
  const verdict = state.verdicts.get(`classify:${row.id}`);
  return (
    <>
      <select
        aria-label={words.panel.change}
        value={chosen}
        onChange={(e) => app.command({ type: "classify", contact: row.id, v: row.v, kind: e.currentTarget.value })}
      >
        {row.kind === "" && (
          <option value="" disabled>
            {words.panel.unclassified}
          </option>
        )}
        {state.lists.kinds.map((kind) => (
          <option key={kind.id} value={kind.id}>
            {nameIn(kind, lang)}
          </option>
        ))}
      </select>
      {going && <span class="spin" aria-hidden="true" />}
      {verdict && <p class="fault">{refusalText(words, verdict.code)}</p>}
    </>
  );
}

export function CaseSection({ row, live }: { row: Row; live: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  return (
    <section class="panel-section" aria-label={words.panel.case}>
      <h2>{words.panel.case}</h2>
      <dl>
        {row.case && (
          <>
            <dt>{words.panel.number}</dt>
            <dd class="tabular">
              {row.case} <CopyButton text={row.case} label={`${words.copy} ${words.panel.number}`} />
            </dd>
          </>
        )}
        <dt>{words.panel.kind}</dt>
        <dd>{live ? <Kind row={row} /> : optionName(state.lists.kinds, row.kind, lang) || words.panel.unclassified}</dd>
        {row.queue && (
          <>
            <dt>{words.panel.queue}</dt>
            <dd>{optionName(state.lists.queues, row.queue, lang)}</dd>
          </>
        )}
        {row.priority && (
          <>
            <dt>{words.panel.priority}</dt>
            <dd>
              <span class={`level ${row.priority}`}>{priorityWord(words, row.priority)}</span>
            </dd>
          </>
        )}
        {row.urgency && (
          <>
            <dt>{words.panel.urgency}</dt>
            <dd>{priorityWord(words, row.urgency)}</dd>
          </>
        )}
        {live && row.since > 0 && (
          <>
            <dt>{words.panel.since}</dt>
            <dd>
              <Elapsed since={row.since} />
            </dd>
          </>
        )}
        {dueSoon(row, app.at()) > 0 && (
          <>
            <dt>{words.panel.deadline}</dt>
            <dd>
              <Countdown due={row.due} warn_ms={60_000} />
            </dd>
          </>
        )}
        {row.transfers > 0 && (
          <>
            <dt>{words.panel.transfers}</dt>
            <dd>{fill(words.panel.times, { n: row.transfers })}</dd>
          </>
        )}
      </dl>
      <button type="button" class="btn wide" onClick={() => app.form({ kind: "explain", contact: row.id })}>
        <Icon path={icons.info} /> {words.panel.why} <Keys of={SHOWN.why ?? []} />
      </button>
    </section>
  );
}
