// Is an input method at work? While busy: no send, no shortcut, no Escape, no list movement.

export interface KeyLike {
  readonly isComposing?: boolean;
  readonly keyCode?: number;
  readonly timeStamp: number;
}

export interface Ime {
  start(): void;
  end(timeStamp: number): void;
  busy(e: KeyLike): boolean;
  readonly composing: boolean;
}

/** Safari ends the composition before the keydown of the Enter that ended it: that keydown carries 229, this soon after. */
const SAFARI_MS = 100;

export function createIme(): Ime {
  let composing = false;
  let endedAt = -Infinity;
  return {
    start() {
      composing = true;
    },
    end(timeStamp) {
      composing = false;
      endedAt = timeStamp;
    },
    // 229 alone must not block: Chrome on macOS sends it long after a composition.
    busy: (e) => e.isComposing === true || composing || (e.keyCode === 229 && e.timeStamp - endedAt < SAFARI_MS),
    get composing() {
      return composing;
    },
  };
}

/** Listens on `target` (document, shadow root, a field): composition events bubble. Returns `busy` bound to it. */
export function watchIme(target: EventTarget): Ime {
  const ime = createIme();
  target.addEventListener("compositionstart", () => ime.start(), true);
  target.addEventListener("compositionend", (e) => ime.end(e.timeStamp), true);
  return ime;
}
