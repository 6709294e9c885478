import type { HandOverTarget } from "./fact.ts";
import type { Message, QueuePlace } from "./interaction.ts";

/** What must be done now, imperative. The centre carries them out in order, after the fact is durable. */
export type Order =
  | { do: "open" }
  | { do: "runFlow" }
  | { do: "resumeFlow" }
  | { do: "stopFlow" }
  | { do: "enqueue"; place: QueuePlace }
  | { do: "dequeue" }
  | { do: "wait" }
  /** The waiting is over and no agent is there: a dialogue follows. */
  | { do: "stopWaiting" }
  | { do: "ring"; agentId: string; untilMs: number }
  | { do: "cancelRing"; agentId: string }
  /** Tell routing how the offer ended. */
  | { do: "offerAccepted"; agentId: string }
  | { do: "offerEnded"; agentId: string; why: "declined" | "missed" | "withdrawn" }
  | { do: "connect"; agentId: string }
  | { do: "hold" }
  | { do: "resume" }
  | { do: "record"; what: "start" | "pause" | "resume" | "stop" }
  | { do: "dropAgent"; agentId: string }
  /** The customer goes on elsewhere: the agent's side ends, what becomes of the customer's is no matter of this contact. */
  | { do: "handOver"; /** Null: their flow sent them. */ agentId: string | null; to: HandOverTarget }
  | { do: "wrap"; agentId: string }
  /** The agent is free of this contact. */
  | { do: "release"; agentId: string }
  /** After a restart: the agent still has this written contact. */
  | { do: "engage"; agentId: string; wrapping: boolean }
  | { do: "deliver"; message: Message }
  | { do: "end"; why: string };
