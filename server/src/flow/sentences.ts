/** What the engine itself says: the parts of a step that no author writes (slots, numbers read back, yes and no). Keys are named for the ear only. */
import type { Language } from "../hub/hub.ts";

type Both = Readonly<Record<Language, string>>;

export const YES: Both = { fr: "Oui", en: "Yes" };
/** What a recogniser listens for beside the label. */
export const YES_SPOKEN = { fr: ["c'est ça", "d'accord"], en: ["that's right", "correct"] } as const;
export const NO_SPOKEN = { fr: ["pas du tout", "ce n'est pas ça"], en: ["wrong"] } as const;
export const NO: Both = { fr: "Non", en: "No" };
export const YES_WORDS: readonly string[] = ["oui", "ouais", "d accord", "c est ca", "exact", "ok", "okay", "yes", "yeah", "yep", "correct", "that s right", "right"];
export const NO_WORDS: readonly string[] = ["non", "no", "nope", "pas du tout", "faux", "wrong", "incorrect", "ce n est pas ca"];
export const NEGATIONS: readonly string[] = ["pas", "not", "isn t", "wasn t", "aucunement"];
/** "I have none", to a question that may be left out. */
export const WITHOUT_WORDS: readonly string[] = ["non", "no", "passer", "skip", "aucun", "aucune", "none", "sans", "je ne sais pas", "i don t know", "je ne l ai pas", "i don t have it", "i don t have one", "ni l un ni l autre", "neither"];

export const confirmKeys: Both = { fr: "Si c’est exact, tapez 1. Sinon, tapez 2.", en: "If that is right, press 1. If not, press 2." };

export const inOrder = {
  /** What a customer gives up the line for. `minutes` null = nobody can say. */
  label(language: Language, minutes: number | null): string {
    if (minutes === null) return language === "fr" ? "Être rappelé dès que possible" : "A callback as soon as possible";
    if (language === "fr") return `Être rappelé à mon tour, dans ${minutes} ${minutes > 1 ? "minutes" : "minute"} environ`;
    return `A callback when it is my turn, in about ${minutes} ${minutes > 1 ? "minutes" : "minute"}`;
  },
  sounds(language: Language, minutes: number | null, key: string): string {
    if (minutes === null) return language === "fr" ? `Pour être rappelé dès que possible sans perdre votre place, tapez ${key}.` : `To be called back as soon as possible without losing your place, press ${key}.`;
    if (language === "fr") return `Pour être rappelé à votre tour, dans ${minutes} ${minutes > 1 ? "minutes" : "minute"} environ, tapez ${key}.`;
    return `To be called back when it is your turn, in about ${minutes} ${minutes > 1 ? "minutes" : "minute"}, press ${key}.`;
  },
};
export const slotSounds = (language: Language, when: string, key: string): string => (language === "fr" ? `Pour ${when}, tapez ${key}.` : `For ${when}, press ${key}.`);
export const moreSlots: Both = { fr: "D’autres horaires", en: "Other times" };
export const moreSlotsSounds = (language: Language, key: string): string => (language === "fr" ? `Pour d’autres horaires, tapez ${key}.` : `For other times, press ${key}.`);
export const declined: Both = { fr: "Sans rappel", en: "No callback" };
export const declinedSounds: Both = { fr: "Pour continuer sans rappel, tapez dièse.", en: "To go on without a callback, press the hash key." };

export const askNumber: { sounds: Both; reads: Both } = {
  sounds: { fr: "À quel numéro pouvons-nous vous rappeler ? Tapez-le, puis dièse.", en: "Which number can we call you back on? Key it in, then press the hash key." },
  reads: { fr: "À quel numéro pouvons-nous vous rappeler ?", en: "Which number can we call you back on?" },
};
/** Voice only: who writes has no number. */
export const sameNumberSounds: Both = { fr: "Pour le numéro dont vous appelez, tapez seulement dièse.", en: "For the number that you are calling from, just press the hash key." };
export const numberBack = (language: Language, number: string): string => (language === "fr" ? `Votre numéro est le ${number}.` : `Your number is ${number}.`);

export function callbackConfirmed(language: Language, number: string, when: string | null): string {
  if (when === null) return language === "fr" ? `C’est noté : nous vous rappelons à votre tour, au ${number}. À tout à l’heure.` : `Noted: we will call you back when it is your turn, on ${number}. Speak to you soon.`;
  return language === "fr" ? `C’est noté : nous vous rappelons ${when}, au ${number}. À bientôt.` : `Noted: we will call you back on ${when}, on ${number}. Speak to you then.`;
}
export const messageTaken: Both = { fr: "Votre message est enregistré. Au revoir.", en: "Your message has been recorded. Goodbye." };
/** For the trail, in the centre's own language. */
export const resolved: Both = { fr: "Résolu", en: "Resolved" };
export const writeTo = (language: Language, address: string): string => (language === "fr" ? `Écrivez-nous à ${address}.` : `Please write to us at ${address}.`);
export const callInstead = (language: Language, number: string): string => (language === "fr" ? `Appelez-nous au ${number}.` : `Please call us on ${number}.`);
