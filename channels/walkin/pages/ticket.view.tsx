// What the phone shows: pure, but for the dialog, which the browser must be told to open.

import { useEffect, useRef } from "preact/hooks";
import { counterName, Icon, LanguageSwitch, named } from "./pieces";
import type { Look } from "./rest";
import { isInLine, isStale, mayLeave, phaseOf, type Event, type Phase, type Ticket } from "./ticket";
import * as en from "./words.en";
import * as zh from "./words.zh-CN";
import { clock, wholeMinutes } from "../../http/browser/format";
import * as icons from "../../http/browser/icons";
import { fill, plural, type Lang } from "../../http/browser/words";

export type Words = typeof zh.ticket;
export const wordsOf = (lang: Lang): Words => (lang === "en" ? en.ticket : zh.ticket);

export interface Props {
  readonly state: Ticket;
  readonly lang: Lang;
  readonly sound: "off" | "on";
  readonly act: (event: Event) => void;
  readonly leave: () => void;
  readonly soundOn: () => void;
  readonly choose: (lang: Lang) => void;
}

/** The headline and the sentence below it. */
export function said(words: Words, look: Look, lang: Lang): readonly [string, string] {
  const phase = phaseOf(look);
  const counter = look.counter ? counterName(look.counter, lang) : "";
  if (phase === "called") {
    return counter ? [fill(words.called, { counter }), words.calledMore] : [words.calledNowhere, ""];
  }
  if (phase === "serving") {
    return [counter ? fill(words.servingAt, { counter }) : words.serving, words.servingMore];
  }
  if (phase === "waiting") return [words.waiting, look.ahead === 0 ? words.next : ""];
  if (phase === "missed") return [words.absent, look.ahead === 0 ? words.next : words.missedMore];
  const rest: Readonly<Record<Exclude<Phase, "called" | "serving" | "waiting" | "missed">, readonly [string, string]>> =
    {
      done: [words.done, words.doneMore],
      absent: [words.absent, words.absentMore],
      noShow: [words.noShow, words.noShowMore],
      canceled: [words.canceled, words.canceledMore],
      expired: [words.expired, words.expiredMore],
    };
  return rest[phase];
}

const ICONS: Readonly<Record<Phase, string>> = {
  waiting: icons.clock,
  missed: icons.warning,
  called: icons.bell,
  serving: icons.person,
  done: icons.check,
  absent: icons.warning,
  noShow: icons.warning,
  canceled: icons.close,
  expired: icons.close,
};

function Waiting({ state, look, words }: { state: Ticket; look: Look; words: Words }) {
  const share = state.first > 0 && look.ahead !== undefined ? 1 - look.ahead / state.first : 0;
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{words.aheadLabel}</dt>
          <dd>{look.ahead === undefined ? "–" : plural(words.people, look.ahead)}</dd>
        </div>
        <div>
          <dt>{words.waitLabel}</dt>
          <dd>
            {look.wait_s === undefined ? words.waitUnknown : fill(words.minutes, { n: wholeMinutes(look.wait_s) })}
          </dd>
        </div>
      </dl>
      {share > 0 && <progress max={100} value={Math.round(share * 100)} aria-label={words.aheadLabel} />}
    </>
  );
}

function Leave({ state, words, act, leave }: Pick<Props, "state" | "act" | "leave"> & { words: Words }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = state.leaving !== "no";
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby="leave-title"
      aria-describedby="leave-more"
      onCancel={() => act({ type: "stay" })}
    >
      <h2 id="leave-title">{words.leaveTitle}</h2>
      <p id="leave-more">{words.leaveMore}</p>
      <p class="fault" role="alert">
        {state.leaving === "failed" ? words.leaveFailed : ""}
      </p>
      <button type="button" class="primary" onClick={() => act({ type: "stay" })}>
        {words.leaveNo}
      </button>
      <button
        type="button"
        onClick={() => state.leaving !== "flying" && leave()}
        aria-disabled={state.leaving === "flying"}
      >
        {state.leaving === "flying" ? words.leaving : words.leaveYes}
      </button>
    </dialog>
  );
}

function Known({ look, ...props }: Props & { look: Look }) {
  const { state, lang } = props;
  const words = wordsOf(lang);
  const phase = phaseOf(look);
  const [title, more] = said(words, look, lang);
  return (
    <>
      <p class="service">{named(look.name, lang)}</p>
      <h1>
        <span class="label">{words.number} </span>
        <span class="number">{look.number}</span>
      </h1>
      <section class={`state ${phase}`} role="status" aria-live="assertive">
        <Icon path={ICONS[phase]} size={28} />
        <div>
          <p class="title">{title}</p>
          {more && <p class="more">{more}</p>}
        </div>
      </section>
      {isInLine(state) && <Waiting state={state} look={look} words={words} />}
      {(isInLine(state) || phase === "absent") && (
        <div class="alert">
          {props.sound === "off" && (
            <button type="button" onClick={props.soundOn}>
              <Icon path={icons.bell} size={20} />
              {words.soundOn}
            </button>
          )}
          <p>{props.sound === "on" ? words.soundIsOn : words.keepOpen}</p>
        </div>
      )}
      {mayLeave(state) && (
        <button type="button" class="leave" onClick={() => props.act({ type: "leave" })}>
          {words.leave}
        </button>
      )}
    </>
  );
}

function Sentence({ icon, title, more }: { icon: string; title: string; more: string }) {
  return (
    <section class="sentence" role="status">
      <Icon path={icon} size={48} />
      <h1>{title}</h1>
      <p>{more}</p>
    </section>
  );
}

export function TicketView(props: Props) {
  const { state, lang, act } = props;
  const words = wordsOf(lang);
  const stale = isStale(state);
  return (
    <div class="page">
      <header>
        <LanguageSwitch lang={lang} label={words.language} onChoose={props.choose} />
      </header>
      <p class={stale ? "strip" : "strip off"} role="status">
        {stale ? fill(words.stale, { time: clock(state.heard) }) : ""}
      </p>
      <main>
        {state.gone ? (
          <Sentence icon={icons.help} title={words.gone} more={words.goneMore} />
        ) : state.look ? (
          <Known {...props} look={state.look} />
        ) : state.failures > 0 ? (
          <Sentence icon={icons.offline} title={words.unreachable} more="" />
        ) : (
          <Sentence icon={icons.clock} title={words.loading} more="" />
        )}
      </main>
      <Leave state={state} words={words} act={act} leave={props.leave} />
    </div>
  );
}
