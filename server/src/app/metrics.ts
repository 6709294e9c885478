import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { BorderDesk } from "../api/api.ts";
import type { Centre } from "../centre/centre.ts";
import type { Directory } from "../directory/directory.ts";
import type { Fact, Interaction } from "../hub/hub.ts";

/** Prometheus figures of the centre. Labels are bounded: media, queues, states; never a person or a contact. */
export function createMetrics({ centre, directory, border }: { centre: Centre; directory: Directory; border: Pick<BorderDesk, "counts"> }): { fact(fact: Fact, it: Interaction): void; text(): Promise<{ contentType: string; body: string }> } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const facts = new Counter({ name: "tandem_facts_total", help: "Facts stored", labelNames: ["type", "medium"], registers: [registry] });
  const answer = new Histogram({ name: "tandem_answer_seconds", help: "Wait until an agent answered", labelNames: ["queue"], buckets: [1, 5, 10, 20, 30, 60, 120, 300], registers: [registry] });
  registry.registerMetric(new Gauge({
    name: "tandem_interactions", help: "Open interactions", labelNames: ["medium", "state"], registers: [],
    collect() {
      this.reset();
      for (const it of centre.interactions()) this.inc({ medium: it.traits.medium, state: it.state });
    },
  }));
  registry.registerMetric(new Gauge({
    name: "tandem_queue_waiting", help: "Contacts waiting", labelNames: ["queue"], registers: [],
    collect() {
      this.reset();
      for (const queue of directory.queues()) this.set({ queue: queue.name }, centre.queueLive(queue.id).count);
    },
  }));
  registry.registerMetric(new Gauge({
    name: "tandem_agents", help: "Agents by wish and system state", labelNames: ["wish", "system"], registers: [],
    collect() {
      this.reset();
      for (const agent of centre.agents()) this.inc({ wish: agent.wish, system: agent.system });
    },
  }));
  registry.registerMetric(new Gauge({
    name: "tandem_sip_border", help: "What the SIP border let through and refused since the start, and open calls and bans", labelNames: ["what"], registers: [],
    collect() {
      for (const [what, count] of Object.entries(border.counts())) this.set({ what }, count);
    },
  }));
  return {
    fact(fact, it) {
      facts.inc({ type: fact.type, medium: it.traits.medium });
      // An answer that came too late connected nobody.
      if (fact.type === "accepted" && it.queue && it.connectedAtMs !== null && it.agentId === fact.agentId) answer.observe({ queue: directory.queue(it.queue.queueId)?.name ?? "" }, (it.connectedAtMs - it.queue.sinceMs) / 1000);
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
