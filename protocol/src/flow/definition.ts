/** A flow as one readable document: settings, variables, steps by id, test cases. Shape here; sense is the server's `flow/validate.ts` and its proof. */
import { z } from "zod";
import { Step } from "./steps.ts";
import { FlowLanguage, Priority, QueueId, Says, SkillNeed, StepId, Texts, Value, VariableName, VariableType } from "./words.ts";

const Silence = z.object({ voiceMs: z.int().min(500).max(60_000), writtenMs: z.int().min(5_000).max(3_600_000) });

/** Format 1 was issue 2's (conditions as objects, `hangup`): the server upgrades it on reading. */
export const FLOW_FORMAT = 2;

export const FlowSettings = z.object({
  format: z.literal(FLOW_FORMAT).default(FLOW_FORMAT),
  id: z.string().min(1).max(60),
  name: z.string().min(1).max(100),
  /** Counts the publishings of one centre: a file need not have it. */
  version: z.int().min(1).default(1),
  /** The first is the centre's own: the trail and the reason are written in it. */
  languages: z.array(FlowLanguage).min(1).max(2),
  start: StepId,
  /** Where `0`, « conseiller », too many errors and every failure of the flow itself lead. */
  reachHuman: z.object({
    queueId: QueueId,
    /** What the customer hears or reads on the way. */
    says: Says,
    /** The button of written menus, and the trail's words. */
    label: Texts,
    /** Further words that ask for a person, on top of the built-in ones. */
    words: z.array(z.string().min(2).max(40)).max(50).default([]),
    /** Keys that ask for a person at every step; 0 always does. */
    keys: z.array(z.enum(["0", "*"])).default(["0", "*"]),
  }),
  /** What an agent must speak for a customer in this language; added to every queue's needs. */
  languageNeeds: z.object({ fr: z.array(SkillNeed).max(5).optional(), en: z.array(SkillNeed).max(5).optional() }).default({}),
  /** Of every contact of this flow, until a step raises it. */
  priority: Priority.default(0),
  /** The flow's own variables: everything that a step sets, collects or saves is listed. */
  variables: z.record(VariableName, z.object({ type: VariableType, label: z.string().max(60).optional(), initial: Value.optional() })).default({}),
  /** Said before the question is asked again, and how often it is. */
  retry: z.object({ wrong: Says, silence: Says, times: z.int().min(0).max(5).default(2) }),
  silence: Silence.default({ voiceMs: 6_000, writtenMs: 180_000 }),
  /** What the proof holds the flow to: a person (or a declared end) within so many steps and so many seconds of prompts. */
  limits: z.object({ steps: z.int().min(1).max(50).default(4), seconds: z.int().min(5).max(600).default(40) }).default({ steps: 4, seconds: 40 }),
});
export type FlowSettings = z.infer<typeof FlowSettings>;

/** What a customer does in a test case, in order; `hear` is implied between them. `keys` are keyed one by one, `says` is a sentence (speech or text). */
export const FlowAct = z.discriminatedUnion("do", [z.object({ do: z.literal("keys"), keys: z.string().regex(/^[0-9*#]{1,40}$/) }), z.object({ do: z.literal("says"), text: z.string().min(1).max(400) }), z.object({ do: z.literal("silence") })]);
export type FlowAct = z.infer<typeof FlowAct>;

/** Given these inputs and hours, this end. */
export const FlowTest = z.object({
  name: z.string().min(1).max(100),
  given: z.object({
    medium: z.enum(["voice", "chat", "sms"]).default("voice"),
    language: FlowLanguage.default("fr"),
    /** The instant (ISO 8601) for calendars and `now`; absent = hours are as `hours` says. */
    at: z.iso.datetime({ offset: true }).optional(),
    hours: z.enum(["open", "closed", "holiday"]).default("open"),
    queues: z.enum(["served", "closed", "empty", "full"]).default("served"),
    from: z.string().max(40).default("+33612345678"),
    customer: z.record(z.string(), Value).nullable().default(null),
    context: z.record(z.string(), Value).default({}),
    /** What look-ups, HTTP calls and assistants answer, by step id; absent = they fail. */
    answers: z.record(StepId, z.union([z.literal("fails"), z.literal("unknown"), z.record(z.string(), Value)])).default({}),
  }).prefault({}),
  acts: z.array(FlowAct).max(60).default([]),
  expect: z.object({
    end: z.enum(["person", "callback", "voicemail", "number", "email", "message", "ended"]),
    queueId: QueueId.optional(),
    priority: Priority.optional(),
    data: z.record(VariableName, Value).optional(),
    says: z.string().max(200).optional(),
    /** Whether it is an end without a person that an administrator declared, with a reason; absent = either. */
    exception: z.boolean().optional(),
  }),
});
export type FlowTest = z.infer<typeof FlowTest>;

/** Most steps of one flow: a definition comes from the database or an import file. */
export const MAX_STEPS = 1_000;

export const FlowDocument = FlowSettings.extend({ steps: z.record(StepId, Step), tests: z.array(FlowTest).max(200).default([]) });
export type FlowDocument = z.infer<typeof FlowDocument>;
/** What an author writes: defaults may be left out. */
export type FlowDocumentInput = z.input<typeof FlowDocument>;
