/**
 * Promises to call, messages that a queue's people own, and the ledger of everything that was promised to somebody who waits.
 *
 *   GET  /api/callbacks?state&queueId&number&customerId   -> CallbackView[]          agents: of their queues; supervisors: all
 *   GET  /api/callbacks/slots?queueId                     -> CallbackOffer
 *   POST /api/callbacks                 NewCallback       -> CallbackBooked          agents: in their queues; supervisors: in any
 *   POST /api/callbacks/:id/move        MoveCallback      -> CallbackView
 *   POST /api/callbacks/:id/cancel                        -> CallbackView
 *   POST /api/callbacks/:id/call                          -> CallbackView            now, by the one who asks
 *   POST /api/callbacks/:id/machine                       -> CallbackView            an answering machine took it: tried again by rule
 *   GET  /api/queue-messages?state&queueId                -> QueueMessage[]
 *   GET  /api/queue-messages/:id/sound                    audio/wav, with ranges
 *   POST /api/queue-messages/:id/claim | release | done | call -> QueueMessage
 *   DELETE /api/queue-messages/:id                        supervisors
 *   GET  /api/promises?queueId&from&to                    -> PromiseReport
 *   GET  /api/callbacks/links                             -> CallbackLinks           of a day: links sent to customers, and what went wrong
 *   GET  /api/widget/callbacks/slots?queueId&language     -> CallbackOffer           a page's visitor
 *   POST /api/widget/callbacks          WidgetCallback    -> WidgetCallbackMade
 *   GET | POST /api/widget/callbacks/:token  (POST: MoveCallback, or { cancel: true }) -> CustomerCallback
 */
import { z } from "zod";
import { Says } from "./flow/words.ts";
import { Slot } from "./hours.ts";
import { Language } from "./words.ts";

const says = (fr: string, en: string): Says => ({ sounds: { fr, en } });

// --- Settings of a queue (kinds "callback" and "voicemail") ----------------------------------------------------

export const CallbackSettings = z.object({
  /** Offered: keeping one's place; at a time. */
  inOrder: z.boolean().default(true),
  dated: z.boolean().default(true),
  /** Who is called first. `agent`: the agent answers, then the customer is dialled. `customer`: an agent is kept free, the customer is dialled, then the agent rings. */
  first: z.enum(["agent", "customer"]).default("agent"),
  slotMinutes: z.int().min(5).max(240).default(30),
  /** So many calls are promised for one slot. */
  perSlot: z.int().min(1).max(500).default(3),
  daysAhead: z.int().min(1).max(60).default(7),
  /** The first slot begins no sooner than so many minutes from now. */
  leadMinutes: z.int().min(0).max(10_080).default(30),
  /** Calls that are tried before the promise is given up, and the pause between two. */
  attempts: z.int().min(1).max(10).default(3),
  pauseMinutes: z.int().min(1).max(1_440).default(15),
  /** The customer's telephone rings so long. */
  ringSeconds: z.int().min(10).max(120).default(30),
  /** Later than this after what was announced is late. */
  toleranceMinutes: z.int().min(0).max(240).default(10),
  /** Numbers of other countries are called. Attack: who asks to be called where it is dear. */
  abroad: z.boolean().default(false),
  /** The number that the customer sees (E.164); null = the one that they called, else the trunk's own. */
  callerNumber: z.string().regex(/^\+[1-9]\d{5,14}$/).nullable().default(null),
  /** The customer is sent a link to move or cancel it: a text to a mobile, or an e-mail. Once the centre's details have the public address of this site. */
  sendLink: z.boolean().default(true),
  /** Who calls from the number of a promised call hears when it is due, moves it and takes it back. Else only whom the operator's signature proves, or the house: a shown number can be another's. */
  trustCallerNumber: z.boolean().default(false),
  /** Customer first: heard while the agent's telephone rings. */
  greeting: Says.default(says("Bonjour, vous nous avez demandé de vous rappeler. Un conseiller arrive.", "Hello, you asked us to call you back. An agent is on the way.")),
});
export type CallbackSettings = z.infer<typeof CallbackSettings>;

export const QueueVoicemailSettings = z.object({
  /** Days that a message is kept after it was done; one that is open is kept. */
  keepDays: z.int().min(1).max(3_650).default(90),
  /** Told of every message, with the sound attached, where a mail server is set. */
  emails: z.array(z.email().max(200)).max(20).default([]),
  /** Silence that ends a message. */
  silenceSeconds: z.int().min(2).max(30).default(5),
});
export type QueueVoicemailSettings = z.infer<typeof QueueVoicemailSettings>;

// --- Callbacks -------------------------------------------------------------------------------------------------

/** waiting: its time has not come, or nobody is free. calling: an agent has it. The others are over. */
export const CallbackState = z.enum(["waiting", "calling", "served", "broken", "cancelled"]);
export type CallbackState = z.infer<typeof CallbackState>;

