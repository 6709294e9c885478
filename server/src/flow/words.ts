/** Words of a flow: texts per language, how a step sounds and reads, and the filling of variables. */
import { z } from "zod";
import type { Language } from "../hub/hub.ts";

/** Longest text of a step: one spoken minute; a definition is data and may come from an import file. */
const MAX_TEXT_CHARS = 1200;
/** Longest value put in a text: a caller's display name must not become a speech of an hour. */
const MAX_VALUE_CHARS = 80;

const text = z.string().min(1).max(MAX_TEXT_CHARS);
/** One text per language; which languages must be there is the definition's word (`validate.ts`). */
export const Texts = z.object({ fr: text.optional(), en: text.optional() });
export type Texts = z.infer<typeof Texts>;

const Aside = z.object({ language: z.enum(["fr", "en"]), text });
/**
 * How it sounds (names the keys) and how it reads (choices are buttons); `reads` absent = the same words. `aside`: spoken after it,
 * by the customer's language, in another one ("For English, press 9").
 */
export const Says = z.object({ sounds: Texts, reads: Texts.optional(), aside: z.object({ fr: Aside.optional(), en: Aside.optional() }).optional() });
export type Says = z.infer<typeof Says>;

export const StepId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "a step id is lower-case letters, digits and dashes");

/** A plain value of a flow's data or of the customer's card. */
export const Value = z.union([z.string().max(400), z.number(), z.boolean(), z.null()]);
export type Value = z.infer<typeof Value>;
export type Values = Readonly<Record<string, Value>>;

/** Where a variable is read: `data.order`, `customer.name`, `from`, `to`, `medium`, `language`. */
export const Variable = z.string().regex(/^(data\.[a-z][\w-]{0,39}|customer\.[a-z][\w-]{0,39}|from|to|medium|language)$/i, "unknown variable");

export function inLanguage(texts: Texts, language: Language): string {
  return texts[language] ?? texts.fr ?? texts.en ?? "";
}

/** Fills `{data.order}`; an unknown value leaves nothing, and no double space or space before a comma behind it. */
export function fill(text: string, read: (variable: string) => Value): string {
  if (!text.includes("{")) return text;
  const filled = text.replaceAll(/\{([\w.-]+)\}/g, (_, variable: string) => {
    const value = read(variable);
    return value === null ? "" : String(value).slice(0, MAX_VALUE_CHARS);
  });
  return filled.replaceAll(/\s+([,.])/g, "$1").replaceAll(/ {2,}/g, " ").trim();
}
