// A supervisor's steps on one who waits: another priority, or the end. The form shows the customer as the list tells of
// them now: meanwhile they may be offered to somebody, or gone.

import { useWords, wordsOf, type Words } from "./words";
import type { Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ChoiceList } from "../choice";
import { CodesPart, missingCodes } from "../codes";
import { Dialog, faultText, Foot } from "../dialog";
import { customerName } from "../rows";
import { priorityWord, useDesk, useFocusOnce } from "../pieces";
import { pending, personName } from "../select";
import { subjectOf } from "../state";
import type { Waiting, WallAgent } from "../protocol";
import { fill } from "../../../../channels/http/browser/words";

export const unattendedText = (words: Words, a: WallAgent): string =>
  fill(words.wall.unattended, { counter: a.counter, tickets: a.unattended.join(words.and) });

/** What became of the command about this subject; the form closes when it was done after the form was opened. */
export function useStep(subject: string, close: () => void) {
  const { app } = useDesk();
  const { state } = app.view;
  const opened = useRef(app.now());
  const leave = (): void => {
    app.forgive(subject);
    close();
  };
  const { finished } = state;
  useEffect(() => {
    if (finished.some((one) => subjectOf(one.command) === subject && one.at >= opened.current)) leave();
  }, [finished]);
  return { going: pending(state, subject) !== undefined, verdict: state.verdicts.get(subject), leave };
}

/** The reason that goes into the record: every step has one. */
export function Reason(props: { input: Ref<HTMLInputElement>; invalid: boolean }) {
  const words = useWords();
  return (
    <label class="field">
      <span>
        {words.wall.reason} <small>{words.required}</small>
      </span>
      <input ref={props.input} placeholder={words.wall.reasonHint} aria-invalid={props.invalid} autoComplete="off" />
    </label>
  );
}

const PRIORITIES = ["high", "medium", "low"] as const;

/** "High / medium" and "Offered to Chen 1024". */
export function stand(app: ReturnType<typeof useDesk>["app"], c: Waiting): { urgent: string; state: string } {
  const { view } = app;
  const words = wordsOf(app);
  const names = c.offered.map((one) => personName(view.state, one.agent, view.settings.lang)).join(words.and);
  return {
    urgent: `${priorityWord(words, c.priority)} / ${priorityWord(words, c.urgency)}`,
    state: names ? fill(words.wall.offeredTo, { names }) : words.state[c.state],
  };
}

/** As the list last told of them; `gone`: no longer in it. */
function useLatest(opened: Waiting): { c: Waiting; gone: boolean } {
  const { waiting } = useDesk().app.view.state;
  const last = useRef(opened);
  const here = waiting.get(opened.queue)?.find((one) => one.id === opened.id);
  last.current = here ?? last.current;
  return { c: last.current, gone: here === undefined };
}

function Whom({ c, gone }: { c: Waiting; gone: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const { urgent, state } = stand(app, c);
  return (
    <p>
      {customerName(app, c)} <span class="quiet-text tabular">{c.case}</span>{" "}
      <span class="quiet-text">
        {urgent} · {gone ? words.wall.noLonger : state}
      </span>
    </p>
  );
}

interface StepProps {
  readonly opened: Waiting;
  readonly close: () => void;
}

export function Priority({ opened, close }: StepProps) {
  const { app } = useDesk();
  const words = useWords();
  const { c, gone } = useLatest(opened);
  const { going, verdict, leave } = useStep(`reprioritise:${c.id}`, close);
  const root = useRef<HTMLFormElement>(null);
  const reason = useRef<HTMLInputElement>(null);
  const [priority, setPriority] = useState("");
  const [tried, setTried] = useState(false);
  useEffect(() => root.current?.querySelector<HTMLElement>("[role=radio]")?.focus(), []);
  const why = (): string => reason.current?.value.trim() ?? "";
  const missing = [...(priority ? [] : [words.panel.priority]), ...(why() ? [] : [words.wall.reason])];
  function submit(e: Event): void {
    e.preventDefault();
    setTried(true);
    if (priority === "" || why() === "" || going || gone) return;
    app.command({ type: "reprioritise", contact: c.id, v: c.v, priority, reason: why() });
  }
  const fault = gone && !going ? words.wall.noLonger : faultText(words, tried ? missing : [], verdict);
  return (
    <Dialog label={words.wall.priorityHeading} class="small" onClose={leave}>
      <form noValidate ref={root} onSubmit={submit}>
        <Whom c={c} gone={gone} />
        <ChoiceList
          label={words.panel.priority}
          choices={PRIORITIES.map((id) => ({
            id,
            text: priorityWord(words, id),
            find: id,
          }))}
          value={priority}
          invalid={tried && !priority}
          numbered
          empty={words.none}
          onChoose={setPriority}
        />
        <Reason input={reason} invalid={tried && why() === ""} />
        <Foot fault={fault} onCancel={leave}>
          {going ? words.wrapup.going : words.wall.confirm}
        </Foot>
      </form>
    </Dialog>
  );
}

/** Cannot be undone, so it says so and asks for all that an agent's end asks for, and why. */
export function End({ opened, close }: StepProps) {
  const { app } = useDesk();
  const words = useWords();
  const { c, gone } = useLatest(opened);
  const { going, verdict, leave } = useStep(`resolve:${c.id}`, close);
  const reason = useRef<HTMLInputElement>(null);
  const seen = useRef(opened.seq);
  const first = useFocusOnce<HTMLDivElement>();
  const [codes, setCodes] = useState({ kind: opened.kind, disposition: "" });
  const [tried, setTried] = useState(false);
  const why = (): string => reason.current?.value.trim() ?? "";
  const missing = [...missingCodes(words, codes), ...(why() ? [] : [words.wall.reason])];
  function submit(e: Event): void {
    e.preventDefault();
    setTried(true);
    if (codes.kind === "" || codes.disposition === "" || why() === "" || going || gone) return;
    if (verdict?.code === "unread") seen.current = c.seq; // said, and still meant
    app.command({ type: "resolve", contact: c.id, v: c.v, seq: seen.current, ...codes, text: why() });
  }
  const fault = gone && !going ? words.wall.noLonger : faultText(words, tried ? missing : [], verdict);
  return (
    <Dialog label={words.wall.endHeading} role="alertdialog" class="wrapup" onClose={leave}>
      <form noValidate onSubmit={submit}>
        <Whom c={c} gone={gone} />
        <p class="late">{words.wall.endText}</p>
        <CodesPart value={codes} tried={tried} first={first} onChoose={setCodes} />
        <Reason input={reason} invalid={tried && why() === ""} />
        <Foot fault={fault} onCancel={leave}>
          {going ? words.wrapup.going : words.wall.endHeading}
        </Foot>
      </form>
    </Dialog>
  );
}
