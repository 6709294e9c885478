/** How often contacts went where in flows, counted by the hour: in memory, written in one statement every few seconds. */
import type { FlowMove } from "../centre/centre.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";

const WRITE_MS = 3_000;
const HOUR_MS = 3_600_000;
/** Kept so long; the canvas shows a day. */
const KEPT_MS = 40 * 24 * HOUR_MS;
/** Attack: none known, as flows are ours; a database that does not answer must not fill the memory. */
const MAX_PENDING = 100_000;

interface Count {
  flowId: string;
  version: number;
  stepId: string;
  port: string;
  hourMs: number;
  n: number;
}

export interface FlowTraffic {
  moved(move: FlowMove): void;
  /** Writes what is counted. */
  flush(): Promise<void>;
  /** Removes what is older than anybody looks at. */
  tidy(): Promise<void>;
  stop(): Promise<void>;
}

export function createFlowTraffic({ db, clock, log }: { db: Db; clock: Clock; log: Log }): FlowTraffic {
  let counts = new Map<string, Count>();
  let writing: Promise<void> = Promise.resolve();
  let cancel: (() => void) | null = null;

  const count = (flowId: string, version: number, stepId: string, port: string, n = 1, hourMs = Math.floor(clock.now() / HOUR_MS) * HOUR_MS): void => {
    const key = `${flowId} ${version} ${stepId} ${port} ${hourMs}`;
    const found = counts.get(key);
    if (found) found.n += n;
    else if (counts.size < MAX_PENDING) counts.set(key, { flowId, version, stepId, port, hourMs, n });
    cancel ??= clock.after(WRITE_MS, () => {
      cancel = null;
      void flush();
    });
  };

  const flush = (): Promise<void> => {
    writing = writing.then(async () => {
      // always in the same order: two nodes that write at once do not lock each other
      const all = [...counts.values()].toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
      if (all.length === 0) return;
      counts = new Map();
      try {
        await db.query(
          `INSERT INTO flow_traffic (flow_id, version, step_id, port, hour, n)
           SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])
           ON CONFLICT (flow_id, hour, version, step_id, port) DO UPDATE SET n = flow_traffic.n + excluded.n`,
          [all.map((c) => c.flowId), all.map((c) => c.version), all.map((c) => c.stepId), all.map((c) => c.port), all.map((c) => new Date(c.hourMs)), all.map((c) => c.n)],
        );
      } catch (error) {
        log.warn({ why: (error as Error).message, counts: all.length }, "the traffic of flows could not be stored; it is tried again");
        for (const { flowId, version, stepId, port, n, hourMs } of all) count(flowId, version, stepId, port, n, hourMs);
      }
    });
    return writing;
  };

  return {
    moved({ inFlow, version, stepId, port, ended, triedBy, builtIn }) {
      if (triedBy !== null || builtIn) return;
      count(inFlow, version, stepId, ended === null ? (port ?? "") : `=${ended}`);
    },
    flush,
    async tidy() {
      await db.query("DELETE FROM flow_traffic WHERE hour < $1", [new Date(clock.now() - KEPT_MS)]);
    },
    async stop() {
      cancel?.();
      cancel = () => {}; // set: no timer is made any more
      await flush();
    },
  };
}

const keyOf = (c: Count): string => `${c.flowId} ${c.hourMs} ${c.version} ${c.stepId} ${c.port}`;
