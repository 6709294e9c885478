/** Every kind of step, as data. What each does stands in the server's `flow/steps/<kind>.ts`. */
import { z } from "zod";
import { Expression, FlowLanguage, Priority, QueueId, Says, SkillNeed, StepId, Texts, Value, VariableName, VariableType } from "./words.ts";

/** Of every step: its title and place on the canvas, and a remark of its author. */
const drawn = {
  name: z.string().max(60).optional(),
  note: z.string().max(500).optional(),
  at: z.object({ x: z.number(), y: z.number() }).optional(),
};
const step = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) => z.object({ kind: z.literal(kind), ...drawn, ...shape });

const wordsOf = z.array(z.string().min(2).max(40)).max(30);
const WordsByLanguage = z.object({ fr: wordsOf.optional(), en: wordsOf.optional() });

/** Of every step that asks. */
const asks = {
  label: Texts,
  says: Says,
  /** What is typed or said cuts the question off. */
  interruptible: z.boolean().default(true),
  /** Voice: silence before the question is asked again; absent = the flow's. */
  silenceMs: z.int().min(500).max(60_000).optional(),
  /** After the last retry; absent = a person. */
  noAnswer: StepId.optional(),
};

export const SayStep = step("say", { says: Says, interruptible: z.boolean().default(true), next: StepId });

