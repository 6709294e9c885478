/** The wire of the flow designer: list, drafts, proof, versions, traffic, try-it, and who edits (docs/en/flow-designer.md). Documents: `flow/definition.ts`. */
import { z } from "zod";
import { FlowAct, FlowDocument, FlowTest } from "./flow/definition.ts";
import { FlowLanguage, Priority, QueueId, StepId, Value, VariableName } from "./flow/words.ts";

const id = z.string().min(1).max(60);
const who = { by: z.string(), byName: z.string(), atMs: z.number() };
const Words = z.object({ fr: z.string(), en: z.string() });

/** A line of `GET /api/flows`. `problems`: findings of the draft's last check; null = never checked. */
export const FlowRow = z.object({
  id,
  name: z.string(),
  published: z.object({ version: z.int(), ...who }).nullable(),
  draft: z.object({ revision: z.int(), ...who }).nullable(),
  problems: z.int().nullable(),
  /** Failing findings of the published version with the centre as it is; null = not proved since the start. */
  broken: z.int().nullable(),
  numbers: z.array(z.string()),
  contacts24h: z.int(),
});
export type FlowRow = z.infer<typeof FlowRow>;

/**
 * Without `templateId`: the shortest flow that is proved (a greeting, then a person). `queues`: by the template's key (`FlowTemplate.queues`), the queue of
 * this centre that stands for it; those left out become the one of the same id, else the first. Answers `{ id }`.
 */
export const NewFlow = z.object({ name: z.string().trim().min(1).max(100), templateId: z.string().max(60).optional(), queues: z.record(QueueId, QueueId).optional() });
export type NewFlow = z.infer<typeof NewFlow>;

/** Attack: a file of any size is parsed. A flow of 1,000 steps is below. */
const MAX_IMPORT_CHARS = 1_000_000;
/**
 * `POST /api/flows/import`: the text of an exported file, YAML or JSON. It becomes a draft: nothing goes live by importing. Answers
 * `FlowImported`; 422 `BadFlow` when it cannot be read; 409 `FlowExists` when there is a flow of this id and `as` does not say what to do.
 */
export const ImportFlow = z.object({
  text: z.string().max(MAX_IMPORT_CHARS),
  /** `replace`: the draft of the flow of this id; `copy`: a flow of its own, with an id of its own. */
  as: z.enum(["replace", "copy"]).optional(),
});
export type ImportFlow = z.infer<typeof ImportFlow>;
/** `changed`: the draft is another one than before. */
export const FlowImported = z.object({ id, revision: z.int(), changed: z.boolean() });
/** What is wrong in a file, and where (lines and columns from 1). */
export const FileProblem = z.object({ path: z.string(), line: z.int().nullable(), column: z.int().nullable(), why: z.string() });
export type FileProblem = z.infer<typeof FileProblem>;
export const BadFlow = z.object({ code: z.literal("bad-flow"), why: z.string(), problems: z.array(FileProblem) });
export type BadFlow = z.infer<typeof BadFlow>;
export const FlowExists = z.object({ code: z.literal("exists"), why: z.string(), id, name: z.string() });

export const FlowVersion = z.object({ version: z.int(), ...who, note: z.string() });
export type FlowVersion = z.infer<typeof FlowVersion>;

/**
 * `GET /api/flows/:id`. `draft` is what the designer edits: where nobody changed anything since the publishing, the published document.
 * Revisions never go back, also over publishings. Versions: the latest first.
 */
export const FlowStudio = z.object({
  id,
  published: FlowDocument.nullable(),
  draft: z.object({ document: FlowDocument, revision: z.int(), ...who }),
  versions: z.array(FlowVersion),
});
export type FlowStudio = z.infer<typeof FlowStudio>;

/** `PUT /api/flows/:id/draft`: refused with `DraftConflict` (409) when the draft is no longer at `baseRevision`. */
export const SaveDraft = z.object({ document: FlowDocument, baseRevision: z.int() });
export const DraftSaved = z.object({ revision: z.int() });
export const DraftConflict = z.object({ code: z.literal("conflict"), why: z.string(), document: FlowDocument, revision: z.int(), by: z.string(), byName: z.string() });
export type DraftConflict = z.infer<typeof DraftConflict>;

/** One step of a failing path: why the contact went on from it by that port. `flowId`: a sub-flow's or a deflection's step; absent = this flow's. */
export const FindingHop = z.object({ stepId: StepId, port: z.string().nullable(), because: Words, flowId: z.string().optional() });
export type FindingHop = z.infer<typeof FindingHop>;
export const Finding = z.object({
  /** no-person, too-many-steps, too-long, dead-end, unreachable, loop, missing-language, unset-variable, nobody-skilled, never-open, undeclared-end, expression, reference ... */
  code: z.string(),
  severity: z.enum(["error", "warning"]),
  stepId: StepId.nullable(),
  /** Where in the step: "says", "cases/0/when", "port next" ... */
  at: z.string().optional(),
  language: FlowLanguage.nullable(),
  words: Words,
  path: z.array(FindingHop),
  seconds: z.number().optional(),
  steps: z.int().optional(),
});
export type Finding = z.infer<typeof Finding>;
/** What `POST /api/flows/:id/check` answers of the draft. */
export const Proof = z.object({ ok: z.boolean(), ms: z.number(), statesChecked: z.number(), findings: z.array(Finding) });
export type Proof = z.infer<typeof Proof>;