/** How an attempt ended. `agent-ended`: hung up before the customer answered; `cut`: the server or the line failed. */
export const AttemptOutcome = z.enum(["reached", "busy", "no-answer", "refused", "unreachable", "not-allowed", "machine", "agent-ended", "cut"]);
export type AttemptOutcome = z.infer<typeof AttemptOutcome>;
export const CallbackAttempt = z.object({ atMs: z.number(), interactionId: z.string(), agentId: z.string().nullable(), outcome: AttemptOutcome, /** SIP status that said so; 0 = none. */ status: z.number() });
export type CallbackAttempt = z.infer<typeof CallbackAttempt>;

/** `called-in`: they called us and were served. An attempt's outcome: of the last one, nothing is tried any more. `queue-gone`: it was removed. */
export const CallbackEnd = z.union([AttemptOutcome, z.enum(["called-in", "customer", "staff", "queue-gone"])]);
export type CallbackEnd = z.infer<typeof CallbackEnd>;

/** Why a link did not reach its customer. `no-way`: no trunk takes texts to that number; `not-taken`: refused; `no-answer`: nobody knows; `interrupted`: the server ended meanwhile; `too-many`: a limit of ours; `no-mail`: no mail server is set. */
export const LinkWhy = z.enum(["no-way", "not-taken", "no-answer", "interrupted", "too-many", "no-mail"]);
export type LinkWhy = z.infer<typeof LinkWhy>;
/** What became of the link by which its customer moves or cancels it. */
export const CallbackLink = z.discriminatedUnion("state", [
  /** It is about to go out. */
  z.object({ state: z.literal("waits") }),
  /** `otherTime`: it names a time of before, and the one that holds was not told. */
  z.object({ state: z.literal("sent"), via: z.enum(["sms", "email"]), atMs: z.number(), otherTime: z.boolean() }),
  /** What was refused for now (`no-way`, `not-taken`) is tried some times more. */
  z.object({ state: z.literal("failed"), via: z.enum(["sms", "email"]), atMs: z.number(), why: LinkWhy }),
  /** None goes out. `off`: the site has no public address, or the queue sends none; `no-address`: neither a mobile nor an e-mail address; null: none was to be sent when the call was promised. */
  z.object({ state: z.literal("none"), why: z.enum(["off", "no-address"]).nullable() }),
]);
export type CallbackLink = z.infer<typeof CallbackLink>;

export const CallbackView = z.object({
  id: z.string(),
  kind: z.enum(["in-order", "dated"]),
  state: CallbackState,
  queueId: z.string(),
  queueName: z.string(),
  /** E.164, or an extension of the house. */
  number: z.string(),
  name: z.string(),
  customerId: z.string().nullable(),
  language: Language,
  reason: z.string().nullable(),
  priority: z.number(),
  /** Of whom is asked first; null = anybody of the queue. */
  agentId: z.string().nullable(),
  /** By whom it was asked for: on the telephone, waiting in the queue, on a page, by an agent, from a message. */
  by: z.enum(["flow", "waiting", "page", "agent", "message"]),
  byName: z.string(),
  createdAtMs: z.number(),
  /** Since when the place in the queue counts. */
  sinceMs: z.number(),
  slot: Slot.nullable(),
  /** What was announced; null = "in your turn". */
  dueMs: z.number().nullable(),
  /** When it is called next, when that is not as soon as somebody is free. */
  nextAtMs: z.number().nullable(),
  attempts: z.array(CallbackAttempt),
  /** The contact that calls, while there is one. */
  interactionId: z.string().nullable(),
  endedAtMs: z.number().nullable(),
  end: CallbackEnd.nullable(),
  /** Null: it is over, and none had gone out. */
  link: CallbackLink.nullable(),
});
export type CallbackView = z.infer<typeof CallbackView>;

/** What `POST /api/callbacks` answers. `before`: this queue had promised that number a call already: there is no second one, at most the time of the first has changed. */
export const CallbackBooked = CallbackView.extend({ before: z.boolean() });
export type CallbackBooked = z.infer<typeof CallbackBooked>;

/** What a queue can promise now. `inOrder` null = not offered (closed, or off). */
export const CallbackOffer = z.object({ slots: z.array(Slot), inOrder: z.object({ position: z.number(), estimatedWaitMs: z.number().nullable() }).nullable() });
export type CallbackOffer = z.infer<typeof CallbackOffer>;

const Reason = z.string().trim().min(1).max(400);
const DialledNumber = z.string().trim().min(2).max(40);
export const NewCallback = z.object({
  queueId: z.string().max(60),
  number: DialledNumber,
  name: z.string().trim().max(120).default(""),
  customerId: z.string().max(64).nullable().default(null),
  /** Null = in order. */
  slot: Slot.nullable(),
  reason: Reason.nullable().default(null),
  language: Language.optional(),
  /** I call them myself. */
  mine: z.boolean().default(false),
});
export type NewCallback = z.infer<typeof NewCallback>;
export const MoveCallback = z.object({ slot: Slot.nullable() });
export type MoveCallback = z.infer<typeof MoveCallback>;

