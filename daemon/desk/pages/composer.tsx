// Where the agent writes. The text box is uncontrolled: nothing writes into it while an input method composes, and its
// text is kept as a draft of exactly this conversation and mode.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon, Keys, useDesk, useLang, useWords } from "./pieces";
import { sends, SHOWN } from "./keys";
import { nameIn } from "./select";
import type { Option, Row } from "./protocol";
import type { Mode } from "./ui";
import * as icons from "../../../channels/http/browser/icons";
import { characters } from "../../../channels/http/browser/format";
import { fill } from "../../../channels/http/browser/words";

const TYPING_EVERY_MS = 3_000;
const COUNT_FROM = 0.9;

/** Only a channel that can be written to gets replies: somebody at the counter is spoken to. */
export const canReply = (row: Row): boolean => row.ticket === "" && row.state !== "wrapup";

/** "/" at the start asks for phrases; what follows filters them. undefined: no list. */
export function phraseQuery(text: string): string | undefined {
  return /^\/[^\n]*$/.test(text) ? text.slice(1).trim().toLowerCase() : undefined;
}

export function matchPhrases(phrases: readonly Option[], query: string): Option[] {
  return phrases.filter((p) => query === "" || `${p.id} ${p.zh} ${p.en}`.toLowerCase().includes(query)).slice(0, 8);
}

