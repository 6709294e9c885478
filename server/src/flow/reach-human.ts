/**
 * Who asks for a person? `0` and the flow's own keys, or a word for one, at every step and in every medium (PIT-05, PIT-06). One
 * exception: within digits already begun a key is a digit, and only a key that cannot be one there still asks.
 */
import { holdsPhrase, plain } from "./match-text.ts";
import type { FlowInput } from "./state.ts";

/** Already plain: lower case, no accents. Both languages always count, whatever the contact's is. */
export const HUMAN_PHRASES: readonly string[] = [
  "conseiller", "conseillers", "conseillere", "conseilleres", "teleconseiller", "teleconseillere", "operateur", "operatrice", "standardiste", "humain", "humaine", "etre humain",
  "une personne", "vraie personne", "vrai humain", "vraie humaine", "quelqu un", "service client", "un collegue", "une collegue",
  "agent", "agents", "agente", "human", "human being", "representative", "rep", "adviser", "advisor", "operator", "receptionist", "a person", "real person", "someone", "somebody",
  "customer service", "live person", "live agent",
];
/** What a recogniser is told to listen for: the words that people really say. */
export const SPOKEN_PHRASES = {
  fr: ["conseiller", "un conseiller", "opérateur", "une personne", "quelqu'un", "humain", "agent"],
  en: ["representative", "agent", "operator", "adviser", "a person", "someone", "human"],
} as const;

export interface Asking {
  /** 0 is a digit of what is being keyed. */
  zeroIsDigit: boolean;
  /** `*` is the decimal comma of what is being keyed. */
  starIsComma: boolean;
  /** Labels of the choices that are offered now: who presses the button « Agent immobilier » has chosen it. */
  labels: readonly string[];
}

export function asksForHuman(input: FlowInput, asking: Asking, reachHuman: { keys: readonly string[]; words: readonly string[] }): boolean {
  if (input.kind === "key") {
    if (input.key === "0") return !asking.zeroIsDigit;
    return input.key === "*" && reachHuman.keys.includes("*") && !asking.starIsComma;
  }
  if (input.kind !== "text") return false;
  // "agent.smith@example.org" answers a question
  const text = plain(input.text.replaceAll(/\S+@\S+/g, " "));
  if (text === "0" || (input.text.trim() === "*" && reachHuman.keys.includes("*"))) return true;
  if (HUMAN_PHRASES.includes(text)) return true;
  if (asking.labels.some((label) => plain(label) === text)) return false;
  return HUMAN_PHRASES.some((phrase) => holdsPhrase(text, phrase)) || reachHuman.words.some((word) => holdsPhrase(text, plain(word)));
}
