// Ctrl+K: conversations, case numbers, every command. A combobox over one list.

import { useEffect, useRef, useState } from "preact/hooks";
import { perform } from "./control";
import { Dialog } from "./dialog";
import { actionNames, channelIcon, Icon, Keys, refusalText, useDesk, useWords } from "./pieces";
import { SHOWN, type Action } from "./keys";
import { customerName } from "./rows";
import { pullQueues, nameIn, atCounter } from "./select";
import { goOnline } from "./top";
import type { App } from "./app";
import * as icons from "../../../channels/http/browser/icons";
import { fill } from "../../../channels/http/browser/words";

interface Entry {
  readonly id: string;
  readonly group: "conversations" | "commands";
  readonly text: string;
  readonly hint?: string;
  readonly icon: string;
  readonly keys?: readonly string[];
  readonly run: () => void;
}

const CASE = /^\d{8}-?\d{1,9}$/;
const ROWS = 8;

/** 20261124000123 and 20261124-000123 are the same number. */
export function caseNumber(query: string): string {
  const text = query.trim();
  if (!CASE.test(text)) return "";
  const digits = text.replace("-", "");
  return `${digits.slice(0, 8)}-${digits.slice(8).padStart(6, "0")}`;
}

function commandEntries(app: App): Entry[] {
  const words = app.words;
  const { state, ui, settings } = app.view;
  const act = (action: Action, icon: string): Entry => ({
    id: action,
    group: "commands",
    text: actionNames(words)[action] ?? action,
    icon,
    keys: SHOWN[action] ?? [],
    run: () => perform(app, action),
  });
  const say = (id: string, text: string, icon: string, run: () => void): Entry => ({
    id,
    group: "commands",
    text,
    icon,
    run,
  });
  const row = state.contacts.get(ui.open);
  const supervisor = state.me !== undefined && state.me.role !== "agent";
  return [
    ...(state.offers.some((o) => !o.ended) ? [act("accept", icons.check)] : []),
    ...(row
      ? [
          act("reply", icons.chat),
          act("note", icons.note),
          act("transfer", icons.transfer),
          act("resolve", icons.check),
        ]
      : []),
    ...(ui.open ? [act("why", icons.info)] : []),
    ...(state.presence?.state === "available" && !atCounter(state)
      ? pullQueues(state).map((q) =>
          say(`next:${q.id}`, fill(words.commands.callNext, { queue: nameIn(q, settings.lang) }), icons.bell, () =>
            app.command({ type: "next", queue: q.id }),
          ),
        )
      : []),
    act("nextUnread", icons.down),
    act("previousUnread", icons.up),
    act("mine", icons.chat),
    act("queue", icons.people),
    act("done", icons.flag),
    ...(supervisor ? [act("wall", icons.people)] : []),
    say("online", words.commands.online, icons.play, () => goOnline(app)),
    ...state.lists.away.map((reason) =>
      say(`away:${reason.id}`, fill(words.commands.away, { reason: nameIn(reason, settings.lang) }), icons.pause, () =>
        app.command({ type: "presence", state: "away", reason: reason.id }),
      ),
    ),
    say("drain", words.commands.drain, icons.minus, () => app.command({ type: "presence", state: "draining" })),
    say("offline", words.commands.offline, icons.stop, () => app.command({ type: "presence", state: "offline" })),
    say("settings", words.commands.settings, icons.sliders, () => app.form({ kind: "settings" })),
    act("keys", icons.help),
    say("theme", words.commands.theme, icons.moon, () => {
      const dark =
        settings.theme === "dark" || (settings.theme === "auto" && matchMedia("(prefers-color-scheme:dark)").matches);
      app.set({ theme: dark ? "light" : "dark" });
    }),
  ];
}

function talkEntries(app: App, query: string): Entry[] {
  const words = query.trim().toLowerCase();
  const found: Entry[] = [];
  for (const row of app.view.state.contacts.values()) {
    const name = customerName(app, row);
    if (words !== "" && !`${name} ${row.case} ${row.ticket}`.toLowerCase().includes(words)) continue;
    found.push({
      id: row.id,
      group: "conversations",
      text: name,
      hint: row.case,
      icon: channelIcon(row.channel),
      run: () => app.openTalk(row.id, true),
    });
    if (found.length >= ROWS) break;
  }
  return found;
}

