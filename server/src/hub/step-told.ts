/** What is told of a contact whatever its state: messages, recordings, what became of a hand-over. */
import type { Interaction } from "./interaction.ts";
import type { FactOf } from "./step-life.ts";

/** A reason is one line on the agent's screen; the whole message stands in the conversation. */
const REASON_LENGTH = 200;

export function withReturn(was: Interaction, fact: FactOf<"returned">): Interaction {
  if (!was.handedTo) return was;
  return { ...was, handedTo: { ...was.handedTo, returned: { why: fact.why, asInteractionId: fact.asInteractionId } } };
}

export function withMessage(was: Interaction, fact: FactOf<"messageAdded">): Interaction {
  const { message } = fact;
  const readBy = { ...was.readBy };
  if (message.author === "customer" || message.author === "agent") readBy[message.author] = message.seq; // who writes has read
  const reason = was.reason === null && was.state === "flow" && message.author === "customer" && !message.hidden ? message.text.slice(0, REASON_LENGTH) : was.reason;
  return { ...was, messages: message.seq, lastMessage: message, readBy, reason };
}

/** What is shown of messages that did not arrive: the last ones. */
const MAX_UNDELIVERED = 50;

export function settled(was: Interaction, fact: FactOf<"messageDelivered"> | FactOf<"messageUndelivered">): Interaction {
  const deliveredUpTo = Math.max(was.deliveredUpTo ?? 0, fact.seq);
  if (fact.type === "messageDelivered") return { ...was, deliveredUpTo };
  return { ...was, deliveredUpTo, undelivered: [...(was.undelivered ?? []), { seq: fact.seq, status: fact.status }].slice(-MAX_UNDELIVERED) };
}

export function withRecording(was: Interaction, fact: FactOf<"recordingReady">): Interaction {
  // told again: nobody knew whether it had been stored
  if (was.recordings.some(({ mixedPath }) => mixedPath === fact.mixedPath)) return was;
  return { ...was, recordings: [...was.recordings, { mixedPath: fact.mixedPath, stereoPath: fact.stereoPath, durationMs: fact.durationMs }] };
}
