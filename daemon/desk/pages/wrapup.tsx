// Ending a conversation, finishing a ticket, or filling in what a closed one still lacks. Missing fields are named; the
// button is never dead. What was entered stays while the form is open, whatever the server says.

import { useRef, useState } from "preact/hooks";
import { ChoiceList } from "./choice";
import { Dialog, faultText, Foot } from "./dialog";
import { useDesk, useFocusOnce, useLang, useWords } from "./pieces";
import { dispositionsFor, nameIn, pending } from "./select";
import type { Option, Row } from "./protocol";
import { fill, type Lang } from "../../../channels/http/browser/words";

const choices = (options: readonly Option[], lang: Lang) =>
  options.map((o) => ({ id: o.id, text: nameIn(o, lang), find: `${o.id} ${o.zh} ${o.en}` }));

export function Wrapup({ contact, todo }: { contact: string; todo: boolean }) {
  const { app, ime } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const row: Row | undefined = state.contacts.get(contact) ?? state.gone.get(contact)?.row;
  const counter = row !== undefined && row.ticket !== "" && !todo;
  const [kind, setKind] = useState(row?.kind ?? "");
  const [disposition, setDisposition] = useState("");
  const [tried, setTried] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const first = useFocusOnce<HTMLDivElement>();
  const offered = dispositionsFor(state, kind);
  const chosen = offered.some((d) => d.id === disposition) ? disposition : "";
  const verb = counter ? "done" : "resolve";
  const going = pending(state, `${verb}:${contact}`);
  const verdict = state.verdicts.get(`${verb}:${contact}`);
  const missing = [...(kind ? [] : [words.wrapup.kind]), ...(chosen ? [] : [words.wrapup.disposition])];

  function close(): void {
    app.forgive(`${verb}:${contact}`);
    app.closeForm();
  }
  function submit(): void {
    setTried(true);
    if (missing.length > 0 || going) return;
    const summary = text.current?.value.trim() ?? "";
    if (counter) app.command({ type: "done", contact, kind, disposition: chosen });
    else {
      const seen = { v: row?.v ?? 0, seq: row?.seq ?? 0 };
      app.command({
        type: "resolve",
        contact,
        ...seen,
        kind,
        disposition: chosen,
        ...(summary ? { text: summary } : {}),
      });
    }
  }
  const title = todo
    ? words.wrapup.headingTodo
    : counter
      ? fill(words.wrapup.headingDone, { ticket: row.ticket })
      : words.wrapup.heading;
  const go = todo ? words.wrapup.goTodo : counter ? words.wrapup.goDone : words.wrapup.go;

  return (
    <Dialog label={title} class="wrapup" onClose={close}>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
        onKeyDown={(e) => {
          if (e.key === "Enter" && e.ctrlKey && !ime.busy(e)) {
            e.preventDefault();
            submit();
          }
        }}
      >
        <div class="form-columns">
          <div class="form-part" ref={first} tabIndex={-1}>
            <h3>
              {words.wrapup.kind} <small>{words.required}</small>
            </h3>
            <ChoiceList
              label={words.wrapup.kind}
              choices={choices(state.lists.kinds, lang)}
              value={kind}
              invalid={tried && !kind}
              empty={words.none}
              onChoose={(id) => {
                setKind(id);
                setDisposition("");
              }}
            />
          </div>
          <div class="form-part">
            <h3>
              {words.wrapup.disposition} <small>{words.required}</small>
            </h3>
            <ChoiceList
              key={kind}
              label={words.wrapup.disposition}
              choices={choices(offered, lang)}
              value={chosen}
              invalid={tried && !chosen}
              numbered
              filter={words.wrapup.filter}
              empty={kind ? words.wrapup.noMatch : words.wrapup.filterHint}
              onChoose={setDisposition}
            />
          </div>
        </div>
        {!counter && (
          <label class="field">
            <span>{words.wrapup.text}</span>
            <textarea ref={text} rows={3} placeholder={words.wrapup.textHint} />
          </label>
        )}
        <Foot
          fault={
            verdict?.code === "unread" && missing.length === 0
              ? words.wrapup.unread
              : faultText(words, tried ? missing : [], verdict)
          }
          onCancel={close}
        >
          {going ? words.wrapup.going : go}
        </Foot>
      </form>
    </Dialog>
  );
}
