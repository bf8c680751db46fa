// Hears the wall's keys. A form, a menu and a field have their own; so has an input method.

import { useEffect, useRef } from "preact/hooks";
import { wallAction, type WallAction } from "./keys";
import { useDesk } from "../pieces";

export const placeOf = (target: HTMLElement, forms: string, letters: boolean) => ({
  field: target.matches("input, select, textarea"),
  form: target.closest(forms) !== null,
  letters,
  control: target.matches("button, a"),
});

export type Steps = Partial<Readonly<Record<WallAction, () => void>>>;

export function useKeys(steps: Steps): void {
  const { app, ime } = useDesk();
  const now = useRef(steps);
  now.current = steps;
  useEffect(() => {
    const hear = (e: KeyboardEvent): void => {
      if (e.defaultPrevented || ime.busy(e) || app.view.access !== "in") return;
      const action = wallAction(e, placeOf(e.target as HTMLElement, "dialog, [role=menu]", app.view.settings.letters));
      const step = action && now.current[action];
      if (!step) return;
      e.preventDefault();
      step();
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
}