export const WidgetCallback = z.object({ token: z.string().max(128), queueId: z.string().max(60), number: DialledNumber, name: z.string().trim().max(120).default(""), slot: Slot.nullable(), reason: Reason.nullable().default(null), language: Language, /** Where the link goes, too. */ email: z.email().max(200).nullable().default(null) });
export type WidgetCallback = z.infer<typeof WidgetCallback>;
/** What the customer sees of it. `token` opens it again, to move or cancel it. */
export const CustomerCallback = z.object({ state: CallbackState, number: z.string(), centreName: z.string(), queueName: z.string(), slot: Slot.nullable(), dueMs: z.number().nullable(), position: z.number().nullable(), language: Language, /** To which it can be moved. */ ...CallbackOffer.shape, timeZone: z.string() });
export type CustomerCallback = z.infer<typeof CustomerCallback>;
export const WidgetCallbackMade = z.object({ token: z.string(), callback: CustomerCallback });
export type WidgetCallbackMade = z.infer<typeof WidgetCallbackMade>;

/** `mail`: a mail server is set. */
export const CallbackLinks = z.object({ sinceMs: z.number(), sent: z.number(), failed: z.number(), lastFailed: z.object({ via: z.enum(["sms", "email"]), why: LinkWhy, atMs: z.number() }).nullable(), mail: z.boolean() });
export type CallbackLinks = z.infer<typeof CallbackLinks>;

// --- Messages of a queue ---------------------------------------------------------------------------------------

export const QueueMessageState = z.enum(["open", "claimed", "done"]);
export type QueueMessageState = z.infer<typeof QueueMessageState>;
export const QueueMessage = z.object({
  id: z.string(),
  queueId: z.string(),
  queueName: z.string(),
  state: QueueMessageState,
  /** Where to call back: the caller's number, or the one that they typed; "" = none. */
  number: z.string(),
  name: z.string(),
  customerId: z.string().nullable(),
  language: Language,
  interactionId: z.string().nullable(),
  leftAtMs: z.number(),
  durationMs: z.number(),
  /** Who claimed or did it. */
  agentId: z.string().nullable(),
  agentName: z.string().nullable(),
  heard: z.boolean(),
  doneAtMs: z.number().nullable(),
  /** The callback made from it. */
  callbackId: z.string().nullable(),
});
export type QueueMessage = z.infer<typeof QueueMessage>;

// --- The ledger ------------------------------------------------------------------------------------------------

/** wait: an estimate that was said; position: a place that was said; slot, callback: a call that was promised, at a time or in order. */
export const PromiseKind = z.enum(["wait", "position", "slot", "callback"]);
export type PromiseKind = z.infer<typeof PromiseKind>;
/** released: by the customer (left before it was due, cancelled), or replaced by another promise. */
/** Why a promise was broken: how a promised call ended, or the contact that was told something. */
export const PromiseBreak = z.union([CallbackEnd, z.enum(["gave-up", "server-restarted", "media-lost", "failed", "not-reached", "withdrawn", "cancelled-by-staff", "cancelled-by-queue-gone"])]);
export type PromiseBreak = z.infer<typeof PromiseBreak>;

export const PromiseOutcome = z.enum(["open", "kept", "late", "broken", "released"]);
export type PromiseOutcome = z.infer<typeof PromiseOutcome>;

/** How far what happened was from what was said, in ms: `bias` its mean (positive = we said too little), `mean`, `p50`, `p90` of its size; `factor` the median of actual to announced (null = too few). */
export const PromiseError = z.object({ count: z.number(), bias: z.number(), mean: z.number(), p50: z.number(), p90: z.number(), factor: z.number().nullable() });
export type PromiseError = z.infer<typeof PromiseError>;
const Tally = z.object({ kept: z.number(), late: z.number(), broken: z.number(), released: z.number(), open: z.number(), /** Mean of those that were late; null = none. */ meanLateMs: z.number().nullable() });
export const PromiseReport = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  /** Per queue and kind. */
  queues: z.array(z.object({ queueId: z.string(), queueName: z.string(), kind: PromiseKind, ...Tally.shape, error: PromiseError.nullable(), /** Why those were broken: how many by reason. */ broke: z.record(z.string(), z.number()) })),
  /** Per day (of the centre's time zone) and queue. */
  days: z.array(z.object({ day: z.string(), queueId: z.string(), ...Tally.shape })),
  /** The last ones that were late or broken. */
  worst: z.array(z.object({ id: z.string(), kind: PromiseKind, queueId: z.string(), interactionId: z.string().nullable(), callbackId: z.string().nullable(), madeAtMs: z.number(), dueMs: z.number().nullable(), settledAtMs: z.number().nullable(), outcome: PromiseOutcome, lateMs: z.number().nullable(), why: z.string().nullable() })),
});
export type PromiseReport = z.infer<typeof PromiseReport>;
