/**
 * Which queues an agent may hand a contact to: those that are open, and, where the box is ticked, the closed ones of which something comes.
 * The seed's 4+1 cases (AHD-03). For chats the box counts while their deflection is off; while it is on, a closed queue deflects.
 */
import type { ContactChannel, TransferQueue } from "@tandem/protocol/hours";
import { whenClosed, type Ground, type Language, type QueueLive } from "./decide.ts";

export interface TransferQuestion {
  queueIds: readonly string[];
  channel: ContactChannel;
  language: Language;
  nowMs: number;
  live(queueId: string): QueueLive;
}

export function transferQueues(ground: Ground, { queueIds, channel, language, nowMs, live }: TransferQuestion): TransferQueue[] {
  const { calls, chats } = ground.get("deflection", "");
  const written = channel === "chat" || channel === "sms";
  const closedToo = written ? chats.enabled || chats.transferToClosedWhenOff : calls.transferToClosed;
  return queueIds.flatMap((queueId): TransferQueue[] => {
    if (ground.hours(queueId, channel, language, nowMs).state === "open") return [{ queueId, isOpen: true, goes: null }]; // case 1
    if (!closedToo) return [];
    const virtualAgent = ground.own("queue-deflection", queueId)?.virtualAgent ?? null;
    if (virtualAgent) return virtualAgent.availability === "always" ? [{ queueId, isOpen: false, goes: "assistant" }] : []; // case 4, and the one that is never shown
    const goes = whenClosed(ground, queueId, channel)?.kind ?? null;
    return goes !== null || live(queueId).staffed > 0 ? [{ queueId, isOpen: false, goes }] : []; // cases 2 and 3
  });
}
