/** The sound files of what is said, in order; what has neither a recording nor words is left out. */
import type { Log } from "../base/log.ts";
import type { Utterance } from "../hub/hub.ts";
import type { VoiceOptions } from "./ports.ts";

interface Sounds extends Pick<VoiceOptions, "prompts" | "recordingPath"> {
  log: Log;
}

export interface Making {
  /** 2: in half the time, at the same pitch. */
  speed?: number;
  /** Resolves when nobody waits any longer. */
  late?: Promise<null>;
}

/** What cannot be made, or is not when it is `late`, is left out, alone: the rest is said. Never rejects. */
export async function pathsOf(sounds: Sounds, callId: string, utterances: readonly Utterance[], { speed = 1, late }: Making = {}): Promise<string[]> {
  const spoken = utterances.filter((one) => one.text.trim() !== "" || one.recordingId !== undefined);
  const make = async (one: Utterance): Promise<string | null> => {
    try {
      const path = await pathOf(sounds, callId, one);
      return path === null || speed === 1 ? path : await sounds.prompts.atSpeed(path, speed);
    } catch (error) {
      // without its voice the dialogue still goes on: silence is better than a dead call
      sounds.log.error({ call: callId, error }, "words could not be made and are left out");
      return null;
    }
  };
  const paths = await Promise.all(spoken.map((one) => (late ? Promise.race([make(one), late]) : make(one))));
  return paths.flatMap((path) => (path === null ? [] : [path]));
}

/** The recording, where there is one; else the text, spoken. Null: neither. */
async function pathOf({ prompts, recordingPath, log }: Sounds, callId: string, { recordingId, text, language }: Utterance): Promise<string | null> {
  if (recordingId !== undefined) {
    const path = await recordingPath?.(recordingId, language).catch((error: unknown) => {
      log.error({ call: callId, recordingId, error }, "a recording could not be read: its text is spoken");
      return null;
    });
    if (path) return path;
  }
  return text.trim() === "" ? null : prompts.promptPath(text, language);
}