/** A published flow that holds no more, because the centre around it changed. `first`: of its failing findings. */
export const BrokenFlow = z.object({ id, name: z.string(), version: z.int(), findings: z.int(), first: Finding.pick({ code: true, stepId: true, words: true }) });
export type BrokenFlow = z.infer<typeof BrokenFlow>;
/** `GET /api/flow-proofs`: what is published, proved with the centre as it is now (an answer waits for that); null = another server has the centre. */
export const FlowProofs = z.object({ provedAtMs: z.number().nullable(), broken: z.array(BrokenFlow) });
export type FlowProofs = z.infer<typeof FlowProofs>;

export const TestResult = z.object({ name: z.string(), ok: z.boolean(), why: Words.nullable(), path: z.array(z.object({ stepId: StepId, port: z.string().nullable() })) });
export type TestResult = z.infer<typeof TestResult>;
/** `POST /api/flows/:id/tests`: runs the draft's test cases. */
export const TestResults = z.array(TestResult);

/** `POST /api/flows/check`: a file that is not in the centre, proved and tested as if it were; nothing is kept. 422 `BadFlow`. */
export const CheckFile = ImportFlow.pick({ text: true });
export const FileChecked = z.object({ id, name: z.string(), proof: Proof, tests: TestResults });
export type FileChecked = z.infer<typeof FileChecked>;

export const Publish = z.object({ note: z.string().max(500), baseRevision: z.int() });
export const Published = z.object({ version: z.int() });
/** 422 of a publishing: the proof or a test failed. */
export const Unproved = z.object({ code: z.literal("unproved"), why: z.string(), proof: Proof, tests: TestResults });
export type Unproved = z.infer<typeof Unproved>;
/**
 * `POST /api/flows/:id/rollback`: the old version goes live again as a new one, proved again; a draft without changes follows, one with changes stays
 * as it is. Answers `Published`, or 422 `Unproved`. `publish: false`: it becomes the draft only, to be looked at; answers `DraftSaved`, or 409
 * `DraftConflict` when `baseRevision` is given and is not the draft's.
 */
export const Rollback = z.object({ version: z.int(), publish: z.boolean().default(true), baseRevision: z.int().optional(), note: z.string().max(500).optional() });

/** `GET /api/flows/:id/diff?from=&to=`: versions, or "draft". */
export const FlowChange = z.object({ path: z.string(), kind: z.enum(["added", "removed", "changed"]), before: z.unknown(), after: z.unknown(), stepId: z.string().nullable() });
export type FlowChange = z.infer<typeof FlowChange>;

/** The last 24 hours: how often each step was entered and each way taken ("stepId port"), how contacts ended, and the queues now. */
export const FlowTraffic = z.object({
  sinceMs: z.number(),
  steps: z.record(z.string(), z.number()),
  edges: z.record(z.string(), z.number()),
  ends: z.record(z.string(), z.number()),
  queues: z.record(z.string(), z.object({ waiting: z.number(), longestWaitMs: z.number(), staffed: z.number() })),
});
export type FlowTraffic = z.infer<typeof FlowTraffic>;

/** `POST /api/flows/:id/try`: the draft played with these acts from the beginning; nothing is kept on the server, the same acts give the same run. */
export const TryFlow = z.object({ acts: z.array(FlowAct).max(60), given: FlowTest.shape.given });
export type TryFlow = z.input<typeof TryFlow>;
export const FlowRun = z.object({
  /** Steps in the order in which they were entered; `port`: by which way it was left (null: the run stands here). `act`: how many acts were used before it spoke. */
  steps: z.array(z.object({ stepId: StepId, port: z.string().nullable(), says: z.array(z.string()), act: z.int() })),
  /** What is asked now; null when the run is over or only waits. */
  asks: z.object({ options: z.array(z.object({ key: z.string(), label: z.string() })), free: z.boolean() }).nullable(),
  end: z.object({ end: FlowTest.shape.expect.shape.end, queueId: QueueId.nullable(), priority: Priority.nullable(), exception: z.string().nullable() }).nullable(),
  data: z.record(VariableName, Value),
});
export type FlowRun = z.infer<typeof FlowRun>;

/** `queues`: what its queues are for; the first is the one that `0` reaches. */
export const FlowTemplate = z.object({ id, name: Words, about: Words, languages: z.array(FlowLanguage), steps: z.int(), queues: z.array(z.object({ key: QueueId, name: Words })) });
export type FlowTemplate = z.infer<typeof FlowTemplate>;
