/**
 * What hears speech: sound of a call in, what was said out. Two are built: a streaming one over the protocol of the Vosk server
 * (`app/speech-vosk.ts`), and a spotter of the question's own words that needs nothing (`spotter/`). Keys work beside either.
 */
import type { Language, Listening } from "../hub/hub.ts";

export type HeardSpeech =
  /** Somebody speaks: told once a sentence. */
  | { type: "speaking" }
  /** What it sounds like so far. */
  | { type: "partial"; text: string }
  /** The end of a sentence; "" for speech that was not understood. `confidence` 0..1 in the recogniser's own measure. */
  | { type: "final"; text: string; confidence: number }
  /** Nothing more comes: the recogniser is gone, or does not know the language. */
  | { type: "failed"; why: string };

export interface Hearing {
  /** 16-bit linear, 8 kHz; never waits. */
  audio(samples: Int16Array): void;
  /** Nothing is told after. */
  stop(): void;
}

export interface Recogniser {
  listen(callId: string, question: Pick<Listening, "words" | "free"> & { language: Language }, hear: (heard: HeardSpeech) => void): Hearing;
  stop(): Promise<void>;
}

/** Sound kept for the second recogniser while the first is tried: what was said meanwhile is not lost. */
const MAX_KEPT_BATCHES = 30;

/** The first, and from its failure on the second: a recogniser that does not answer costs no question its answer. */
export function withFallback(first: Recogniser, second: Recogniser): Recogniser {
  return {
    listen(callId, question, hear) {
      let kept: Int16Array[] = [];
      let other: Hearing | null = null;
      let stopped = false;
      const main = first.listen(callId, question, (heard) => {
        if (stopped || other) return;
        if (heard.type !== "failed") return hear(heard);
        other = second.listen(callId, question, hear);
        for (const samples of kept) other.audio(samples);
        kept = [];
      });
      return {
        audio(samples) {
          if (other) return other.audio(samples);
          kept.push(samples);
          if (kept.length > MAX_KEPT_BATCHES) kept.shift();
          main.audio(samples);
        },
        stop() {
          stopped = true;
          main.stop();
          other?.stop();
        },
      };
    },
    async stop() {
      await Promise.all([first.stop(), second.stop()]);
    },
  };
}
