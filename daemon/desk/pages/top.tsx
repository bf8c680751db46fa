// The bar: who I am to the router, how full, search, account. And the strips below it, one at a time by urgency.

import { useEffect, useState } from "preact/hooks";
import {
  Elapsed,
  Hidden,
  Icon,
  Keys,
  Menu,
  Meter,
  PlainStrip,
  useDesk,
  useLang,
  useNow,
  useWords,
  type MenuItem,
} from "./pieces";
import { Mark } from "./mark";
import { SHOWN } from "./keys";
import { nameIn, optionName, pending, pullQueues, slots } from "./select";
import type { PresenceState } from "./protocol";
import * as icons from "../../../channels/http/browser/icons";
import { clockSeconds } from "../../../channels/http/browser/format";
import { fill, plural } from "../../../channels/http/browser/words";
import type { App } from "./app";

/** Going online at a counter asks for its name first; elsewhere one click does it. */
export function goOnline(app: App): void {
  if (pullQueues(app.view.state).length > 0 && !app.view.state.presence?.counter) app.form({ kind: "counter" });
  else app.command({ type: "presence", state: "available", ...counterOf(app) });
}
const counterOf = (app: App): { counter?: string } => {
  const counter = app.view.state.presence?.counter;
  return counter ? { counter } : {};
};

/** Why somebody is in a state: the router's own reasons, or the site's reasons to be away. */
export function reasonWord(app: App, state: PresenceState, reason: string): string {
  const known = new Map(Object.entries(app.words.presence.reasons)).get(reason);
  return known ?? (state === "away" ? optionName(app.view.state.lists.away, reason, app.view.settings.lang) : "");
}
export function presenceWord(app: App, state: PresenceState, reason: string): string {
  const why = reasonWord(app, state, reason);
  return why ? `${app.words.presence[state]} · ${why}` : app.words.presence[state];
}

export function presenceItems(app: App): MenuItem[] {
  const words = app.words;
  const { state, settings } = app.view;
  const now = state.presence;
  const is = (s: PresenceState, reason = ""): boolean => now?.state === s && (s !== "away" || now.reason === reason);
  return [
    {
      id: "available",
      label: words.presence.available,
      mark: "available",
      current: is("available"),
      run: () => goOnline(app),
    },
    { id: "h", label: words.presence.away, heading: true },
    ...state.lists.away.map((reason) => ({
      id: `away:${reason.id}`,
      label: nameIn(reason, settings.lang),
      mark: "away",
      current: is("away", reason.id),
      run: () => app.command({ type: "presence", state: "away", reason: reason.id }),
    })),
    { id: "h2", label: "", heading: true },
    {
      id: "draining",
      label: words.presence.draining,
      hint: words.presence.drainHint,
      mark: "draining",
      current: is("draining"),
      run: () => app.command({ type: "presence", state: "draining" }),
    },
    {
      id: "offline",
      label: words.presence.offline,
      mark: "offline",
      current: is("offline"),
      run: () => app.command({ type: "presence", state: "offline" }),
    },
  ];
}

export function PresenceMenu() {
  const { app } = useDesk();
  const words = useWords();
  const { presence } = app.view.state;
  if (!presence) return <span class="presence loading" />;
  const busy = pending(app.view.state, "presence") !== undefined;
  const word = presenceWord(app, presence.state, presence.reason);
  return (
    <Menu label={words.presence.label} class={`presence ${presence.state}`} items={presenceItems(app)}>
      <span class={`dot ${presence.state}`} aria-hidden="true" />
      <b>{word}</b>
      {busy ? <span class="spin" aria-hidden="true" /> : <Elapsed since={presence.since} />}
      <Icon path={icons.expand} size={14} />
    </Menu>
  );
}

/** A change that waits for the end of work, and the way back. */
function NextPresence() {
  const { app } = useDesk();
  const words = useWords();
  const { presence } = app.view.state;
  if (!presence?.next) return null;
  const word = presenceWord(app, presence.next.state, presence.next.reason);
  return (
    <span class="next-presence">
      {fill(words.presence.next, { state: word })}
      <button
        type="button"
        class="link"
        onClick={() => app.command({ type: "presence", state: "available", ...counterOf(app) })}
      >
        {words.presence.undo}
      </button>
    </span>
  );
}

