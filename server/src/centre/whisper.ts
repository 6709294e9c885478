import type { Whisper as WhisperSettings } from "@tandem/protocol/waiting";
import type { Interaction, Language, Utterance, Whisper } from "../hub/hub.ts";

/** How the contact came, as it is told in one word. */
function typeOf(it: Interaction, language: Language): string {
  const fr = language === "fr";
  if (it.traits.medium === "callback") return fr ? "Rappel" : "Callback";
  if (it.context.page !== undefined) return fr ? "Appel du site" : "Web call";
  return fr ? "Appel" : "Call";
}

/**
 * What the agent hears before the customer, in the agent's own language; null = nothing. `queue`: the words and the name of the
 * queue. The flow's own words (`it.queue.whisper`, in the number's language) stand in the place of the queue's, also when it has none.
 */
export function whisperFor(it: Interaction, queue: { name: string; whisper: WhisperSettings }, language: Language, numberLanguage: Language): Whisper | null {
  const { on, what, says, recordingId, speed, countdown } = queue.whisper;
  const own = it.queue?.whisper;
  if (!on && own === undefined) return null;
  const typeAndQueue = language === "fr" ? `${typeOf(it, language)} depuis ${queue.name}.` : `${typeOf(it, language)} from ${queue.name}.`;
  const words = (): Utterance => {
    if (own !== undefined) return { text: own, language: numberLanguage };
    const text = what === "queue" ? queue.name : what === "text" ? says[language] : undefined;
    // a recording that is gone, a text that this language lacks: still who comes from where
    return { text: text ?? typeAndQueue, language, ...(what === "recording" && recordingId !== null && { recordingId }) };
  };
  const utterances = [words()];
  if (on && countdown) utterances.push({ text: language === "fr" ? "À votre tour ! L’appel commence dans 3, 2, 1." : "Your turn! The call starts in 3, 2, 1.", language });
  return { utterances, speed };
}
