// The lines of a chat as elements, each made once; the end stays in view unless the customer scrolled up.

import { down } from "../../http/browser/icons";
import { plural } from "../../http/browser/words";
import { h, icon, richText, setText, textButton } from "./dom";
import type { Item } from "./look";
import type { Words } from "./settings";

export interface TranscriptEvents {
  /** A failed or refused message was pressed. */
  again(item: Item): void;
  copy(text: string): void;
  older(): void;
  /** The end came into view. */
  end(): void;
}

const NEAR_PX = 48;

function make(item: Item, words: Words, on: TranscriptEvents): HTMLElement {
  const { kind, text, copy, meta = "" } = item;
  if (copy) return textButton("event copy", text, () => on.copy(copy));
  if (kind === "day" || kind === "event") return h("div", { class: kind }, text);
  const title = new Date(item.at ?? 0).toLocaleString([], { hour12: false, timeZoneName: "short" });
  const by = h("span", { class: "hear" }, `${kind === "own" ? words.me : words.agent}: `);
  const row = h("div", { class: `row ${kind}${item.tight ? " tight" : ""}` });
  row.append(h("div", { class: "bubble", title }, by, ...richText(text)));
  if (item.loud) row.append(textButton("meta loud", meta, () => on.again(item)));
  else if (meta) row.append(h("div", { class: "meta" }, meta));
  return row;
}

export function createTranscript(words: Words, on: TranscriptEvents) {
  const list = h("div");
  const dots = h("div", { class: "dots", role: "img", "aria-label": words.typing }, h("i"), h("i"), h("i"));
  const typing = h("div", { class: "row their", hidden: "" }, dots);
  const log = h(
    "div",
    { class: "log", role: "log", "aria-live": "off", "aria-label": words.transcript, tabindex: 0 },
    list,
    typing,
  );
  const pillText = h("span");
  const pill = h("button", { class: "pill", type: "button", hidden: "", click: toEnd }, icon(down), pillText);
  const made = new Map<string, { shape: string; node: HTMLElement }>();
  let sticks = true;
  let missed = 0;
  let lastKey = "";
  let more = false;

  function toEnd(): void {
    log.scrollTop = log.scrollHeight;
    sticks = true;
    missed = 0;
    pill.hidden = true;
  }

  log.addEventListener("scroll", () => {
    sticks = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    if (sticks) {
      missed = 0;
      pill.hidden = true;
      on.end();
    }
    if (more && log.scrollTop < NEAR_PX) on.older();
  });

  /** Elements of lines known already stay where they are; the rest is made, moved or taken away. */
  function place(items: readonly Item[]): void {
    const gone = new Set(made.keys());
    let cursor = list.firstChild;
    for (const item of items) {
      const shape = JSON.stringify(item);
      const known = made.get(item.key);
      let node = known?.node;
      gone.delete(item.key);
      if (!node || known?.shape !== shape) {
        const fresh = make(item, words, on);
        if (cursor === node) cursor = fresh;
        node?.replaceWith(fresh);
        node = fresh;
        made.set(item.key, { shape, node });
      }
      if (node === cursor) cursor = cursor.nextSibling;
      else list.insertBefore(node, cursor);
    }
    for (const key of gone) {
      made.get(key)?.node.remove();
      made.delete(key);
    }
  }

  function paint(items: readonly Item[], older: boolean, isTyping: boolean): void {
    const said = items.filter((item) => item.mark !== undefined);
    const newest = said[said.length - 1];
    const from = said.findIndex((item) => item.key === lastKey);
    const bottom = log.scrollHeight - log.scrollTop;
    const above = made.size > 0 && !made.has(items[0]?.key ?? "");
    const grown = newest !== undefined && newest.key !== lastKey;
    more = older;
    place(items);
    typing.hidden = !isTyping;
    if (grown) lastKey = newest.key;
    if (sticks || (grown && newest.mark === "sending")) toEnd();
    else if (above)
      log.scrollTop = log.scrollHeight - bottom; // older lines came above: no jump
    else if (grown && from >= 0) missed += said.slice(from + 1).filter((item) => item.kind === "their").length;
    pill.hidden = !missed;
    setText(pillText, plural(words.newLines, missed));
  }

  return {
    element: h("div", { class: "transcript" }, log, pill),
    paint,
    toEnd,
    atEnd: () => sticks,
  };
}
