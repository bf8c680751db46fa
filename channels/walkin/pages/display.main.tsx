// The call display's effects: one socket for ever, tone and voice, wake lock, the nightly reload. ?lang=en

import { render } from "preact";
import { initial, isReloadDue, nextDue, reduce, type Display, type Event } from "./display";
import { DisplayView, lineOf, wordsOf } from "./display.view";
import { counterName } from "./pieces";
import { ask, isDevice, readServices, readTime, type Service } from "./rest";
import { createSpeaker } from "./speech";
import { createLink, socketUrl, wakeOn } from "../../http/browser/socket";
import { createSound } from "../../http/browser/sound";
import { fill, pickLang, type Lang } from "../../http/browser/words";

const TONE_MS = 1_900;
const TICK_MS = 1_000;
const NAMES_EVERY_MS = 600_000;
const DING_AGAIN_MS = 2_500;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The screen stays on where the browser can see to it; the manual says how the system does. */
function keepAwake(): void {
  const hold = async (): Promise<void> => {
    if (document.visibilityState !== "visible") return;
    await navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", () => void hold());
  void hold();
}

function start(root: HTMLElement): void {
  const lang: Lang = pickLang([new URLSearchParams(location.search).get("lang")], "zh-CN");
  const loaded = new Date();
  const words = wordsOf(lang);
  const speaker = createSpeaker();
  let state: Display = initial(Date.now());
  let services: readonly Service[] = [];
  let zone: string | undefined;
  let foreign = false;
  let blocked = false;
  let due: ReturnType<typeof setTimeout> | undefined;
  let reloading = false;
  const sound = createSound({
    volume: () => 1,
    onBlocked: (now) => {
      blocked = now;
      paint();
    },
  });

  /** Ding-dong, then the words twice; without a voice the tone again and a longer flash. */
  async function announce(turn: number): Promise<void> {
    const call = state.stage?.call;
    if (!call) return;
    speaker.hush();
    void sound.play("call");
    await pause(TONE_MS);
    const number = lang === "en" ? [...call.number].join(" ") : call.number;
    const text = fill(words.say, { number, counter: counterName(call.counter, lang) });
    const aloud = (await speaker.say(text, lang)) && (await speaker.say(text, lang));
    if (!aloud && state.stage?.turn === turn) {
      act({ type: "said", turn, mute: true });
      await pause(DING_AGAIN_MS);
      if (state.stage?.turn === turn) void sound.play("call");
      return;
    }
    act({ type: "said", turn, mute: false });
  }

  function act(event: Event): void {
    const turn = state.turns;
    state = reduce(state, event, Date.now());
    if (state.turns !== turn) void announce(state.turns);
    clearTimeout(due);
    const next = nextDue(state);
    if (next !== undefined) due = setTimeout(() => act({ type: "tick" }), Math.max(0, next - Date.now()) + 5);
    if (Object.keys(state.waiting).some((id) => !services.some((one) => one.id === id))) void names();
    paint();
  }

  let asking = false;
  async function names(): Promise<void> {
    if (asking) return;
    asking = true;
    const answer = await ask("GET", "/v1/walkin/services");
    if (answer.kind === "ok") {
      services = readServices(answer.body);
      zone = readTime(answer.body).zone;
    }
    paint();
    await pause(answer.kind === "ok" ? TICK_MS : 10 * TICK_MS);
    asking = false;
  }

  const link = createLink({
    url: () => socketUrl(location.origin, `/v1/walkin/display?lang=${lang}`),
    protocol: "frontdesk.display.v1",
    hello: () => ({ type: "hello", v: 1 }),
    onFrame: (frame) => {
      if (frame.type === "display") act({ type: "frame", frame });
    },
    onState: (line) => {
      // Why a handshake failed is not told to scripts: ask. A device registered later is found by the next attempt.
      if (line.phase === "open") foreign = false;
      else if (line.phase === "lost" && line.refused > 0) void isDevice().then((ours) => (foreign = ours === false));
      paint();
    },
    onClose: () => true, // whatever the reason: a display that stays closed is a dark screen
  });

  /** Only when the page can be had: a reload while the daemon is down would leave an error page for the day. */
  async function reloadAtFour(): Promise<void> {
    if (reloading || !isReloadDue(loaded, new Date())) return;
    reloading = true;
    const there = await fetch(location.href, { cache: "no-store" }).then(
      (response) => response.ok,
      () => false,
    );
    if (there) location.reload();
    else await pause(60_000);
    reloading = false;
  }

  function paint(): void {
    const lost = Date.now() - link.state.since;
    const line = foreign ? "foreign" : lineOf(link.state.phase === "open", state.heard > 0, lost);
    render(
      <DisplayView
        state={state}
        lang={lang}
        line={line}
        services={services}
        zone={zone}
        blocked={blocked}
        unblock={() => void sound.unlock()}
      />,
      root,
    );
  }

  document.documentElement.lang = lang;
  document.title = words.title;
  keepAwake();
  wakeOn(() => link.wake());
  setInterval(() => {
    act({ type: "tick" });
    void reloadAtFour();
  }, TICK_MS);
  setInterval(() => void names(), NAMES_EVERY_MS);
  void names();
  void sound.unlock(); // finds out whether the browser lets sound out before the first call needs it
  link.open();
  paint();
}

const root = document.getElementById("root");
if (root) start(root);
