/** Words of what a page offers: cards of the greeting, and what stands there outside hours. */
import type { DeflectionWhy } from "@tandem/protocol/hours";
import type { Lang } from "./words.ts";

export interface OfferWords {
  closed: string;
  busy: string;
  /** Nobody is there, or nobody is free. */
  noAgent: string;
  /** `when`: a day and a time. */
  reopens(when: string): string;
  instead: string;
  nothing: string;
  callBack: string;
  callBackHint: string;
  scheduled: string;
  scheduledHint: string;
  numberNow: string;
  voicemail: string;
  voicemailHint: string;
  email: string;
  emailHint: string;
  failed: string;
}

const S = "\u202f";

const fr: OfferWords = {
  closed: "Nous sommes fermés pour le moment",
  busy: "Nos conseillers sont très sollicités",
  noAgent: "Aucun conseiller n’est disponible pour le moment",
  reopens: (when) => `Nous rouvrons ${when}.`,
  instead: "Voici comment nous joindre" + S + ":",
  nothing: "Écrivez-nous ici" + S + ": l’assistant vous répond, même maintenant.",
  callBack: "Être rappelé",
  callBackHint: "Gardez votre place ou choisissez un horaire",
  scheduled: "Programmer un appel",
  scheduledHint: "Choisissez quand nous vous appelons",
  numberNow: "Appeler maintenant",
  voicemail: "Laisser un message",
  voicemailHint: "Laissez un message pour être rappelé",
  email: "Nous écrire un e-mail",
  emailHint: "Ouvre votre messagerie",
  failed: "La demande n’a pas abouti. Réessayez dans un instant.",
};

const en: OfferWords = {
  closed: "We are closed at the moment",
  busy: "Our advisers are very busy",
  noAgent: "No adviser is available at the moment",
  reopens: (when) => `We open again ${when}.`,
  instead: "Here is how to reach us:",
  nothing: "Write to us here: the assistant answers, even now.",
  callBack: "Have us call you",
  callBackHint: "Keep your place or choose a time",
  scheduled: "Schedule a call",
  scheduledHint: "Choose when we call you",
  numberNow: "Call now",
  voicemail: "Leave a message",
  voicemailHint: "Leave a message to be called back",
  email: "Send us an e-mail",
  emailHint: "Opens your mail application",
  failed: "The request did not go through. Try again in a moment.",
};

export const OFFER_WORDS: Record<Lang, OfferWords> = { fr, en };

export const closedFor = (why: DeflectionWhy): boolean => why === "closed" || why === "holiday";
