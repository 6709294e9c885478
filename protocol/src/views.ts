/** What the server shows: read models, whole on every change (an upsert by id replaces what the client held). Times are epoch ms. */
import { z } from "zod";
import { ClosedWhy, InteractionState, Language, Medium, Role, SystemState, WhyNot, Wish } from "./words.ts";

export const UserView = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  roles: z.array(Role),
  language: Language,
});
export type UserView = z.infer<typeof UserView>;

export const Reach = z.object({ free: z.number(), of: z.number(), whyNot: WhyNot.nullable() });
export type Reach = z.infer<typeof Reach>;

export const AgentView = z.object({
  id: z.string(),
  name: z.string(),
  team: z.string(),
  wish: Wish,
  system: SystemState,
  /** Since when this displayed state (wish + system) holds. */
  sinceMs: z.number(),
  reach: z.record(z.string(), Reach),
  /** Contacts held, ringing or wrapping: interaction ids by medium. */
  load: z.record(z.string(), z.array(z.string())),
  /** What voice would ring now: kinds of registered devices. */
  devices: z.array(z.enum(["browser", "phone"])),
  queueIds: z.array(z.string()),
});
export type AgentView = z.infer<typeof AgentView>;

export const QueueView = z.object({
  id: z.string(),
  name: z.string(),
  waiting: z.number(),
  /** Since when the oldest waits; null when nobody waits. */
  oldestSinceMs: z.number().nullable(),
  freeAgents: z.number(),
  staffed: z.number(),
  media: z.array(Medium),
  target: z.object({ percent: z.number(), withinMs: z.number() }),
  maxWaitMs: z.number(),
  /** Today, in the centre's time zone. SL(T) = answered <= T / offered, short abandons (< 5 s) excluded. */
  today: z.object({
    offered: z.number(),
    answered: z.number(),
    answeredInTarget: z.number(),
    abandoned: z.number(),
    /** 0..1; null before the first answered or abandoned. */
    serviceLevel: z.number().nullable(),
    averageAnswerMs: z.number().nullable(),
    averageHandleMs: z.number().nullable(),
  }),
  /** Waiting count sampled each 5 minutes over the last hour, oldest first (12 numbers). */
  lastHour: z.array(z.number()),
});
export type QueueView = z.infer<typeof QueueView>;

/**
 * What a clue says; the client has the words, `values` fill them:
 *   answered { label, answer }         kind choice: what they pressed or typed on the way
 *   said { text }                      kind said: their own words, verbatim
 *   page { title }                     kind page: where they were when they wrote or called
 *   order { number }                   kind order
 *   lastContact { medium, reason, ended }  kind last-contact, atMs: ended is a ClosedWhy; tone alert when it was left unanswered
 *   recognised {} | unknown {}         kind identity: the address is known here, or not yet
 *   transfer { agent, note }           kind transfer, atMs: who had them before and what they wrote
 *   handedBack { agent, to, note }     kind transfer, atMs: somebody outside the centre was to take them and did not
 *   retried { count }                  kind history: offered and not answered so often
 *   position { latitude, longitude, accuracyM }  kind page: where the device is, as it said with its owner's consent
 *   device { device, terminal, app }   kind page: what they contact us with ("" = not said)
 *   collected { name, value }          kind choice: what the flow looked up or computed on the way
 *   cut {}                             kind history: was cut off in the voice menu and rang again
 */
export const ClueKey = z.enum(["answered", "said", "page", "order", "lastContact", "recognised", "unknown", "transfer", "handedBack", "retried", "flag", "position", "device", "collected", "cut"]);
export type ClueKey = z.infer<typeof ClueKey>;

/** One line of "known before answering". `kind` chooses the icon, `tone` the urgency. */
export const Clue = z.object({
  kind: z.enum(["said", "choice", "page", "order", "last-contact", "identity", "transfer", "note", "history"]),
  tone: z.enum(["plain", "good", "watch", "alert"]),
  key: ClueKey,
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  atMs: z.number().nullable(),
});
export type Clue = z.infer<typeof Clue>;

export const MessageView = z.object({
  id: z.string(),
  interactionId: z.string(),
  /** Order within the interaction: 1, 2, 3 ... without holes. */
  seq: z.number(),
  author: z.enum(["customer", "agent", "flow", "system"]),
  authorName: z.string(),
  /** Plain text; never HTML.  */
  text: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** Buttons under a flow's question; the answer is sent as an ordinary message with this text. */
  choices: z.array(z.object({ key: z.string(), label: z.string() })).optional(),
  atMs: z.number(),
  /** The sender's own id for it: sending twice with the same one is one message. */
  clientId: z.string().nullable(),
});
export type MessageView = z.infer<typeof MessageView>;

