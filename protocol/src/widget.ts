/**
 * The widget's wire: one WebSocket `GET /api/widget/stream` and two commands. The visitor's token (made by the server at the
 * first hello, kept by the page in localStorage) is the only credential; it opens only this visitor's own conversation.
 *
 *   POST /api/widget/call   { token, page } -> WidgetCall      ephemeral SIP account to call the centre from this page
 *   POST /api/widget/rate   { token, interactionId, score 1..5, comment }
 */
import { z } from "zod";
import { DeviceContext } from "./device.ts";
import { Language } from "./words.ts";
import { MessageView } from "./views.ts";

export const PageContext = z.object({
  url: z.string().max(2000),
  title: z.string().max(300),
  referrer: z.string().max(2000),
  /** What the page says of itself, e.g. product and price; shown to the agent. */
  about: z.record(z.string().max(40), z.string().max(200)),
  /** Absent: a widget of before. */
  device: DeviceContext.optional(),
});
export type PageContext = z.infer<typeof PageContext>;

export const Conversation = z.object({
  interactionId: z.string(),
  state: z.enum(["flow", "queued", "connected", "closed"]),
  /** Known once an agent has taken it. */
  agent: z.object({ name: z.string() }).nullable(),
  position: z.object({ position: z.number(), of: z.number(), estimatedWaitMs: z.number().nullable() }).nullable(),
  readByAgent: z.number(),
  rated: z.boolean(),
});
export type Conversation = z.infer<typeof Conversation>;

export const WidgetServerFrame = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("welcome"),
    token: z.string(),
    visitorName: z.string(),
    centreName: z.string(),
    /** Null when no conversation is open (or just closed and not yet left). */
    conversation: Conversation.nullable(),
    /** Every message with seq > `after` of the hello. */
    messages: z.array(MessageView),
    agentsOnline: z.boolean(),
    callOffered: z.boolean(),
    nowMs: z.number(),
  }),
  z.object({ t: z.literal("conversation"), value: Conversation }),
  /** In seq order; the sender's own come back too (match by clientId = acknowledged durably). */
  z.object({ t: z.literal("message"), value: MessageView }),
  z.object({ t: z.literal("typing"), untilMs: z.number() }),
  z.object({ t: z.literal("refused"), clientId: z.string().nullable(), code: z.string(), why: z.string() }),
  z.object({ t: z.literal("pong") }),
]);
export type WidgetServerFrame = z.infer<typeof WidgetServerFrame>;

export const WidgetClientFrame = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("hello"),
    token: z.string().max(128).nullable(),
    /** The conversation that `after` belongs to. */
    interactionId: z.string().max(64).nullable(),
    after: z.number().int().nonnegative(),
    language: Language,
    page: PageContext,
  }),
  /** Opens a conversation when none is open. Sent again with the same clientId until its message comes back. */
  z.object({ t: z.literal("message"), clientId: z.string().min(8).max(64), text: z.string().trim().min(1).max(4000) }),
  z.object({ t: z.literal("typing") }),
  z.object({ t: z.literal("read"), upTo: z.number().int().nonnegative() }),
  z.object({ t: z.literal("page"), page: PageContext }),
  /** The visitor ends the conversation. */
  z.object({ t: z.literal("end") }),
  z.object({ t: z.literal("ping") }),
]);
export type WidgetClientFrame = z.infer<typeof WidgetClientFrame>;

export const CallRequest = z.object({ token: z.string().max(128), page: PageContext, language: Language });
/** Register is not needed: INVITE `sip:<target>@<domain>` over ws with these credentials within `validMs`. */
export const WidgetCall = z.object({ account: z.string(), password: z.string(), domain: z.string(), target: z.string(), wsPath: z.string(), validMs: z.number() });
export type WidgetCall = z.infer<typeof WidgetCall>;
export const Rate = z.object({ token: z.string().max(128), interactionId: z.string().max(64), score: z.number().int().min(1).max(5), comment: z.string().max(2000) });
