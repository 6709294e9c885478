/** The keyword spotter as a recogniser: finds sentences in the sound of a call and asks `judge` (another thread) what they were. */
import type { Log } from "../../base/log.ts";
import type { Language } from "../../hub/hub.ts";
import type { Recogniser } from "../recogniser.ts";
import { ActivityDetector } from "./activity.ts";
import type { Spotted } from "./spotter.ts";

/** "Bonjour, je voudrais parler au service commercial, s'il vous plaît" takes 4 s; a radio in the background never ends. */
const MAX_SENTENCE_MS = 5_000;
/** Attack: a flow (an import file) with thousands of words for one question: each is spoken once and compared with every sentence. */
const MAX_PHRASES = 80;

export interface SpotterPorts {
  /** Makes the patterns of these phrases, so that the first answer need not wait for them. */
  prepare(language: Language, phrases: readonly string[]): Promise<void>;
  /** Which of them the sentence is; null = none of them for sure. */
  judge(language: Language, words: readonly { key: string; phrase: string }[], sentence: Int16Array): Promise<Spotted | null>;
  log: Log;
  stop(): Promise<void>;
}

export function createSpotter({ prepare, judge, log, stop }: SpotterPorts): Recogniser {
  return {
    listen(callId, { language, words }, hear) {
      const detector = new ActivityDetector(MAX_SENTENCE_MS);
      const asked = words.flatMap(({ key, phrases }) => phrases.map((phrase) => ({ key, phrase }))).slice(0, MAX_PHRASES);
      let stopped = false;
      const failed = (error: unknown): void => {
        if (stopped) return;
        stopped = true;
        hear({ type: "failed", why: error instanceof Error ? error.message : String(error) });
      };
      if (asked.length === 0) queueMicrotask(() => failed("no words to listen for"));
      const ready = prepare(language, asked.map(({ phrase }) => phrase));
      ready.catch(failed);
      return {
        audio(samples) {
          if (stopped) return;
          detector.hear(samples, (activity) => {
            if (stopped) return;
            if (activity === "begins") return hear({ type: "speaking" });
            const sentence = detector.take();
            if (activity === "too-long") return hear({ type: "final", text: "", confidence: 0 });
            ready.then(() => judge(language, asked, sentence)).then((spotted) => {
              if (stopped) return;
              log.debug({ call: callId, spotted, ms: sentence.length / 8 }, "a sentence was compared");
              hear({ type: "final", text: spotted?.phrase ?? "", confidence: spotted?.confidence ?? 0 });
            }, failed);
          });
        },
        stop() {
          stopped = true;
        },
      };
    },
    stop,
  };
}
