// Modal dialogs and the end of a form.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { CloseButton, Icon, refusalText, useDesk, useWords } from "./pieces";
import type { Words } from "./words.zh-CN";
import * as icons from "../../../channels/http/browser/icons";
import { fill } from "../../../channels/http/browser/words";

/** A modal on the native element: focus is kept inside and given back, Escape closes unless an input method wants it. */
export function Dialog(props: {
  label: string;
  /** Without it the label is also the heading. */
  bare?: boolean;
  class?: string;
  role?: "dialog" | "alertdialog";
  onClose?: () => void;
  children: ComponentChildren;
}) {
  const { ime } = useDesk();
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const close = props.onClose;
  return (
    <dialog
      ref={ref}
      class={`dialog ${props.class ?? ""}`}
      role={props.role ?? "dialog"}
      aria-label={props.label}
      onCancel={(e) => {
        e.preventDefault();
        close?.();
      }}
      onKeyDown={(e) => {
        if (e.key !== "Escape") return;
        e.stopPropagation();
        if (ime.busy(e) || !close) e.preventDefault();
      }}
      onMouseDown={(e) => {
        if (e.target === ref.current) close?.();
      }}
    >
      <div class="dialog-body">
        {!props.bare && (
          <header class="dialog-head">
            <h2>{props.label}</h2>
            {close && <CloseButton onClick={close} />}
          </header>
        )}
        {props.children}
      </div>
    </dialog>
  );
}

/** The end of every form: what is wrong, the way out, the one thing to do. */
export function Foot(props: { fault: string; onCancel?: () => void; children: ComponentChildren }) {
  const words = useWords();
  return (
    <footer class="dialog-foot">
      <p class="fault" role="alert">
        {props.fault && (
          <>
            <Icon path={icons.warning} /> {props.fault}
          </>
        )}
      </p>
      {props.onCancel && (
        <button type="button" class="btn" onClick={props.onCancel}>
          {words.cancel}
        </button>
      )}
      <button type="submit" class="btn primary">
        {props.children}
      </button>
    </footer>
  );
}

/** "Still missing: kind, result", else why it was refused, else nothing. */
export function faultText(
  words: Words,
  missing: readonly string[],
  verdict: { readonly code: string } | undefined,
): string {
  if (missing.length > 0) return fill(words.missing, { fields: missing.join(words.and) });
  return verdict ? refusalText(words, verdict.code) : "";
}
