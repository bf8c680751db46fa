// A supervisor's step: what will happen, in a sentence, and the reason that goes into the record.

import { useEffect, useRef, useState } from "preact/hooks";
import { ChoiceList } from "../choice";
import { Dialog, faultText, Foot } from "../dialog";
import { useDesk, useLang, useWords } from "../pieces";
import { caseNumber } from "../palette";
import { nameIn, optionName, pending, slots } from "../select";
import { subjectOf } from "../state";
import type { Words } from "../words.zh-CN";
import type { Command, Waiting, WallAgent, WallQueue } from "../protocol";
import { fill, plural } from "../../../../channels/http/browser/words";

export type Act =
  | { readonly kind: "pause"; readonly queue: WallQueue; readonly on: boolean }
  | { readonly kind: "drain"; readonly agent: WallAgent; readonly on: boolean }
  | { readonly kind: "force"; readonly agent: WallAgent }
  | { readonly kind: "reassign"; readonly contact?: Waiting };

export const waitingName = (words: Words, c: Waiting): string => c.customer.name || c.ticket || words.panel.anonymous;

/** Closes when the command about this subject was done after it was sent. */
function useDone(subject: string, close: () => void): void {
  const { app } = useDesk();
  const opened = useRef(app.now());
  const { finished } = app.view.state;
  useEffect(() => {
    if (finished.some((one) => subjectOf(one.command) === subject && one.at >= opened.current)) close();
  }, [finished]);
}

function texts(
  act: Exclude<Act, { kind: "reassign" }>,
  app: ReturnType<typeof useDesk>["app"],
): { title: string; text: string } {
  const words = app.words.wall;
  const { lang } = app.view.settings;
  if (act.kind === "pause") {
    const queue = optionName(app.view.state.lists.queues, act.queue.id, lang);
    return act.on
      ? { title: fill(words.confirmPause, { queue }), text: words.confirmPauseText }
      : { title: fill(words.confirmResume, { queue }), text: words.confirmResumeText };
  }
  const name = nameIn(act.agent.name, lang);
  if (act.kind === "force") return { title: fill(words.confirmForce, { name }), text: words.confirmForceText };
  return act.on
    ? { title: fill(words.confirmDrain, { name }), text: words.confirmDrainText }
    : { title: fill(words.confirmUndrain, { name }), text: words.confirmUndrainText };
}

function commandOf(act: Exclude<Act, { kind: "reassign" }>, reason: string): Command {
  if (act.kind === "pause") return { type: "queue", queue: act.queue.id, pause: act.on, reason };
  if (act.kind === "force") return { type: "agent", agent: act.agent.id, force: "offline", reason };
  return { type: "agent", agent: act.agent.id, drain: act.on, reason };
}

function Simple({ act, close }: { act: Exclude<Act, { kind: "reassign" }>; close: () => void }) {
  const { app } = useDesk();
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [tried, setTried] = useState(false);
  const { title, text } = texts(act, app);
  const subject = subjectOf(commandOf(act, ""));
  const going = pending(app.view.state, subject) !== undefined;
  const verdict = app.view.state.verdicts.get(subject);
  const leave = (): void => {
    app.forgive(subject);
    close();
  };
  useDone(subject, leave);
  useEffect(() => input.current?.focus(), []);
  const empty = tried && (input.current?.value.trim() ?? "") === "";
  return (
    <Dialog label={title} role="alertdialog" class="small" onClose={leave}>
      <p class="quiet-text">{text}</p>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          setTried(true);
          const reason = input.current?.value.trim() ?? "";
          if (reason === "") input.current?.focus();
          else if (!going) app.command(commandOf(act, reason));
        }}
      >
        <label class="field">
          <span>
            {words.wall.reason} <small>{words.required}</small>
          </span>
          <input ref={input} placeholder={words.wall.reasonHint} aria-invalid={empty} autoComplete="off" />
        </label>
        <Foot fault={empty ? words.wall.needReason : faultText(words, [], verdict)} onCancel={leave}>
          {going ? words.wall.confirming : words.wall.confirm}
        </Foot>
      </form>
    </Dialog>
  );
}

