// What each action of the keyboard and the palette does. One place, so that key, button and command agree.

import type { App } from "./app";
import type { Action } from "./keys";
import { listOrder, shownOrder } from "./order";
import { acceptOffer } from "./offer";
import { openOffers, unread } from "./select";
import { canReply } from "./composer";
import { canResolve, canTransfer } from "./talk/talk";
import { seek, step } from "./ui";

function mark(app: App, id: string): void {
  if (id === "") return;
  app.ui({ cursor: id, ...(app.view.ui.pane === "talk" ? {} : { pane: "list" as const }) });
}

/** Leaves one thing at a time: the field, the drawer, the conversation (on a narrow page). */
function escape(app: App): void {
  const { ui } = app.view;
  const active = document.activeElement as HTMLElement | null;
  if (active && active !== document.body && active.matches("input, textarea, select")) active.blur();
  else if (ui.form) app.closeForm();
  else if (ui.drawer) app.ui({ drawer: false });
  else if (ui.pane !== "list") app.ui({ pane: "list" });
}

function unreadStep(app: App, by: 1 | -1): void {
  const { state, ui } = app.view;
  const order = ui.tab === "mine" ? shownOrder.ids : listOrder(app);
  const id = seek(order, ui.cursor, by, (one) => {
    const row = state.contacts.get(one);
    return row !== undefined && one !== ui.open && unread(state, row) > 0;
  });
  if (id) app.openTalk(id);
}

export function perform(app: App, action: Action): void {
  const { state, ui } = app.view;
  const row = state.contacts.get(ui.open);
  switch (action) {
    case "accept": {
      const offer = openOffers(state)[0];
      if (offer) acceptOffer(app, offer);
      return;
    }
    case "focusOffer":
      document.querySelector<HTMLElement>("#offers .offer:not(.ended)")?.focus();
      return;
    case "next":
      return mark(app, step(shownOrder.ids, ui.cursor, 1));
    case "previous":
      return mark(app, step(shownOrder.ids, ui.cursor, -1));
    case "open":
      if (ui.cursor) app.pick(ui.cursor, true);
      return;
    case "reply":
      if (row && canReply(row)) app.writeTo("reply");
      return;
    case "note":
      if (row) app.writeTo("note");
      return;
    case "transfer":
      if (row && canTransfer(row)) app.form({ kind: "transfer", contact: row.id });
      return;
    case "resolve":
      if (row && canResolve(row)) app.form({ kind: "wrapup", contact: row.id, todo: false });
      return;
    case "why":
      if (ui.open) app.form({ kind: "explain", contact: ui.open });
      return;
    case "nextUnread":
      return unreadStep(app, 1);
    case "previousUnread":
      return unreadStep(app, -1);
    case "mine":
    case "queue":
    case "done":
      return app.ui({ tab: action, pane: "list" });
    case "wall":
      if (state.me && state.me.role !== "agent") location.assign("/desk/wall");
      return;
    case "palette":
      return ui.form?.kind === "palette" ? app.closeForm() : app.form({ kind: "palette" });
    case "keys":
      return app.form({ kind: "keys" });
    case "escape":
      return escape(app);
    case "prefix":
      return;
  }
}
