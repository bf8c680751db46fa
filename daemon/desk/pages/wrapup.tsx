// Ending a conversation, finishing a ticket, or filling in what a closed one still lacks. Missing fields are named; the
// button is never dead. What was entered stays while the form is open, whatever the server says.

import { useRef, useState } from "preact/hooks";
import { CodesPart, missingCodes } from "./codes";
import { Dialog, faultText, Foot } from "./dialog";
import { useDesk, useFocusOnce, useWords } from "./pieces";
import { pending } from "./select";
import type { Row } from "./protocol";
import { fill } from "../../../channels/http/browser/words";

export function Wrapup({ contact, todo }: { contact: string; todo: boolean }) {
  const { app, ime } = useDesk();
  const words = useWords();
  const { state } = app.view;
  const row: Row | undefined = state.contacts.get(contact) ?? state.gone.get(contact)?.row;
  const counter = row !== undefined && row.ticket !== "" && !todo;
  const [codes, setCodes] = useState({ kind: row?.kind ?? "", disposition: "" });
  const [tried, setTried] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const first = useFocusOnce<HTMLDivElement>();
  const verb = counter ? "done" : "resolve";
  const going = pending(state, `${verb}:${contact}`);
  const verdict = state.verdicts.get(`${verb}:${contact}`);
  const missing = missingCodes(words, codes);

  function close(): void {
    app.forgive(`${verb}:${contact}`);
    app.closeForm();
  }
  function submit(): void {
    setTried(true);
    if (missing.length > 0 || going) return;
    const summary = text.current?.value.trim() ?? "";
    if (counter) app.command({ type: "done", contact, ...codes });
    else {
      const seen = { v: row?.v ?? 0, seq: row?.seq ?? 0 };
      app.command({
        type: "resolve",
        contact,
        ...seen,
        ...codes,
        ...(summary ? { text: summary } : {}),
      });
    }
  }
  const title = todo
    ? words.wrapup.headingTodo
    : counter
      ? fill(words.wrapup.headingDone, { ticket: row.ticket })
      : words.wrapup.heading;
  const go = todo ? words.wrapup.goTodo : counter ? words.wrapup.goDone : words.commands.resolve;

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
        <CodesPart value={codes} tried={tried} first={first} onChoose={setCodes} />
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