/** `known`: whom, when a list has said it. */
function Reassign({ known, close }: { known: Waiting | undefined; close: () => void }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const root = useRef<HTMLFormElement>(null);
  const number = useRef<HTMLInputElement>(null);
  const reason = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState("");
  const [to, setTo] = useState("");
  const [force, setForce] = useState(false);
  const [tried, setTried] = useState(false);
  useEffect(() => (number.current ?? root.current?.querySelector("input"))?.focus(), []);
  const found = asked !== "" && state.found?.case === asked ? state.found.contacts : undefined;
  const contact = known?.id ?? found?.[0] ?? "";
  const subject = `reassign:${contact}`;
  const going = contact !== "" && pending(state, subject) !== undefined;
  const verdict = state.verdicts.get(subject) ?? (found ? undefined : state.verdicts.get("ask:find"));
  const leave = (): void => {
    app.forgive(subject);
    app.forgive("ask:find");
    close();
  };
  useDone(subject, leave);
  const missing = [
    ...(contact ? [] : [words.wall.needCase]),
    ...(to ? [] : [words.wall.needAgent]),
    ...(reason.current?.value.trim() ? [] : [words.wall.reason]),
  ];

  function find(): void {
    const wanted = caseNumber(number.current?.value ?? "");
    if (wanted === "") {
      number.current?.focus();
      return;
    }
    app.forgive("ask:find");
    setAsked(wanted);
    app.ask({ type: "find", case: wanted });
  }
  function submit(e: Event): void {
    e.preventDefault();
    setTried(true);
    const why = reason.current?.value.trim() ?? "";
    if (!contact) find();
    else if (to && why && !going) {
      app.command({
        type: "reassign",
        contact,
        v: known?.v ?? state.contacts.get(contact)?.v ?? 0,
        to: { agent: to },
        reason: why,
        ...(force ? { force: true } : {}),
      });
    }
  }
  const agents = (state.wall?.agents ?? []).map((a) => ({
    id: a.id,
    text: `${nameIn(a.name, lang)} ${a.no}`.trim(),
    find: `${a.id} ${a.no} ${a.name.zh} ${a.name.en}`,
    mark: a.state,
    end: <span class="tabular">{fill(words.transfer.load, slots(a.used, a.total))}</span>,
  }));
  const none = found && found.length === 0;

  return (
    <Dialog label={words.wall.reassignHeading} class="transfer" onClose={leave}>
      <form noValidate onSubmit={submit} ref={root}>
        {known ? (
          <p>
            {waitingName(words, known)} <span class="quiet-text tabular">{known.case}</span>
          </p>
        ) : (
          <div class="field">
            <label for="reassign-case">
              {words.wall.reassignCase} <small>{words.required}</small>
            </label>
            <span class="with-button">
              <input
                id="reassign-case"
                ref={number}
                class="tabular"
                inputMode="numeric"
                placeholder="20261124-000123"
                autoComplete="off"
                onInput={() => setAsked("")}
              />
              <button type="button" class="btn" onClick={find}>
                {words.wall.find}
              </button>
            </span>
            <p class={none ? "quiet-text late" : "quiet-text"} role="status">
              {none
                ? fill(words.palette.notFound, { case: asked })
                : found
                  ? plural(words.wall.foundOne, found.length)
                  : asked && !verdict
                    ? words.palette.finding
                    : ""}
            </p>
          </div>
        )}
        <ChoiceList
          label={words.wall.reassignTo}
          choices={agents}
          value={to}
          invalid={tried && !to}
          filter={`${words.wall.reassignTo} · ${words.transfer.filter}`}
          empty={words.transfer.nobody}
          onChoose={setTo}
        />
        <label class="switch">
          <input type="checkbox" checked={force} onChange={(e) => setForce(e.currentTarget.checked)} />
          <span>{words.wall.reassignForce}</span>
        </label>
        <label class="field">
          <span>
            {words.wall.reason} <small>{words.required}</small>
          </span>
          <input ref={reason} placeholder={words.wall.reasonHint} autoComplete="off" />
        </label>
        <Foot fault={faultText(words, tried ? missing : [], verdict)} onCancel={leave}>
          {going ? words.wall.confirming : words.wall.confirm}
        </Foot>
      </form>
    </Dialog>
  );
}

export function ActDialog({ act, close }: { act: Act; close: () => void }) {
  return act.kind === "reassign" ? <Reassign known={act.contact} close={close} /> : <Simple act={act} close={close} />;
}
