import type { Fact, Interaction, TransferTarget } from "../hub/hub.ts";
import type { Place } from "./flow-kept.ts";
import type { Setup } from "./ports.ts";
import type { Turns } from "./turns.ts";

/** How a command ended; refused ones say why by a stable code. */
export type Outcome = { ok: true } | { ok: false; code: "not-found" | "not-yours" | "too-late" | "not-possible" | "use-device" | "unknown-target" | "not-allowed-outside" | "not-stored" };

export interface AgentCommands {
  accept(agentId: string, id: string): Promise<Outcome>;
  decline(agentId: string, id: string): Promise<Outcome>;
  hold(agentId: string, id: string, held: boolean): Promise<Outcome>;
  pauseRecording(agentId: string, id: string, paused: boolean): Promise<Outcome>;
  transfer(agentId: string, id: string, to: { kind: "queue"; queueId: string } | { kind: "agent"; agentId: string } | { kind: "number"; number: string }, note: string): Promise<Outcome>;
  end(agentId: string, id: string): Promise<Outcome>;
  endAsSupervisor(userId: string, id: string): Promise<Outcome>;
  note(agentId: string, id: string, disposition: string | null, notes: string): Promise<Outcome>;
  wrap(agentId: string, id: string, disposition: string | null, notes: string): Promise<Outcome>;
  read(agentId: string, id: string, upTo: number): Promise<Outcome>;
}

interface CommandOptions {
  turns: Turns;
  setup: Setup;
  /** Where a contact goes that this queue does not take now: another queue, or what is told of it; null = it takes them. */
  deflection(it: Interaction, place: Place): { queueId: string } | { fact: Fact } | null;
}

/** What an agent may do with a contact: checked against its state now, answered once durable. */
export function agentCommands({ turns, setup, deflection }: CommandOptions): AgentCommands {
  const act = (id: string, allowed: (it: Interaction) => Outcome, ...facts: Fact[]): Promise<Outcome> => actWith(id, allowed, () => facts);
  const actWith = (id: string, allowed: (it: Interaction) => Outcome, factsOf: (it: Interaction) => readonly Fact[]): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      turns.run(() => {
        try {
          const it = turns.live.get(id);
          if (!it) return resolve({ ok: false, code: "not-found" });
          const verdict = allowed(it);
          if (!verdict.ok) return resolve(verdict);
          const facts = factsOf(it);
          facts.forEach((fact, i) => {
            turns.tell(id, fact, i === facts.length - 1 ? (error) => resolve(error ? { ok: false, code: "not-stored" } : { ok: true }) : null);
          });
        } catch (error) {
          reject(error); // our own mistake: the caller must hear of it too
        }
      });
    });
  const owned =
    (agentId: string, ...states: Interaction["state"][]) =>
    (it: Interaction): Outcome => {
      if (it.agentId !== agentId) return { ok: false, code: "not-yours" };
      return states.includes(it.state) ? { ok: true } : { ok: false, code: "too-late" };
    };
  const offered =
    (agentId: string) =>
    (it: Interaction): Outcome => {
      if (it.state !== "offered" || !it.offer) return { ok: false, code: "too-late" };
      return it.offer.agentId === agentId ? { ok: true } : { ok: false, code: "not-yours" };
    };
  const target = (to: Exclude<Parameters<AgentCommands["transfer"]>[2], { kind: "number" }>): TransferTarget | null => {
    if (to.kind === "agent") return setup.agent(to.agentId) ? to : null;
    const queue = setup.queue(to.queueId);
    return queue && { kind: "queue", queueId: to.queueId, priority: queue.priority, ringMs: queue.ringMs, wrapMs: queue.wrapMs };
  };
  /** To a queue that does not take them now they go where it sends everybody: another one, or its voicemail and the like, and the agent is free. */
  const transferred = (it: Interaction, byAgentId: string, to: TransferTarget, note: string): Fact[] => {
    const given = (given: TransferTarget): Fact => ({ type: "transferred", byAgentId, to: given, note });
    if (to.kind === "agent") return [given(to)];
    const elsewhere = deflection(it, { queueId: to.queueId, needs: it.queue?.needs ?? [], priority: to.priority, reason: it.reason, preferredAgentId: null, sinceMs: null });
    if (elsewhere === null) return [given(to)];
    return "fact" in elsewhere ? [given(to), elsewhere.fact] : [given(target({ kind: "queue", queueId: elsewhere.queueId }) ?? to)];
  };

  return {
    accept: (agentId, id) =>
      act(
        id,
        (it) => {
          const verdict = offered(agentId)(it);
          return verdict.ok && it.traits.acceptedByDevice ? { ok: false, code: "use-device" } : verdict;
        },
        { type: "accepted", agentId },
      ),
    decline: (agentId, id) => act(id, offered(agentId), { type: "notAnswered", agentId, why: "declined" }),
    hold: (agentId, id, held) =>
      act(
        id,
        (it) => {
          const verdict = owned(agentId, "connected")(it);
          return verdict.ok && !it.traits.holdable ? { ok: false, code: "not-possible" } : verdict;
        },
        { type: held ? "held" : "resumed" },
      ),
    pauseRecording: (agentId, id, paused) => act(id, owned(agentId, "connected"), { type: paused ? "recordingPaused" : "recordingResumed" }),
    async transfer(agentId, id, to, note) {
      if (to.kind === "number") {
        const target = setup.handOverTarget(agentId, to.number);
        const verdict = (it: Interaction): Outcome => {
          const may = owned(agentId, "connected")(it);
          if (!may.ok) return may;
          if (it.traits.written) return { ok: false, code: "not-possible" };
          return target.ok ? { ok: true } : target;
        };
        // when it is refused nothing is told: `to` is of no matter then
        return act(id, verdict, { type: "handedOver", byAgentId: agentId, to: target.ok ? target.to : { number: "", name: "" }, note });
      }
      const known = target(to);
      if (!known || (known.kind === "agent" && known.agentId === agentId)) return { ok: false, code: "unknown-target" };
      return actWith(id, owned(agentId, "connected"), (it) => transferred(it, agentId, known, note));
    },
    end: (agentId, id) => act(id, owned(agentId, "connected"), { type: "agentLeft", agentId, why: "ended" }),
    endAsSupervisor: (userId, id) => act(id, (it) => (it.state === "closed" ? { ok: false, code: "too-late" } : { ok: true }), { type: "endedBySupervisor", userId }),
    note: (agentId, id, disposition, notes) => act(id, owned(agentId, "connected", "wrapping"), { type: "noted", disposition, notes }),
    wrap: (agentId, id, disposition, notes) => act(id, owned(agentId, "wrapping"), { type: "noted", disposition, notes }, { type: "wrapEnded", by: "agent" }),
    read: (agentId, id, upTo) => act(id, owned(agentId, "connected", "wrapping"), { type: "read", side: "agent", upTo }),
  };
}
