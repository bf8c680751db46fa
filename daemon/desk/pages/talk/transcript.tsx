// The transcript: the last 200 entries in the DOM, older ones by 100 without a jump, new lines below without pulling.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon, useDesk, useLang, useWords } from "../pieces";
import { customerName } from "../rows";
import { isTyping, personName, unsent } from "../select";
import type { Note, Row } from "../protocol";
import { talkOf, type State } from "../state";
import type { Words } from "../words.zh-CN";
import { firstSeq, hasOlder, lastSeq } from "../talk";
import { itemsOf, type Item } from "./items";
import { ItemView, PendingView } from "./lines";
import * as icons from "../../../../channels/http/browser/icons";
import { dayLine, sameDay } from "../../../../channels/http/browser/format";
import { plural, type Lang } from "../../../../channels/http/browser/words";

const SHOWN = 200;
const MORE = 100;
const NEAR = 48; // px from the bottom that still count as being there
const READ_MS = 1_000;

interface Edge {
  readonly height: number;
  readonly first: string;
  readonly bottom: boolean;
}

interface Slice {
  readonly shown: readonly Item[];
  /** Shows older ones that are here already; false when there are none. */
  back(): boolean;
  /** Reading back: the first one shown stays the first until older ones come. */
  pin(): void;
  release(): void;
}

/** Which items are in the DOM: from a fixed one while reading back, else the newest. */
function useSlice(items: readonly Item[]): Slice {
  const [from, setFrom] = useState("");
  const at = from === "" ? -1 : items.findIndex((item) => item.key === from);
  const start = at >= 0 ? at : Math.max(0, items.length - SHOWN);
  const back = (): boolean => {
    if (start === 0) return false;
    setFrom(items[Math.max(0, start - MORE)]?.key ?? "");
    return true;
  };
  // Asked for and come: whoever reads back sees them at once, without scrolling into nothing.
  const oldest = items[0]?.key ?? "";
  useLayoutEffect(() => {
    if (from !== "") back();
  }, [oldest]);
  return { shown: items.slice(start), back, pin: () => setFrom(items[start]?.key ?? ""), release: () => setFrom("") };
}

/** Read when open, in a focused window and its end in view for a second. */
function useReading(row: Row, live: boolean, atEnd: boolean): void {
  const { app } = useDesk();
  const newest = lastSeq(talkOf(app.view.state, row.id));
  useEffect(() => {
    if (!live || !atEnd || newest <= row.read.agent) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(timer);
      if (document.visibilityState !== "visible" || !document.hasFocus()) return;
      timer = setTimeout(() => app.read(row.id, newest), READ_MS);
    };
    look();
    addEventListener("focus", look);
    addEventListener("blur", look);
    return () => {
      clearTimeout(timer);
      removeEventListener("focus", look);
      removeEventListener("blur", look);
    };
  }, [row.id, live, atEnd, newest, row.read.agent]);
}

