// The wall's agents: state, since when, how full, and what a supervisor can do about it.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { unattendedText } from "./steps";
import type { Act } from "./act";
import { CROWD, crowd, teamGroups } from "./crowd";
import { agentOrder, teamIds, totals } from "./figures";
import { type Words, useWords } from "./words";
import { Icon, Menu, Meter, useDesk, useLang, useNow, type MenuItem } from "../pieces";
import { nameIn, optionName, slots } from "../select";
import { reasonWord } from "../top";
import type { WallAgent } from "../protocol";
import * as icons from "../../../../channels/http/browser/icons";
import { count, elapsed } from "../../../../channels/http/browser/format";
import { fill } from "../../../../channels/http/browser/words";

function agentItems(a: WallAgent, act: (act: Act) => void, words: Words): MenuItem[] {
  const items: MenuItem[] = [];
  if (a.state === "available") {
    items.push({
      id: "drain",
      label: words.wall.drain,
      icon: icons.minus,
      run: () => act({ kind: "drain", agent: a, on: true }),
    });
  }
  if (a.state === "draining") {
    items.push({
      id: "undrain",
      label: words.wall.resume,
      icon: icons.play,
      run: () => act({ kind: "drain", agent: a, on: false }),
    });
  }
  if (a.unattended.length > 0) {
    items.push({
      id: "back",
      label: words.wall.giveBack,
      icon: icons.left,
      run: () => act({ kind: "force", agent: a }),
    });
  } else if (a.state !== "offline") {
    items.push({ id: "force", label: words.wall.force, icon: icons.stop, run: () => act({ kind: "force", agent: a }) });
  }
  return items;
}

/** `place`: in a crowd not all cards are there, so each says which of how many it is. */
function AgentCard({ a, act, place }: { a: WallAgent; act: (act: Act) => void; place?: { i: number; of: number } }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const now = useNow();
  const load = slots(a.used, a.total);
  const items = agentItems(a, act, words);
  const alone = a.unattended.length > 0;
  return (
    <li
      class={`agent ${a.state}${alone ? " unattended" : ""}`}
      {...(place ? { "aria-posinset": place.i + 1, "aria-setsize": place.of } : {})}
    >
      <span class={`dot ${a.state}`} aria-hidden="true" />
      <span class="agent-main">
        <b>{nameIn(a.name, lang)}</b>
        <span class="agent-state">
          {alone && <Icon path={icons.warning} size={14} />}{" "}
          {alone ? unattendedText(words, a) : reasonWord(app, a.state, a.reason) || words.presence[a.state]}{" "}
          {a.since > 0 && <span class="tabular">{elapsed(now - a.since, lang)}</span>}{" "}
          <small class="tabular">{a.no}</small>
        </span>
      </span>
      <span class="agent-load" title={fill(words.capacityOf, load)}>
        <Meter {...load} />
      </span>
      {items.length > 0 && (
        <Menu label={`${words.wall.actions}${words.colon}${nameIn(a.name, lang)}`} class="no-tv" items={items}>
          <Icon path={icons.more} size={20} />
        </Menu>
      )}
    </li>
  );
}

/** Height of a row and least width of a card, in wall.css too. */
const CARD = { row: 64, width: 280 };
const CARD_TV = { row: 88, width: 360 };

/** By team, drawn only where the page is scrolled to. */
function CrowdOf(props: {
  agents: readonly WallAgent[];
  teams: readonly string[];
  act: (act: Act) => void;
  tv: boolean;
}) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const root = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 20, columns: 4 });
  const card = props.tv ? CARD_TV : CARD;
  useLayoutEffect(() => {
    const look = (): void => {
      const box = root.current?.getBoundingClientRect();
      if (!box) return;
      const top = Math.max(0, Math.floor(-box.top / card.row));
      const height = Math.ceil(innerHeight / card.row) + 1;
      const columns = Math.max(1, Math.floor(box.width / card.width));
      setView((now) =>
        now.top === top && now.height === height && now.columns === columns ? now : { top, height, columns },
      );
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [card]);
  const { above, below, parts } = crowd(teamGroups(props.agents, props.teams), view.columns, view);
  return (
    <div class="crowd" ref={root}>
      <div style={{ height: `${above * card.row}px` }} />
      {parts.map((part) => {
        const team = part.team ? optionName(app.view.state.lists.queues, part.team, lang) : words.wall.noTeam;
        return (
          <section key={part.team} aria-label={team}>
            {part.head && (
              <h3>
                {team} <small class="tabular">{count(part.of)}</small>
              </h3>
            )}
            <ul class="agents" style={{ gridTemplateColumns: `repeat(${view.columns},minmax(0,1fr))` }}>
              {part.agents.map((a, i) => (
                <AgentCard key={a.id} a={a} act={props.act} place={{ i: part.from + i, of: part.of }} />
              ))}
            </ul>
          </section>
        );
      })}
      <div style={{ height: `${below * card.row}px` }} />
    </div>
  );
}

function Filter(props: {
  label: string;
  all: string;
  value: string;
  options: readonly (readonly [id: string, text: string])[];
  onChoose: (id: string) => void;
}) {
  return (
    <select
      class="no-tv"
      aria-label={props.label}
      value={props.value}
      onChange={(e) => props.onChoose(e.currentTarget.value)}
    >
      <option value="">{props.all}</option>
      {props.options.map(([id, text]) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </select>
  );
}

export function Agents({ act, tv }: { act: (act: Act) => void; tv: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const [only, setOnly] = useState("");
  const [team, setTeam] = useState("");
  const wall = app.view.state.wall;
  if (!wall) return null;
  const sum = totals(wall.queues, wall.agents);
  const states = ["available", "draining", "away", "not_responding", "offline"] as const;
  const { queues } = app.view.state.lists;
  const teams = teamIds(
    wall.agents,
    queues.map((q) => q.id),
  );
  const shown = agentOrder(wall.agents, only, teams.includes(team) ? team : "");
  return (
    <section class="wall-card" aria-label={words.wall.agents}>
      <header class="wall-card-head">
        <h2>{words.wall.agents}</h2>
        <p>{fill(words.wall.summary, { online: sum.online, away: sum.away, off: sum.off })}</p>
        {sum.notResponding > 0 && (
          <span class="chip bad">
            <Icon path={icons.bellOff} size={14} /> {fill(words.wall.notResponding, { n: sum.notResponding })}
          </span>
        )}
        <span class="grow" />
        {teams.length > 0 && (
          <Filter
            label={words.wall.teamFilter}
            all={words.wall.allTeams}
            value={team}
            options={teams.map((id) => [id, optionName(queues, id, lang)])}
            onChoose={setTeam}
          />
        )}
        <Filter
          label={words.wall.status}
          all={words.wall.all}
          value={only}
          options={states.map((state) => [state, words.presence[state]])}
          onChoose={setOnly}
        />
      </header>
      {shown.length > CROWD ? (
        <CrowdOf agents={shown} teams={teams} act={act} tv={tv} />
      ) : (
        <ul class="agents">
          {shown.map((a) => (
            <AgentCard key={a.id} a={a} act={act} />
          ))}
        </ul>
      )}
    </section>
  );
}
