// Questions that are asked again as long as somebody looks: of a hidden page, or of a list behind a conversation, nobody
// reads the answer.

import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "./pieces";
import type { Ask } from "./protocol";

/** An answer that has not come by then will not. */
const PATIENCE_MS = 30_000;

export const waitingIn = (queue: string): Ask => ({ type: "waiting", queue, id: queue });

/** The page is looked at, and on a narrow one no conversation is before the list. */
const inView = (): boolean =>
  document.visibilityState === "visible" && document.getElementById("list-panel")?.offsetParent !== null;

/** `answers`: what changes with an answer; `stale`: what changes when it is out of date. */
export function useAsking(asks: readonly Ask[], every_ms: number, answers: readonly unknown[], stale?: unknown): void {
  const { app } = useDesk();
  const last = useRef({ at: -Infinity, open: false, stale });
  const look = (): void => {
    const { at, open, stale: before } = last.current;
    const past = app.now() - at;
    if (!app.open) last.current.at = -Infinity;
    else if ((past < every_ms && stale === before) || (open && past < PATIENCE_MS)) return;
    else if (asks.length > 0 && inView())
      last.current = { at: app.now(), open: asks.map((ask) => app.ask(ask)).includes(true), stale };
  };
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => app.onSecond(() => latest.current()), [app]);
  useEffect(() => {
    last.current.open = false;
  }, [...answers, app.open]);
  useEffect(look);
}
