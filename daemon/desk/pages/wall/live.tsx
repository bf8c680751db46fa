// Whether what the wall shows is of now, and if not, of when.

import { useWords } from "./words";
import { Icon, useDesk, useNow } from "../pieces";
import * as icons from "../../../../channels/http/browser/icons";
import type { LinkState } from "../../../../channels/http/browser/socket";
import { clockSeconds } from "../../../../channels/http/browser/format";
import { fill } from "../../../../channels/http/browser/words";

/** A frame comes every second. */
const STALE_MS = 4_000;
const BLINK_MS = 1_500;

/** A line lost for a moment shows nothing; silence counts whatever the line says. */
export function isStale(link: LinkState, heard: number, now: number): boolean {
  return now - heard > STALE_MS || (link.phase !== "open" && now - link.since > BLINK_MS);
}

export function useTick(): number {
  const { app } = useDesk();
  useNow();
  return app.now();
}

export function Live() {
  const { app } = useDesk();
  const words = useWords();
  const now = useTick();
  const { state, link } = app.view;
  const zone = state.zone;
  const heard = state.wall?.heard ?? 0;
  if (!state.wall) return <span class="live off">{words.loading}</span>;
  const busy = state.slow.reason === "busy" && state.slow.until > now;
  if (busy || isStale(link, heard, now)) {
    return (
      <span class="live stale" role="status">
        <Icon path={busy ? icons.clock : icons.warning} />{" "}
        {busy ? words.wall.switching : fill(words.wall.stale, { time: clockSeconds(state.wall.at, zone) })}
      </span>
    );
  }
  return (
    <span class="live on">
      <span class="dot available" aria-hidden="true" /> {words.wall.live}
    </span>
  );
}
