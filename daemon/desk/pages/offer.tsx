// Offers above the list: who, why, how long; accept or decline. Never over a composer, never taking the focus.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import {
  channelIcon,
  channelWord,
  Elapsed,
  Grade,
  Icon,
  Keys,
  refusalText,
  useDesk,
  useLang,
  useNow,
  useWords,
} from "./pieces";
import { SHOWN } from "./keys";
import { nameIn, optionName, pending, slots } from "./select";
import { Untakens } from "./untaken";
import type { Option } from "./protocol";
import type { OfferCard } from "./state";
import { fill, plural, type Lang } from "../../../channels/http/browser/words";
import type { App } from "./app";
import type { Words } from "./words.zh-CN";

/** A card that just appeared or moved swallows clicks: they were meant for something else. */
const ARM_MS = 300;
const CARDS_MAX = 3;

export function acceptOffer(app: App, offer: OfferCard): void {
  if (!app.open || offer.ended || pending(app.view.state, `offer:${offer.offer}`)) return;
  app.command({ type: "accept", contact: offer.contact, offer: offer.offer });
}

export function endText(words: Words, ended: NonNullable<OfferCard["ended"]>, me: string): string {
  const { end, reason, by } = ended;
  if (end === "expired") return words.offer.expired;
  if (end === "declined") return words.offer.declined;
  if (end === "canceled") return words.talk.goneWhy.abandoned;
  if (end === "failed") return words.offer.failed;
  if (reason === "answered_elsewhere") return by === me ? words.offer.takenHere : words.offer.taken;
  if (reason === "supervisor") return words.offer.supervisor;
  return reason === "restart" ? words.offer.restart : words.offer.withdrawn;
}

const R = 15;
const ROUND = 2 * Math.PI * R;

function Ring({ offer }: { offer: OfferCard }) {
  const words = useWords();
  const now = useNow();
  const left = Math.max(0, offer.due - now);
  const whole = Math.max(1, offer.due - offer.arrived);
  const seconds = Math.ceil(left / 1000);
  return (
    <span
      class={left < whole * 0.2 ? "ring soon" : "ring"}
      role="timer"
      aria-label={fill(words.offer.left, { n: seconds })}
    >
      <svg viewBox="0 0 36 36" width="36" height="36" aria-hidden="true" focusable="false">
        <circle class="ring-back" cx="18" cy="18" r={R} />
        <circle
          class="ring-left"
          cx="18"
          cy="18"
          r={R}
          stroke-dasharray={ROUND}
          stroke-dashoffset={ROUND * (1 - Math.min(1, left / whole))}
        />
      </svg>
      <b aria-hidden="true">{seconds}</b>
    </span>
  );
}

function Decline({ offer }: { offer: OfferCard }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const box = useRef<HTMLDivElement>(null);
  const reasons = app.view.state.lists.decline.slice(0, 9);
  useLayoutEffect(() => box.current?.querySelector("button")?.focus(), []); // before the next key comes
  const choose = (reason: string): void => {
    app.closeForm();
    app.command({ type: "decline", contact: offer.contact, offer: offer.offer, reason });
  };
  return (
    <div
      class="decline"
      ref={box}
      role="group"
      aria-label={words.offer.reason}
      onKeyDown={(e) => {
        const chosen = reasons[Number(e.key) - 1];
        if (chosen && !e.ctrlKey && !e.altKey && !e.metaKey) choose(chosen.id);
        else if (e.key === "Escape") app.closeForm();
        else return;
        e.preventDefault();
        e.stopPropagation();
      }}
    >
      <p>{words.offer.reason}</p>
      <div class="decline-reasons">
        {reasons.map((reason, i) => (
          <button key={reason.id} type="button" class="btn" onClick={() => choose(reason.id)}>
            <Keys of={[String(i + 1)]} /> {nameIn(reason, lang)}
          </button>
        ))}
        <button type="button" class="btn quiet" onClick={() => app.closeForm()}>
          {words.cancel}
        </button>
      </div>
    </div>
  );
}

