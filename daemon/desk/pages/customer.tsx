// The right side: the customer, the case, and what they asked before.

import { useEffect } from "preact/hooks";
import { CaseSection } from "./case";
import { channelIcon, channelWord, CloseButton, Grade, Hidden, Icon, useDesk, useLang, useWords } from "./pieces";
import { customerName } from "./rows";
import { optionName } from "./select";
import { openRow } from "./talk/talk";
import type { Earlier, Row } from "./protocol";
import type { Words } from "./words.zh-CN";
import * as icons from "../../../channels/http/browser/icons";
import { fullTime, listTime } from "../../../channels/http/browser/format";
import { fill } from "../../../channels/http/browser/words";

function Who({ row }: { row: Row }) {
  const { app } = useDesk();
  const words = useWords();
  const name = customerName(app, row);
  return (
    <section class="panel-section who" aria-label={words.panel.customer}>
      <h2 class="hidden">{words.panel.customer}</h2>
      <span class="avatar large" aria-hidden="true">
        <span class="initial">{[...name][0]?.toUpperCase()}</span>
      </span>
      <div>
        <p class="who-name">
          <b>{name}</b> <Grade grade={row.customer.grade} />
        </p>
        {row.customer.masked && (
          <p class="who-number tabular" title={words.panel.masked}>
            {row.customer.masked} <Icon path={icons.lock} size={12} />
            <Hidden>{words.panel.masked}</Hidden>
          </p>
        )}
      </div>
    </section>
  );
}

const LINK = /^https?:\/\//i;

export const attributeWord = (words: Words, name: string): string =>
  new Map(Object.entries(words.attribute)).get(name) ?? name;

/** As text, whatever it is: the customer may have typed all of it. */
function Said({ row }: { row: Row }) {
  const words = useWords();
  if (row.attributes.length === 0) return null;
  return (
    <section class="panel-section said" aria-label={words.panel.said}>
      <h2>
        {words.panel.said} <small>{words.panel.saidHint}</small>
      </h2>
      <dl>
        {row.attributes.flatMap(([name, value]) => [
          <dt>{attributeWord(words, name)}</dt>,
          <dd title={value}>
            {name === "url" && LINK.test(value) ? (
              <a href={value} target="_blank" rel="noopener noreferrer">
                {value}
              </a>
            ) : (
              value
            )}
          </dd>,
        ])}
      </dl>
    </section>
  );
}

function EarlierOne({ one }: { one: Earlier }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { lists, zone } = app.view.state;
  const what = one.kind ? optionName(lists.kinds, one.kind, lang) : channelWord(words, one.channel);
  return (
    <li>
      <button
        type="button"
        class="earlier"
        title={fill(words.panel.openEarlier, { case: one.case })}
        onClick={() => app.openTalk(one.contact)}
      >
        <Icon path={channelIcon(one.channel)} />
        <span class="earlier-main">
          <b>{what}</b>
          <small class="tabular">{one.case}</small>
        </span>
        <span class="earlier-end">
          <time title={fullTime(one.at, zone)}>{listTime(one.at, app.at(), lang, zone)}</time>
          <small>
            {one.disposition ? optionName(lists.dispositions, one.disposition, lang) : words.state[one.state]}
          </small>
        </span>
      </button>
    </li>
  );
}

function EarlierList({ row }: { row: Row }) {
  const { app } = useDesk();
  const words = useWords();
  const id = row.customer.id;
  const all = app.view.state.earlier.get(id);
  useEffect(() => {
    if (id && app.open && !all) app.ask({ type: "customer", id });
  }, [id, app.open, all]);
  if (!id) return null;
  const others = all?.filter((one) => one.contact !== row.id);
  return (
    <section class="panel-section" aria-label={words.panel.earlier}>
      <h2>
        {words.panel.earlier} {others && others.length > 0 && <span class="tabular count">{others.length}</span>}
      </h2>
      {others && others.length === 0 && <p class="quiet-text">{words.panel.noEarlier}</p>}
      <ul class="earlier-list">
        {others?.map((one) => (
          <EarlierOne key={one.contact} one={one} />
        ))}
      </ul>
    </section>
  );
}

export function Panel() {
  const { app } = useDesk();
  const words = useWords();
  const open = openRow(app);
  return (
    <>
      <header class="panel-head only-narrow-drawer">
        <b>{words.panel.label}</b>
        <CloseButton onClick={() => app.ui({ drawer: false, pane: "talk" })} />
      </header>
      {open ? (
        <>
          <Who row={open.row} />
          <CaseSection row={open.row} live={open.live} />
          <Said row={open.row} />
          <EarlierList row={open.row} />
        </>
      ) : (
        app.view.state.contacts.size > 0 && <p class="list-empty">{words.talk.pick}</p>
      )}
    </>
  );
}
