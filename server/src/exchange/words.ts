/** Everything that the telephone system says, in the two languages. Digits are spoken one by one. */
import type { Language } from "@tandem/protocol";

export interface Spoken {
  text: string;
  language: Language;
}

/** 7 0 1 for a number; a name as it is. */
export function oneByOne(number: string): string {
  return /^\+?[0-9]+$/.test(number) ? number.replace("+", "").split("").join(" ") : number;
}

const WORDS = {
  forwardOn: { fr: (to: string) => `Renvoi activé vers ${to}.`, en: (to: string) => `Calls are forwarded to ${to}.` },
  forwardOff: { fr: () => "Renvoi désactivé.", en: () => "Forwarding is off." },
  forwardsOff: { fr: () => "Tous les renvois sont désactivés.", en: () => "All forwarding is off." },
  doNotDisturbOn: { fr: () => "Ne pas déranger : activé.", en: () => "Do not disturb is on." },
  doNotDisturbOff: { fr: () => "Ne pas déranger : désactivé.", en: () => "Do not disturb is off." },
  notSet: { fr: () => "Ce réglage n'est pas possible.", en: () => "This setting is not possible." },
  nothingToPickUp: { fr: () => "Aucun appel à intercepter.", en: () => "There is no call to pick up." },
  nothingParked: { fr: () => "Aucun appel n'est parqué à ce numéro.", en: () => "No call is parked at this number." },
  noSlot: { fr: () => "Toutes les places de parcage sont prises.", en: () => "All park slots are taken." },
  parkedAt: { fr: (slot: string) => `Appel parqué au ${slot}.`, en: (slot: string) => `The call is parked at ${slot}.` },
  parkHere: { fr: (slot: string) => `Place de parcage ${slot}. Transférez l'appel.`, en: (slot: string) => `Park slot ${slot}. Transfer the call now.` },
  notReached: { fr: () => "Votre correspondant ne peut pas être joint.", en: () => "The person you are calling cannot be reached." },
  callBackOn: { fr: () => "Vous serez rappelé dès que la ligne sera libre.", en: () => "You will be called when the line is free." },
  callBackOff: { fr: () => "Rappel annulé.", en: () => "The call back is cancelled." },
  nobodyCalled: { fr: () => "Aucun appel à rappeler.", en: () => "There is no call to return." },
  greeting: { fr: (name: string) => `Vous êtes sur la messagerie de ${name}. Laissez un message après le signal.`, en: (name: string) => `You have reached the voicemail of ${name}. Please leave a message after the tone.` },
  messageKept: { fr: () => "Message enregistré. Au revoir.", en: () => "Your message is kept. Goodbye." },
  mailboxNumber: { fr: () => "Tapez le numéro de votre poste, puis dièse.", en: () => "Enter your extension number, then the hash key." },
  mailboxPin: { fr: () => "Tapez votre code, puis dièse.", en: () => "Enter your code, then the hash key." },
  mailboxRefused: { fr: () => "Numéro ou code inconnu.", en: () => "The number or the code is not known." },
  mailboxEmpty: { fr: () => "Vous n'avez aucun message.", en: () => "You have no messages." },
  mailboxCount: {
    fr: (fresh: string, all: string) => `Vous avez ${fresh === "0" ? "aucun nouveau message" : fresh === "1" ? "un nouveau message" : `${fresh} nouveaux messages`}, ${all === "1" ? "un message" : `${all} messages`} en tout.`,
    en: (fresh: string, all: string) => `You have ${fresh === "0" ? "no new messages" : fresh === "1" ? "one new message" : `${fresh} new messages`}, ${all === "1" ? "one message" : `${all} messages`} in all.`,
  },
  mailboxKeys: { fr: () => "Pour écouter, tapez 1. Pour effacer, 7. Pour conserver, 9. Message suivant, dièse. Pour votre annonce, étoile.", en: () => "To listen, press 1. To delete, 7. To keep, 9. Next message, hash. For your greeting, star." },
  mailboxEnd: { fr: () => "Plus de messages. Au revoir.", en: () => "No more messages. Goodbye." },
  deleted: { fr: () => "Message effacé.", en: () => "The message is deleted." },
  kept: { fr: () => "Message conservé.", en: () => "The message is kept." },
  from: { fr: (who: string, when: string) => `Message de ${who}, ${when}.`, en: (who: string, when: string) => `Message from ${who}, ${when}.` },
  unknownCaller: { fr: () => "un numéro masqué", en: () => "a withheld number" },
  greetingRecord: { fr: () => "Enregistrez votre annonce après le signal, puis tapez dièse.", en: () => "Record your greeting after the tone, then press hash." },
  greetingKept: { fr: () => "Annonce enregistrée.", en: () => "Your greeting is kept." },
  greetingGone: { fr: () => "L'annonce d'origine est rétablie.", en: () => "The usual greeting is back." },
  roomPin: { fr: () => "Tapez le code de la réunion, puis dièse.", en: () => "Enter the meeting code, then the hash key." },
  roomModeratorPin: { fr: () => "Animateur, tapez votre code, puis dièse. Sinon, tapez dièse.", en: () => "Moderators, enter your code, then the hash key. Otherwise, press hash." },
  roomPinWrong: { fr: () => "Code inconnu.", en: () => "The code is not known." },
  roomRefused: { fr: () => "Code inconnu. Au revoir.", en: () => "The code is not known. Goodbye." },
  roomLocked: { fr: () => "Cette réunion est verrouillée. Au revoir.", en: () => "This meeting is locked. Goodbye." },
  roomFull: { fr: () => "Cette réunion est complète. Au revoir.", en: () => "This meeting is full. Goodbye." },
  roomFirst: { fr: () => "Vous arrivez avant les autres. Un instant.", en: () => "You are the first in this meeting. Please wait." },
  roomAlone: { fr: () => "Les autres ont quitté la réunion.", en: () => "The others have left the meeting." },
  roomJoined: { fr: (name: string) => `${name} arrive.`, en: (name: string) => `${name} has joined.` },
  roomLeft: { fr: (name: string) => `${name} quitte la réunion.`, en: (name: string) => `${name} has left.` },
  roomMuted: { fr: () => "Votre micro est coupé.", en: () => "Your microphone is off." },
  roomUnmuted: { fr: () => "Votre micro est ouvert.", en: () => "Your microphone is on." },
  roomAllMuted: { fr: () => "Les micros sont coupés. Pour parler, tapez étoile 6.", en: () => "All microphones are off. To speak, press star 6." },
  roomAllOpen: { fr: () => "Les micros sont ouverts.", en: () => "All microphones are on." },
  roomLockedNow: { fr: () => "La réunion est verrouillée.", en: () => "The meeting is locked." },
  roomOpenNow: { fr: () => "La réunion est ouverte.", en: () => "The meeting is open." },
  roomKicked: { fr: () => "Vous avez été retiré de la réunion. Au revoir.", en: () => "You have been removed from the meeting. Goodbye." },
  roomModeratorOnly: { fr: () => "Cette touche est réservée à l'animateur.", en: () => "This key is for moderators." },
  roomCount: { fr: (count: string) => (count === "1" ? "Un seul participant." : `${count} participants.`), en: (count: string) => (count === "1" ? "One person." : `${count} people.`) },
  roomKeys: { fr: () => "Étoile 6 : votre micro. Étoile dièse : nombre de participants.", en: () => "Star 6: your microphone. Star hash: how many people are here." },
  roomKeysModerator: {
    fr: () => "Étoile 6 : votre micro. Étoile 5 : tous les micros. Étoile 4 : verrouiller. Étoile 9 : retirer la dernière personne. Étoile dièse : nombre de participants.",
    en: () => "Star 6: your microphone. Star 5: all microphones. Star 4: lock. Star 9: remove the last person. Star hash: how many people are here.",
  },
  pageNobody: { fr: () => "Aucun téléphone n'est libre pour cette annonce.", en: () => "No telephone is free for this announcement." },
  nothingTogether: { fr: () => "Mettez d'abord deux appels en attente.", en: () => "First put two calls on hold." },
  goodbye: { fr: () => "Au revoir.", en: () => "Goodbye." },
} satisfies Record<string, Record<Language, (...values: string[]) => string>>;

export type Word = keyof typeof WORDS;

export function spoken(word: Word, language: Language, ...values: string[]): Spoken {
  const say: (...given: string[]) => string = WORDS[word][language];
  return { text: say(...values), language };
}

/** What has no name or number in it: made ahead, so that nobody waits for it. */
export function fixedWords(): Spoken[] {
  return (Object.keys(WORDS) as Word[]).flatMap((word) => (["fr", "en"] as const).filter((language) => WORDS[word][language].length === 0).map((language) => spoken(word, language)));
}

/** "le 21 novembre à 16 h 05" / "21 November at 4:05 PM", in the house's own time. */
export function spokenDate(atMs: number, language: Language, zone: string): string {
  const date = new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { timeZone: zone, day: "numeric", month: "long" }).format(atMs);
  const part: Record<string, string> = {};
  for (const { type, value } of new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", hour: "numeric", minute: "numeric" }).formatToParts(atMs)) part[type] = value;
  const [hour, minute] = [Number(part.hour), Number(part.minute)];
  if (language === "fr") return `le ${date} à ${hour} heures${minute === 0 ? "" : ` ${minute}`}`;
  return `${date} at ${hour}:${String(minute).padStart(2, "0")}`;
}
