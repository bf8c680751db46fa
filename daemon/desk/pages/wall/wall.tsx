// The supervisor's wall: who waits longest, where nobody is free, what the agents do. Trouble first, stale data says so.

import { useEffect, useRef, useState } from "preact/hooks";
import { ActDialog, type Act } from "./act";
import { Agents } from "./agents";
import { isAlarm, totals, troubleOf } from "./figures";
import { WaitingList } from "./line";
import { isStale, Live, useTick } from "./live";
import { Queues } from "./queues";
import { useKeys } from "./listen";
import { unattendedText } from "./steps";
import { useWords } from "./words";
import { LoginPage, OverDialog } from "../login";
import { Mark } from "../mark";
import { Icon, PlainStrip, useDesk, useLang, useNow } from "../pieces";
import { nameIn, optionName } from "../select";
import { Untakens } from "../untaken";
import * as icons from "../../../../channels/http/browser/icons";
import { clockSeconds, count, elapsed } from "../../../../channels/http/browser/format";
import { fill } from "../../../../channels/http/browser/words";

function Figure(props: { label: string; value: string; note: string; tone?: string }) {
  return (
    <div class={`figure ${props.tone ?? ""}`} title={props.note}>
      <dt>{props.label}</dt>
      <dd class="tabular">
        {props.tone === "bad" && <Icon path={icons.warning} size={24} />}
        {props.value}
      </dd>
    </div>
  );
}

function Figures() {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const now = useNow();
  const wall = app.view.state.wall;
  if (!wall) return null;
  const sum = totals(wall.queues, wall.agents);
  const late = wall.queues.some((q) => q.alarm === "long_wait");
  const none = sum.waiting > 0 && sum.free === 0;
  return (
    <dl class="figures">
      <Figure label={words.wall.waiting} value={count(sum.waiting)} note={words.wall.formulaWaiting} />
      <Figure
        label={words.wall.longest}
        value={sum.oldest_at > 0 ? elapsed(now - sum.oldest_at, lang) : "–"}
        note={fill(words.wall.formulaLongest, { time: elapsed(wall.long_wait_ms, lang) })}
        tone={late ? "bad" : ""}
      />
      <Figure
        label={words.wall.freeAgents}
        value={count(sum.free)}
        note={words.wall.formulaFree}
        tone={none ? "warn" : ""}
      />
      <Figure label={words.wall.online} value={count(sum.online)} note={words.wall.formulaOnline} />
    </dl>
  );
}

/** Said, and sounded, once: a queue in trouble that nobody has seen, a customer whom an agent's lost line leaves alone. */
function Alarms() {
  const { app, effects } = useDesk();
  const words = useWords();
  const lang = useLang();
  const now = useNow();
  const known = useRef(new Map<string, string>());
  const [text, setText] = useState("");
  const { queues = [], agents = [] } = app.view.state.wall ?? {};
  useEffect(() => {
    for (const a of agents) {
      const alone = a.unattended.join();
      const before = known.current.get(`@${a.id}`) ?? "";
      known.current.set(`@${a.id}`, alone);
      if (alone === "" || alone === before) continue;
      setText(`${nameIn(a.name, lang)}${words.colon}${unattendedText(words, a)}`);
      void effects.sound.play("sla");
    }
    for (const q of queues) {
      const trouble = troubleOf(q);
      const before = known.current.get(q.id) ?? "";
      known.current.set(q.id, trouble);
      if (trouble === before || !isAlarm(trouble) || q.seen) continue;
      const queue = optionName(app.view.state.lists.queues, q.id, lang);
      setText(
        trouble === "long"
          ? fill(words.wall.alarmLong, { queue, time: elapsed(now - q.oldest_at, lang) })
          : fill(words.wall.alarm, { queue, n: q.waiting }),
      );
      void effects.sound.play("sla");
    }
  }, [queues]);
  return (
    <p class="hidden" aria-live="assertive">
      {text}
    </p>
  );
}

function fullScreen(on: boolean): void {
  if (on) void document.documentElement.requestFullscreen?.().catch(() => undefined);
  else if (document.fullscreenElement) void document.exitFullscreen();
}

function Bar({ tv, setTv, act }: { tv: boolean; setTv: (on: boolean) => void; act: (act: Act) => void }) {
  const { app } = useDesk();
  const words = useWords();
  const now = useNow();
  return (
    <header class="wall-top">
      <p class="brand">
        <Mark size={28} />
      </p>
      <h1>{words.commands.wall}</h1>
      <time class="tabular wall-clock">{clockSeconds(now, app.view.state.zone)}</time>
      <Live />
      <span class="grow" />
      <button type="button" class="btn no-tv" onClick={() => act({ kind: "reassign" })}>
        <Icon path={icons.transfer} /> {words.wall.reassign}
      </button>
      <button
        type="button"
        class="btn"
        aria-pressed={tv}
        onClick={() => {
          setTv(!tv);
          fullScreen(!tv);
        }}
      >
        <Icon path={icons.full} /> {tv ? words.wall.tvOff : words.wall.tv}
      </button>
      <a class="btn no-tv" href="/desk/">
        <Icon path={icons.left} /> {words.commands.desk}
      </a>
    </header>
  );
}

export function Wall() {
  const { app } = useDesk();
  const words = useWords();
  const [act, setAct] = useState<Act | undefined>(undefined);
  const [line, setLine] = useState("");
  const [tv, setTv] = useState(false);
  useKeys({
    full: () => fullScreen(!document.fullscreenElement),
  });
  const now = useTick();
  useEffect(() => {
    const hear = (): void => {
      if (!document.fullscreenElement) setTv(false);
    };
    document.addEventListener("fullscreenchange", hear);
    return () => document.removeEventListener("fullscreenchange", hear);
  }, []);
  const { access, state } = app.view;
  if (access === "out") return <LoginPage />;
  if (access === "checking") return <div class="boot" aria-busy="true" />;
  if (state.me && state.me.role === "agent") {
    return (
      <main class="talk-none wall-none">
        <Icon path={icons.lock} size={36} />
        <h1>{words.wall.noRight}</h1>
        <a class="btn primary" href="/desk/">
          {words.commands.desk}
        </a>
      </main>
    );
  }
  const stale = state.wall && isStale(app.view.link, state.wall.heard, now);
  return (
    <div class={`wall${tv ? " tv" : ""}${stale ? " is-stale" : ""}`}>
      <div class="wall-head">
        <Bar tv={tv} setTv={setTv} act={setAct} />
        <PlainStrip />
        <Untakens />
      </div>
      <main class="wall-main">
        <Figures />
        <Queues act={setAct} open={setLine} />
        <Agents act={setAct} tv={tv} />
      </main>
      <Alarms />
      {line && <WaitingList queue={line} close={() => setLine("")} />}
      {act && <ActDialog act={act} close={() => setAct(undefined)} />}
      {(access === "over" || access === "disabled" || access === "stranger") && <OverDialog />}
    </div>
  );
}
