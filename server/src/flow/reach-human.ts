/**
 * Who asks for a person? `0`, `*`, or a word for one, at every step and in every medium (PIT-05, PIT-06). One exception: within
 * digits already begun, 0 is a digit (`*` still asks).
 */
import { holdsPhrase, plain } from "./match-text.ts";
import type { FlowInput } from "./state.ts";

const PHRASES = [
  "conseiller", "conseillers", "conseillere", "agent", "agents", "humain", "humaine", "human", "representative", "adviser", "advisor",
  "operator", "operateur", "operatrice", "teleconseiller", "standardiste", "une personne", "vraie personne", "quelqu un", "vrai humain",
  "a person", "real person", "someone", "somebody", "customer service", "service client", "parler a une personne",
];

export function asksForHuman(input: FlowInput, digitsBegun: boolean, moreWords: readonly string[]): boolean {
  if (input.kind === "key") return input.key === "*" || (input.key === "0" && !digitsBegun);
  if (input.kind !== "text") return false;
  const text = plain(input.text);
  if (text === "0" || input.text.trim() === "*") return true;
  return PHRASES.some((phrase) => holdsPhrase(text, phrase)) || moreWords.some((word) => holdsPhrase(text, plain(word)));
}
