/** What a definition says once for all its steps. */
import { z } from "zod";
import { Hours } from "./hours.ts";
import { Says, StepId, Texts } from "./words.ts";

export const SkillNeed = z.object({ skillId: z.string().min(1).max(60), minLevel: z.int().min(1).max(10) });
export type SkillNeed = z.infer<typeof SkillNeed>;

const Silence = z.object({ voiceMs: z.int().min(500).max(60_000), writtenMs: z.int().min(5_000).max(3_600_000) });

export const FlowSettings = z.object({
  id: z.string().min(1).max(60),
  name: z.string().min(1).max(100),
  version: z.int().min(1),
  /** The first is the centre's own: the trail and the reason are written in it. */
  languages: z.array(z.enum(["fr", "en"])).min(1).max(2),
  start: StepId,
  /** Where `0`, `*`, « conseiller », too many errors and every failure of the flow itself lead. */
  reachHuman: z.object({
    queueId: z.string().min(1).max(60),
    /** What the customer hears or reads on the way. */
    says: Says,
    /** The button of written menus, and the trail's words. */
    label: Texts,
    /** Further words that ask for a person, on top of the built-in ones. */
    words: z.array(z.string().min(2).max(40)).max(50).default([]),
  }),
  /** What an agent must speak for a customer in this language; added to every queue's needs. */
  languageNeeds: z.object({ fr: z.array(SkillNeed).max(5).optional(), en: z.array(SkillNeed).max(5).optional() }).default({}),
  /** 0..10 of every contact of this flow, until a step raises it. */
  priority: z.int().min(0).max(10).default(0),
  hours: z.record(z.string(), Hours).default({}),
  /** Said before the question is asked again. */
  retry: z.object({ wrong: Says, silence: Says }),
  silence: Silence.default({ voiceMs: 6_000, writtenMs: 180_000 }),
});
export type FlowSettings = z.infer<typeof FlowSettings>;
