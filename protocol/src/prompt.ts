/** The table of prompts: what a customer hears, spoken by the speech engine or recorded, per language. */
import { z } from "zod";

export const PromptLanguage = z.enum(["fr", "en"]);
export type PromptLanguage = z.infer<typeof PromptLanguage>;

/** Longest text spoken: about a minute. */
const PromptText = z.string().trim().min(1).max(1200);

/** What an administrator writes. A language without text and without recording is missing. */
export const PromptBody = z.object({
  name: z.string().trim().min(1).max(100),
  texts: z.object({ fr: PromptText.optional(), en: PromptText.optional() }).default({}),
});
export type PromptBody = z.infer<typeof PromptBody>;

/** One recording as it is kept: what came, and what was made of it. */
export const PromptRecording = z.object({
  /** Names the sound: SHA-256 of the converted file. */
  hash: z.string(),
  seconds: z.number(),
  fileName: z.string(),
  /** What was uploaded: "wav" or "mp3", its rate and channels. */
  format: z.string(),
  sampleRateHz: z.number(),
  channels: z.number(),
  /** Active speech level (ITU-T P.56) of what was uploaded, and what the levelling added. */
  levelDbm0: z.number(),
  gainDb: z.number(),
  /** Silence cut away at both ends. */
  trimmedMs: z.number(),
  byName: z.string(),
  atMs: z.number(),
});
export type PromptRecording = z.infer<typeof PromptRecording>;

export const PromptUse = z.object({ where: z.enum(["flow", "queue", "hours", "centre"]), id: z.string(), name: z.string() });
export type PromptUse = z.infer<typeof PromptUse>;

const perLanguage = <T extends z.ZodType>(of: T) => z.object({ fr: of.optional(), en: of.optional() });

export const PromptView = z.object({
  id: z.string(),
  name: z.string(),
  texts: perLanguage(z.string()),
  /** What plays now; it wins over the text. */
  recordings: perLanguage(PromptRecording),
  /** Replaced ones, the latest first: they can be taken back. */
  earlier: z.object({ fr: z.array(PromptRecording), en: z.array(PromptRecording) }),
  /** Languages in which nothing can be heard. */
  missing: z.array(PromptLanguage),
  uses: z.array(PromptUse),
});
export type PromptView = z.infer<typeof PromptView>;

export const PromptPreview = z.object({ text: PromptText, language: PromptLanguage });
export type PromptPreview = z.infer<typeof PromptPreview>;
