// Why this contact came here: rule, place in line, who was considered, what happened. The record's words where it has
// them, ours where we know better ones.

import { useEffect } from "preact/hooks";
import { list as values, num, obj, str, type Obj } from "./decode";
import { Dialog } from "./dialog";
import { copyText, Icon, refusalText, useDesk, useLang, useWords } from "./pieces";
import { optionName, personName } from "./select";
import type { App } from "./app";
import type { Words } from "./words.zh-CN";
import * as icons from "../../../channels/http/browser/icons";
import { clockSeconds, duration } from "../../../channels/http/browser/format";
import { fill, plural } from "../../../channels/http/browser/words";

const list = (v: unknown): readonly Obj[] => values(v).map(obj);

const nameOf = (app: App, id: string): string => personName(app.view.state, id, app.view.settings.lang);

export interface Story {
  readonly title: string;
  readonly lines: readonly string[];
}

function strategy(words: Words, id: string): string {
  return (words.explain.strategies as Readonly<Record<string, string>>)[id] ?? id;
}
function reason(words: Words, text: string): string {
  const word = text.split(" ")[0] ?? "";
  const known = (words.explain.reasons as Readonly<Record<string, string>>)[word];
  return known ? (text === word ? known : `${known} (${text})`) : text;
}

function decisionLines(app: App, d: Obj): string[] {
  const words = app.words;
  const { lang } = app.view.settings;
  const zone = app.view.state.zone;
  const at = num(d.at);
  const name = str(d.strategy);
  const value = (v: unknown, from: number): string => {
    if (typeof v !== "number") return "";
    if (name !== "longest_idle") return String(v);
    // How long, in ms; an instant where the record has one.
    return fill(words.explain.idle, { v: duration(v > 1e11 ? Math.max(0, from - v) : v, lang) });
  };
  const winner = str(d.winner);
  const head = [
    at > 0 ? clockSeconds(at, zone) : "",
    winner ? fill(words.explain.winner, { name: nameOf(app, winner) }) : words.explain.nobody,
    name ? fill(words.explain.strategy, { name: strategy(words, name) }) : "",
    value(d.value, at),
    num(d.waited_ms) > 0 ? fill(words.offer.waited, { time: duration(num(d.waited_ms), lang) }) : "",
  ];
  const lines = [head.filter((part) => part !== "").join(" · ")];
  for (const other of list(d.runners_up)) {
    const why = str(other.reason) ? reason(words, str(other.reason)) : value(other.value, at);
    lines.push(`${words.explain.runnersUp}${words.colon}${nameOf(app, str(other.agent))}${why ? ` · ${why}` : ""}`);
  }
  const excluded = Object.entries(obj(d.excluded));
  if (excluded.length > 0) {
    const parts = excluded.map(([why, n]) => `${reason(words, why)} ${plural(words.explain.people, num(n))}`);
    lines.push(`${words.explain.excluded}${words.colon}${parts.join(words.and)}`);
  }
  return lines;
}

function stepLine(app: App, t: Obj): string {
  const words = app.words;
  const states = words.state as Readonly<Record<string, string>>;
  const zone = app.view.state.zone;
  const to = states[str(t.to)] ?? str(t.to);
  const parts = [
    num(t.at) > 0 ? clockSeconds(num(t.at), zone) : "",
    to || str(t.event),
    str(t.reason),
    str(t.actor) ? fill(words.explain.by, { name: nameOf(app, str(t.actor)) }) : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** The record as titled lines: what the dialog shows and what is copied. */
export function story(app: App, body: Obj): Story[] {
  const words = app.words;
  const { lang } = app.view.settings;
  const { lists, zone } = app.view.state;
  const rule = obj(body.rule);
  const key = obj(body.key);
  const ruleText = str(rule.id) || str(body.rule);
  const head = num(key.head_start);
  const place = [
    num(key.band) > 0 ? fill(words.explain.band, { band: num(key.band) }) : "",
    num(key.virtual_start) > 0 ? fill(words.explain.start, { time: clockSeconds(num(key.virtual_start), zone) }) : "",
    head > 0 ? fill(words.explain.headStart, { time: duration(head, lang) }) : "",
    head < 0 ? fill(words.explain.delayed, { time: duration(-head, lang) }) : "",
    num(body.place) > 0 ? fill(words.explain.place, { n: num(body.place) }) : "",
  ].filter((part) => part !== "");
  const waiting = Object.entries(obj(body.waiting)).map(
    ([agent, why]) => `${nameOf(app, agent)} · ${reason(words, str(why))}`,
  );
  const missed = list(body.path)
    .filter((one) => one.matched === false)
    .map((one) => [str(one.rule), str(one.failed)].filter(Boolean).join("  "));
  const decisions = list(body.decisions).flatMap((d) => decisionLines(app, d));
  const steps = list(body.transitions)
    .filter((t) => str(t.object) === "" || str(t.object) === "c")
    .map((t) => stepLine(app, t));
  return [
    { title: words.panel.case, lines: str(body.case) ? [str(body.case)] : [] },
    { title: words.explain.rule, lines: ruleText ? [[ruleText, str(rule.at)].filter(Boolean).join("  ")] : [] },
    { title: words.panel.queue, lines: str(body.queue) ? [optionName(lists.queues, str(body.queue), lang)] : [] },
    { title: words.explain.position, lines: place.length > 0 ? [place.join(" · ")] : [] },
    { title: words.explain.path, lines: missed },
    { title: words.explain.decisions, lines: decisions },
    { title: words.explain.waiting, lines: waiting },
    { title: words.explain.steps, lines: steps },
  ].filter((part) => part.lines.length > 0);
}

export const asText = (parts: readonly Story[]): string =>
  parts.map((part) => [part.title, ...part.lines.map((line) => `  ${line}`)].join("\n")).join("\n");

export function Explain({ contact, close }: { contact: string; close?: () => void }) {
  const { app } = useDesk();
  const words = useWords();
  useLang();
  const body = app.view.state.explained.get(contact);
  const verdict = app.view.state.verdicts.get("ask:explain");
  useEffect(() => {
    if (app.open) app.ask({ type: "explain", contact });
  }, [contact, app.open]);
  const parts = body ? story(app, body) : [];
  return (
    <Dialog label={words.commands.why} class="explain" onClose={close ?? (() => app.closeForm())}>
      {!body && !verdict && <p class="quiet-text">{words.loading}</p>}
      {verdict && !body && <p class="fault">{refusalText(words, verdict.code)}</p>}
      {body && parts.length === 0 && <p class="quiet-text">{words.explain.none}</p>}
      <dl class="story">
        {parts.map((part) => (
          <>
            <dt key={part.title}>{part.title}</dt>
            <dd key={`${part.title}.`}>
              {part.lines.map((line, i) => (
                <p key={i} class="tabular">
                  {line}
                </p>
              ))}
            </dd>
          </>
        ))}
      </dl>
      {parts.length > 0 && (
        <footer class="dialog-foot">
          <button type="button" class="btn" onClick={() => void copyText(asText(parts))}>
            <Icon path={icons.copy} /> {words.explain.copyText}
          </button>
        </footer>
      )}
    </Dialog>
  );
}
