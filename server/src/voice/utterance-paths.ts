/** The sound files of what is said, in order; what has neither a recording nor words is left out. */
import type { Log } from "../base/log.ts";
import type { Utterance } from "../hub/hub.ts";
import type { VoiceOptions } from "./ports.ts";

interface Sounds extends Pick<VoiceOptions, "prompts" | "recordingPath"> {
  log: Log;
}

/** Rejects as `promptPath` does. `speed` 2: in half the time, at the same pitch. */
export async function pathsOf(sounds: Sounds, callId: string, utterances: readonly Utterance[], speed = 1): Promise<string[]> {
  const spoken = utterances.filter((one) => one.text.trim() !== "" || one.recordingId !== undefined);
  const paths = await Promise.all(spoken.map((one) => pathOf(sounds, callId, one)));
  const made = paths.flatMap((path) => (path === null ? [] : [path]));
  return speed === 1 ? made : Promise.all(made.map((path) => sounds.prompts.atSpeed(path, speed)));
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
