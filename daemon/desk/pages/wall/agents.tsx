// The wall's agents: state, since when, how full, and what a supervisor can do about it.

import { useState } from "preact/hooks";
import type { Act } from "./act";
import { agentOrder, totals } from "./figures";
import { Icon, Menu, useDesk, useLang, useNow, useWords, type MenuItem } from "../pieces";
import { nameIn, optionName, slots } from "../select";
import type { WallAgent } from "../protocol";
import { elapsed } from "../../../../channels/http/browser/format";
import { fill } from "../../../../channels/http/browser/words";

function agentItems(a: WallAgent, act: (act: Act) => void, words: ReturnType<typeof useWords>): MenuItem[] {
  const items: MenuItem[] = [];
  if (a.state === "available") {
    items.push({
      id: "drain",
      label: words.wall.drain,
      icon: "minus",
      run: () => act({ kind: "drain", agent: a, on: true }),
    });
  }
  if (a.state === "draining") {
    items.push({
      id: "undrain",
      label: words.wall.undrain,
      icon: "play",
      run: () => act({ kind: "drain", agent: a, on: false }),
    });
  }
  if (a.state !== "offline") {
    items.push({ id: "force", label: words.wall.force, icon: "stop", run: () => act({ kind: "force", agent: a }) });
  }
  return items;
}

function AgentCard({ a, act }: { a: WallAgent; act: (act: Act) => void }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const now = useNow();
  const load = slots(a.used, a.total);
  const reason = a.state === "away" && a.reason ? optionName(app.view.state.lists.away, a.reason, lang) : "";
  const items = agentItems(a, act, words);
  return (
    <li class={`agent ${a.state}`}>
      <span class={`dot ${a.state}`} aria-hidden="true" />
      <span class="agent-main">
        <b>{nameIn(a.name, lang)}</b>
        <span class="agent-state">
          {reason || words.presence[a.state]} <span class="tabular">{elapsed(now - a.since, lang)}</span>{" "}
          <small class="tabular">{a.no}</small>
        </span>
      </span>
      <span class="agent-load" title={fill(words.wall.load, load)}>
        <span class="meter" aria-hidden="true">
          {Array.from({ length: Math.min(8, load.total) }, (_, i) => (
            <i key={i} class={i < load.used ? "on" : ""} />
          ))}
        </span>
        <span class="tabular">
          {load.used}/{load.total}
        </span>
      </span>
      {items.length > 0 && (
        <Menu label={`${words.wall.actions}${words.colon}${nameIn(a.name, lang)}`} class="no-tv" items={items}>
          <Icon name="more" size={20} />
        </Menu>
      )}
    </li>
  );
}

export function Agents({ act }: { act: (act: Act) => void }) {
  const { app } = useDesk();
  const words = useWords();
  const [only, setOnly] = useState("");
  const wall = app.view.state.wall;
  if (!wall) return null;
  const sum = totals(wall.queues, wall.agents);
  const states = ["available", "draining", "away", "not_responding", "offline"] as const;
  return (
    <section class="wall-card" aria-label={words.wall.agents}>
      <header class="wall-card-head">
        <h2>{words.wall.agents}</h2>
        <p>{fill(words.wall.summary, { online: sum.online, away: sum.away, off: sum.off })}</p>
        {sum.notResponding > 0 && (
          <span class="chip bad">
            <Icon name="bellOff" size={14} /> {fill(words.wall.notResponding, { n: sum.notResponding })}
          </span>
        )}
        <span class="grow" />
        <select
          class="no-tv"
          aria-label={words.wall.filter}
          value={only}
          onChange={(e) => setOnly(e.currentTarget.value)}
        >
          <option value="">{words.wall.all}</option>
          {states.map((state) => (
            <option key={state} value={state}>
              {words.presence[state]}
            </option>
          ))}
        </select>
      </header>
      <ul class="agents">
        {agentOrder(wall.agents, only).map((a) => (
          <AgentCard key={a.id} a={a} act={act} />
        ))}
      </ul>
    </section>
  );
}
