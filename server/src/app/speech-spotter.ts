/** The keyword spotter with a thread of its own: started by the first question that listens, let go after ten quiet minutes. */
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Language } from "../hub/hub.ts";
import { readWav } from "../rtp/rtp.ts";
import { createSpotter, GARBAGE_TEXT, type Prompts, type Recogniser, type Spotted } from "../voice/voice.ts";

export type ToSpotter =
  | { type: "garbage"; language: Language; samples: Int16Array }
  | { type: "pattern"; language: Language; phrase: string; samples: Int16Array }
  | { type: "judge"; id: number; language: Language; words: readonly { key: string; phrase: string }[]; sentence: Int16Array };
export interface FromSpotter {
  id: number;
  spotted: Spotted | null;
}

const IDLE_MS = 600_000;
/** A caller who waits longer for "not understood" has hung up or keyed. */
const TOO_SLOW_MS = 4_000;
/** Attack (or a big house): every phrase of every flow, a pattern of 12 kB each. Beyond, the thread begins anew with those that are asked for. */
const MAX_KNOWN = 4_000;
/** Attack: hundreds of callers who talk without pause. Beyond, a sentence counts as not understood at once. */
const MAX_WAITING = 64;

export function startSpotter({ prompts, clock, log }: { prompts: Pick<Prompts, "promptPath">; clock: Clock; log: Log }): Recogniser {
  let worker: Worker | null = null;
  let cancelIdle: (() => void) | null = null;
  let ids = 0;
  let stopped = false;
  const waiting = new Map<number, (spotted: Spotted | null) => void>();
  /** What the thread knows already, and what is on its way there. */
  const known = new Map<string, Promise<void>>();

  async function end(): Promise<void> {
    const going = worker;
    worker = null;
    known.clear();
    for (const done of waiting.values()) done(null);
    waiting.clear();
    await going?.terminate();
  }

  function thread(): Worker {
    cancelIdle?.();
    cancelIdle = clock.after(IDLE_MS, () => void end());
    if (worker) return worker;
    const made = new Worker(new URL("./speech-spotter-worker.ts", import.meta.url));
    made.on("message", ({ id, spotted }: FromSpotter) => waiting.get(id)?.(spotted));
    const gone = (why: string): void => {
      if (worker !== made) return;
      log.error({ why }, "the keyword spotter ended by itself");
      void end();
    };
    made.on("error", (error) => gone(error.message));
    made.on("exit", (code) => gone(`exit ${code}`));
    worker = made;
    return made;
  }

  async function spoken(text: string, language: Language): Promise<Int16Array> {
    const read = readWav(await readFile(await prompts.promptPath(text, language)));
    if (!read.ok) throw new Error(read.why);
    return read.wav.channels[0]!;
  }

  function teach(name: string, make: () => Promise<ToSpotter>): Promise<void> {
    const under = known.get(name);
    if (under) return under;
    if (known.size >= MAX_KNOWN) void end();
    const work = make().then((message) => {
      if (!stopped) thread().postMessage(message, []);
    });
    known.set(name, work);
    work.catch(() => known.delete(name)); // whoever asked hears of it; the next one tries again
    return work;
  }

  return createSpotter({
    log,
    async prepare(language, phrases) {
      if (stopped) throw new Error("stopped");
      thread();
      await teach(language, async () => ({ type: "garbage", language, samples: await spoken(GARBAGE_TEXT[language], language) }));
      await Promise.all(phrases.map((phrase) => teach(`${language} ${phrase}`, async () => ({ type: "pattern", language, phrase, samples: await spoken(phrase, language) }))));
    },
    judge(language, words, sentence) {
      if (waiting.size >= MAX_WAITING) return Promise.resolve(null);
      const id = ++ids;
      return new Promise((resolve) => {
        const done = (spotted: Spotted | null): void => {
          waiting.delete(id);
          cancel();
          resolve(spotted);
        };
        const cancel = clock.after(TOO_SLOW_MS, () => done(null));
        waiting.set(id, done);
        thread().postMessage({ type: "judge", id, language, words, sentence } satisfies ToSpotter, []);
      });
    },
    async stop() {
      stopped = true;
      cancelIdle?.();
      await end();
    },
  });
}