function CapacityMeter() {
  const { app } = useDesk();
  const words = useWords();
  const { used, total } = app.view.state.capacity;
  if (total === 0) return null;
  const spoken = slots(used, total);
  const text = fill(words.capacityOf, spoken);
  return (
    <span class="capacity" title={`${words.capacity}${words.colon}${text}`}>
      <Meter {...spoken} />
      <span class="hidden">{text}</span>
    </span>
  );
}

export function accountItems(app: App, leave: () => void): MenuItem[] {
  const words = app.words;
  const supervisor = app.view.state.me?.role !== "agent";
  return [
    { id: "settings", label: words.commands.settings, icon: icons.sliders, run: () => app.form({ kind: "settings" }) },
    { id: "keys", label: words.commands.keys, icon: icons.help, run: () => app.form({ kind: "keys" }) },
    ...(supervisor
      ? [{ id: "wall", label: words.commands.wall, icon: icons.people, run: () => location.assign("/desk/wall") }]
      : []),
    { id: "out", label: words.presence.signOut, icon: icons.out, run: leave },
  ];
}

export function TopBar() {
  const { app, effects } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { me, presence } = app.view.state;
  return (
    <header class="top">
      <h1 class="brand">
        <Mark /> <span>frontdesk</span> <Hidden>{words.commands.desk}</Hidden>
      </h1>
      <PresenceMenu />
      {presence?.counter && <span class="chip">{fill(words.presence.counter, { counter: presence.counter })}</span>}
      <CapacityMeter />
      <NextPresence />
      <span class="grow" />
      <button type="button" class="search" onClick={() => app.form({ kind: "palette" })}>
        <Icon path={icons.search} />
        <span>{words.search}</span>
        <Keys of={SHOWN.palette ?? []} />
      </button>
      {me && (
        <Menu label={words.account} class="account" items={accountItems(app, effects.leave)}>
          <span class="avatar small" aria-hidden="true">
            <span class="initial">{[...nameIn(me.name, lang)][0]}</span>
          </span>
          <span class="account-name">
            {nameIn(me.name, lang)} <small>{me.no}</small>
          </span>
          <Icon path={icons.expand} size={14} />
        </Menu>
      )}
    </header>
  );
}

/** Nothing for the first 1.5 s of a loss; after a minute it says how old the data is. */
function LostStrip() {
  const { app } = useDesk();
  const words = useWords();
  const { link, state } = app.view;
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  const gone = app.now() - link.since;
  if (gone < 1500) return null;
  const text =
    link.refused >= 2 && !link.welcomed
      ? fill(words.strip.proxy, { host: location.host })
      : gone > 60_000 && link.heard > 0
        ? fill(words.strip.lostSince, { time: clockSeconds(link.heard + state.offset, state.zone) })
        : words.strip.lost;
  return (
    <div class="strip warn" role="status">
      <span class="spin" aria-hidden="true" />
      {text}
    </div>
  );
}

function SlowStrip({ until }: { until: number }) {
  const words = useWords();
  const { app } = useDesk();
  const left = Math.ceil((until + app.view.state.offset - useNow()) / 1000);
  if (left <= 0) return null;
  return (
    <div class="strip warn" role="status">
      <Icon path={icons.clock} /> {fill(words.strip.busy, { s: left })}
    </div>
  );
}

export function Strips() {
  const { app, effects } = useDesk();
  const words = useWords();
  const { link, state, blocked, settings } = app.view;
  const { presence, slow } = state;
  return (
    <>
      <PlainStrip />
      {presence?.state === "not_responding" && (
        <div class="strip bad" role="alert">
          <Icon path={icons.bellOff} /> <b>{plural(words.strip.missed, presence.missed)}</b>
          <button type="button" class="btn" onClick={() => goOnline(app)}>
            {words.strip.online}
          </button>
        </div>
      )}
      {link.phase !== "open" && (link.welcomed || link.refused > 0 || state.loaded) && <LostStrip />}
      {link.phase === "open" && slow.reason === "busy" && slow.until > app.now() && <SlowStrip until={slow.until} />}
      {blocked && presence?.state === "available" && settings.soundOffer && (
        <button type="button" class="strip sound" onClick={() => void effects.sound.unlock()}>
          <Icon path={icons.bellOff} /> {words.strip.sound}
        </button>
      )}
    </>
  );
}