export function Transcript({ row, live, compact }: { row: Row; live: boolean; compact: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state } = app.view;
  const talk = talkOf(state, row.id);
  const zone = state.zone;
  const box = useRef<HTMLDivElement>(null);
  const edge = useRef<Edge>({ height: 0, first: "", bottom: true });
  const [atEnd, setAtEnd] = useState(true);
  const [missed, setMissed] = useState(0);
  const items = useMemo(() => itemsOf(talk.lines, talk.notes), [talk.lines, talk.notes]);
  const { shown, back, pin, release } = useSlice(items);
  const waiting = unsent(state, row.id);
  const typing = live && isTyping(state, row.id, app.now());
  const first = shown[0]?.key ?? "";
  const newest = lastSeq(talk);
  useReading(row, live, atEnd);

  useEffect(() => {
    if ((!talk.loaded || talk.hole) && talk.asked < 0 && app.open) app.history(row.id, 0);
  }, [talk.loaded, talk.hole, talk.asked, app.open]);

  // Older lines came above: what the eye rests on stays where it is. New ones below: follow only from the end.
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    const was = edge.current;
    if (was.first !== "" && first !== was.first && !was.bottom) el.scrollTop += el.scrollHeight - was.height;
    else if (was.bottom) el.scrollTop = el.scrollHeight;
    edge.current = { height: el.scrollHeight, first, bottom: was.bottom };
  }, [first, newest, items.length, waiting.length, typing, talk.loaded]);

  // The box shrinks when a strip or a longer draft takes room: whoever was at the end stays there.
  useEffect(() => {
    const el = box.current;
    if (!el) return undefined;
    const watch = new ResizeObserver(() => {
      if (edge.current.bottom) el.scrollTop = el.scrollHeight;
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, []);

  const seen = useRef(0);
  useEffect(() => {
    if (seen.current > 0 && newest > seen.current && !edge.current.bottom) setMissed((n) => n + newest - seen.current);
    seen.current = newest;
  }, [newest]);

  // A typing mark goes away by time, not by a frame.
  const [, again] = useState(0);
  useEffect(() => {
    if (!typing) return undefined;
    const timer = setTimeout(() => again((n) => n + 1), Math.max(50, talk.typing_until - app.now() + 20));
    return () => clearTimeout(timer);
  }, [typing, talk.typing_until]);

  function older(): void {
    if (back()) return;
    if (!hasOlder(talk) || talk.asked >= 0 || !talk.loaded) return;
    pin();
    app.history(row.id, firstSeq(talk));
  }
  function scrolled(el: HTMLDivElement): void {
    const bottom = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR;
    edge.current = { height: el.scrollHeight, first, bottom };
    setAtEnd(bottom);
    if (bottom) {
      setMissed(0);
      release();
    }
    if (el.scrollTop < 200) older();
  }
  function toEnd(): void {
    edge.current = { ...edge.current, bottom: true };
    release();
    setMissed(0);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }

  const name = customerName(app, row);
  return (
    <div class={compact ? "transcript-root compact" : "transcript-root"}>
      <div
        class="transcript"
        id="transcript"
        ref={box}
        role="log"
        aria-live="off"
        aria-label={words.talk.label}
        tabIndex={0}
        onScroll={(e) => scrolled(e.currentTarget)}
      >
        {talk.asked >= 0 && !talk.loaded && (
          <p class="transcript-note" role="status">
            {words.loading}
          </p>
        )}
        {talk.loaded && items.length === 0 && waiting.length === 0 && !compact && (
          <p class="transcript-note">{words.talk.noLines}</p>
        )}
        {shown.map((item, i) => {
          const before = shown[i - 1];
          const newDay = !before || !sameDay(before.at, item.at, zone);
          return [
            newDay && (
              <p key={`d${item.key}`} class="day">
                <span>{dayLine(item.at, app.at(), lang, zone)}</span>
              </p>
            ),
            <ItemView
              key={item.key}
              item={item}
              joined={!newDay && before !== undefined && before.group === item.group && item.at - before.at < 180_000}
              last={shown[i + 1]?.group !== item.group || (shown[i + 1]?.at ?? 0) - item.at >= 180_000}
              customer={name}
              author={item.note ? authorOf(state, item.note, words, lang) : ""}
              lang={lang}
              zone={zone}
              receipt={item === lastMine(shown) ? (row.read.customer >= item.seq ? "read" : "delivered") : ""}
            />,
          ];
        })}
        {waiting.map((entry) => (
          <PendingView key={entry.key} entry={entry} />
        ))}
        {typing && (
          <p class="typing" role="img" aria-label={words.talk.typing}>
            <i />
            <i />
            <i />
          </p>
        )}
      </div>
      {talk.asked > 0 && talk.loaded && (
        <p class="transcript-older" role="status">
          {words.talk.older}
        </p>
      )}
      {!atEnd && (
        <button type="button" class="pill newest" onClick={toEnd}>
          <Icon path={icons.down} size={14} /> {missed > 0 ? plural(words.talk.newer, missed) : words.talk.latest}
        </button>
      )}
    </div>
  );
}

function authorOf(state: State, note: Note, words: Words, lang: Lang): string {
  return note.agent === state.me?.id ? words.list.you : personName(state, note.agent, lang);
}

function lastMine(items: readonly Item[]): Item | undefined {
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const item = items[i];
    if (item?.group === "agent") return item;
  }
  return undefined;
}
