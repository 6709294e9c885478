/** What the designer draws of the traffic that `flow-traffic.ts` counts: the last 24 hours, whole hours. */
import type { FlowTraffic } from "@tandem/protocol/flow-studio";
import type { Clock } from "../base/clock.ts";
import type { Db } from "../db/db.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

export interface TrafficView {
  of(flowId: string): Promise<Omit<FlowTraffic, "queues">>;
  /** How many contacts began with each flow, by the step that it begins with; null = it never did. */
  contacts(startOf: (flowId: string) => string | null): Promise<Map<string, number>>;
}

export function createTrafficView({ db, clock }: { db: Db; clock: Clock }): TrafficView {
  const sinceMs = (): number => (Math.floor(clock.now() / HOUR_MS) - DAY_HOURS) * HOUR_MS;
  return {
    async of(flowId) {
      const since = sinceMs();
      const rows = await db.query<{ step_id: string; port: string; n: number }>("SELECT step_id, port, sum(n)::bigint AS n FROM flow_traffic WHERE flow_id = $1 AND hour >= $2 GROUP BY step_id, port", [flowId, new Date(since)]);
      const traffic: Omit<FlowTraffic, "queues"> = { sinceMs: since, steps: {}, edges: {}, ends: {} };
      for (const { step_id: stepId, port, n } of rows) {
        if (port === "") traffic.steps[stepId] = n;
        else if (port.startsWith("=")) traffic.ends[port.slice(1)] = (traffic.ends[port.slice(1)] ?? 0) + n;
        else traffic.edges[`${stepId} ${port}`] = n;
      }
      return traffic;
    },
    async contacts(startOf) {
      const rows = await db.query<{ flow_id: string; step_id: string; n: number }>("SELECT flow_id, step_id, sum(n)::bigint AS n FROM flow_traffic WHERE hour >= $1 AND port = '' GROUP BY flow_id, step_id", [new Date(sinceMs())]);
      return new Map(rows.filter(({ flow_id: id, step_id: stepId }) => startOf(id) === stepId).map(({ flow_id: id, n }) => [id, n]));
    },
  };
}
