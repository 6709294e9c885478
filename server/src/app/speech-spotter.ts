/** The keyword spotter with a thread of its own: started by the first question that listens, let go after ten quiet minutes. */
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Language } from "../hub/hub.ts";
import { readWav } from "../rtp/rtp.ts";
import { createPrompts, createSpotter, ORDINARY_WORDS, type Recogniser, type SpeechEngine, type Spotted } from "../voice/voice.ts";

export type ToSpotter =
  /** In each accent of the engine. */
  | { type: "pattern"; language: Language; phrase: string; spoken: Int16Array[] }
  | { type: "judge"; id: number; language: Language; words: readonly { key: string; phrase: string }[]; ordinary: readonly string[]; sentence: Int16Array };
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

export interface KeywordSpotter extends Recogniser {
  /** Speaks what the patterns of these phrases need, where it is not on the disk yet, behind whatever somebody waits for. The thread is not begun. */
  ahead(language: Language, phrases: readonly string[]): Promise<void>;
}

/** `folder` keeps what was spoken for patterns, as `prompts` does for callers. */
export function startSpotter({ engine, folder, clock, log }: { engine: SpeechEngine; folder: string; clock: Clock; log: Log }): KeywordSpotter {
  const accents = Array.from({ length: Math.max(engine.accents?.fr ?? 1, engine.accents?.en ?? 1) }, (_, accent) =>
    createPrompts({ engine: { ...engine, name: `${engine.name}/${accent}`, synthesise: (text, language, _, when) => engine.synthesise(text, language, accent, when) }, folder, log, clock }),
  );
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

  async function spoken(phrase: string, language: Language, accent: number): Promise<Int16Array> {
    const read = readWav(await readFile(await accents[accent]!.promptPath(phrase, language, "later")));
    if (!read.ok) throw new Error(read.why);
    return read.wav.channels[0]!;
  }

  function teach(language: Language, phrase: string, inAccents: number): Promise<void> {
    const name = `${language} ${inAccents} ${phrase}`;
    const under = known.get(name);
    if (under) return under;
    if (known.size >= MAX_KNOWN) void end();
    const all = Array.from({ length: inAccents }, (_, accent) => spoken(phrase, language, accent));
    const work = Promise.all(all).then((samples) => {
      if (!stopped) thread().postMessage({ type: "pattern", language, phrase, spoken: samples } satisfies ToSpotter, []);
    });
    known.set(name, work);
    work.catch(() => known.delete(name)); // whoever asked hears of it; the next one tries again
    return work;
  }

  const recogniser = createSpotter({
    log,
    async prepare(language, phrases) {
      if (stopped) throw new Error("stopped");
      thread();
      await Promise.all(phrases.map((phrase) => teach(language, phrase, engine.accents?.[language] ?? 1)));
      // one after another, so that a prompt which a caller waits for comes in between; from the disk after the first time
      for (const word of ORDINARY_WORDS[language]) await teach(language, word, 1);
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
        const answers = new Set(words.map(({ phrase }) => phrase.toLowerCase()));
        const ordinary = ORDINARY_WORDS[language].filter((word) => !answers.has(word));
        thread().postMessage({ type: "judge", id, language, words, ordinary, sentence } satisfies ToSpotter, []);
      });
    },
    async stop() {
      stopped = true;
      cancelIdle?.();
      await end();
    },
  });
  return {
    ...recogniser,
    async ahead(language, phrases) {
      const inAccents = phrases.flatMap((phrase) => accents.slice(0, engine.accents?.[language] ?? 1).map((prompts) => ({ prompts, phrase })));
      for (const { prompts, phrase } of [...inAccents, ...ORDINARY_WORDS[language].map((word) => ({ prompts: accents[0]!, phrase: word }))]) {
        if (stopped) return;
        await prompts.promptPath(phrase, language, "later");
      }
    },
  };
}
