/**
 * Who rings while a call to their number is promised is told so, and asked what is to become of it: kept, at another time, taken back; a person, or
 * the number's own flow for anything else. A flow of its own, so that keys, words, silence and the way to a person are those of every other.
 */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Slot } from "@tandem/protocol/hours";
import { flowDefinition, spellSlot } from "../flow/flow.ts";
import type { Place } from "./flow-kept.ts";

/** A call that is due, as it was promised to the number that rings. */
export interface Standing {
  callbackId: string;
  /** Null = in order. */
  slot: Slot | null;
  dueMs: number | null;
  /** Whoever calls from that number is taken for its customer. Else it is told that a call is promised, and no more: a shown number can be another's. */
  trusted: boolean;
  /** Theirs if they would rather wait. */
  place: Place;
}

/** The variable of the question's flow: "keep", "cancel" or "other". */
export const STANDING_ANSWER = "promise";

/** `flow`: the number's own. `start`: the question, or what is said once the promise is taken back. */
export function standingFlow(flow: FlowDocument, { slot, trusted, place: { queueId } }: Standing, zone: string, start: "ask" | "cancelled"): FlowDocument {
  const { languages, reachHuman, languageNeeds, retry, silence, variables } = flow;
  const when = {
    fr: slot ? spellSlot(slot, { language: "fr", written: false, zone }) : "dès que votre tour arrive",
    en: slot ? spellSlot(slot, { language: "en", written: false, zone }) : "as soon as it is your turn",
  };
  const answer = (value: string): { set: Record<string, string> } => ({ set: { [STANDING_ANSWER]: value } });
  return flowDefinition({
    id: "promise",
    name: "Promised call",
    version: 1,
    languages,
    start,
    reachHuman: { ...reachHuman, queueId },
    languageNeeds,
    retry,
    silence,
    // who hears this has a promise all the while: moving it may take a little longer than reaching one
    limits: { steps: 4, seconds: 60 },
    // its words may name them
    variables: { ...variables, [STANDING_ANSWER]: { type: "text" } },
    steps: {
      ask: trusted ? {
        kind: "menu",
        label: { fr: "Rappel prévu", en: "Promised call" },
        says: {
          sounds: {
            fr: `Nous avons prévu de vous rappeler ${when.fr}. Pour garder ce rappel, tapez 1. Pour le déplacer, tapez 2. Pour l’annuler, tapez 3. Pour autre chose, tapez 4.`,
            en: `We are due to call you back ${when.en}. To keep this call, press 1. To move it, press 2. To cancel it, press 3. For anything else, press 4.`,
          },
        },
        choices: [
          { key: "1", label: { fr: "Garder le rappel", en: "Keep the call" }, words: { fr: ["garder", "oui"], en: ["keep", "yes"] }, ...answer("keep"), next: "kept" },
          { key: "2", label: { fr: "Choisir un autre moment", en: "Choose another time" }, words: { fr: ["autre moment", "changer"], en: ["another time", "change"] }, next: "move" },
          { key: "3", label: { fr: "Annuler le rappel", en: "Cancel the call" }, words: { fr: ["annuler"], en: ["cancel"] }, ...answer("cancel"), next: "over" },
          { key: "4", label: { fr: "Autre demande", en: "Anything else" }, words: { fr: ["autre chose"], en: ["something else"] }, ...answer("other"), next: "over" },
        ],
      } : {
        kind: "menu",
        label: { fr: "Rappel prévu", en: "Promised call" },
        says: {
          sounds: {
            fr: "Un rappel est prévu à ce numéro. Pour le garder, tapez 1. Pour le déplacer ou l’annuler avec un conseiller, tapez 2. Pour autre chose, tapez 4.",
            en: "A call back to this number is due. To keep it, press 1. To move or cancel it with an adviser, press 2. For anything else, press 4.",
          },
        },
        choices: [
          { key: "1", label: { fr: "Garder le rappel", en: "Keep the call" }, words: { fr: ["garder", "oui"], en: ["keep", "yes"] }, ...answer("keep"), next: "kept" },
          { key: "2", label: { fr: "Déplacer ou annuler le rappel", en: "Move or cancel the call" }, words: { fr: ["autre moment", "changer", "annuler"], en: ["another time", "change", "cancel"] }, next: "person" },
          { key: "4", label: { fr: "Autre demande", en: "Anything else" }, words: { fr: ["autre chose"], en: ["something else"] }, ...answer("other"), next: "over" },
        ],
      },
      person: { kind: "queue", queueId },
      move: {
        kind: "callback", queueId, offer: "choice", label: { fr: "Autre moment du rappel", en: "Another time for the call" },
        says: { sounds: { fr: "Quand préférez-vous ?", en: "When would you rather?" } },
        declined: "ask", failed: "unmoved",
      },
      unmoved: { kind: "say", says: { sounds: { fr: "Aucun autre moment n’est libre : votre rappel reste prévu.", en: "No other time is free: your call stays as promised." } }, next: "ask" },
      kept: { kind: "say", says: { sounds: { fr: trusted ? `C’est entendu, nous vous rappelons ${when.fr}. À bientôt.` : "C’est entendu, ce rappel est gardé. À bientôt.", en: trusted ? `Very well, we will call you back ${when.en}. Talk to you soon.` : "Very well, the call is kept. Talk to you soon." } }, next: "over" },
      cancelled: { kind: "say", says: { sounds: { fr: "Votre rappel est annulé.", en: "Your call is cancelled." } }, next: "over" },
      over: { kind: "end", exception: "The promise stands, or the number's own flow goes on" },
    },
  });
}
