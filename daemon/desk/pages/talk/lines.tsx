// One entry of the transcript.

import { Icon, memo, refusalText, useDesk, useWords } from "../pieces";
import type { Entry } from "../outbox";
import type { Line } from "../protocol";
import { nameIn } from "../select";
import { pieces, type Item } from "./items";
import * as icons from "../../../../channels/http/browser/icons";
import { clock, fullTime } from "../../../../channels/http/browser/format";
import { fill, type Lang } from "../../../../channels/http/browser/words";
import type { Words } from "../words.zh-CN";

interface Props {
  readonly item: Item;
  readonly joined: boolean;
  readonly last: boolean;
  readonly customer: string;
  readonly lang: Lang;
  /** Who wrote a note. */
  readonly author: string;
  readonly zone: string | undefined;
  readonly receipt: "" | "read" | "delivered";
}

function Text({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece, i) =>
        piece.href ? (
          <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}

function eventText(words: Words, line: Line, lang: Lang): string {
  const known = (words.talk.event as Readonly<Record<string, string>>)[line.event];
  const values = { name: nameIn(line.name, lang), no: line.no };
  if (line.event !== "other" && known) return fill(known, values);
  return fill(words.talk.event.other, { name: line.event || line.text });
}

function ItemBody({ item, joined, last, customer, author, lang, zone, receipt }: Props) {
  const words = useWords();
  const stamp = (
    <time class="stamp" title={fullTime(item.at, zone)}>
      {clock(item.at, zone)}
    </time>
  );
  if (item.note) {
    return (
      <div class="entry note">
        <p class="note-head">
          <Icon path={icons.lock} size={12} /> {words.commands.note} · {words.talk.noteHidden}
          <span class="grow" />
          {author} {stamp}
        </p>
        <p class="note-text">
          <Text text={item.note.text} />
        </p>
      </div>
    );
  }
  const line = item.line;
  if (!line) return null;
  if (line.kind === "event") {
    return (
      <p class={line.event === "undelivered" ? "entry system late" : "entry system"}>
        {eventText(words, line, lang)} {stamp}
      </p>
    );
  }
  const own = line.by !== "customer";
  return (
    <div class={`entry ${own ? "own" : "theirs"}${joined ? " joined" : ""}`}>
      <p class="bubble">
        <span class="hidden">
          {own ? words.list.you : customer}
          {words.colon}
        </span>
        <Text text={line.text} />
      </p>
      {(last || receipt) && (
        <p class="under">
          {line.kind === "greeting" && <span>{words.talk.greeting}</span>}
          {stamp}
          {receipt && (
            <span class={`receipt ${receipt}`}>
              <Icon path={receipt === "read" ? icons.checks : icons.check} size={14} />
              {receipt === "read" ? words.talk.read : words.talk.delivered}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

/** Rendered again only when it changed: a busy hour has thousands of them. */
export const ItemView = memo(ItemBody);

/** A text on its way. It looks pending until it is a line. */
export function PendingView({ entry }: { entry: Entry }) {
  const { app } = useDesk();
  const words = useWords();
  const c = entry.command;
  if (c.type !== "msg" && c.type !== "note") return null;
  const failed = entry.phase === "failed";
  const unsure = entry.phase === "flying" && !app.open;
  const why = failed && entry.code !== "offline" && entry.code !== "unconfirmed" ? refusalText(words, entry.code) : "";
  return (
    <div class={c.type === "note" ? "entry note pending" : "entry own pending"}>
      <p class={c.type === "note" ? "note-text" : "bubble"}>
        <Text text={c.text} />
      </p>
      <p class="under">
        {failed ? (
          <>
            <button type="button" class="link late" onClick={() => app.retry(entry.key)}>
              <Icon path={icons.retry} size={14} />{" "}
              {entry.code === "unconfirmed" ? words.talk.unconfirmed : words.talk.failed}
            </button>
            {why && <span class="late">{why}</span>}
            <button type="button" class="link" onClick={() => app.discard(entry.key)}>
              {words.talk.discard}
            </button>
          </>
        ) : (
          <span>
            <Icon path={icons.clock} size={14} />{" "}
            {entry.phase === "kept" ? words.talk.delivered : unsure ? words.talk.unchecked : words.talk.sending}
          </span>
        )}
      </p>
    </div>
  );
}
