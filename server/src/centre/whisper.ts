import type { Whisper as WhisperSettings } from "@tandem/protocol/waiting";
import { countdownText, whisperText } from "@tandem/protocol/whisper-words";
import type { CallType } from "@tandem/protocol/whisper-words";
import type { Interaction, Language, Utterance, Whisper } from "../hub/hub.ts";

const typeOf = (it: Interaction): CallType => (it.traits.medium === "callback" ? "callback" : it.context.page === undefined ? "call" : "web");

/**
 * What the agent hears before the customer, in the agent's own language; null = nothing. `queue`: the words and the name of the
 * queue. The flow's own words (`it.queue.whisper`, in the number's language) stand in the place of the queue's, also when it has none.
 */
export function whisperFor(it: Interaction, queue: { name: string; whisper: WhisperSettings }, language: Language, numberLanguage: Language): Whisper | null {
  const { on, what, recordingId, speed, countdown } = queue.whisper;
  const own = it.queue?.whisper;
  if (!on && own === undefined) return null;
  const words: Utterance = own === undefined ? { text: whisperText(queue.whisper, queue.name, typeOf(it), language), language, ...(what === "recording" && recordingId !== null && { recordingId }) } : { text: own, language: numberLanguage };
  const utterances = [words];
  if (on && countdown) utterances.push({ text: countdownText(language), language });
  return { utterances, speed };
}
