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
