// Tones made by WebAudio: no file, no media-src.

export type Tone = "offer" | "message" | "sla" | "call";

export interface Note {
  readonly hz: number;
  readonly at: number; // seconds from the start
  readonly for: number; // seconds
}

export const MESSAGE: readonly Note[] = [{ hz: 740, at: 0, for: 0.16 }];

export const TONES: Readonly<Record<Tone, readonly Note[]>> = {
  offer: [
    { hz: 660, at: 0, for: 0.18 },
    { hz: 880, at: 0.2, for: 0.28 },
  ],
  message: MESSAGE,
  sla: [
    { hz: 330, at: 0, for: 0.22 },
    { hz: 294, at: 0.28, for: 0.32 },
  ],
  call: [
    { hz: 659.3, at: 0, for: 0.7 },
    { hz: 523.3, at: 0.65, for: 1.1 },
  ],
};

const RING_EVERY_MS = 3_000;

export interface SoundOptions {
  /** 0…1, read at each tone. */
  volume?: () => number;
  /** Is this kind switched on? Read at each tone. */
  enabled?: (tone: Tone) => boolean;
  /** The browser keeps audio blocked until a click (true), or let go of it (false). */
  onBlocked?: (blocked: boolean) => void;
  context?: () => AudioContext;
}

export interface Sound {
  /** False when switched off or blocked by the browser. */
  play(tone: Tone): Promise<boolean>;
  /** Plays now and every 3 s until the returned function is called. */
  ring(tone: Tone): () => void;
  /** Call from a click: asks the browser to let sound out. */
  unlock(): Promise<boolean>;
  readonly blocked: boolean;
}

/** The bare tones, for a page without switches. `volume` 0…1. */
export function playNotes(context: AudioContext, notes: readonly Note[], volume: number): void {
  const start = context.currentTime + 0.02;
  for (const note of notes) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.type = "sine";
    tone.frequency.value = note.hz;
    const from = start + note.at;
    gain.gain.setValueAtTime(0.0001, from);
    gain.gain.exponentialRampToValueAtTime(Math.max(volume, 0.0001), from + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + note.for);
    tone.connect(gain);
    gain.connect(context.destination);
    tone.start(from);
    tone.stop(from + note.for + 0.02);
  }
}

export function createSound(options: SoundOptions = {}): Sound {
  const make = options.context ?? (() => new AudioContext());
  let context: AudioContext | undefined;
  let blocked = false;

  function mark(now: boolean): void {
    if (now === blocked) return;
    blocked = now;
    options.onBlocked?.(now);
  }

  async function running(): Promise<AudioContext | undefined> {
    try {
      context = context ?? make();
      // resume() of a blocked context stays pending until a click: do not wait for it.
      if (context.state !== "running") {
        await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 150))]);
      }
      mark(context.state !== "running");
      return blocked ? undefined : context;
    } catch {
      mark(true); // no audio device or no WebAudio
      return undefined;
    }
  }

  async function play(tone: Tone): Promise<boolean> {
    if (options.enabled && !options.enabled(tone)) return false;
    const volume = Math.min(1, Math.max(0, options.volume ? options.volume() : 0.5));
    if (volume === 0) return false;
    const ready = await running();
    if (!ready) return false;
    playNotes(ready, TONES[tone], volume * 0.6);
    return true;
  }

  return {
    play,
    ring(tone) {
      void play(tone);
      const timer = setInterval(() => void play(tone), RING_EVERY_MS);
      return () => clearInterval(timer);
    },
    unlock: async () => (await running()) !== undefined,
    get blocked() {
      return blocked;
    },
  };
}
