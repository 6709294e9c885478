/**
 * Messages on their way. Each is drawn at once, sent in order one after the other within its conversation, and tried again
 * with the same clientId (the server keeps one) until the server answers: a cut of the network delays, never loses or doubles.
 */
import type { MessageView } from "@tandem/protocol";
import { ApiFailure, inWords } from "./api.ts";

export const RESEND_MS = 2000;

export interface OutboxPorts {
  send(interactionId: string, message: { clientId: string; text: string }): Promise<MessageView>;
  after(afterMs: number, fire: () => void): () => void;
  onSent(message: MessageView): void;
  onRefused(interactionId: string, clientId: string, why: string): void;
}

export interface Outbox {
  put(interactionId: string, message: { clientId: string; text: string }): void;
  /** The line is back: do not wait for the timer. */
  nudge(): void;
}

export function createOutbox(ports: OutboxPorts): Outbox {
  const lanes = new Map<string, { waiting: { clientId: string; text: string }[]; busy: boolean; cancel: () => void }>();

  const advance = async (interactionId: string): Promise<void> => {
    const lane = lanes.get(interactionId);
    const next = lane?.waiting[0];
    if (lane === undefined || next === undefined || lane.busy) return;
    lane.busy = true;
    lane.cancel();
    try {
      ports.onSent(await ports.send(interactionId, next));
      lane.waiting.shift();
    } catch (error) {
      if (error instanceof ApiFailure && error.unreachable) {
        lane.cancel = ports.after(RESEND_MS, () => void advance(interactionId));
        return;
      }
      lane.waiting.shift();
      ports.onRefused(interactionId, next.clientId, inWords(error));
    } finally {
      lane.busy = false;
    }
    if (lane.waiting.length === 0) lanes.delete(interactionId);
    else await advance(interactionId);
  };

  return {
    put(interactionId, message) {
      const lane = lanes.get(interactionId) ?? { waiting: [], busy: false, cancel: () => {} };
      lanes.set(interactionId, lane);
      if (!lane.waiting.some((m) => m.clientId === message.clientId)) lane.waiting.push(message);
      void advance(interactionId);
    },
    nudge() {
      for (const id of lanes.keys()) void advance(id);
    },
  };
}
