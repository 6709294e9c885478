/** What the customer of a promised call is sent: when we call, from which number, and the link to move or cancel it. Pure. */
import type { Language } from "../hub/hub.ts";
import type { CallbackRequest } from "./request.ts";

export interface LinkFacts {
  centreName: string;
  /** IANA, of the centre: customers read it beside the time. */
  zone: string;
  /** As the customer's telephone will show it, written for people; null = not known before the call. */
  shownNumber: string | null;
  url: string;
  /** They were told another time before. */
  moved: boolean;
}

export interface LinkWords {
  subject: string;
  /** For a text: one paragraph in the alphabet of the network (GSM 03.38), which has neither typographic apostrophes nor narrow spaces: with one of them a text holds 70 characters in place of 160. */
  sms: string;
  mail: string;
}

export function linkWords({ slot, dueMs, language }: Pick<CallbackRequest, "slot" | "dueMs" | "language">, { centreName, zone, shownNumber, url, moved }: LinkFacts): LinkWords {
  const clock = (ms: number): string => new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(ms);
  const day = (ms: number): string => new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { timeZone: zone, weekday: "long", day: "numeric", month: "long" }).format(ms);
  const when = WHEN[language];
  const at = slot ? when.slot(day(slot.startMs), clock(slot.startMs), clock(slot.endMs), zone) : dueMs === null ? when.turn : when.about(clock(dueMs), zone);
  const { will, from, change, hello, bye, subject } = WORDS[language];
  const sentence = `${will} ${at}${shownNumber === null ? "" : from(shownNumber)}.`;
  const said = moved ? `${when.moved} ${sentence}` : sentence;
  return {
    subject: subject(centreName, slot && `${day(slot.startMs)}, ${clock(slot.startMs)}`),
    sms: plain(`${centreName}${language === "fr" ? " :" : ":"} ${said} ${change}${language === "fr" ? " :" : ":"} ${url}`),
    mail: `${hello},\n\n${said}\n\n${change}${language === "fr" ? "\u202f:" : ":"}\n${url}\n\n${bye}\n\n${centreName}\n`,
  };
}

/** Letters beyond it lose their accent (août); what has no such letter stays as it is. */
function plain(text: string): string {
  return text
    .replaceAll("’", "'")
    .replaceAll("–", "-")
    .replaceAll(/[\u00a0\u202f]/g, " ")
    .replaceAll(/[^\n -~§¿¡£¥€ØøÅåÄÖÑÜàèéùìòäöñüßÆæÇÉ]/gu, (letter) => letter.normalize("NFD").slice(0, 1));
}

const WHEN: Record<Language, { slot(day: string, from: string, to: string, zone: string): string; turn: string; about(at: string, zone: string): string; moved: string }> = {
  fr: {
    slot: (day, from, to, zone) => `le ${day} entre ${from} et ${to} (${zone})`,
    turn: "à votre tour",
    about: (at, zone) => `à votre tour, vers ${at} (${zone})`,
    moved: "L’heure a changé.",
  },
  en: {
    slot: (day, from, to, zone) => `on ${day} between ${from} and ${to} (${zone})`,
    turn: "in your turn",
    about: (at, zone) => `in your turn, at about ${at} (${zone})`,
    moved: "The time has changed.",
  },
};

const WORDS: Record<Language, { will: string; from(number: string): string; change: string; hello: string; bye: string; subject(centreName: string, at: string | null): string }> = {
  fr: {
    will: "Nous vous appellerons",
    from: (number) => `, depuis le ${number}`,
    change: "Changer l’heure ou annuler",
    hello: "Bonjour",
    bye: "Vous n’avez rien demandé\u202f? Ce lien annule l’appel.",
    subject: (centreName, at) => (at === null ? `Nous vous rappelons à votre tour – ${centreName}` : `Votre appel du ${at} – ${centreName}`),
  },
  en: {
    will: "We will call you",
    from: (number) => `, from ${number}`,
    change: "Change the time or cancel",
    hello: "Hello",
    bye: "Did you not ask for this? The link cancels the call.",
    subject: (centreName, at) => (at === null ? `We will call you back in your turn – ${centreName}` : `Your call on ${at} – ${centreName}`),
  },
};