function Buttons({ offer, first, armed }: { offer: OfferCard; first: boolean; armed: () => boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const going = pending(app.view.state, `offer:${offer.offer}`);
  if (going) {
    return (
      <p class="offer-going" role="status">
        <span class="spin" aria-hidden="true" />{" "}
        {going.command.type === "accept" ? words.offer.connecting : words.offer.declined}
      </p>
    );
  }
  if (!app.open) return <p class="offer-going">{words.offer.frozen}</p>;
  return (
    <div class="offer-buttons">
      <button
        type="button"
        class={first ? "btn primary" : "btn strong"}
        onClick={() => {
          if (armed()) acceptOffer(app, offer);
        }}
      >
        {first && <Keys of={SHOWN.accept ?? []} />} {words.offer.accept}
      </button>
      <button
        type="button"
        class="btn"
        onClick={() => {
          if (armed()) app.form({ kind: "decline", offer: offer.offer });
        }}
      >
        {words.offer.decline}
      </button>
    </div>
  );
}

/** Strategy, a colleague's reason for handing it over, a rule's name, or a supervisor's own words. */
function whyText(words: Words, reasons: readonly Option[], why: string, lang: Lang): string {
  const known = (words.offer.whys as Readonly<Record<string, string>>)[why];
  if (known) return known;
  if (reasons.some((r) => r.id === why)) return `${words.offer.whys.transfer} · ${optionName(reasons, why, lang)}`;
  return /^[\w-]+$/.test(why) ? fill(words.offer.why, { rule: why }) : why;
}

function Card({ offer, index, first }: { offer: OfferCard; index: number; first: boolean }) {
  const { app } = useDesk();
  const words = useWords();
  const lang = useLang();
  const { state, ui } = app.view;
  const shown = useRef({ index, at: app.now() });
  if (shown.current.index !== index) shown.current = { index, at: app.now() };
  const armed = (): boolean => app.now() - shown.current.at >= ARM_MS;
  const declining = ui.form?.kind === "decline" && ui.form.offer === offer.offer;
  const verdict = state.verdicts.get(`offer:${offer.offer}`);
  // An open offer holds its share already: after this one is accepted, only the others' are still to be decided.
  const others = state.offers.reduce((sum, o) => (o.ended || o === offer ? sum : sum + o.cost), 0);
  const after = slots(state.capacity.used - others, state.capacity.total);
  const name = offer.customer.name || words.panel.anonymous;
  const channel = channelWord(words, offer.channel);
  const why = whyText(words, state.lists.transfer, offer.why, lang);
  const what = [
    channel,
    optionName(state.lists.queues, offer.queue, lang),
    optionName(state.lists.kinds, offer.kind, lang),
  ];
  return (
    <article
      class={offer.ended ? "offer ended" : "offer"}
      tabIndex={-1}
      aria-label={fill(words.offer.label, {
        name,
        channel,
        seconds: Math.max(0, Math.ceil((offer.due - app.at()) / 1000)),
      })}
    >
      <div class="offer-head">
        <span class="offer-channel">
          <Icon path={channelIcon(offer.channel)} size={18} />
        </span>
        <div class="offer-who">
          <p class="offer-name">
            <b>{name}</b>
            <Grade grade={offer.customer.grade} />
          </p>
          <p class="offer-what">{what.filter((part) => part !== "").join(" · ")}</p>
        </div>
        {!offer.ended && <Ring offer={offer} />}
      </div>
      {offer.ended ? (
        <p class="offer-end" role="status">
          {endText(words, offer.ended, state.me?.id ?? "")}
        </p>
      ) : (
        <>
          <p class="offer-facts">
            <span>
              {fill(words.offer.waited, { time: "" })}
              <Elapsed since={offer.arrived - offer.waited_ms} />
            </span>
            {offer.why && <span title={why}>{why}</span>}
            {after.total > 0 && <span class="tabular">{fill(words.offer.load, after)}</span>}
          </p>
          {verdict && <p class="fault">{refusalText(words, verdict.code)}</p>}
          {declining ? <Decline offer={offer} /> : <Buttons offer={offer} first={first} armed={armed} />}
        </>
      )}
    </article>
  );
}

export function Offers() {
  const { app } = useDesk();
  const words = useWords();
  const { offers } = app.view.state;
  const seen = useRef(new Set<string>());
  const [spoken, speak] = useState("");
  useEffect(() => {
    for (const offer of offers) {
      if (offer.ended || seen.current.has(offer.offer)) continue;
      seen.current.add(offer.offer);
      const name = offer.customer.name || words.panel.anonymous;
      speak(fill(words.offer.announce, { channel: channelWord(words, offer.channel), name }));
    }
  }, [offers]);
  const live = offers.filter((o) => !o.ended);
  const more = offers.length - CARDS_MAX;
  return (
    <section class="offers" id="offers" aria-label={words.offer.region}>
      <p class="hidden" aria-live="assertive">
        {spoken}
      </p>
      {offers.slice(0, CARDS_MAX).map((offer, i) => (
        <Card key={offer.offer} offer={offer} index={i} first={offer === live[0]} />
      ))}
      {more > 0 && <p class="offers-more">{plural(words.offer.more, more)}</p>}
      <Untakens />
    </section>
  );
}
