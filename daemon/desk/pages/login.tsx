// Sign-in: the whole page, or a dialog over the page when the session ended. What was typed elsewhere stays.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { Icon, PlainStrip, useDesk, useWords } from "./pieces";
import { LANGUAGES } from "./languages";
import { signIn, type SignIn } from "./signin";
import { nameIn } from "./select";
import * as icons from "../../../channels/http/browser/icons";
import { fill } from "../../../channels/http/browser/words";
import { Mark } from "./mark";

interface Fault {
  readonly text: string;
  readonly field: "no" | "password" | "";
}

function Form({ fixed, onIn }: { fixed?: string; onIn: (agent: string) => void }) {
  const { ime } = useDesk();
  const words = useWords();
  const no = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [shown, show] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>({ text: "", field: "" });
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(Date.now());
  useLayoutEffect(() => (fixed ? password : no).current?.focus(), []);
  useEffect(() => {
    if (until === 0) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  const wait = Math.ceil((until - now) / 1000);

  function answered(answer: SignIn): void {
    setBusy(false);
    if (answer.kind === "in") return onIn(answer.agent);
    if (answer.kind === "wait") {
      setNow(Date.now());
      return setUntil(Date.now() + answer.seconds * 1000);
    }
    const text =
      answer.kind === "wrong"
        ? words.login.wrong
        : answer.kind === "unreachable"
          ? words.login.unreachable
          : fill(words.login.refused, { code: answer.code });
    setFault({ text, field: answer.kind === "wrong" ? "password" : "" });
    if (answer.kind === "wrong") password.current?.select();
  }

  function submit(e: Event): void {
    e.preventDefault();
    if (busy || wait > 0) return;
    const who = no.current?.value.trim() ?? "";
    const secret = password.current?.value ?? "";
    if (who === "" || secret === "") {
      const missing = who === "" ? "no" : "password";
      setFault({ text: missing === "no" ? words.login.needNo : words.login.needPassword, field: missing });
      (missing === "no" ? no : password).current?.focus();
      return;
    }
    setFault({ text: "", field: "" });
    setBusy(true);
    void signIn(who, secret).then(answered);
  }

  return (
    <form
      class="login-form"
      noValidate
      onSubmit={submit}
      onKeyDown={(e) => {
        if (e.key === "Enter" && ime.busy(e)) e.preventDefault();
      }}
    >
      <label class="field">
        <span>{words.login.no}</span>
        <input
          ref={no}
          name="staff_no"
          autoComplete="username"
          autoCapitalize="off"
          spellcheck={false}
          inputMode="text"
          defaultValue={fixed}
          readOnly={fixed !== undefined}
          aria-invalid={fault.field === "no"}
          aria-describedby="login-fault"
        />
      </label>
      <div class="field">
        <label for="login-password">{words.login.password}</label>
        <span class="with-button">
          <input
            id="login-password"
            ref={password}
            autofocus={fixed !== undefined} // in a dialog
            name="password"
            type={(shown ? "text" : "password") as "password"}
            autoComplete="current-password"
            aria-invalid={fault.field === "password"}
            aria-describedby="login-fault"
          />
          <button type="button" class="reveal" aria-pressed={shown} onClick={() => show(!shown)}>
            {shown ? words.login.hide : words.login.show}
          </button>
        </span>
      </div>
      <p class="fault" id="login-fault" role="alert">
        {wait > 0 ? (
          <>
            <Icon path={icons.clock} /> {fill(words.login.wait, { s: wait })}
          </>
        ) : (
          fault.text && (
            <>
              <Icon path={icons.warning} /> {fault.text}
            </>
          )
        )}
      </p>
      <button type="submit" class="btn primary wide" aria-disabled={busy || wait > 0}>
        {busy ? words.login.going : words.login.go}
      </button>
    </form>
  );
}

/** The desk in three strokes: somebody asks, somebody answers, the next one is on the way. */
function Art() {
  return (
    <svg class="art" viewBox="0 0 420 260" width="420" height="260" aria-hidden="true" focusable="false">
      <g class="art-card">
        <rect x="0.5" y="0.5" width="270" height="72" rx="14" />
        <circle class="art-accent-weak" cx="36" cy="36" r="18" />
        <path class="art-line strong" d="M68 28h92" />
        <path class="art-line" d="M68 46h156" />
      </g>
      <g class="art-own">
        <rect x="130" y="92" width="290" height="72" rx="14" />
        <path class="art-own-line" d="M156 120h204M156 138h138" />
        <path class="art-own-check" d="M380 138l5 5 9-11" />
      </g>
      <g class="art-card">
        <rect x="30.5" y="184.5" width="300" height="75" rx="14" />
        <circle class="art-ring-back" cx="68" cy="222" r="19" />
        <path class="art-ring" d="M68 203a19 19 0 1 1-16.5 28.5" />
        <path class="art-line strong" d="M104 213h76" />
        <path class="art-line" d="M104 231h52" />
        <rect class="art-button" x="232" y="206" width="78" height="32" rx="8" />
        <path class="art-button-line" d="M254 222h34" />
      </g>
    </svg>
  );
}

export function LoginPage() {
  const { app, effects } = useDesk();
  const words = useWords();
  const other = app.view.settings.lang === "en" ? "zh-CN" : "en";
  return (
    <div class="login-page">
      <PlainStrip />
      <div class="login">
        <section class="login-side" aria-hidden="true">
          <Art />
          <p class="login-tagline">{words.login.tagline}</p>
          <ul>
            {[words.login.point1, words.login.point2, words.login.point3].map((point) => (
              <li key={point}>
                <Icon path={icons.check} size={18} />
                {point}
              </li>
            ))}
          </ul>
        </section>
        <main class="login-main">
          <div class="login-card">
            <p class="brand">
              <Mark size={28} /> frontdesk
            </p>
            <h1>{words.login.heading}</h1>
            <p class="login-hint">{words.login.hint}</p>
            <Form onIn={() => effects.signedIn()} />
          </div>
          <button type="button" class="btn quiet" lang={other} onClick={() => app.set({ lang: other })}>
            {LANGUAGES.find((one) => one.id === other)?.text}
          </button>
        </main>
      </div>
    </div>
  );
}

/** Over the page: expired, ended by somebody, disabled, or somebody else signed in on this browser. */
export function OverDialog() {
  const { app, effects } = useDesk();
  const words = useWords();
  const { access, over, state, settings } = app.view;
  const me = state.me;
  const name = me ? nameIn(me.name, settings.lang) : "";
  const title = access === "disabled" ? words.over.disabled : over === "ended" ? words.over.ended : words.over.heading;

  function again(agent: string): void {
    if (me && agent !== me.id) app.change({ access: "stranger" });
    else effects.signedIn();
  }

  return (
    <Dialog label={title} role="alertdialog" class="over">
      {access === "disabled" && <p>{words.over.disabledText}</p>}
      {access === "over" && (
        <>
          <p>{words.over.text}</p>
          <Form {...(me ? { fixed: me.no } : {})} onIn={again} />
        </>
      )}
      {access === "stranger" && (
        <>
          <p>{fill(words.over.byOther, { name, no: me?.no ?? "" })}</p>
          <button type="button" class="btn primary wide" onClick={() => location.reload()}>
            {words.over.reload}
          </button>
        </>
      )}
    </Dialog>
  );
}
