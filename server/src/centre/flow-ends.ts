/** Where a dialogue ends: a queue (or what that queue does instead), a number, or the end of the contact. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Clock } from "../base/clock.ts";
import type { FlowOutcome as Outcome } from "../flow/flow.ts";
import type { Channel, FlowOutcome, Interaction } from "../hub/hub.ts";
import { SAME_MATTER_MS, type Kept, type Place, type Running } from "./flow-kept.ts";
import type { FlowPorts } from "./flow-ports.ts";
import type { Setup } from "./ports.ts";

type End = { deflected: false; how: string; outcome: FlowOutcome } | { deflected: true; document: FlowDocument; place: Place };

/** When a queue says nothing of it. */
const RING_MS = 20_000;

export class FlowEnds {
  readonly #options: { clock: Clock; setup: Setup; ports: FlowPorts; channelOf(it: Interaction): Channel };

  constructor(options: { clock: Clock; setup: Setup; ports: FlowPorts; channelOf(it: Interaction): Channel }) {
    this.#options = options;
  }

  /** `kept`: how the dialogue goes on when nobody takes them. */
  handOver(it: Interaction, kept: Kept, { number, failedStep }: Extract<Outcome, { type: "hand-over" }>): { ok: true; outcome: FlowOutcome } | { ok: false; why: string } {
    const { channelOf, ports } = this.#options;
    if (!channelOf(it).handOver) return { ok: false, why: "no medium for it" };
    const found = ports.handOverTarget?.(number) ?? { ok: false, code: "unknown-target" };
    if (!found.ok) return { ok: false, why: found.code };
    return { ok: true, outcome: { type: "hand-over", to: found.to, flow: { failedStep, kept } } };
  }

  end(it: Interaction, running: Running, outcome: Exclude<Outcome, { type: "hand-over" }>): End {
    const { triedBy, kept } = running;
    if (outcome.type === "end") {
      const { how, ref, exception } = outcome;
      return { deflected: false, how, outcome: { type: "end", how, ref, exception, dueMs: how === "callback" ? (kept.dueMs ?? null) : null } };
    }
    const place = this.#place(it, kept, outcome);
    // nobody is called to the phone by a try-it
    if (triedBy !== null) return { deflected: false, how: "person", outcome: { type: "end" } };
    const to = this.#options.ports.deflect?.(it, place.queueId) ?? null;
    if (to?.flow) return { deflected: true, document: to.flow, place };
    return { deflected: false, how: "person", outcome: this.#queued(to ? { ...place, queueId: to.queueId } : place) };
  }

  /** Who comes back to the queue that deflected them has the place of before, and what they said since. */
  #place(it: Interaction, { place }: Omit<Kept, "state">, outcome: Extract<Outcome, { type: "queue" }>): Place {
    const { last } = it.customer;
    const again = last !== null && this.#options.clock.now() - last.atMs < SAME_MATTER_MS;
    const fresh: Place = {
      queueId: outcome.queueId,
      needs: outcome.needs,
      priority: outcome.priority,
      reason: outcome.reason ?? null,
      preferredAgentId: outcome.preferredAgentId ?? (again ? last.agentId : null),
      sinceMs: null,
      ...(outcome.whisper !== undefined && { whisper: outcome.whisper }),
    };
    if (!place || place.queueId !== outcome.queueId) return fresh;
    const whisper = fresh.whisper ?? place.whisper;
    return {
      ...place,
      needs: [...place.needs, ...fresh.needs.filter((need) => !place.needs.some(({ skillId }) => skillId === need.skillId))],
      priority: Math.max(place.priority, fresh.priority),
      reason: place.reason ?? fresh.reason,
      preferredAgentId: outcome.preferredAgentId ?? place.preferredAgentId,
      ...(whisper !== undefined && { whisper }),
    };
  }

  #queued({ sinceMs, whisper, ...place }: Place): FlowOutcome {
    const queue = this.#options.setup.queue(place.queueId);
    return { type: "queue", ...place, ringMs: queue?.ringMs ?? RING_MS, wrapMs: queue?.wrapMs ?? 0, ...(whisper !== undefined && { whisper }), ...(sinceMs !== null && { sinceMs }) };
  }
}
