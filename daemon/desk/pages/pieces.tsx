// Small parts every view is made of.

import { Component, createContext, type ComponentChildren, type FunctionComponent, type RefObject } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { App } from "./app";
import type { Effects } from "./effects";
import { overPlainHttp } from "./plain";
import type { Words } from "./words.zh-CN";
import * as icons from "../../../channels/http/browser/icons";
import { countdown, elapsed } from "../../../channels/http/browser/format";
import type { Ime } from "../../../channels/http/browser/ime";
import { fill, type Lang } from "../../../channels/http/browser/words";

export interface Desk {
  readonly app: App;
  readonly effects: Effects;
  readonly ime: Ime;
  /** Which request for the text box's focus was answered: opening a conversation takes the focus only when asked. */
  readonly seen: { focus: number };
}
export const DeskContext = createContext<Desk | undefined>(undefined);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("no desk above this view");
  return desk;
}
export const useWords = (): Words => useDesk().app.words;
export const useLang = (): Lang => useDesk().app.view.settings.lang;

/** Rendered again only when a prop changed; inside, nothing may come from the app that is not among the props. */
export function memo<P extends object>(View: FunctionComponent<P>): new () => Component<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return (Object.keys(next) as (keyof P)[]).some((key) => next[key] !== (this.props as P)[key]);
    }
    override render(props: P) {
      return <View {...props} />;
    }
  };
}

/** Re-renders when the app paints. Only roots use it; everything below gets what it needs from them. */
export function useView(app: App): App["view"] {
  const [view, set] = useState(app.view);
  useEffect(() => app.onPaint(() => set(app.view)), [app]);
  return view;
}

/** Site time, again every second. Sleeps with the tab: nothing is decided by it. */
export function useNow(): number {
  const { app } = useDesk();
  const [now, set] = useState(app.at());
  useEffect(() => app.onSecond(() => set(app.at())), [app]);
  return Math.max(now, app.at());
}

/** A path of icons.ts: only those that something here names are carried. */
export function Icon({ path, size = 16 }: { path: string; size?: number }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width={2}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}

