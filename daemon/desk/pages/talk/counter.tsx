// A customer at the counter: the number, the time until "arrived" is assumed, and what the agent can say about it.

import { Countdown, Elapsed, Icon, refusalText, useDesk, useWords } from "../pieces";
import type { Row } from "../protocol";
import { pending } from "../select";
import * as icons from "../../../../channels/http/browser/icons";
import { fill } from "../../../../channels/http/browser/words";

type Verb = "recall" | "serve" | "absent";

export function CounterView({ row }: { row: Row }) {
  const { app } = useDesk();
  const words = useWords();
  const { state } = app.view;
  const called = row.state === "connecting";
  const going = (["recall", "serve", "absent", "done"] as const).find((v) => pending(state, `${v}:${row.id}`));
  const verdict = (["recall", "serve", "absent"] as const)
    .map((v) => state.verdicts.get(`${v}:${row.id}`))
    .find(Boolean);
  const [before, after] = words.counter.calledFor.split("{time}");
  const say = (type: Verb): void => {
    if (!going) app.command({ type, contact: row.id });
  };
  return (
    <section class="counter" aria-label={words.counter.desk}>
      <div class="counter-number">
        <small>{words.counter.ticket}</small>
        <b class="tabular">{row.ticket}</b>
        {row.counter && <span class="chip">{fill(words.presence.counter, { counter: row.counter })}</span>}
      </div>
      <div class="counter-state" role="status">
        <p class="counter-now">
          {called ? (
            <>
              <Icon path={icons.bell} /> {words.counter.called}
            </>
          ) : (
            <>
              <Icon path={icons.person} /> {words.counter.serving} <Elapsed since={row.since} />
            </>
          )}
        </p>
        {called && row.due > 0 && (
          <p class="counter-due">
            {before}
            <Countdown due={row.due} warn_ms={10_000} />
            {after}
          </p>
        )}
        {!called && row.assumed && <p class="counter-due">{words.counter.assumed}</p>}
        {verdict && <p class="fault">{refusalText(words, verdict.code)}</p>}
      </div>
      <div class="counter-buttons">
        {called && (
          <button type="button" class="btn primary" aria-disabled={going !== undefined} onClick={() => say("serve")}>
            {words.counter.serve}
          </button>
        )}
        {called && (
          <button type="button" class="btn" aria-disabled={going !== undefined} onClick={() => say("recall")}>
            {words.counter.recall}
          </button>
        )}
        {!called && (
          <button
            type="button"
            class="btn primary"
            onClick={() => app.form({ kind: "wrapup", contact: row.id, todo: false })}
          >
            {words.counter.done}
          </button>
        )}
        <button
          type="button"
          class="btn"
          title={words.counter.absentHint}
          aria-disabled={going !== undefined}
          onClick={() => say("absent")}
        >
          {words.counter.absent}
        </button>
        {going && <span class="spin" aria-hidden="true" />}
      </div>
    </section>
  );
}
