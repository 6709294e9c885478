/**
 * Flows' files, read in a thread of their own: YAML takes a second for 400 steps and a hostile file gigabytes, and calls are served beside it. JSON,
 * which is quick, is read at once; its mistakes are found by the thread, too.
 */
import { Worker } from "node:worker_threads";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Clock } from "../base/clock.ts";
import { takesTurns } from "../base/in-turn.ts";
import { readFlowJson, type ReadFile } from "../directory/directory.ts";
import { upgradeFlow } from "../flow/flow.ts";

/** Attack: a file that takes for ever. The largest honest one takes 3 s on a busy machine. */
const AT_MOST_MS = 20_000;
/** Attack: a file that fills the memory: aliases, brackets. */
const MAX_MEGABYTES = 512;

export function createFlowReading({ clock }: { clock: Clock }): { read(text: string, language: "fr" | "en"): Promise<ReadFile<FlowDocument>> } {
  /** One after another: several would take the machine from the calls. */
  const inTurn = takesTurns();
  const inThread = (text: string, language: "fr" | "en"): Promise<ReadFile<FlowDocument>> =>
    new Promise((resolve) => {
      const worker = new Worker(new URL("./flow-reading-worker.ts", import.meta.url), { workerData: { text, language }, resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES } });
      const give = (read: ReadFile<FlowDocument>): void => {
        cancel();
        resolve(read);
        void worker.terminate();
      };
      const cannot = (): void => give({ ok: false, problems: [{ path: "", line: null, column: null, why: language === "fr" ? "ce fichier ne se lit pas : trop grand ou trop imbriqué" : "this file cannot be read: too large, or nested too deeply" }] });
      const cancel = clock.after(AT_MOST_MS, cannot);
      worker.once("message", (read: ReadFile<FlowDocument>) => give(read));
      worker.once("error", cannot);
    });
  return {
    async read(text, language) {
      const quick = readFlowJson(text, { upgrade: (value) => upgradeFlow(value).document });
      if (quick) return { ok: true, value: quick };
      return inTurn(() => inThread(text, language));
    },
  };
}
