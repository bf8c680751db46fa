// The box to write in. Its text belongs to the customer: the program never writes it while an input method is at work.

import { characters } from "../../http/browser/format";
import { send as sendIcon } from "../../http/browser/icons";
import type { Ime } from "../../http/browser/ime";
import { h, iconButton, setText, sheet, textButton } from "./dom";
import type { Notice } from "./look";
import type { Words } from "./settings";

const SMILE = "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18ZM8.5 14.5a4.2 4.2 0 0 0 7 0M9 9.7h.01M15 9.7h.01";
const MAX_PX = 132;
const TYPING_IDLE_MS = 5_000;

export interface ComposerEvents {
  /** False: not taken, the text stays. */
  send(text: string): boolean;
  draft(text: string): void;
  typing(on: boolean): void;
}

export function createComposer(words: Words, ime: Ime, draft: string, on: ComposerEvents) {
  let idle: ReturnType<typeof setTimeout> | undefined;
  const box = h("textarea", {
    class: "box",
    rows: 1,
    placeholder: words.compose,
    "aria-label": words.composeLabel,
    input() {
      changed();
      on.typing(box.value !== "");
      clearTimeout(idle);
      idle = setTimeout(() => on.typing(false), TYPING_IDLE_MS);
    },
    keydown(e) {
      const { key, shiftKey } = e as KeyboardEvent;
      if (key !== "Enter" || shiftKey || ime.busy(e)) return;
      e.preventDefault();
      submit();
    },
  });
  const note = h("div", { class: "note", role: "alert" });
  const counter = h("div", { class: "counter" });
  const emoji = sheet(
    "emoji",
    words.emoji,
    SMILE,
    ...words.emojis.split(" ").map((one) => textButton("one", one, () => insert(one))),
  );
  const sendButton = iconButton("send", words.send, sendIcon, submit);
  box.value = draft;

  function changed(): void {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, MAX_PX)}px`;
    on.draft(box.value);
  }

  function write(text: string): void {
    if (ime.composing) return;
    box.value = text;
    changed();
  }

  function submit(): void {
    if (ime.composing || !on.send(box.value)) return;
    clearTimeout(idle);
    write("");
    emoji.open = false;
    box.focus();
  }

  function insert(text: string): void {
    if (ime.composing) return;
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    emoji.open = false;
    box.focus();
    changed();
  }

  return {
    element: h(
      "div",
      { class: "composer" },
      note,
      h("div", { class: "frame" }, box, h("div", { class: "tools" }, counter, emoji, sendButton)),
    ),
    paint(reason: Notice | null, lock: boolean, chars: number): void {
      const n = characters(box.value);
      sendButton.disabled = lock || !box.value.trim();
      note.className = `note ${reason?.tone}`;
      note.hidden = !reason;
      setText(note, reason?.text ?? "");
      setText(counter, n < chars * 0.9 ? "" : `${n}/${chars}`);
    },
    focus: () => box.focus(),
    /** In front of what is there. */
    put: (text: string) => write(box.value ? `${text}\n${box.value}` : text),
    /** Another tab's draft: taken when nobody writes here. */
    replace(text: string): void {
      if (!box.value || !box.matches(":focus")) write(text);
    },
  };
}
