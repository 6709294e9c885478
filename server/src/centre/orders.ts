import { never } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { Acd } from "../acd/acd.ts";
import type { Channel, Interaction, Music, Order } from "../hub/hub.ts";
import { whisperFor } from "./whisper.ts";
import type { Setup } from "./ports.ts";

interface OrderlyOptions {
  acd: Acd;
  clock: Clock;
  setup: Setup;
  channelOf(it: Interaction): Channel;
  runFlow(it: Interaction): void;
  resumeFlow(it: Interaction): void;
  stopFlow(id: string): void;
  awaitReturn(agentId: string): void;
  /** What is shown of this agent may have changed. */
  touch(agentId: string): void;
}

/** Who carries out which order: the channel of the contact, routing, or the flow. No order is decided here. */
export function orderly({ acd, clock, setup, channelOf, runFlow, resumeFlow, stopFlow, awaitReturn, touch }: OrderlyOptions): (it: Interaction, order: Order) => void {
  const musicOf = (it: Interaction): Music | null => {
    const recordingId = it.queue && setup.waiting(it.queue.queueId).music;
    return recordingId ? { recordingId, language: it.language } : null;
  };
  return (it, order) => {
    const channel = channelOf(it);
    const now = clock.now();
    switch (order.do) {
      case "open":
        return channel.open(it.id);
      case "runFlow":
        return runFlow(it);
      case "resumeFlow":
        return resumeFlow(it);
      case "stopFlow":
        return stopFlow(it.id);
      case "enqueue": {
        const { queueId, needs, priority, sinceMs, preferredAgentId, preferredForMs, returned, avoid } = order.place;
        return acd.enqueue({ id: it.id, medium: it.traits.countsAs ?? it.traits.medium, queueId, needs, priority, sinceMs, preferredAgentId, preferredForMs, returned, avoid }, now);
      }
      case "dequeue":
        return acd.dequeue(it.id);
      case "wait":
        return channel.wait(it.id, musicOf(it));
      case "stopWaiting":
        return channel.stopWaiting?.(it.id);
      case "ring": {
        touch(order.agentId);
        const queueName = it.queue ? (setup.queue(it.queue.queueId)?.name ?? "") : "";
        const language = setup.agent(order.agentId)?.language ?? it.language;
        const whisper = it.queue && it.traits.acceptedByDevice ? whisperFor(it, { name: queueName, whisper: setup.whisper(it.queue.queueId) }, language, setup.flowFor(it.to)?.language ?? language) : null;
        return channel.ring(it.id, order.agentId, { callerName: it.customer.name, callerNumber: it.from, queueName, ringMs: order.untilMs - now, whisper });
      }
      case "cancelRing":
        return channel.cancelRing(it.id, order.agentId);
      case "offerAccepted":
        touch(order.agentId);
        return acd.accepted(it.id, order.agentId, now);
      case "offerEnded":
        touch(order.agentId);
        return acd.notAnswered(it.id, order.agentId, order.why, now);
      case "connect":
        return channel.connect(it.id, order.agentId);
      case "hold":
        if (it.agentId) acd.setHeld(it.id, it.agentId, true, now);
        return channel.hold(it.id);
      case "resume":
        if (it.agentId) acd.setHeld(it.id, it.agentId, false, now);
        return channel.resume(it.id);
      case "record":
        return channel.record(it.id, order.what);
      case "dropAgent":
        return channel.dropAgent(it.id, order.agentId);
      case "handOver":
        if (channel.handOver) return channel.handOver(it.id, order.agentId, order.to, { number: it.from, name: it.customer.name, language: it.language });
        return channel.end(it.id, "handed-over"); // no medium of this kind is without it; nobody may be left behind all the same
      case "wrap":
        touch(order.agentId);
        return acd.wrapping(it.id, order.agentId, now);
      case "release":
        touch(order.agentId);
        return acd.released(it.id, order.agentId, now);
      case "engage":
        acd.engage(it.id, order.agentId, it.traits.countsAs ?? it.traits.medium, now);
        if (order.wrapping) acd.wrapping(it.id, order.agentId, now);
        return awaitReturn(order.agentId);
      case "deliver":
        return channel.deliver?.(it.id, order.message);
      case "end":
        return channel.end(it.id, order.why);
      default:
        return never(order, "order");
    }
  };
}
