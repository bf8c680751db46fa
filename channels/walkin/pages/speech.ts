// Speech by the browser's own voices; without one for the language nothing is said and the page knows it.

import type { Lang } from "../../http/browser/words";

export interface Speaker {
  /** Is there a voice? Some browsers know only a moment after the page has loaded. */
  has(lang: Lang): boolean;
  /** True when it was said to the end; false: no voice, blocked, or interrupted. */
  say(text: string, lang: Lang): Promise<boolean>;
  hush(): void;
}

/** A voice that never reports its end must not hold up anything. */
const LONGEST_MS = 12_000;

export function createSpeaker(engine: SpeechSynthesis | undefined = globalThis.speechSynthesis): Speaker {
  const voiceOf = (lang: Lang): SpeechSynthesisVoice | undefined => {
    const wanted = lang === "en" ? "en" : "zh";
    const fitting = (engine?.getVoices() ?? []).filter((voice) => voice.lang.toLowerCase().startsWith(wanted));
    // A voice of a far server would send what is called out of the house.
    const near = fitting.filter((voice) => voice.localService !== false);
    return near.find((voice) => voice.lang.replace("_", "-").toLowerCase() === lang.toLowerCase()) ?? near[0];
  };
  engine?.getVoices(); // asks for the list

  return {
    has: (lang) => voiceOf(lang) !== undefined,
    say(text, lang) {
      const voice = voiceOf(lang);
      if (!engine || !voice) return Promise.resolve(false);
      return new Promise((tell) => {
        const words = new SpeechSynthesisUtterance(text);
        const timer = setTimeout(() => tell(false), LONGEST_MS);
        const end = (said: boolean) => () => {
          clearTimeout(timer);
          tell(said);
        };
        words.voice = voice;
        words.lang = voice.lang;
        words.rate = 0.9;
        words.onend = end(true);
        words.onerror = end(false);
        engine.speak(words);
      });
    },
    hush: () => engine?.cancel(),
  };
}
