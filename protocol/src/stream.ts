/**
 * The desktop's WebSocket, `GET /api/stream`. The client says hello with the last sequence number that it applied; the
 * server answers with exactly the events missed since (`resumed`), or with a fresh `snapshot`. After that, events.
 * Every event carries the whole new value: applying all events to an old snapshot gives the new snapshot.
 */
import { z } from "zod";
import { PromisedWork } from "./callback-frames.ts";
import { CaseChanged } from "./case.ts";
import { EditFlow, FlowChanged, FlowEditing, FlowTried } from "./flow-frames.ts";
import { AgentView, DispositionView, InteractionView, MessageView, QueueView, UserView } from "./views.ts";

export const Snapshot = z.object({
  t: z.literal("snapshot"),
  /** Changes when the server restarts: sequence numbers of another epoch mean nothing. */
  epoch: z.string(),
  seq: z.number(),
  /** Server clock, so that timers on screen are right whatever the client's clock. */
  nowMs: z.number(),
  me: UserView,
  agents: z.array(AgentView),
  queues: z.array(QueueView),
  /** Mine (offered, connected, wrapping); for supervisors every open one. */
  interactions: z.array(InteractionView),
  dispositions: z.array(DispositionView),
});
export type Snapshot = z.infer<typeof Snapshot>;

export const StreamEvent = z.discriminatedUnion("kind", [
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("interaction"), value: InteractionView, cause: z.string() }),
  /** No longer visible to this user (closed, or gone to somebody else). */
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("interactionGone"), id: z.string(), cause: z.string() }),
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("message"), value: MessageView }),
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("agent"), value: AgentView }),
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("agentGone"), id: z.string() }),
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("queue"), value: QueueView }),
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("queueGone"), id: z.string() }),
  z.object({ t: z.literal("event"), seq: z.number(), kind: z.literal("dispositions"), value: z.array(DispositionView) }),
]);
export type StreamEvent = z.infer<typeof StreamEvent>;

export const ServerFrame = z.union([
  Snapshot,
  z.object({ t: z.literal("resumed"), epoch: z.string(), seq: z.number(), nowMs: z.number() }),
  StreamEvent,
  /** Not sequenced, may be lost: who types now. */
  z.object({ t: z.literal("typing"), interactionId: z.string(), who: z.enum(["customer", "agent"]), untilMs: z.number() }),
  FlowEditing,
  FlowChanged,
  FlowTried,
  PromisedWork,
  CaseChanged,
  z.object({ t: z.literal("pong"), nowMs: z.number() }),
  /** The session ended (signed out elsewhere, expired). */
  z.object({ t: z.literal("bye"), why: z.string() }),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;

export const ClientFrame = z.discriminatedUnion("t", [
  z.object({ t: z.literal("hello"), epoch: z.string().nullable(), seq: z.number() }),
  /** Every 10 s: renews the lease of the agent's desktop. */
  z.object({ t: z.literal("ping") }),
  z.object({ t: z.literal("typing"), interactionId: z.string().max(64) }),
  EditFlow,
  z.object({ t: z.literal("read"), interactionId: z.string().max(64), upTo: z.number().int().nonnegative() }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;
