// How a contact ended: its kind and, of those that fit the kind, the result. Part of every form that closes one.

import type { Ref } from "preact";
import { ChoiceList } from "./choice";
import { useDesk, useLang, useWords } from "./pieces";
import { dispositionsFor, nameIn } from "./select";
import type { Option } from "./protocol";
import type { Words } from "./words.zh-CN";
import type { Lang } from "../../../channels/http/browser/words";

export interface Codes {
  readonly kind: string;
  readonly disposition: string;
}

const choices = (options: readonly Option[], lang: Lang) =>
  options.map((o) => ({ id: o.id, text: nameIn(o, lang), find: `${o.id} ${o.zh} ${o.en}` }));

/** The fields that are still empty, by their names. */
export const missingCodes = (words: Words, value: Codes): string[] => [
  ...(value.kind ? [] : [words.wrapup.kind]),
  ...(value.disposition ? [] : [words.wrapup.disposition]),
];

export function CodesPart(props: {
  value: Codes;
  tried: boolean;
  first?: Ref<HTMLDivElement>;
  onChoose: (value: Codes) => void;
}) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const { kind, disposition } = props.value;
  return (
    <div class="form-columns">
      <div class="form-part" ref={props.first} tabIndex={-1}>
        <h3>
          {words.wrapup.kind} <small>{words.required}</small>
        </h3>
        <ChoiceList
          label={words.wrapup.kind}
          choices={choices(state.lists.kinds, lang)}
          value={kind}
          invalid={props.tried && !kind}
          empty={words.none}
          onChoose={(id) => props.onChoose({ kind: id, disposition: "" })}
        />
      </div>
      <div class="form-part">
        <h3>
          {words.wrapup.disposition} <small>{words.required}</small>
        </h3>
        <ChoiceList
          key={kind}
          label={words.wrapup.disposition}
          choices={choices(dispositionsFor(state, kind), lang)}
          value={disposition}
          invalid={props.tried && !disposition}
          numbered
          filter={words.wrapup.filter}
          empty={kind ? words.wrapup.noMatch : words.wrapup.filterHint}
          onChoose={(id) => props.onChoose({ kind, disposition: id })}
        />
      </div>
    </div>
  );
}
