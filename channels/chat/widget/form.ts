// What a website asks before the first message of a chat: fields, each with its error below it, and the version of the
// consent line above the box. What was typed stays in this browser until that message is kept.

import type { Ime } from "../../http/browser/ime";
import type { Form } from "./chat";
import { h, setText } from "./dom";
import type { Chat } from "./effects";
import type { Question, Website, Words } from "./settings";

const BYTES_MAX = 256;

function makeField(question: Question, id: string, words: Words, chat: Chat) {
  const { key, type, label, required, pattern = ".*", mode = "on", options } = question;
  const fault = h("p", { class: "note bad", id, role: "alert", hidden: "" });
  const props = {
    class: "topic",
    "aria-describedby": id,
    input() {
      chat.answer(key, field.value);
      if (!fault.hidden) check();
    },
  };
  const choices = [{ id: "", name: words.choose }, ...(options ?? [])];
  const field = options
    ? h("select", props, ...choices.map(({ id: value, name }) => h("option", { value }, name)))
    : h("input", { ...props, pattern, inputmode: mode, autocomplete: mode });
  field.required = required;
  field.value = chat.answer(key);

  /** The browser finds what is missing or does not match, and we the words for it. */
  function check(): boolean {
    const { valid, valueMissing } = field.validity;
    const long = new Blob([field.value]).size > BYTES_MAX;
    const wrong = type === "phone" ? words.answerPhone : words.answerEmail;
    fault.hidden = valid && !long;
    setText(fault, long ? words.answerLong : valueMissing ? words.answerMissing : wrong);
    field.setAttribute("aria-invalid", `${!fault.hidden}`);
    return fault.hidden;
  }
  return { key, field, check, element: h("div", {}, h("label", {}, label + (required ? " *" : ""), field), fault) };
}

/** `done`: Enter in the last field. */
export function createForm(website: Website, chat: Chat, ime: Ime, done: () => void) {
  const { words, consent, prechat = [] } = website;
  const fields = prechat.map((question, at) => makeField(question, `fault${at}`, words, chat));
  fields.forEach(({ field }, at) =>
    field.addEventListener("keydown", (e) => {
      if ((e as KeyboardEvent).key !== "Enter" || ime.busy(e as KeyboardEvent)) return;
      const next = fields[at + 1];
      if (next) next.field.focus();
      else done();
    }),
  );

  return {
    elements: fields.map(({ element }) => element),
    /** What goes along with the first message; none: an answer is missing or wrong, and its field says so. */
    given(): Form | undefined {
      const [wrong] = fields.filter(({ check }) => !check());
      wrong?.field.focus();
      const answers = fields.length
        ? Object.fromEntries(fields.map(({ key, field }) => [key, field.value.replace(/[\0-\x1f]/g, " ")]))
        : undefined;
      return wrong ? undefined : { consent: consent?.version, prechat: answers };
    },
  };
}
