/**
 * Published flows proved again whenever the centre around them changes: hours, queues, people, deflections, waiting, recordings. Nothing is refused for
 * it (an administrator who closes a queue in an emergency must not be held up): who saved is told which flows hold no more, and so is the log.
 */
import type { BrokenFlow, Finding, FlowProofs as Proofs, Proof } from "@tandem/protocol/flow-studio";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";

/** Several settings are often saved in a row. */
const QUIET_MS = 1_000;
/** A start is busy enough; whoever looks before has them proved at once. */
const AFTER_START_MS = 60_000;

export interface PublishedFlow {
  id: string;
  name: string;
  version: number;
  /** As it stands in the database. */
  definition: unknown;
}

export interface FlowWatchOptions {
  clock: Clock;
  log: Log;
  published(): readonly PublishedFlow[];
  /** All of one run see the centre of one moment. */
  proving(): (definition: unknown) => Promise<Proof>;
  /** False: another node has the centre, and watches. */
  leads(): boolean;
}

export interface FlowWatch {
  /** Something that proofs rest on is another than before. */
  changed(): void;
  /** Of the centre as it is now: waits for the proofs. */
  proofs(): Promise<Proofs>;
  /** Failing findings of what is published; null = not proved yet. */
  broken(flowId: string): number | null;
  stop(): void;
}

export function createFlowWatch({ clock, log, published, proving, leads }: FlowWatchOptions): FlowWatch {
  const found = new Map<string, { version: number; errors: readonly Finding[] }>();
  let provedAtMs: number | null = null;
  let stale = true;
  let running: Promise<void> | null = null;
  let stopped = false;
  let cancel = clock.after(AFTER_START_MS, () => void run());

  const proveOne = async ({ id, name, version, definition }: PublishedFlow, prove: (definition: unknown) => Promise<Proof>): Promise<void> => {
    const before = found.get(id)?.errors ?? [];
    const errors = (await prove(definition)).findings.filter(({ severity }) => severity === "error");
    found.set(id, { version, errors });
    const said = JSON.stringify(errors.map(({ code, stepId }) => [code, stepId]));
    if (said === JSON.stringify(before.map(({ code, stepId }) => [code, stepId]))) return;
    const told = { flow: id, name, version };
    if (errors.length === 0) log.info(told, "a published flow is proved again");
    else log.warn({ ...told, findings: errors.length, step: errors[0]!.stepId, why: errors[0]!.words.en }, "a published flow is no longer proved: a customer may end without a person or a promise");
  };
  const runAll = async (): Promise<void> => {
    if (!stale || stopped) return;
    stale = false;
    const flows = published();
    const prove = proving();
    for (const id of found.keys()) if (!flows.some((flow) => flow.id === id)) found.delete(id);
    for (const flow of flows) {
      // What could not be proved by a mistake of ours is not known to be broken.
      await proveOne(flow, prove).catch((error: Error) => {
        found.delete(flow.id);
        if (!stopped) log.error({ flow: flow.id, why: error.message }, "a published flow could not be proved again");
      });
      if (stopped) return;
    }
    provedAtMs = clock.now();
    await runAll(); // what changed meanwhile
  };
  const run = (): Promise<void> => {
    cancel();
    if (!leads()) return Promise.resolve();
    return (running ??= runAll().finally(() => (running = null)));
  };

  return {
    changed() {
      stale = true;
      cancel();
      if (!stopped && running === null) cancel = clock.after(QUIET_MS, () => void run());
    },
    async proofs() {
      await run();
      const broken = published().flatMap(({ id, name, version }): BrokenFlow[] => {
        const errors = found.get(id)?.errors ?? [];
        return errors[0] ? [{ id, name, version, findings: errors.length, first: { code: errors[0].code, stepId: errors[0].stepId, words: errors[0].words } }] : [];
      });
      return { provedAtMs, broken };
    },
    broken: (flowId) => found.get(flowId)?.errors.length ?? null,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
