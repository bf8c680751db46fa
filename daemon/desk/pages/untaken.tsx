// A contact handed to one agent who did not take it: said to who handed it over, until they put it away.

import { CloseButton, Icon, useDesk } from "./pieces";
import { optionName, personName } from "./select";
import { dismiss } from "./state";
import type { App } from "./app";
import type { Untaken } from "./protocol";
import * as icons from "../../../channels/http/browser/icons";
import { fill } from "../../../channels/http/browser/words";

export function untakenText(app: App, one: Untaken): string {
  const { words } = app;
  const { state, settings } = app.view;
  const text = one.end === "declined" || one.end === "canceled" ? words.untaken[one.end] : words.untaken.expired;
  return fill(text, {
    to: personName(state, one.to, settings.lang),
    customer: one.customer.name || words.panel.anonymous,
    case: one.case,
    queue: optionName(state.lists.queues, one.queue, settings.lang),
    reason: optionName(state.lists.decline, one.reason, settings.lang),
  });
}

function Notice({ one }: { one: Untaken }) {
  const { app } = useDesk();
  const away = (e: Event): void => {
    const card = (e.currentTarget as Element).closest(".offer");
    (card?.nextElementSibling ?? card?.previousElementSibling)?.querySelector("button")?.focus();
    app.change({ state: dismiss(app.view.state, one.contact) });
  };
  return (
    <p
      class="offer ended"
      onKeyDown={(e) => {
        if (e.key !== "Escape") return;
        e.preventDefault();
        e.stopPropagation();
        away(e);
      }}
    >
      <Icon path={icons.transfer} /> <span class="grow">{untakenText(app, one)}</span>
      <CloseButton onClick={away} />
    </p>
  );
}

/** Always there, so that a screen reader hears what comes into it, one by one. */
export function Untakens() {
  const { app } = useDesk();
  return (
    <div class="untaken" role="status" aria-atomic="false">
      {app.view.state.untaken.map((one) => (
        <Notice key={one.contact} one={one} />
      ))}
    </div>
  );
}
