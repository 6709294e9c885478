/** Texts per language and the filling of variables. The schema is the protocol's (`flow/words.ts`). */
import type { Texts } from "@tandem/protocol/flow/flow";
import type { Language } from "../hub/hub.ts";

/** Longest value put in a text: a caller's display name must not become a speech of an hour. */
const MAX_VALUE_CHARS = 80;

/** A variable in a text, `{data.order}`. JSON of a body has other braces, and they stay. */
export const VARIABLE = /\{([A-Za-z][\w.-]{0,80})\}/g;

export function inLanguage(texts: Texts, language: Language): string {
  return texts[language] ?? texts.fr ?? texts.en ?? "";
}

/** Fills `{data.order}`; an unknown value ("") leaves nothing, and no double space or space before a comma behind it. */
export function fill(text: string, show: (variable: string) => string): string {
  if (!text.includes("{")) return text;
  const filled = text.replaceAll(VARIABLE, (_, variable: string) => show(variable).slice(0, MAX_VALUE_CHARS));
  return filled.replaceAll(/\s+([,.])/g, "$1").replaceAll(/ {2,}/g, " ").trim();
}
