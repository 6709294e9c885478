/** How long words last when they are heard: the real sound's length, for the proof of a flow. Synthesises on demand; a file is measured once. */
import { stat } from "node:fs/promises";
import type { Log } from "../base/log.ts";
import type { Language } from "../hub/hub.ts";
import type { Prompts } from "../voice/voice.ts";

/** A text to be spoken, or an entry of the prompt table (with the text that is spoken where it has none). */
export interface HeardItem {
  text: string;
  promptId?: string | undefined;
  language: Language;
}

export interface SpeechSeconds {
  /** Makes and measures what is not known yet; `progress` after each. Answers what could not be: that is estimated, and measured when asked for again. */
  prepare(items: readonly HeardItem[], progress?: (done: number, of: number) => void): Promise<readonly HeardItem[]>;
  /** Measured where `prepare` saw it, else estimated. */
  seconds(item: HeardItem): number;
}

/** 8 kHz, 16 bits. */
const BYTES_PER_SECOND = 16_000;
const HEADER_BYTES = 44;
/** espeak at our rate speaks 13 to 15 characters a second, French and English. */
const CHARS_PER_SECOND = 12;
const PAUSE_SECONDS = 0.3;
/** Attack: a year of edited texts. Forgetting costs measuring again. */
const MAX_KEPT = 20_000;

export function createSeconds({ log, prompts, recordingPath }: { log: Log; prompts: Pick<Prompts, "promptPath">; recordingPath(promptId: string, language: Language): Promise<string | null> }): SpeechSeconds {
  const texts = new Map<string, number>();
  /** Recordings change: measured at each `prepare`. */
  const recordings = new Map<string, number>();

  async function measured(path: string): Promise<number> {
    return ((await stat(path)).size - HEADER_BYTES) / BYTES_PER_SECOND;
  }
  async function prepareOne({ text, promptId, language }: HeardItem): Promise<void> {
    if (promptId !== undefined) {
      const path = await recordingPath(promptId, language);
      if (path !== null) {
        recordings.set(`${language} ${promptId}`, await measured(path));
        return;
      }
      recordings.delete(`${language} ${promptId}`);
    }
    const key = `${language} ${text}`;
    if (text.trim() === "" || texts.has(key)) return;
    const seconds = await measured(await prompts.promptPath(text, language));
    if (texts.size >= MAX_KEPT) texts.clear();
    texts.set(key, seconds);
  }

  return {
    async prepare(items, progress) {
      let done = 0;
      const estimates: HeardItem[] = [];
      for (const item of items) {
        try {
          await prepareOne(item);
        } catch (error) {
          estimates.push(item);
          log.warn({ promptId: item.promptId, language: item.language, why: (error as Error).message }, "the length of what is said could not be measured; it is estimated until it can");
        }
        progress?.(++done, items.length);
      }
      return estimates;
    },
    seconds({ text, promptId, language }) {
      const recorded = promptId === undefined ? undefined : recordings.get(`${language} ${promptId}`);
      if (recorded !== undefined) return recorded;
      return text.trim() === "" ? 0 : (texts.get(`${language} ${text}`) ?? estimated(text));
    },
  };
}

function estimated(text: string): number {
  return text.length / CHARS_PER_SECOND + PAUSE_SECONDS;
}
