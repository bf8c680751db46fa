// Settings of this browser, the list of keys, and the counter's name.

import { useState, useRef } from "preact/hooks";
import { Dialog, Foot } from "./dialog";
import { actionNames, Keys, useDesk, useWords } from "./pieces";
import { LANGUAGES } from "./languages";
import { SHOWN } from "./keys";
import type { Settings } from "./keep";

function Segments<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { readonly id: T; readonly text: string }[];
  onChoose: (id: T) => void;
}) {
  return (
    <div class="setting">
      <span id={`set-${props.label}`}>{props.label}</span>
      <div class="segments" role="group" aria-label={props.label}>
        {props.options.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-pressed={props.value === one.id}
            onClick={() => props.onChoose(one.id)}
          >
            {one.text}
          </button>
        ))}
      </div>
    </div>
  );
}

function Switch(props: {
  label: string;
  text?: string;
  on: boolean;
  onChange: (on: boolean) => void;
  children?: preact.ComponentChildren;
}) {
  return (
    <div class="setting">
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={props.on}
          onChange={(e) => props.onChange(e.currentTarget.checked)}
        />
        <span>
          {props.label}
          {props.text && <small>{props.text}</small>}
        </span>
      </label>
      {props.children}
    </div>
  );
}

function Notices() {
  const words = useWords();
  const [, again] = useState(0);
  if (typeof Notification !== "function" || !isSecureContext)
    return <p class="quiet-text">{words.settings.noticesHttp}</p>;
  if (Notification.permission === "granted") return <p class="quiet-text">{words.settings.noticesOn}</p>;
  if (Notification.permission === "denied") return <p class="quiet-text">{words.settings.noticesDenied}</p>;
  return (
    <button
      type="button"
      class="btn"
      onClick={() => void Notification.requestPermission().then(() => again((n) => n + 1))}
    >
      {words.settings.noticesAsk}
    </button>
  );
}

export function SettingsDialog() {
  const { app, effects } = useDesk();
  const words = useWords();
  const s: Settings = app.view.settings;
  const close = (): void => app.closeForm();
  return (
    <Dialog label={words.commands.settings} class="settings" onClose={close}>
      <Segments
        label={words.settings.language}
        value={s.lang}
        options={LANGUAGES}
        onChoose={(lang) => app.set({ lang })}
      />
      <Segments
        label={words.settings.theme}
        value={s.theme}
        options={(["auto", "light", "dark"] as const).map((id) => ({ id, text: words.settings[id] }))}
        onChoose={(theme) => app.set({ theme })}
      />
      <Segments
        label={words.settings.density}
        value={s.density}
        options={(["comfortable", "compact"] as const).map((id) => ({ id, text: words.settings[id] }))}
        onChoose={(density) => app.set({ density })}
      />
      <Segments
        label={words.settings.enter}
        value={s.enter}
        options={[
          { id: "send", text: words.settings.enterSend },
          { id: "line", text: words.commands.newline },
        ]}
        onChoose={(enter) => app.set({ enter })}
      />
      <h3>{words.settings.sounds}</h3>
      {app.view.blocked && <p class="quiet-text">{words.settings.blocked}</p>}
      <label class="setting">
        <span>{words.settings.volume}</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.1"
          value={s.volume}
          onChange={(e) => app.set({ volume: Number(e.currentTarget.value) })}
        />
      </label>
      <Switch label={words.notice.offer} on={s.soundOffer} onChange={(soundOffer) => app.set({ soundOffer })}>
        <button type="button" class="btn small" onClick={() => effects.test("offer")}>
          {words.settings.test}
        </button>
      </Switch>
      <Switch label={words.notice.message} on={s.soundMessage} onChange={(soundMessage) => app.set({ soundMessage })}>
        <button type="button" class="btn small" onClick={() => effects.test("message")}>
          {words.settings.test}
        </button>
      </Switch>
      <h3>{words.settings.notices}</h3>
      <Notices />
      <h3>{words.settings.letters}</h3>
      <Switch
        label={words.settings.letters}
        text={words.settings.lettersText}
        on={s.letters}
        onChange={(letters) => app.set({ letters })}
      />
    </Dialog>
  );
}

const GROUPS = {
  everywhere: ["accept", "focusOffer", "palette", "escape"],
  list: ["next", "previous", "open", "nextUnread", "previousUnread", "mine", "queue", "done", "wall", "keys"],
  talk: ["reply", "note", "transfer", "resolve", "why", "digits"],
  composer: ["send", "enter", "newline", "phrases"],
} as const;

export function KeysDialog() {
  const { app } = useDesk();
  const words = useWords();
  const close = (): void => app.closeForm();
  const names = actionNames(words);
  return (
    <Dialog label={words.commands.keys} class="keys-dialog" onClose={close}>
      <div class="key-groups">
        {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
          <section key={group}>
            <h3>{words.keys[group]}</h3>
            <dl>
              {GROUPS[group].map((id) => (
                <div key={id}>
                  <dt>
                    {(SHOWN[id] ?? []).map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{names[id]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="quiet-text">{app.view.settings.letters ? words.keys.hint : words.keys.off}</p>
    </Dialog>
  );
}

export function CounterDialog() {
  const { app, ime } = useDesk();
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [tried, setTried] = useState(false);
  const close = (): void => app.closeForm();
  function submit(e: Event): void {
    e.preventDefault();
    setTried(true);
    const counter = input.current?.value.trim() ?? "";
    if (counter === "") {
      input.current?.focus();
      return;
    }
    app.set({ counter });
    close();
    app.command({ type: "presence", state: "available", counter });
  }
  return (
    <Dialog label={words.counter.heading} class="small" onClose={close}>
      <p class="quiet-text">{words.counter.text}</p>
      <form
        noValidate
        onSubmit={submit}
        onKeyDown={(e) => {
          if (e.key === "Enter" && ime.busy(e)) e.preventDefault();
        }}
      >
        <label class="field">
          <span>{words.counter.label}</span>
          <input
            ref={input}
            autoFocus
            defaultValue={app.view.settings.counter}
            aria-invalid={tried}
            autoComplete="off"
          />
        </label>
        <Foot fault={tried ? words.counter.need : ""}>
          {words.commands.online} <Keys of={["Enter"]} />
        </Foot>
      </form>
    </Dialog>
  );
}