function grow(box: HTMLTextAreaElement): void {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 240)}px`;
}

function Phrases(props: { found: readonly Option[]; at: number; choose: (one: Option) => void }) {
  const words = useWords();
  const lang = useLang();
  if (props.found.length === 0) return <p class="phrases empty">{words.composer.noPhrase}</p>;
  return (
    <ul class="phrases" id="phrases" role="listbox" aria-label={words.composer.phrases}>
      {props.found.map((phrase, i) => (
        <li
          key={phrase.id}
          id={`phrase-${i}`}
          role="option"
          aria-selected={i === props.at}
          onMouseDown={(e) => {
            e.preventDefault();
            props.choose(phrase);
          }}
        >
          <b>/{phrase.id}</b>
          <span>{nameIn(phrase, lang)}</span>
        </li>
      ))}
    </ul>
  );
}

export function Composer({ row }: { row: Row }) {
  const mode: Mode = canReply(row) ? useDesk().app.view.ui.mode : "note";
  return <Box key={mode} row={row} mode={mode} />;
}

function Box({ row, mode }: { row: Row; mode: Mode }) {
  const { app, effects, ime, seen } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state, ui, settings } = app.view;
  const agent = state.me?.id ?? "";
  const box = useRef<HTMLTextAreaElement>(null);
  const first = useMemo(() => app.drafts.get(agent, row.id, mode), []);
  const [length, setLength] = useState(characters(first));
  const [query, setQuery] = useState<string | undefined>(undefined);
  const [at, setAt] = useState(0);
  const [tooLong, setTooLong] = useState(false);
  const typed = useRef(0);
  const found = query === undefined ? [] : matchPhrases(state.lists.phrases, query);

  useEffect(() => {
    if (box.current) grow(box.current);
    return () => signal(false);
  }, []);
  // At once: what is typed right after a conversation was opened belongs to it.
  useLayoutEffect(() => {
    if (ui.focus === seen.focus) return;
    seen.focus = ui.focus;
    box.current?.focus({ preventScroll: true });
  }, [ui.focus]);

  function signal(on: boolean): void {
    if (mode !== "reply") return;
    const now = app.now();
    if (on ? now - typed.current < TYPING_EVERY_MS : typed.current === 0) return;
    typed.current = on ? now : 0;
    app.ask({ type: "typing", contact: row.id, on });
  }
  function changed(text: string): void {
    effects.draft(row.id, mode, text);
    setLength(characters(text));
    setTooLong(false);
    setAt(0);
    setQuery(mode === "reply" ? phraseQuery(text) : undefined);
    if (box.current) grow(box.current);
    if (text !== "") signal(true);
  }
  function put(text: string): void {
    if (!box.current || ime.composing) return;
    box.current.value = text;
    changed(text);
    box.current.focus();
  }
  /** A phrase takes the place of "/…"; beside other text it goes in at the caret, and nothing is lost. */
  function insert(phrase: Option): void {
    const el = box.current;
    if (!el) return;
    const text = nameIn(phrase, lang);
    setQuery(undefined);
    if (phraseQuery(el.value) !== undefined) return put(text);
    put(el.value.slice(0, el.selectionStart) + text + el.value.slice(el.selectionEnd));
  }
  function send(): void {
    const text = box.current?.value.trim() ?? "";
    if (text === "") return;
    if (characters(text) > state.chars) {
      setTooLong(true);
      return;
    }
    app.command({ type: mode === "note" ? "note" : "msg", contact: row.id, text });
    put("");
    signal(false);
  }
  function pressed(e: KeyboardEvent): void {
    if (ime.busy(e)) return;
    if (query !== undefined && found.length > 0 && !e.ctrlKey && !e.shiftKey) {
      const to = e.key === "ArrowDown" ? at + 1 : e.key === "ArrowUp" ? at - 1 + found.length : -1;
      const chosen = found[at];
      if (to >= 0) setAt(to % found.length);
      else if (e.key === "Enter" && chosen) insert(chosen);
      if (to >= 0 || e.key === "Enter") {
        e.preventDefault();
        return;
      }
    }
    if (e.key === "Escape") {
      e.stopPropagation();
      if (query !== undefined) setQuery(undefined);
      else box.current?.blur();
    } else if (sends(e, settings.enter === "send")) {
      e.preventDefault();
      send();
    }
  }

  const limit = state.chars;
  const open = query !== undefined;
  return (
    <section class={`composer ${mode}`} aria-label={mode === "note" ? words.composer.noteLabel : words.composer.label}>
      {open && <Phrases found={found} at={at} choose={insert} />}
      {tooLong && (
        <p class="composer-fault" role="alert">
          {fill(words.composer.tooLong, { max: limit, n: length })}
        </p>
      )}
      <div class="composer-frame">
        <div class="composer-modes" role="group">
          {canReply(row) && (
            <button type="button" aria-pressed={mode === "reply"} onClick={() => app.writeTo("reply")}>
              {words.commands.reply} {settings.letters && <Keys of={SHOWN.reply ?? []} />}
            </button>
          )}
          <button type="button" aria-pressed={mode === "note"} onClick={() => app.writeTo("note")}>
            <Icon path={icons.lock} size={12} /> {words.composer.note}{" "}
            {settings.letters && <Keys of={SHOWN.note ?? []} />}
          </button>
        </div>
        <textarea
          ref={box}
          rows={2}
          defaultValue={first}
          aria-label={mode === "note" ? words.composer.noteLabel : words.composer.label}
          placeholder={mode === "note" ? words.composer.notePlaceholder : words.composer.placeholder}
          aria-autocomplete="list"
          {...(open && found.length > 0 ? { "aria-controls": "phrases" } : {})}
          {...(open && found.length > 0 ? { "aria-activedescendant": `phrase-${at}` } : {})}
          onInput={(e) => changed(e.currentTarget.value)}
          onKeyDown={pressed}
          onBlur={() => setQuery(undefined)}
        />
        <div class="composer-foot">
          {mode === "reply" && state.lists.phrases.length > 0 && (
            <button
              type="button"
              class="btn quiet small"
              onMouseDown={(e) => e.preventDefault()}
              onClick={() => {
                if (box.current?.value === "") put("/");
                else setQuery(open ? undefined : "");
              }}
            >
              <Icon path={icons.chat} size={14} /> {words.composer.phrases}
            </button>
          )}
          <span class="composer-hint only-wide">
            {settings.enter === "send" ? words.composer.hintEnter : words.composer.hintCtrl}
          </span>
          <span class="grow" />
          {length >= limit * COUNT_FROM && (
            <span class={length > limit ? "tabular late" : "tabular"}>
              {length} / {limit}
            </span>
          )}
          <button type="button" class="btn primary send" onMouseDown={(e) => e.preventDefault()} onClick={send}>
            {mode === "note" ? words.composer.addNote : words.composer.send}{" "}
            <Icon path={mode === "note" ? icons.note : icons.send} />
          </button>
        </div>
      </div>
    </section>
  );
}
