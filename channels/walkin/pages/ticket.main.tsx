// The ticket page's effects: questions, tone, vibration, title.

import { render } from "preact";
import { ask } from "./rest";
import { initial, isOver, justCalled, nextPoll, phaseOf, reduce, type Event, type Ticket } from "./ticket";
import { said, TicketView, wordsOf } from "./ticket.view";
import { createSound } from "../../http/browser/sound";
import { wakeOn } from "../../http/browser/socket";
import { pickLang, type Lang } from "../../http/browser/words";

const RING_FOR_MS = 12_000;
const TICK_MS = 1_000;

function start(root: HTMLElement): void {
  const token = location.pathname.split("/")[2] ?? "";
  const path = `/v1/walkin/tickets/${encodeURIComponent(token)}`;
  const sound = createSound();
  let lang: Lang = pickLang([new URLSearchParams(location.search).get("lang"), ...navigator.languages], "zh-CN");
  let audible = false;
  let state: Ticket = initial(Date.now());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let stopRing: (() => void) | undefined;

  function ring(): void {
    stopRing?.();
    const stop = sound.ring("call");
    const shake = (): void => void navigator.vibrate?.([400, 200, 400, 200, 400]);
    shake();
    const again = setInterval(shake, 3_000);
    const end = setTimeout(() => stopRing?.(), RING_FOR_MS);
    stopRing = () => {
      stop();
      clearInterval(again);
      clearTimeout(end);
      stopRing = undefined;
    };
  }

  function act(event: Event): void {
    const before = state;
    state = reduce(state, event, Date.now());
    if (justCalled(before, state)) ring();
    if (stopRing && !(state.look && phaseOf(state.look) === "called")) stopRing();
    paint();
  }

  async function poll(): Promise<void> {
    if (asking || isOver(state)) return;
    clearTimeout(timer);
    asking = true;
    const answer = await ask("GET", path);
    asking = false;
    act({ type: "answer", answer });
    const wait = nextPoll(state, document.visibilityState === "hidden", Math.random());
    if (wait !== undefined) timer = setTimeout(() => void poll(), wait);
  }

  async function leave(): Promise<void> {
    act({ type: "flying" });
    act({ type: "left", answer: await ask("POST", `${path}/cancel`) });
    await poll();
  }

  async function soundOn(): Promise<void> {
    audible = await sound.unlock();
    if (audible) void sound.play("message");
    navigator.vibrate?.(60);
    paint();
  }

  function paint(): void {
    const words = wordsOf(lang);
    const headline = state.look ? said(words, state.look, lang)[0] : "";
    document.documentElement.lang = lang;
    document.title = state.look ? `${state.look.number} · ${headline}` : words.title;
    render(
      <TicketView
        state={state}
        lang={lang}
        sound={audible ? "on" : "off"}
        act={act}
        leave={() => void leave()}
        soundOn={() => void soundOn()}
        choose={(wanted) => {
          lang = wanted;
          paint();
        }}
      />,
      root,
    );
  }

  wakeOn(() => void poll());
  setInterval(() => act({ type: "tick" }), TICK_MS);
  paint();
  void poll();
}

const root = document.getElementById("root");
if (root) start(root);