export const MenuChoice = z.object({
  /** 0 and * may be kept for a person (`reachHuman.keys`). */
  key: z.string().regex(/^[1-9#*]$/, "a choice's key is 1 to 9, # or *"),
  label: Texts,
  /** Words of a written or spoken answer that mean this choice. */
  words: WordsByLanguage.default({}),
  next: StepId,
  /** Goes on in this language; not offered to whom speaks it already. */
  language: FlowLanguage.optional(),
  /** Why the customer contacts us, for the agent. */
  reason: Texts.optional(),
  set: z.record(VariableName, Value).default({}),
  priority: Priority.optional(),
});
export type MenuChoice = z.infer<typeof MenuChoice>;
/** `speech`: a recogniser listens too, where one is configured. `anything`: any other spoken or written sentence is kept in that variable and leads there. */
export const MenuStep = step("menu", { ...asks, choices: z.array(MenuChoice).min(1).max(12), speech: z.boolean().default(true), anything: z.object({ name: VariableName, next: StepId }).optional() });

export const CollectType = z.enum(["digits", "number", "amount", "date", "email", "phone", "text"]);
/**
 * Asks for a value. digits: `min`..`max` are counts of digits, kept as text; number and amount (in the currency's unit, keys: `*` is the
 * decimal comma): the value's bounds; date: keys DDMMYYYY, kept yyyy-mm-dd; phone: kept E.164. text and e-mail cannot be keyed: voice asks by speech where
 * a recogniser listens, and else goes to `noAnswer`.
 */
export const CollectStep = step("collect", {
  ...asks,
  /** Where the value is kept: `data.<variable>` (`name` is the step's title, as of every step). */
  variable: VariableName,
  type: CollectType.default("digits"),
  min: z.number().optional(),
  max: z.number().optional(),
  /** CEL over `value` and the rest; false = wrong. */
  check: Expression.optional(),
  /** Said instead of the flow's general word for a wrong answer. */
  wrong: Says.optional(),
  /** Repeats `{value}` and asks for 1 = yes, 2 = no. */
  confirm: Says.optional(),
  /** Tells who somebody is, and a caller's number proves nothing: who rings again after being cut off is asked it again. `shown` to agents (an account), or `hidden` from them (a PIN). */
  sensitive: z.enum(["shown", "hidden"]).optional(),
  /** May be left out: # or silence (voice), a button (written). */
  optional: z.object({ label: Texts, next: StepId }).optional(),
  next: StepId,
});

export const LanguageStep = step("language", { ...asks, choices: z.array(z.object({ key: z.string().regex(/^[1-9#]$/), language: FlowLanguage, label: z.string().min(1).max(40) })).min(2).max(4), next: StepId });

export const BranchStep = step("branch", { cases: z.array(z.object({ when: Expression, label: z.string().max(60).optional(), next: StepId })).min(1).max(20), otherwise: StepId });

/** The global hours, a named calendar, or those that hold for a queue and this contact's medium and language. */
export const HoursOf = z.discriminatedUnion("kind", [z.object({ kind: z.literal("global") }), z.object({ kind: z.literal("calendar"), calendarId: z.string().min(1).max(60) }), z.object({ kind: z.literal("queue"), queueId: QueueId })]);
export type HoursOf = z.infer<typeof HoursOf>;
/** `holiday`: closed because of a public holiday or an exceptional closing; absent = as `closed`. */
export const HoursStep = step("hours", { of: HoursOf, open: StepId, closed: StepId, holiday: StepId.optional() });

/**
 * Who is this? `value`: CEL (`contact.from`, `data.order`). `failed`: the customer base did not answer; absent = as `unknown`.
 * `of`: absent = a customer; `case` = a case, by its number; `newest-case` = the known customer's newest that is not closed (`value` is not read). What is found is `customer.*` and `case.*`.
 */
export const LookupStep = step("lookup", { of: z.enum(["case", "newest-case"]).optional(), value: Expression.default("contact.from"), next: StepId, unknown: StepId, failed: StepId.optional() });
/**
 * Changes the customer's card (`name`, `language`, or a field of its own), or adds a note to their timeline (`note` is the step's own remark, as of every step).
 * `of`: absent = the customer; `case` = the case that was looked up or opened (`subject`, `state`: open, pending, closed, or a field of its own; the note is the case's); `new-case` = opens one for
 * the known customer, which must have a `subject`.
 */
export const UpdateStep = step("update", { of: z.enum(["case", "new-case"]).optional(), fields: z.record(z.string().regex(/^[a-z][A-Za-z0-9_]{0,39}$/), Expression).default({}), timeline: Texts.optional(), next: StepId, failed: StepId });
/** A call of the company's own HTTP interface. `url`, header values and `body` are texts with `{variables}` (escaped for their place); secrets are named `{secret.crm}`. */
export const HttpStep = step("http", {
  method: z.enum(["GET", "POST", "PUT", "PATCH"]).default("GET"),
  url: z.string().min(1).max(1000),
  headers: z.record(z.string().max(60), z.string().max(400)).default({}),
  body: z.string().max(4000).optional(),
  timeoutMs: z.int().min(100).max(10_000).default(3_000),
  /** JSON pointers (RFC 6901) of the answer into variables. */
  saves: z.array(z.object({ name: VariableName, pointer: z.string().max(200) })).max(20).default([]),
  next: StepId,
  failed: StepId,
});
export const SetStep = step("set", { values: z.array(z.object({ name: VariableName, to: Expression })).min(1).max(20), next: StepId });

/** Ends with a person. `says` is heard while the contact already waits. Absent `ifClosed` / `ifFull` = the queue's own deflection. */
export const QueueStep = step("queue", {
  queueId: QueueId,
  needs: z.array(SkillNeed).max(10).default([]),
  priority: Priority.optional(),
  says: Says.optional(),
  /** CEL: the id or login of the agent who is asked first. */
  preferredAgent: Expression.optional(),
  /** Heard by the agent before the customer, in the place of the queue's. */
  whisper: Texts.optional(),
  ifClosed: StepId.optional(),
  ifFull: StepId.optional(),
});
/** A promise to call: in order (keeps the place in the queue), or at a slot of the queue's hours and capacity. `declined`: the customer wants neither. */
export const CallbackStep = step("callback", { queueId: QueueId, offer: z.enum(["in-order", "dated", "choice"]).default("choice"), says: Says, label: Texts, askNumber: z.enum(["when-hidden", "always"]).default("when-hidden"), confirmed: Says.optional(), declined: StepId, failed: StepId });
/** A message that the queue's people own. With a hidden number it is asked for: `askNumber`, and said back: `numberTaken`. */
export const VoicemailStep = step("voicemail", { queueId: QueueId, says: Says, maxSeconds: z.int().min(10).max(600).default(180), askNumber: Says.optional(), numberTaken: Says.optional(), failed: StepId.optional() });
/** Sent elsewhere. `sms`: a text to the caller's number with `text` (a link in it); then `next`. */
export const DeflectStep = step("deflect", {
  to: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("number"), number: z.string().min(1).max(40) }),
    z.object({ kind: z.literal("email") }),
    z.object({ kind: z.literal("queue"), queueId: QueueId }),
    z.object({ kind: z.literal("sms"), text: Texts }),
  ]),
  says: Says.optional(),
  next: StepId.optional(),
  failed: StepId,
});
export const AssistantStep = step("assistant", { assistantId: z.string().min(1).max(60), label: Texts, says: Says, maxTurns: z.int().min(1).max(50).default(12), resolved: StepId, person: StepId, failed: StepId });
/** To an extension, a group or a number of the house, or outside. `failed`: nobody there took them. */
export const TransferStep = step("transfer", { number: z.string().min(1).max(40), says: Says.optional(), failed: StepId });
/** Another flow (published) as a part of this one; its steps of kind `return` come back to `next`. */
export const SubflowStep = step("subflow", { flowId: z.string().min(1).max(60), next: StepId });
export const ReturnStep = step("return", {});
export const WaitStep = step("wait", { ms: z.int().min(100).max(3_600_000), says: Says.optional(), next: StepId });
/** The contact ends without a person: allowed by the proof only after a promise, or with the administrator's reason. */
export const EndStep = step("end", { says: Says.optional(), exception: z.string().min(3).max(300).optional() });

export const Step = z.discriminatedUnion("kind", [
  SayStep, MenuStep, CollectStep, LanguageStep, BranchStep, HoursStep, LookupStep, UpdateStep, HttpStep, SetStep, QueueStep, CallbackStep, VoicemailStep,
  DeflectStep, AssistantStep, TransferStep, SubflowStep, ReturnStep, WaitStep, EndStep,
]);
export type Step = z.infer<typeof Step>;
export type StepKind = Step["kind"];
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

/** A named way out of a step: the row on the canvas' card, and the edge that leaves it. `port` is stable: "next", "choice:2", "case:0", "closed" ... */
export interface Way {
  port: string;
  to: string;
}
/** Where a step can lead, in the order of the canvas. */
export function waysOf(step: Step): Way[] {
  const way = (port: string, to: string | undefined): Way[] => (to === undefined ? [] : [{ port, to }]);
  switch (step.kind) {
    case "say": case "set": case "subflow": case "wait":
      return way("next", step.next);
    case "menu":
      return [...step.choices.map((choice, i) => ({ port: `choice:${i}`, to: choice.next })), ...way("anything", step.anything?.next), ...way("noAnswer", step.noAnswer)];
    case "collect":
      return [...way("next", step.next), ...way("optional", step.optional?.next), ...way("noAnswer", step.noAnswer)];
    case "language":
      return [...way("next", step.next), ...way("noAnswer", step.noAnswer)];
    case "branch":
      return [...step.cases.map((one, i) => ({ port: `case:${i}`, to: one.next })), ...way("otherwise", step.otherwise)];
    case "hours":
      return [...way("open", step.open), ...way("closed", step.closed), ...way("holiday", step.holiday)];
    case "lookup":
      return [...way("next", step.next), ...way("unknown", step.unknown), ...way("failed", step.failed)];
    case "update": case "http":
      return [...way("next", step.next), ...way("failed", step.failed)];
    case "queue":
      return [...way("ifClosed", step.ifClosed), ...way("ifFull", step.ifFull)];
    case "callback":
      return [...way("declined", step.declined), ...way("failed", step.failed)];
    case "voicemail":
      return way("failed", step.failed);
    case "deflect":
      return [...way("next", step.next), ...way("failed", step.failed)];
    case "assistant":
      return [...way("resolved", step.resolved), ...way("person", step.person), ...way("failed", step.failed)];
    case "transfer":
      return way("failed", step.failed);
    case "return": case "end":
      return [];
  }
}
export { VariableType };
