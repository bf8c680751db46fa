// Handing a conversation to a queue or a colleague: with their load as it is now, and always with a reason.

import { useEffect, useState } from "preact/hooks";
import { ChoiceList, type Choice } from "./choice";
import { Dialog, faultText, Foot } from "./dialog";
import { useDesk, useLang, useWords } from "./pieces";
import { nameIn, optionName, pending, slots } from "./select";
import type { Target } from "./protocol";
import { fill } from "../../../channels/http/browser/words";
import type { App } from "./app";

function queueChoices(app: App): Choice[] {
  const { targets, lists } = app.view.state;
  const { lang } = app.view.settings;
  const words = app.words;
  return (targets?.queues ?? []).map((q) => {
    const option = lists.queues.find((o) => o.id === q.id);
    return {
      id: `q:${q.id}`,
      text: optionName(lists.queues, q.id, lang),
      find: `${q.id} ${option?.zh ?? ""} ${option?.en ?? ""}`,
      end: (
        <span class="tabular">
          {fill(words.transfer.waiting, { n: q.waiting })} · {fill(words.transfer.free, { n: q.free })}
        </span>
      ),
    };
  });
}

function agentChoices(app: App): Choice[] {
  const { targets, me } = app.view.state;
  const { lang } = app.view.settings;
  const order = { available: 0, draining: 1, away: 2, not_responding: 3, offline: 4 } as const;
  return (targets?.agents ?? [])
    .filter((a) => a.id !== me?.id)
    .sort((a, b) => order[a.state] - order[b.state] || a.used - b.used || (a.no < b.no ? -1 : 1))
    .map((a) => ({
      id: `a:${a.id}`,
      text: `${nameIn(a.name, lang)} ${a.no}`.trim(),
      find: `${a.id} ${a.no} ${a.name.zh} ${a.name.en}`,
      mark: a.state,
      end: (
        <span class="tabular">
          {app.words.presence[a.state]} · {fill(app.words.capacityOf, slots(a.used, a.total))}
        </span>
      ),
    }));
}

export function Transfer({ contact }: { contact: string }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const row = state.contacts.get(contact);
  const [tab, setTab] = useState<"queues" | "agents">("queues");
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  useEffect(() => {
    if (app.open) app.ask({ type: "targets", contact, id: contact });
  }, [contact, app.open]);
  const known = state.targets?.contact === contact;
  const going = pending(state, `transfer:${contact}`);
  const verdict = state.verdicts.get(`transfer:${contact}`);
  const missing = [...(to ? [] : [words.transfer.needTo]), ...(reason ? [] : [words.transfer.needReason])];

  function close(): void {
    app.forgive(`transfer:${contact}`);
    app.closeForm();
  }
  function submit(): void {
    setTried(true);
    if (missing.length > 0 || going || !row) return;
    const target: Target = to.startsWith("q:") ? { queue: to.slice(2) } : { agent: to.slice(2) };
    app.command({ type: "transfer", contact, v: row.v, to: target, reason });
  }
  const lists = { queues: queueChoices(app), agents: agentChoices(app) };

  return (
    <Dialog label={words.transfer.heading} class="transfer" onClose={close}>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <div class="form-columns">
          <div class="form-part">
            <h3>
              {words.transfer.to} <small>{words.required}</small>
            </h3>
            <div class="segments" role="group" aria-label={words.transfer.to}>
              {(["queues", "agents"] as const).map((one) => (
                <button key={one} type="button" aria-pressed={tab === one} onClick={() => setTab(one)}>
                  {words.transfer[one]} {known && <span class="tabular">{lists[one].length}</span>}
                </button>
              ))}
            </div>
            <ChoiceList
              key={tab}
              label={words.transfer[tab]}
              choices={known ? lists[tab] : []}
              value={to}
              invalid={tried && !to}
              filter={words.transfer.filter}
              empty={known ? words.transfer.nobody : words.loading}
              onChoose={setTo}
            />
          </div>
          <div class="form-part">
            <h3>
              {words.transfer.reason} <small>{words.required}</small>
            </h3>
            <ChoiceList
              label={words.transfer.reason}
              choices={state.lists.transfer.map((o) => ({ id: o.id, text: nameIn(o, lang), find: o.id }))}
              value={reason}
              invalid={tried && !reason}
              numbered
              empty={words.none}
              onChoose={setReason}
            />
            {row && <p class="quiet-text">{fill(words.transfer.count, { n: row.transfers + 1 })}</p>}
          </div>
        </div>
        <Foot fault={faultText(words, tried ? missing : [], verdict)} onCancel={close}>
          {going ? words.transfer.going : words.commands.transfer}
        </Foot>
      </form>
    </Dialog>
  );
}
