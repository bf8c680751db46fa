// One script for both faces: the desk, and the supervisor's wall at /desk/wall.

import { render } from "preact";
import { useEffect } from "preact/hooks";
import { App } from "./app";
import { wallWords } from "./wall/words"; // beside the words it resembles: they compress together
import { perform } from "./control";
import { createEffects } from "./effects";
import { loadEnglish } from "./english";
import { Desk } from "./frame";
import { browserStore, Drafts, loadSettings } from "./keep";
import { actionOf } from "./keys";
import { DeskContext, useView, type Desk as Tools } from "./pieces";
import { Wall } from "./wall/wall";
import { watchIme, type Ime } from "../../../channels/http/browser/ime";
import { randomId } from "../../../channels/http/browser/tabs";

const PREFIX_MS = 1_500;

function listen(app: App, ime: Ime): void {
  let prefixed = -Infinity;
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || ime.busy(e) || app.view.access !== "in") return;
    const target = e.target as HTMLElement;
    const kind = app.view.ui.form?.kind;
    const action = actionOf(e, {
      field: target.isContentEditable || target.matches("input:not([type=checkbox],[type=range]), textarea, select"),
      form: kind !== undefined && kind !== "decline",
      letters: app.view.settings.letters,
      prefixed: e.timeStamp - prefixed < PREFIX_MS,
      control: target.matches("button, a, [role=menuitem], [role=radio], [role=tab], [role=log]"),
    });
    prefixed = action === "prefix" ? e.timeStamp : -Infinity;
    if (!action || (action === "escape" && kind !== undefined && kind !== "decline")) return;
    e.preventDefault();
    perform(app, action);
  });
}

/** `desk` is made once: a new context value would render everything below again. */
function Root({ desk, wall }: { desk: Tools; wall: boolean }) {
  useView(desk.app);
  useEffect(() => desk.effects.start(), []);
  return <DeskContext.Provider value={desk}>{wall ? <Wall /> : <Desk />}</DeskContext.Provider>;
}

async function start(root: HTMLElement): Promise<void> {
  const wall = location.pathname.replace(/\/$/, "") === "/desk/wall";
  const store = browserStore();
  const settings = loadSettings(store, navigator.languages);
  const drafts = new Drafts(store, () => Date.now());
  const app = new App(randomId().slice(0, 12), settings, drafts, wall ? wallWords : undefined);
  if (settings.lang === "en") app.english = await loadEnglish(app.chinese);
  const effects = createEffects(app, wall);
  const ime = watchIme(document);
  if (!wall) listen(app, ime);
  render(<Root desk={{ app, effects, ime, seen: { focus: 0 } }} wall={wall} />, root);
}

const root = document.getElementById("root");
if (root) void start(root);
