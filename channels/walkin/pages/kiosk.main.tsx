// The kiosk's effects: network, printer, voice, storage. ?print=off: a kiosk without a printer; ?paper=58: narrow paper;
// ?lang=en: the language it returns to.

import { render } from "preact";
import { initial, reduce, toAsk, unsettled, type Event, type Kiosk, type Print } from "./kiosk";
import { aheadText, KioskView, wordsOf } from "./kiosk.view";
import { ask, isDevice, readServices, readTime } from "./rest";
import { createSpeaker } from "./speech";
import { randomId } from "../../http/browser/tabs";
import { fill, pickLang } from "../../http/browser/words";

const LINES_EVERY_MS = 4_000;
const TICK_MS = 500;
/** print() blocks while a slip is made; a browser that may not print returns at once and never tells the end. */
const PRINT_MS = 3_000;
const KEPT = "frontdesk:kiosk:open";

function kept(): { service: string; key: string }[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    if (!Array.isArray(list)) return [];
    return (list as Partial<{ service: string; key: string }>[]).flatMap(({ service, key }) =>
      typeof service === "string" && typeof key === "string" ? [{ service, key }] : [],
    );
  } catch {
    return [];
  }
}

function keep(list: readonly object[]): void {
  try {
    if (list.length > 0) localStorage.setItem(KEPT, JSON.stringify(list));
    else localStorage.removeItem(KEPT);
  } catch {
    // private mode: an attempt does not outlive a reload
  }
}

/** A slip without its code would be half a slip. */
async function pictureReady(): Promise<void> {
  const image = document.querySelector<HTMLImageElement>(".slip img");
  await Promise.race([image?.decode().catch(() => undefined), new Promise((done) => setTimeout(done, 3_000))]);
}

async function print(): Promise<Print> {
  if (typeof window.print !== "function") return "failed";
  await pictureReady();
  return new Promise((tell) => {
    addEventListener("afterprint", () => tell("done"), { once: true });
    try {
      window.print();
    } catch {
      tell("failed");
    }
    setTimeout(() => tell("failed"), PRINT_MS);
  });
}

function start(root: HTMLElement): void {
  const query = new URLSearchParams(location.search);
  const home = pickLang([query.get("lang")], "zh-CN");
  const printer = query.get("print") !== "off";
  const speaker = createSpeaker();
  if (query.get("paper") === "58") document.documentElement.classList.add("paper-58");
  let state: Kiosk = initial(home, Date.now(), kept());

  function act(event: Event): void {
    const before = state;
    state = reduce(state, event, Date.now());
    keep(unsettled(state));
    for (const one of toAsk(state)) void send(one);
    if (state.screen.is === "ticket" && before.screen.is !== "ticket") ticketCame();
    if (state.screen.is === "start" && before.screen.is !== "start") speaker.hush();
    paint();
  }

  async function send({ key, service, token }: { key: string; service: string; token?: string }): Promise<void> {
    state = reduce(state, { type: "sent", key }, Date.now());
    if (token) {
      const answer = await ask("POST", `/v1/walkin/tickets/${token}/cancel`);
      return act({ type: "canceled", key, answer });
    }
    const question = { headers: { "Idempotency-Key": key }, body: { service, lang: state.lang } };
    act({ type: "answer", key, answer: await ask("POST", "/v1/walkin/tickets", question), printer });
  }

  function ticketCame(): void {
    if (state.screen.is !== "ticket") return;
    const { issued } = state.screen;
    const words = wordsOf(state.lang);
    const number = state.lang === "en" ? [...issued.number].join(" ") : issued.number;
    void speaker.say(fill(words.sayNumber, { number, ahead: aheadText(words, issued.ahead) }), state.lang);
    if (!printer) return;
    const mine = issued.number;
    void Promise.resolve() // after the paint: the printer takes what stands on the page
      .then(print)
      .then((result) => {
        if (state.screen.is === "ticket" && state.screen.issued.number === mine) act({ type: "print", print: result });
      });
  }

  async function lines(): Promise<void> {
    const answer = await ask("GET", "/v1/walkin/services", { patience_ms: 5_000 });
    if (answer.kind === "ok")
      act({ type: "services", services: readServices(answer.body), time: readTime(answer.body) });
    if (state.ours === undefined) {
      const ours = await isDevice();
      if (ours !== undefined) act({ type: "device", ours });
    }
    setTimeout(() => void lines(), LINES_EVERY_MS);
  }

  function paint(): void {
    document.documentElement.lang = state.lang;
    document.title = wordsOf(state.lang).title;
    render(<KioskView state={state} act={act} newKey={randomId} />, root);
  }

  document.addEventListener("contextmenu", (e) => e.preventDefault()); // a long touch is a touch
  setInterval(() => act({ type: "tick" }), TICK_MS);
  void lines();
  act({ type: "tick" });
}

const root = document.getElementById("root");
if (root) start(root);