export const InteractionView = z.object({
  id: z.string(),
  medium: Medium,
  /** A call of ours that was promised (its medium is voice): the how manyth try, and whether the customer is there yet. `why` of one who is not: busy, no-answer, refused, unreachable, not-allowed. */
  callback: z.object({ id: z.string(), attempt: z.number(), customer: z.enum(["not-dialled", "dialled", "reached", "not-reached"]), why: z.string().nullable() }).optional(),
  state: InteractionState,
  held: z.boolean(),
  language: Language,
  customer: z.object({ id: z.string().nullable(), name: z.string(), known: z.boolean(), address: z.string() }),
  /** The number dialled, or the page's address. */
  to: z.string(),
  queue: z.object({ id: z.string(), name: z.string() }).nullable(),
  priority: z.number(),
  createdAtMs: z.number(),
  queuedAtMs: z.number().nullable(),
  /** `pickedUpMs`: the agent answered and hears a whisper; the customer comes after it. */
  offer: z.object({ agentId: z.string(), sinceMs: z.number(), untilMs: z.number(), pickedUpMs: z.number().optional() }).nullable(),
  agentId: z.string().nullable(),
  agentName: z.string().nullable(),
  connectedAtMs: z.number().nullable(),
  heldSinceMs: z.number().nullable(),
  wrapUntilMs: z.number().nullable(),
  closedAtMs: z.number().nullable(),
  closedWhy: ClosedWhy.nullable(),
  /** The customer's side is there now (a chat visitor's page may be away). */
  customerPresent: z.boolean(),
  recording: z.enum(["off", "on", "paused"]),
  /** One sentence why, as the customer put it or chose it; null when not known. */
  reason: z.string().nullable(),
  clues: z.array(Clue),
  position: z.object({ position: z.number(), of: z.number(), estimatedWaitMs: z.number().nullable() }).nullable(),
  disposition: z.string().nullable(),
  notes: z.string(),
  messages: z.number(),
  lastMessage: MessageView.nullable(),
  /** Media that carry our messages one by one: the last one settled, and those that did not arrive, with the SIP status that says why. */
  deliveredUpTo: z.number(),
  undelivered: z.array(z.object({ seq: z.number(), status: z.number() })),
  /** Highest message seq that each side has seen. */
  readBy: z.object({ customer: z.number(), agent: z.number() }),
  rating: z.object({ score: z.number(), comment: z.string() }).nullable(),
  /** To whom outside the centre they were given (`name` "" = an outside number); `returned`: they came back. Absent = to nobody. */
  handedTo: z.object({ name: z.string(), number: z.string(), returned: z.boolean() }).optional(),
});
export type InteractionView = z.infer<typeof InteractionView>;

export const DispositionView = z.object({ id: z.string(), label: z.object({ fr: z.string(), en: z.string() }) });
export type DispositionView = z.infer<typeof DispositionView>;

/** How its flow ended a contact without a person; `dueMs`: a callback is promised for then, null = in order. */
export const FlowEndView = z.object({ how: z.enum(["callback", "voicemail", "email", "sms", "message", "resolved", "ended"]), dueMs: z.number().nullable() });
export type FlowEndView = z.infer<typeof FlowEndView>;

export const TimelineEntry = z.object({
  interactionId: z.string(),
  medium: Medium,
  atMs: z.number(),
  endedAtMs: z.number().nullable(),
  state: InteractionState,
  reason: z.string().nullable(),
  queueName: z.string().nullable(),
  agentName: z.string().nullable(),
  disposition: z.string().nullable(),
  notes: z.string(),
  closedWhy: ClosedWhy.nullable(),
  hasRecording: z.boolean(),
  rating: z.number().nullable(),
  /** As in InteractionView. */
  handedTo: z.object({ name: z.string(), number: z.string(), returned: z.boolean() }).optional(),
  /** Not a contact but a message that they left for an extension (interactionId is the message's): its holder listens to it. */
  voicemail: z.object({ extension: z.string(), durationMs: z.number() }).optional(),
  flowEnd: FlowEndView.optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const CustomerView = z.object({
  id: z.string(),
  name: z.string(),
  phones: z.array(z.string()),
  emails: z.array(z.string()),
  city: z.string().nullable(),
  sinceMs: z.number(),
  language: Language.nullable(),
  tier: z.string().nullable(),
  notes: z.string(),
  /** What other systems said of them, by headers of their calls (RDP-03). */
  fields: z.array(z.object({ field: z.string(), value: z.string(), atMs: z.number() })),
  /** Shop data of the demo centre; empty elsewhere. */
  orders: z.array(z.object({ number: z.string(), title: z.string(), detail: z.string(), totalCents: z.number(), currency: z.string(), status: z.string(), atMs: z.number() })),
  timeline: z.array(TimelineEntry),
});
export type CustomerView = z.infer<typeof CustomerView>;
