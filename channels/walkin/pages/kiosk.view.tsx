// What the kiosk shows: pure, from the state.

import { isClosed, isOffline, secondsLeft, type Attempt, type Event, type Kiosk, type Screen } from "./kiosk";
import { Icon, LanguageSwitch, named } from "./pieces";
import * as en from "./words.en";
import * as zh from "./words.zh-CN";
import { clock, count, wholeMinutes } from "../../http/browser/format";
import * as icons from "../../http/browser/icons";
import { fill, plural, type Lang } from "../../http/browser/words";

export type Words = typeof zh.kiosk;
export const wordsOf = (lang: Lang): Words => (lang === "en" ? en.kiosk : zh.kiosk);

interface Props {
  readonly state: Kiosk;
  readonly act: (event: Event) => void;
  readonly newKey: () => string;
}
type Ticket = Extract<Screen, { is: "ticket" }>;

export function aheadText(words: Words, ahead: number | undefined): string {
  if (ahead === undefined) return "";
  return ahead === 0 ? words.next : plural(words.ahead, ahead);
}
const waitText = (words: Words, wait_s: number | undefined): string =>
  wait_s === undefined ? words.waitUnknown : fill(words.wait, { n: wholeMinutes(wait_s) });

function serviceName(state: Kiosk, id: string): string {
  return named(state.services?.find((one) => one.id === id)?.name, state.lang, id);
}

/** Han characters are twice as wide. */
const isLong = (name: string): boolean => [...name].reduce((n, c) => n + (c > "\u2e80" ? 2 : 1), 0) > 12;

/** One sentence in the middle of the screen, and what comes next. */
function Notice(props: {
  icon: string;
  title: string;
  more: string;
  busy?: boolean;
  children?: preact.ComponentChildren;
}) {
  return (
    <section class="notice">
      <span class={props.busy ? "notice-icon busy" : "notice-icon"}>
        <Icon path={props.icon} size={88} />
      </span>
      <h1>{props.title}</h1>
      <p role="status">{props.more}</p>
      {props.children && <div class="buttons">{props.children}</div>}
    </section>
  );
}