export function Keys({ of }: { of: readonly string[] }) {
  return (
    <span class="keys" aria-hidden="true">
      {of.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

/** Red, for as long as the page is open: a password typed here is read along the way. */
export function PlainStrip() {
  const words = useWords();
  if (!overPlainHttp(location)) return null;
  return (
    <p class="strip bad plain" role="alert">
      <Icon path={icons.lock} /> {words.strip.plain}
    </p>
  );
}

export const Hidden = ({ children }: { children: ComponentChildren }) => <span class="hidden">{children}</span>;

const CHANNEL_ICONS: Readonly<Record<string, string>> = {
  chat: icons.chat,
  phone: icons.phone,
  email: icons.mail,
  walkin: icons.ticket,
};
export const channelIcon = (channel: string): string => CHANNEL_ICONS[channel] ?? icons.chat;

export function channelWord(words: Words, channel: string): string {
  return (words.channel as Readonly<Record<string, string>>)[channel] ?? channel;
}

export function priorityWord(words: Words, id: string): string {
  return (words.priority as Readonly<Record<string, string>>)[id] ?? id;
}

/** What a key or a command does; a tab of the list is called what it is called there. */
export const actionNames = (words: Words): Readonly<Record<string, string>> => ({ ...words.list, ...words.commands });

/** The first letter a person knows the customer by; a ticket shows its number elsewhere. */
function initial(name: string): string {
  const first = [...name.trim()][0] ?? "";
  return first.toUpperCase();
}

export function Avatar({ name, channel, away }: { name: string; channel: string; away?: boolean }) {
  return (
    <span class={away ? "avatar away" : "avatar"} aria-hidden="true">
      <span class="initial">{initial(name) || <Icon path={icons.person} size={18} />}</span>
      <span class="badge-channel">
        <Icon path={channelIcon(channel)} size={10} />
      </span>
    </span>
  );
}

export function Grade({ grade }: { grade: string }) {
  if (grade === "") return null;
  return <span class={grade === "VIP" ? "chip vip" : "chip"}>{grade}</span>;
}

/** Time left to `due`: calm, late in red with a word for those who cannot see the colour. */
export function Countdown({ due, warn_ms = 0 }: { due: number; warn_ms?: number }) {
  const lang = useLang();
  const left = due - useNow();
  const tone = left < 0 ? "late" : left < warn_ms ? "soon" : "calm";
  return (
    <span class={`due ${tone}`}>
      <Icon path={left < 0 ? icons.warning : icons.clock} size={12} />
      {countdown(left, lang)}
    </span>
  );
}

export function Elapsed({ since }: { since: number }) {
  const lang = useLang();
  return <span class="tabular">{elapsed(useNow() - since, lang)}</span>;
}

/** How full, in bars and numbers; said by who shows it. */
export function Meter({ used, total }: { used: number; total: number }) {
  return (
    <>
      <span class="meter" aria-hidden="true">
        {Array.from({ length: Math.min(8, total) }, (_, i) => (
          <i key={i} class={i < used ? "on" : ""} />
        ))}
      </span>
      <span class="tabular">
        {used}/{total}
      </span>
    </>
  );
}

export function CloseButton({ onClick }: { onClick: (e: Event) => void }) {
  const words = useWords();
  return (
    <button type="button" class="btn quiet square" aria-label={words.close} title={words.close} onClick={onClick}>
      <Icon path={icons.close} />
    </button>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const words = useWords();
  const [copied, set] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => set(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      class="copy"
      aria-label={copied ? words.copied : label}
      title={copied ? words.copied : label}
      onClick={() => void copyText(text).then(set)}
    >
      <Icon path={copied ? icons.check : icons.copy} size={14} />
    </button>
  );
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // plain http: the text can be marked by hand
  }
}

/** Sets the focus once, when it appears. */
export function useFocusOnce<E extends HTMLElement>(): RefObject<E | null> {
  const ref = useRef<E>(null);
  useEffect(() => ref.current?.focus(), []);
  return ref;
}

export function refusalText(words: Words, code: string): string {
  const known = (words.refused as Readonly<Record<string, string>>)[code];
  return known && code !== "other" ? known : fill(words.refused.other, { code });
}

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon?: string;
  readonly mark?: string;
  readonly current?: boolean;
  readonly heading?: boolean;
  readonly run?: () => void;
}

/** Menu button by the ARIA Authoring Practices: arrows, Home, End, Escape, letters of the first word. */
export function Menu(props: {
  label: string;
  class?: string;
  items: readonly MenuItem[];
  children: ComponentChildren;
}) {
  const { ime } = useDesk();
  const [open, set] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (!open) return undefined;
    root.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const away = (e: Event): void => {
      if (!root.current?.contains(e.target as Node)) set(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [open]);

  function move(e: KeyboardEvent): void {
    if (ime.busy(e)) return;
    const all = [...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = to[e.key];
    if (e.key === "Escape" || e.key === "Tab") {
      set(false);
      if (e.key === "Escape") button.current?.focus();
    } else if (next !== undefined) all[next % all.length]?.focus();
    else return;
    e.stopPropagation();
    if (e.key !== "Tab") e.preventDefault();
  }

  return (
    <div class={`menu-root ${props.class ?? ""}`} ref={root} onKeyDown={open ? move : undefined}>
      <button
        type="button"
        class="menu-button"
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        title={props.label}
        onClick={() => set(!open)}
      >
        <Hidden>{props.label} </Hidden>
        {props.children}
      </button>
      {open && (
        <div class="menu" role="menu" aria-label={props.label}>
          {props.items.map((item) =>
            item.heading ? (
              <div key={item.id} class="menu-heading" role="presentation">
                {item.label}
              </div>
            ) : (
              <button
                key={item.id}
                type="button"
                role={item.current === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.current}
                class="menu-item"
                tabIndex={-1}
                onClick={() => {
                  set(false);
                  button.current?.focus();
                  item.run?.();
                }}
              >
                {item.mark && <span class={`dot ${item.mark}`} aria-hidden="true" />}
                {item.icon && <Icon path={item.icon} />}
                <span class="menu-label">
                  {item.label}
                  {item.hint && <small>{item.hint}</small>}
                </span>
                {item.current && <Icon path={icons.check} />}
              </button>
            ),
          )}
        </div>
      )}
    </div>
  );
}
