/**
 * Proofs of flows, in a thread of their own: one of a large flow takes tens of milliseconds, one of a document that was made to be hard may take as
 * long as it is let, and calls are served beside it. The thread ends when it has had nothing to do for a while.
 */
import { Worker } from "node:worker_threads";
import type { Finding, Proof } from "@tandem/protocol/flow-studio";
import type { Clock } from "../base/clock.ts";
import { takesTurns } from "../base/in-turn.ts";
import { heardKey, type JudgedCentre } from "./judged-centre.ts";
import type { HeardItem } from "./speech-seconds.ts";

/** Attack: a document whose ways multiply. 100,000 states, the most that are looked at, take some seconds; ten times that on a machine that is full. */
const AT_MOST_MS = 120_000;
/** Attack: the same, by memory. */
const MAX_MEGABYTES = 512;
/** Who edits checks again soon; a thread that nobody needs keeps some 60 MB. */
const IDLE_MS = 60_000;

/** Null = the centre of the last message. `lengths`: seconds by `heardKey`. */
export interface ProofAsked {
  /** As it stands in the database: reading a large one takes its time, too. */
  document: unknown;
  centre: JudgedCentre | null;
  lengths: readonly (readonly [string, number])[];
}
export interface ProofGiven {
  /** Null = this is not a flow. */
  proof: Proof | null;
  /** Whose lengths were wanted. */
  heard: readonly HeardItem[];
}

export interface FlowProofs {
  /** `measure` is told what is heard, and gives the seconds of each. Rejects when the thread fails by a mistake of ours. */
  prove(document: unknown, centre: JudgedCentre, measure: (heard: readonly HeardItem[]) => Promise<(item: HeardItem) => number>): Promise<Proof>;
  stop(): Promise<void>;
}

export function createFlowProofs({ clock }: { clock: Clock }): FlowProofs {
  const inTurn = takesTurns();
  let thread: { worker: Worker; centre: JudgedCentre | null } | null = null;
  let cancelIdle = (): void => {};
  let stopped = false;

  const end = async (): Promise<void> => {
    cancelIdle();
    const ended = thread;
    thread = null;
    await ended?.worker.terminate();
  };
  /** Null = it took too long, or too much memory. */
  const ask = (document: unknown, centre: JudgedCentre, lengths: ProofAsked["lengths"]): Promise<ProofGiven | null> =>
    inTurn(
      () =>
        new Promise((resolve, reject) => {
          if (stopped) return resolve(null);
          cancelIdle();
          const mine = (thread ??= { worker: new Worker(new URL("./flow-proof-worker.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES } }), centre: null });
          const { worker } = mine;
          const settle = (then: () => void): void => {
            cancelLate();
            worker.removeAllListeners("message").removeAllListeners("error");
            then();
          };
          const ended = (then: () => void): void => settle(() => void end().then(then, reject));
          const cancelLate = clock.after(AT_MOST_MS, () => ended(() => resolve(null)));
          worker.once("message", (given: ProofGiven) =>
            settle(() => {
              cancelIdle = clock.after(IDLE_MS, () => void end());
              resolve(given);
            }),
          );
          worker.once("error", (error: Error & { code?: string }) => ended(() => (error.code === "ERR_WORKER_OUT_OF_MEMORY" ? resolve(null) : reject(error))));
          worker.postMessage({ document, lengths, centre: mine.centre === centre ? null : centre } satisfies ProofAsked, []);
          mine.centre = centre;
        }),
    );

  return {
    async prove(document, centre, measure) {
      const rough = await ask(document, centre, []);
      if (rough === null) return tooHard();
      if (rough.proof === null) return unreadable();
      if (rough.heard.length === 0) return rough.proof;
      const seconds = await measure(rough.heard);
      const exact = await ask(document, centre, rough.heard.map((item) => [heardKey(item), seconds(item)] as const));
      return exact?.proof ? { ...exact.proof, ms: rough.proof.ms + exact.proof.ms } : tooHard();
    },
    stop() {
      stopped = true;
      return end();
    },
  };
}

const refused = (code: string, ms: number, words: Finding["words"]): Proof => ({ ok: false, ms, statesChecked: 0, findings: [{ code, severity: "error", stepId: null, language: null, words, path: [] }] });
const tooHard = (): Proof => refused("too-big", AT_MOST_MS, { fr: "Ce parcours est trop long à prouver\u202f: ses chemins se multiplient.", en: "This flow takes too long to be proved: its ways multiply." });
/** A database that somebody wrote into. */
export const unreadable = (): Proof => refused("reference", 0, { fr: "Ce document ne se lit pas comme un parcours.", en: "This document cannot be read as a flow." });
