// A supervisor's step: what will happen, in a sentence, and the reason that goes into the record.

import { useEffect, useRef, useState } from "preact/hooks";
import { End, Priority, Reason, unattendedText, useStep } from "./steps";
import { useWords, wordsOf } from "./words";
import { ChoiceList } from "../choice";
import { Dialog, faultText, Foot } from "../dialog";
import { customerName } from "../rows";
import { useDesk, useLang } from "../pieces";
import { caseNumber } from "../palette";
import { nameIn, optionName, slots } from "../select";
import { subjectOf } from "../state";
import type { Command, Waiting, WallAgent, WallQueue } from "../protocol";
import { fill, plural } from "../../../../channels/http/browser/words";

export type Act =
  | { readonly kind: "pause"; readonly queue: WallQueue; readonly on: boolean }
  | { readonly kind: "drain"; readonly agent: WallAgent; readonly on: boolean }
  | { readonly kind: "force"; readonly agent: WallAgent }
  | { readonly kind: "reassign"; readonly contact?: Waiting }
  | { readonly kind: "priority"; readonly contact: Waiting }
  | { readonly kind: "end"; readonly contact: Waiting };
type SimpleAct = Extract<Act, { kind: "pause" | "drain" | "force" }>;

function texts(act: SimpleAct, app: ReturnType<typeof useDesk>["app"]): { title: string; text: string } {
  const words = wordsOf(app);
  const { lang } = app.view.settings;
  const { wall } = words;
  const of = (name: string, verb: string): string => `${name}${words.colon}${verb}`;
  if (act.kind === "pause") {
    const queue = optionName(app.view.state.lists.queues, act.queue.id, lang);
    return act.on
      ? { title: of(queue, wall.pause), text: wall.confirmPause }
      : { title: of(queue, wall.resume), text: wall.confirmResume };
  }
  const name = nameIn(act.agent.name, lang);
  if (act.kind === "force") {
    const alone = act.agent.unattended.length > 0;
    return { title: alone ? unattendedText(words, act.agent) : of(name, wall.force), text: wall.confirmForce };
  }
  return act.on
    ? { title: of(name, wall.drain), text: wall.confirmDrain }
    : { title: of(name, wall.resume), text: wall.confirmUndrain };
}

function commandOf(act: SimpleAct, reason: string): Command {
  if (act.kind === "pause") return { type: "queue", queue: act.queue.id, pause: act.on, reason };
  if (act.kind === "force") return { type: "agent", agent: act.agent.id, force: "offline", reason };
  return { type: "agent", agent: act.agent.id, drain: act.on, reason };
}

function Simple({ act, close }: { act: SimpleAct; close: () => void }) {
  const { app } = useDesk();
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [tried, setTried] = useState(false);
  const { title, text } = texts(act, app);
  const { going, verdict, leave } = useStep(subjectOf(commandOf(act, "")), close);
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
        <Reason input={input} invalid={empty} />
        <Foot fault={faultText(words, empty ? [words.wall.reason] : [], verdict)} onCancel={leave}>
          {going ? words.wrapup.going : words.wall.confirm}
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
  const step = useStep(`reassign:${contact}`, () => {
    app.forgive("ask:find");
    close();
  });
  const { going, leave } = step;
  const verdict = step.verdict ?? (found ? undefined : state.verdicts.get("ask:find"));
  const missing = [
    ...(contact ? [] : [words.wall.reassignCase]),
    ...(to ? [] : [words.transfer.needTo]),
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
    end: <span class="tabular">{fill(words.capacityOf, slots(a.used, a.total))}</span>,
  }));
  const none = found && found.length === 0;

  return (
    <Dialog label={words.wall.reassign} class="transfer" onClose={leave}>
      <form noValidate onSubmit={submit} ref={root}>
        {known ? (
          <p>
            {customerName(app, known)} <span class="quiet-text tabular">{known.case}</span>
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
        <Reason input={reason} invalid={tried && !reason.current?.value.trim()} />
        <Foot fault={faultText(words, tried ? missing : [], verdict)} onCancel={leave}>
          {going ? words.wrapup.going : words.wall.confirm}
        </Foot>
      </form>
    </Dialog>
  );
}

export function ActDialog({ act, close }: { act: Act; close: () => void }) {
  if (act.kind === "reassign") return <Reassign known={act.contact} close={close} />;
  if (act.kind === "priority" || act.kind === "end") {
    const Form = act.kind === "end" ? End : Priority;
    return <Form opened={act.contact} close={close} />;
  }
  return <Simple act={act} close={close} />;
}