function Services({ state, act, newKey }: Props) {
  const words = wordsOf(state.lang);
  const { screen } = state;
  const shut = screen.is === "start" ? screen.notOpen : undefined;
  return (
    <section class="choose">
      <h1>{words.title}</h1>
      <ul class="services">
        {(state.services ?? []).map((one) => (
          <li key={one.id}>
            <button
              type="button"
              class={one.open ? "service" : "service shut"}
              onClick={() => act({ type: "touch", service: one.id, key: newKey() })}
            >
              <b class={isLong(serviceName(state, one.id)) ? "long" : ""}>{serviceName(state, one.id)}</b>
              <span>{one.open ? fill(words.waiting, { n: count(one.waiting) }) : words.notOpen}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="hint" role="status">
        {shut === undefined ? "" : fill(words.notOpenMore, { service: serviceName(state, shut) })}
      </p>
    </section>
  );
}

function Asking({ attempt, words, state, act }: { attempt: Attempt; words: Words } & Omit<Props, "newKey">) {
  const seconds = Math.max(1, Math.ceil((attempt.due - state.now) / 1000));
  const more =
    attempt.why === "rate"
      ? fill(words.rate, { n: seconds })
      : attempt.why === "busy"
        ? words.busy
        : attempt.why === "lost"
          ? words.retrying
          : serviceName(state, attempt.service);
  return (
    <Notice icon={icons.clock} title={words.asking} more={more} busy>
      {attempt.why !== "" && (
        <button type="button" class="big" onClick={() => act({ type: "back" })}>
          {words.cancel}
        </button>
      )}
    </Notice>
  );
}

function printText(words: Words, print: Ticket["print"]): string {
  if (print === "starting") return words.printing;
  if (print === "done") return words.printed;
  return print === "failed" ? words.printFailed : words.printNone;
}

function TicketView({ screen, state, act }: { screen: Ticket } & Omit<Props, "newKey">) {
  const words = wordsOf(state.lang);
  const { issued, print } = screen;
  return (
    <section class="ticket">
      <h1>
        <span class="label">{words.yours}</span>
        <span class="number">{issued.number}</span>
      </h1>
      <div class="facts">
        <p class="service-name">{serviceName(state, screen.service)}</p>
        <p class="ahead">{aheadText(words, issued.ahead)}</p>
        <p class="wait">{waitText(words, issued.wait_s)}</p>
      </div>
      <figure>
        <img
          src={`/t/${issued.token}/qr.svg`}
          alt={fill(words.qr, { number: issued.number })}
          width={300}
          height={300}
          id="qr"
        />
        <figcaption>{words.scan}</figcaption>
      </figure>
      <p class={print === "failed" ? "print warn" : "print"} role="status">
        {print === "failed" && <Icon path={icons.warning} size={36} />}
        {printText(words, print)}
      </p>
      <div class="buttons">
        <button type="button" class="big primary" onClick={() => act({ type: "back" })}>
          {fill(words.done, { n: secondsLeft(state) })}
        </button>
      </div>
    </section>
  );
}

/** What comes out of the printer; never on the screen. No name: a slip lies about. */
function Slip({ screen, state }: { screen: Ticket; state: Kiosk }) {
  const words = wordsOf(state.lang);
  const { issued } = screen;
  return (
    <section class="slip" aria-hidden="true">
      <p>{serviceName(state, screen.service)}</p>
      <p class="slip-number">{issued.number}</p>
      <p>{aheadText(words, issued.ahead)}</p>
      <p>{waitText(words, issued.wait_s)}</p>
      <img src={`/t/${issued.token}/qr.svg`} alt="" />
      <p>{words.scan}</p>
      <p class="slip-time">{fill(words.taken, { time: clock(screen.at + state.offset, state.zone) })}</p>
    </section>
  );
}

const FAILED = {
  offline: ["failedOffline", "failedOfflineMore"],
  busy: ["failedBusy", "failedBusyMore"],
  closed: ["failedClosed", "failedClosedMore"],
} as const;

function Middle({ state, act, newKey }: Props) {
  const words = wordsOf(state.lang);
  const { screen } = state;
  if (state.ours === false) return <Notice icon={icons.lock} title={words.foreign} more={words.foreignMore} />;
  if (screen.is === "asking") return <Asking attempt={screen.attempt} words={words} state={state} act={act} />;
  if (screen.is === "ticket") return <TicketView screen={screen} state={state} act={act} />;
  if (screen.is === "failed") {
    const [title, more] = FAILED[screen.why];
    return (
      <Notice icon={icons.warning} title={words[title]} more={words[more]}>
        <button type="button" class="big" onClick={() => act({ type: "back" })}>
          {words.back}
        </button>
        {screen.why !== "closed" && (
          <button
            type="button"
            class="big primary"
            onClick={() => act({ type: "touch", service: screen.service, key: newKey() })}
          >
            {words.again}
          </button>
        )}
      </Notice>
    );
  }
  if (isOffline(state)) return <Notice icon={icons.offline} title={words.offline} more={words.offlineMore} busy />;
  if (!state.services) return <Notice icon={icons.clock} title={words.loading} more="" busy />;
  if (state.services.length === 0)
    return <Notice icon={icons.info} title={words.noServices} more={words.noServicesMore} />;
  if (isClosed(state)) return <Notice icon={icons.clock} title={words.closed} more={words.closedMore} />;
  return <Services state={state} act={act} newKey={newKey} />;
}

export function KioskView(props: Props) {
  const { state, act } = props;
  const words = wordsOf(state.lang);
  return (
    <div class="kiosk">
      <header>
        <time class="clock">{clock(state.now + state.offset, state.zone)}</time>
        <LanguageSwitch lang={state.lang} label={words.language} onChoose={(lang) => act({ type: "language", lang })} />
      </header>
      <main>
        <Middle {...props} />
      </main>
      {state.screen.is === "ticket" && <Slip screen={state.screen} state={state} />}
    </div>
  );
}
