// A list to choose one from, filtered by typing, chosen by arrows, Enter, 1–9 or the mouse: radiogroup semantics.

import { useRef, useState } from "preact/hooks";
import { Keys, useDesk } from "./pieces";
import type { ComponentChildren } from "preact";

export interface Choice {
  readonly id: string;
  readonly text: string;
  readonly find: string;
  readonly end?: ComponentChildren;
  readonly mark?: string;
}

export const filterChoices = (all: readonly Choice[], query: string): Choice[] => {
  const words = query.trim().toLowerCase();
  return all.filter((one) => words === "" || one.find.toLowerCase().includes(words));
};

export function ChoiceList(props: {
  label: string;
  choices: readonly Choice[];
  value: string;
  invalid?: boolean;
  numbered?: boolean;
  filter?: string;
  empty: string;
  onChoose: (id: string) => void;
}) {
  const { ime } = useDesk();
  const [query, setQuery] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const found = filterChoices(props.choices, query);
  const current = found.some((one) => one.id === props.value) ? props.value : (found[0]?.id ?? "");

  function pressed(e: KeyboardEvent): void {
    if (ime.busy(e) || e.ctrlKey || e.altKey || e.metaKey) return;
    const inField = (e.target as HTMLElement).tagName === "INPUT";
    const digit = props.numbered && (!inField || query === "") ? found[Number(e.key) - 1] : undefined;
    const at = found.findIndex((one) => one.id === props.value);
    const to = e.key === "ArrowDown" ? at + 1 : e.key === "ArrowUp" ? Math.max(0, at - 1) : -1;
    const next = digit ?? (to >= 0 ? found[Math.min(found.length - 1, to)] : undefined);
    if (next) {
      props.onChoose(next.id);
      if (!inField) box.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus();
    } else if (e.key === "Enter" && inField && found[0])
      props.onChoose(props.value && at >= 0 ? props.value : found[0].id);
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  return (
    <div class={props.invalid ? "choice invalid" : "choice"} onKeyDown={pressed}>
      {props.filter !== undefined && (
        <input
          class="choice-filter"
          type="search"
          aria-label={props.filter}
          placeholder={props.filter}
          onInput={(e) => {
            if (!ime.composing) setQuery(e.currentTarget.value);
          }}
          onCompositionEnd={(e) => setQuery(e.currentTarget.value)}
        />
      )}
      <div class="choice-list" ref={box} role="radiogroup" aria-label={props.label} aria-invalid={props.invalid}>
        {found.map((one, i) => (
          <button
            key={one.id}
            type="button"
            role="radio"
            data-id={one.id}
            aria-checked={one.id === props.value}
            tabIndex={one.id === current ? 0 : -1}
            onClick={() => props.onChoose(one.id)}
          >
            {props.numbered && i < 9 && <Keys of={[String(i + 1)]} />}
            {one.mark && <span class={`dot ${one.mark}`} aria-hidden="true" />}
            <span class="choice-text">{one.text}</span>
            {one.end && <span class="choice-end">{one.end}</span>}
          </button>
        ))}
      </div>
      {found.length === 0 && <p class="quiet-text">{props.empty}</p>}
    </div>
  );
}
