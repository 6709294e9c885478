/** Words of what not every visitor meets, in the chunk with it: promised calls, the rating of a conversation, the device’s position. */
import type { Lang } from "./words.ts";

export interface MoreWords {
  number: string;
  numberHint: string;
  name: string;
  when: string;
  whenMissing: string;
  soon: string;
  soonAt(position: number): string;
  confirm: string;
  move: string;
  back: string;
  noSlots: string;
  errors: Record<string, string>;
  failed: string;
  callBack: string;
  scheduled: string;
  promised: string;
  promisedAt(day: string, from: string, to: string): string;
  promisedInTurn(position: number | null): string;
  calling: string;
  onNumber(number: string): string;
  /** Whoever asks twice, or for a number that somebody else asked for. */
  oneCall: string;
  email: string;
  emailHint: string;
  emailWrong: string;
  itsPage: string;
  moveIt: string;
  cancelIt: string;
  cancelAsk: string;
  keepIt: string;
  rateTitle(name: string | null): string;
  rateScores: readonly [string, string, string, string, string];
  rateStars(n: number): string;
  rateComment: string;
  rateSend: string;
  rateThanks: string;
  rateFailed: string;
  position: string;
  positionWhy: string;
  positionTerms: string;
  positionAsking: string;
  positionShared: string;
  positionForget: string;
  positionRefused: string;
  positionUnknown: string;
}

const S = "\u202f";

const fr: MoreWords = {
  number: "Votre numéro",
  numberHint: "Par exemple 06 12 34 56 78",
  name: "Votre nom (facultatif)",
  when: "Quand" + S + "?",
  soon: "Dès que possible",
  soonAt: (position) => (position <= 1 ? "Dès que possible, vous êtes le prochain" : `Dès que possible, en position ${position}`),
  whenMissing: "Choisissez un horaire.",
  confirm: "Demander l’appel",
  move: "Changer l’horaire",
  back: "Retour",
  noSlots: "Plus aucun horaire n’est libre. Réessayez plus tard.",
  errors: {
    "not-a-number": "Ce numéro n’est pas complet. Vérifiez-le.",
    "number-not-called": "Nous ne pouvons pas appeler ce numéro. Donnez-en un autre.",
    "slot-gone": "Cet horaire vient d’être pris. Choisissez-en un autre.",
    "not-offered": "Les rappels ne sont plus proposés pour le moment.",
    "too-many": "Trop de demandes en peu de temps. Réessayez dans une heure.",
    network: "La demande n’est pas partie. Vérifiez votre réseau, puis réessayez.",
  },
  failed: "La demande n’a pas abouti. Réessayez dans un instant.",
  callBack: "Être rappelé",
  scheduled: "Programmer un appel",
  promised: "Nous vous rappelons",
  promisedAt: (day, from, to) => `${day}, entre ${from} et ${to}`,
  promisedInTurn: (position) => (position === null ? "à votre tour" : position <= 1 ? "à votre tour, vous êtes le prochain" : `à votre tour, en position ${position}`),
  calling: "Nous vous appelons maintenant",
  onNumber: (number) => `au ${number}`,
  oneCall: "Un seul appel est prévu par numéro" + S + ": celui qui a été demandé en premier.",
  email: "Votre e-mail (facultatif)",
  emailHint: "Pour la confirmation, avec le lien pour déplacer ou annuler l’appel.",
  emailWrong: "Vérifiez l’adresse e-mail.",
  itsPage: "Lien vers ce rappel",
  moveIt: "Changer l’horaire",
  cancelIt: "Annuler l’appel",
  cancelAsk: "Annuler cet appel" + S + "?",
  keepIt: "Le garder",
  rateTitle: (name) => (name ? `Comment s’est passé votre échange avec ${name}${S}?` : "Comment s’est passé cet échange" + S + "?"),
  rateScores: ["Très décevant", "Décevant", "Correct", "Bien", "Très bien"],
  rateStars: (n) => `${n} sur 5`,
  rateComment: "Un mot de plus (facultatif)",
  rateSend: "Envoyer mon avis",
  rateThanks: "Merci, votre avis est transmis.",
  rateFailed: "Votre avis n’a pas pu partir. Il est toujours là" + S + ": réessayez.",
  position: "Partager ma position",
  positionWhy: "Pour vous orienter vers le service le plus proche.",
  positionTerms: "Envoyée avec votre message ou votre appel, et seulement si vous acceptez.",
  positionAsking: "Votre navigateur vous demande l’autorisation…",
  positionShared: "Position partagée",
  positionForget: "Ne plus partager",
  positionRefused: "Position non partagée. Vous pouvez continuer sans elle.",
  positionUnknown: "Cet appareil n’a pas trouvé sa position. Vous pouvez continuer sans elle.",
};

const en: MoreWords = {
  number: "Your number",
  numberHint: "For example +33 6 12 34 56 78",
  name: "Your name (optional)",
  when: "When?",
  soon: "As soon as possible",
  soonAt: (position) => (position <= 1 ? "As soon as possible, you are next" : `As soon as possible, you are number ${position}`),
  whenMissing: "Choose a time.",
  confirm: "Ask for the call",
  move: "Change the time",
  back: "Back",
  noSlots: "No time is free any more. Try again later.",
  errors: {
    "not-a-number": "This number is not complete. Check it.",
    "number-not-called": "We cannot call this number. Give another one.",
    "slot-gone": "This time has just been taken. Choose another one.",
    "not-offered": "Calls back are not offered any more at the moment.",
    "too-many": "Too many requests in a short time. Try again in an hour.",
    network: "The request did not leave. Check your network, then try again.",
  },
  failed: "The request did not go through. Try again in a moment.",
  callBack: "Have us call you",
  scheduled: "Schedule a call",
  promised: "We will call you",
  promisedAt: (day, from, to) => `${day}, between ${from} and ${to}`,
  promisedInTurn: (position) => (position === null ? "in your turn" : position <= 1 ? "in your turn, you are next" : `in your turn, you are number ${position}`),
  calling: "We are calling you now",
  onNumber: (number) => `on ${number}`,
  oneCall: "One call is planned for each number: the one that was asked for first.",
  email: "Your e-mail (optional)",
  emailHint: "For the confirmation, with the link to move or cancel the call.",
  emailWrong: "Please check the e-mail address.",
  itsPage: "Link to this call",
  moveIt: "Change the time",
  cancelIt: "Cancel the call",
  cancelAsk: "Cancel this call?",
  keepIt: "Keep it",
  rateTitle: (name) => (name ? `How was your conversation with ${name}?` : "How was this conversation?"),
  rateScores: ["Very poor", "Poor", "Fair", "Good", "Very good"],
  rateStars: (n) => `${n} out of 5`,
  rateComment: "Anything to add (optional)",
  rateSend: "Send my rating",
  rateThanks: "Thank you, your rating has been sent.",
  rateFailed: "Your rating could not be sent. It is still here: try again.",
  position: "Share my position",
  positionWhy: "To bring you to the nearest service.",
  positionTerms: "Sent with your message or call, and only if you agree.",
  positionAsking: "Your browser asks for your permission…",
  positionShared: "Position shared",
  positionForget: "Stop sharing",
  positionRefused: "Position not shared. You can go on without it.",
  positionUnknown: "This device did not find its position. You can go on without it.",
};

export const MORE_WORDS: Record<Lang, MoreWords> = { fr, en };