export function Palette() {
  const { app, ime } = useDesk();
  const words = useWords();
  const { state } = app.view;
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [asked, setAsked] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const number = caseNumber(query);
  const text = query.trim().toLowerCase();
  const find: Entry[] = number
    ? [
        {
          id: "find",
          group: "conversations",
          text: fill(words.palette.findCase, { case: number }),
          icon: icons.search,
          run: () => {
            setAsked(number);
            app.ask({ type: "find", case: number });
          },
        },
      ]
    : [];
  const commands = commandEntries(app).filter((one) => text === "" || one.text.toLowerCase().includes(text));
  const all = [...find, ...talkEntries(app, query), ...commands];
  const chosen = Math.min(at, all.length - 1);

  // The answer to a search by number opens the newest contact of that case.
  const found = asked !== "" && state.found?.case === asked ? state.found : undefined;
  useEffect(() => {
    const contact = found?.contacts[0];
    if (contact) app.openTalk(contact);
  }, [found]);
  const verdict = state.verdicts.get("ask:find");
  const missing = asked !== "" && ((found && found.contacts.length === 0) || verdict?.code === "not_found");

  function run(one: Entry): void {
    if (one.id !== "find") app.closeForm();
    one.run();
  }
  function pressed(e: KeyboardEvent): void {
    if (ime.busy(e)) return;
    const one = all[chosen];
    if (e.key === "ArrowDown") setAt((chosen + 1) % Math.max(1, all.length));
    else if (e.key === "ArrowUp") setAt((chosen - 1 + all.length) % Math.max(1, all.length));
    else if (e.key === "Enter" && one) run(one);
    else return;
    e.preventDefault();
  }
  function typed(value: string): void {
    setQuery(value);
    setAt(0);
    setAsked("");
    app.forgive("ask:find");
  }

  return (
    <Dialog label={words.commands.palette} class="palette" bare onClose={() => app.closeForm()}>
      <div class="palette-input">
        <Icon path={icons.search} size={20} />
        <input
          ref={input}
          autofocus // as it appears: what is typed next is not for the desk
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-label={words.commands.palette}
          placeholder={words.palette.placeholder}
          autoComplete="off"
          spellcheck={false}
          {...(all.length > 0 ? { "aria-activedescendant": `palette-${chosen}` } : {})}
          onInput={(e) => {
            if (!ime.composing) typed(e.currentTarget.value);
          }}
          onCompositionEnd={(e) => typed(e.currentTarget.value)}
          onKeyDown={pressed}
        />
        <Keys of={["Esc"]} />
      </div>
      {asked !== "" && (
        <p class={missing ? "palette-note late" : "palette-note"} role="status">
          {missing
            ? fill(words.palette.notFound, { case: asked })
            : verdict
              ? refusalText(words, verdict.code)
              : words.palette.finding}
        </p>
      )}
      <div class="palette-list" id="palette-list" ref={list} role="listbox" aria-label={words.commands.palette}>
        {(["conversations", "commands"] as const).map((group) => {
          const part = all.filter((one) => one.group === group);
          return (
            part.length > 0 && (
              <div key={group} role="group" aria-label={words.palette[group]}>
                <p class="palette-group" aria-hidden="true">
                  {words.palette[group]}
                </p>
                {part.map((one) => {
                  const i = all.indexOf(one);
                  return (
                    <div
                      key={one.id}
                      id={`palette-${i}`}
                      role="option"
                      class="palette-one"
                      aria-selected={i === chosen}
                      onMouseMove={() => setAt(i)}
                      onClick={() => run(one)}
                    >
                      <Icon path={one.icon} />
                      <span>{one.text}</span>
                      {one.hint && <small class="tabular">{one.hint}</small>}
                      <span class="grow" />
                      {one.keys && <Keys of={one.keys} />}
                    </div>
                  );
                })}
              </div>
            )
          );
        })}
        {all.length === 0 && <p class="quiet-text">{words.palette.nothing}</p>}
      </div>
      <p class="palette-foot">{words.palette.hint}</p>
    </Dialog>
  );
}
