/** What an agent hears before the customer, in words: spoken by the server, and let be heard in the administration. Pure. */
import type { Whisper } from "./waiting.ts";
import type { Language } from "./words.ts";

/** How the contact comes. */
export type CallType = "call" | "web" | "callback";

const TYPES: Record<CallType, Record<Language, string>> = {
  call: { fr: "Appel", en: "Call" },
  web: { fr: "Appel du site", en: "Web call" },
  callback: { fr: "Rappel", en: "Callback" },
};
const FROM: Record<Language, string> = { fr: "depuis", en: "from" };

/** "{type} from {queue}", the queue's name, or the queue's own text. Who comes from where is said, too, in the place of a text that this language lacks, and of a recording that is gone. */
export function whisperText({ what, says }: Pick<Whisper, "what" | "says">, queueName: string, type: CallType, language: Language): string {
  const own = what === "queue" ? queueName : what === "text" ? says[language] : undefined;
  return own ?? `${TYPES[type][language]} ${FROM[language]} ${queueName}.`;
}

const COUNTDOWN: Record<Language, string> = { fr: "À votre tour\u202f! L’appel commence dans 3, 2, 1.", en: "Your turn! The call starts in 3, 2, 1." };
export const countdownText = (language: Language): string => COUNTDOWN[language];
