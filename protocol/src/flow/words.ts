/** The words of a flow: plain values, texts per language, how a step sounds and reads. The server's room `flow` gives them their sense. */
import { z } from "zod";

/** Longest text of a step: one spoken minute; a definition is data and may come from an import file. */
const MAX_TEXT_CHARS = 1200;
/** Longest expression: CEL is parsed at every publish, and a definition may come from an import file. */
const MAX_EXPRESSION_CHARS = 500;

export const FlowLanguage = z.enum(["fr", "en"]);
export type FlowLanguage = z.infer<typeof FlowLanguage>;

const text = z.string().min(1).max(MAX_TEXT_CHARS);
/** One text per language; which languages must be there is the definition's word (`languages`). `{data.order}` fills a variable. */
export const Texts = z.object({ fr: text.optional(), en: text.optional() });
export type Texts = z.infer<typeof Texts>;

const Aside = z.object({ language: FlowLanguage, text });
/** A recording of the prompt table in the place of synthesised speech, per language. */
export const Recordings = z.object({ fr: z.string().max(60).optional(), en: z.string().max(60).optional() });
/**
 * How it sounds (names the keys) and how it reads (choices are buttons); `reads` absent = the same words. `recording`: what voice plays in
 * the place of `sounds`, which stays as its written form. `aside`: spoken after it, by the customer's language, in another one ("For English, press 9").
 */
export const Says = z.object({ sounds: Texts, reads: Texts.optional(), recording: Recordings.optional(), aside: z.object({ fr: Aside.optional(), en: Aside.optional() }).optional() });
export type Says = z.infer<typeof Says>;

export const StepId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "a step id is lower-case letters, digits and dashes");

/** A plain value of a flow's data or of the customer's card. */
export const Value = z.union([z.string().max(400), z.number(), z.boolean(), z.null()]);
export type Value = z.infer<typeof Value>;
export type Values = Readonly<Record<string, Value>>;

/** The name of a variable of the flow's own: `data.<name>` in expressions and texts. */
export const VariableName = z.string().regex(/^[a-z][A-Za-z0-9_]{0,39}$/, "a variable's name is letters, digits and _, first a small letter");
/** CEL types them: string, int/double, bool; a date is a string yyyy-mm-dd. */
export const VariableType = z.enum(["text", "number", "boolean", "date"]);
export type VariableType = z.infer<typeof VariableType>;

/** A CEL expression over `data`, `customer`, `context`, `contact` (docs/en/flows.md lists them). */
export const Expression = z.string().min(1).max(MAX_EXPRESSION_CHARS);

export const SkillNeed = z.object({ skillId: z.string().min(1).max(60), minLevel: z.int().min(1).max(10) });
export type SkillNeed = z.infer<typeof SkillNeed>;

export const QueueId = z.string().min(1).max(60);
export const Priority = z.int().min(0).max(10);
