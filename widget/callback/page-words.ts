/** Words of the page that a promised call's link opens. */
import type { Lang } from "../src/words.ts";

export interface PageWords {
  title: string;
  /** Of what is over, and what one can do then. */
  over: Record<"served" | "broken" | "cancelled", readonly [what: string, then: string]>;
  missing: Record<string, readonly [what: string, then: string]>;
  failed: readonly [what: string, then: string];
  loading: string;
  again: string;
  ownClock: string;
}

const askAgain = { fr: "Pour en demander un autre, revenez sur notre site ou appelez-nous.", en: "To ask for another one, return to our site or call us." };

const fr: PageWords = {
  title: "Votre rappel",
  over: {
    served: ["Ce rappel est passé", "Vous n’avez rien à faire."],
    broken: ["Nous n’avons pas réussi à vous joindre", askAgain.fr],
    cancelled: ["Ce rappel est annulé", askAgain.fr],
  },
  missing: {
    "not-found": ["Ce lien n’ouvre aucun rappel", "Il a peut-être été remplacé par un lien plus récent."],
    "bad-input": ["Ce lien est incomplet", "Ouvrez-le en entier, tel que vous l’avez reçu."],
    "too-many": ["Trop d’essais en peu de temps", "Réessayez dans dix minutes."],
  },
  failed: ["Votre rappel ne s’affiche pas", "Il reste prévu. Vérifiez votre réseau, puis réessayez."],
  loading: "Un instant…",
  again: "Réessayer",
  ownClock: "À l’heure de votre appareil",
};

const en: PageWords = {
  title: "Your call back",
  over: {
    served: ["This call is over", "There is nothing for you to do."],
    broken: ["We could not reach you", askAgain.en],
    cancelled: ["This call is cancelled", askAgain.en],
  },
  missing: {
    "not-found": ["This link opens no call", "It may have been replaced by a newer link."],
    "bad-input": ["This link is not complete", "Open the whole of it, as you received it."],
    "too-many": ["Too many tries in a short time", "Try again in ten minutes."],
  },
  failed: ["Your call does not show", "It stays planned. Check your network, then try again."],
  loading: "One moment…",
  again: "Try again",
  ownClock: "In the time of your device",
};

export const PAGE_WORDS: Record<Lang, PageWords> = { fr, en };
