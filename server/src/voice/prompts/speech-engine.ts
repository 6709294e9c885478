/** What makes speech of text. The one implementation so far is espeak-ng in a worker (`app/speech.ts`). */
import type { Language } from "../../hub/hub.ts";

export interface SpeechEngine {
  /** Part of the cache key: other sound, other name or version. */
  readonly name: string;
  readonly version: string;
  /** Ways to speak a language, 0 the one that callers hear; the others make the patterns of the keyword spotter richer. */
  readonly accents?: Readonly<Record<Language, number>>;
  /** 8 kHz mono, trimmed and levelled. Rejects with a SpeechError. */
  synthesise(text: string, language: Language, accent?: number, when?: SpokenWhen): Promise<Int16Array>;
  /** Somebody waits now for what was asked for later. */
  hurry?(text: string, language: Language): void;
  stop(): Promise<void>;
}

/** "now": somebody waits to hear it. "later": nobody does; it never stands before what is wanted now. */
export type SpokenWhen = "now" | "later";

export class SpeechError extends Error {
  override name = "SpeechError";
  readonly code: "engine-failed" | "too-slow" | "stopped";

  constructor(code: SpeechError["code"], why: string) {
    super(why);
    this.code = code;
  }
}
