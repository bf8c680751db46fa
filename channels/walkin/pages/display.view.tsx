// What the call display shows: pure. Numbers and counters; never a name.

import { isFlashing, isGrey, PAST_MAX, shiftOf, type Display, type Stage } from "./display";
import { counterName, Icon, named } from "./pieces";
import type { Service } from "./rest";
import * as en from "./words.en";
import * as zh from "./words.zh-CN";
import { clock } from "../../http/browser/format";
import * as icons from "../../http/browser/icons";
import { fill, type Lang } from "../../http/browser/words";

export type Words = typeof zh.display;
export const wordsOf = (lang: Lang): Words => (lang === "en" ? en.display : zh.display);

/** `fine`; `brief`: nothing is said yet; `lost`: the small grey mark; `old`: what stands here may be over. */
export type Line = "fine" | "brief" | "lost" | "old" | "connecting" | "foreign";

export interface Props {
  readonly state: Display;
  readonly lang: Lang;
  readonly line: Line;
  readonly services: readonly Service[];
  readonly zone: string | undefined;
  readonly blocked: boolean;
  readonly unblock: () => void;
}

const SHORT_MS = 1_500;
const OLD_MS = 60_000;

export function lineOf(open: boolean, ever: boolean, lost_ms: number): Line {
  if (open) return "fine";
  if (!ever) return "connecting";
  if (lost_ms < SHORT_MS) return "brief";
  return lost_ms < OLD_MS ? "lost" : "old";
}

function Mark({ line, words }: { line: Line; words: Words }) {
  const texts: Readonly<Record<Line, string>> = {
    fine: "",
    brief: "",
    lost: words.lost,
    old: words.stale,
    connecting: words.connecting,
    foreign: "",
  };
  return (
    <p class={`line ${line}`} role="status">
      {texts[line] && <Icon path={icons.offline} size={20} />}
      {texts[line]}
    </p>
  );
}

function Big({ stage, state, lang }: { stage: Stage | undefined; state: Display; lang: Lang }) {
  const words = wordsOf(lang);
  if (!stage) {
    return (
      <section class="stage idle">
        <p class="idle-text">{words.idle}</p>
      </section>
    );
  }
  const { call } = stage;
  const counter = counterName(call.counter, lang);
  const kind = isGrey(stage) ? "over" : stage.end ? "served" : isFlashing(stage, state.now) ? "flash" : "";
  return (
    <section class={`stage ${kind}`} aria-live="assertive" key={stage.turn}>
      <p class="chip">{isGrey(stage) ? words.over : call.recall && !stage.end ? words.again : ""}</p>
      <p class="number">{call.number}</p>
      <p class={counter.length > 10 ? "counter long" : "counter"}>{fill(words.go, { counter })}</p>
    </section>
  );
}

function Past({ state, lang }: { state: Display; lang: Lang }) {
  const words = wordsOf(lang);
  return (
    <aside>
      <h2>{words.recent}</h2>
      <ol>
        {state.past.slice(0, PAST_MAX).map((call) => (
          <li key={`${call.number}@${call.at}`} class={isGrey(call) ? "over" : ""}>
            <b>{call.number}</b>
            <Icon path={icons.right} size={36} />
            <span>{call.counter}</span>
          </li>
        ))}
      </ol>
      {state.past.length === 0 && <p class="none">{words.none}</p>}
    </aside>
  );
}

export function DisplayView({ state, lang, line, services, zone, blocked, unblock }: Props) {
  const words = wordsOf(lang);
  const names = Object.fromEntries(services.map((one) => [one.id, named(one.name, lang, one.id)]));
  // In the order of the configuration, as on the kiosk.
  const known = services.filter((one) => one.id in state.waiting).map((one) => one.id);
  const ids = [...known, ...Object.keys(state.waiting).filter((id) => !known.includes(id))];
  if (line === "foreign") {
    return (
      <main class="foreign">
        <h1>{words.foreign}</h1>
      </main>
    );
  }
  return (
    <main class={`display shift-${shiftOf(state.now)}`}>
      <h1 class="hidden">{words.title}</h1>
      <Big stage={state.stage} state={state} lang={lang} />
      <Past state={state} lang={lang} />
      <footer>
        <span class="caption">{words.waiting}</span>
        <dl>
          {ids.map((id) => (
            <div key={id}>
              <dt>{names[id] ?? id}</dt>
              <dd>{state.waiting[id]}</dd>
            </div>
          ))}
        </dl>
        {blocked && (
          <button type="button" onClick={unblock}>
            {words.sound}
          </button>
        )}
        <Mark line={line} words={words} />
        <time>{clock(state.now + state.offset, zone)}</time>
      </footer>
    </main>
  );
}
