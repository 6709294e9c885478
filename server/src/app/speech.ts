/** Speech by espeak-ng in a worker thread: started by the first request, let go after a minute without (it holds about 60 MB). */
import { Worker } from "node:worker_threads";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Language } from "../hub/hub.ts";
import { realClock } from "./real-ports.ts";
import { SpeechError } from "../voice/voice.ts";
import type { SpeechEngine } from "../voice/voice.ts";

export interface SpeechRequest {
  id: number;
  text: string;
  language: Language;
}
export type SpeechAnswer = { id: number; samples: Int16Array<ArrayBuffer> } | { id: number; why: string };

const IDLE_MS = 60_000;
/** The first request loads 24 MB of voices; a text of the longest length takes under 5 s even on a busy machine. */
const TOO_SLOW_MS = 30_000;

interface Waiting {
  resolve(samples: Int16Array): void;
  reject(error: SpeechError): void;
  cancelTimer(): void;
}

export interface Speech extends SpeechEngine {
  /** A worker is loaded now. */
  loaded(): boolean;
}

export function startSpeech(options: { clock?: Clock; log: Log; idleMs?: number }): Speech {
  const { clock = realClock, log, idleMs = IDLE_MS } = options;
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let cancelIdle: (() => void) | null = null;
  let ids = 0;
  let stopped = false;

  function take(id: number): Waiting | null {
    const one = waiting.get(id);
    if (!one) return null;
    waiting.delete(id);
    one.cancelTimer();
    if (waiting.size === 0) cancelIdle = clock.after(idleMs, () => void letGo());
    return one;
  }

  async function letGo(): Promise<void> {
    const going = worker;
    worker = null;
    cancelIdle?.();
    cancelIdle = null;
    await going?.terminate();
  }

  function failAll(code: SpeechError["code"], why: string): void {
    for (const id of waiting.keys()) take(id)?.reject(new SpeechError(code, why));
  }

  function start(): Worker {
    const made = new Worker(new URL("speech-worker.ts", import.meta.url), { name: "speech" });
    made.unref();
    made.on("message", (answer: SpeechAnswer) => {
      const one = take(answer.id);
      if ("samples" in answer) one?.resolve(answer.samples);
      else one?.reject(new SpeechError("engine-failed", answer.why));
    });
    const gone = (why: string): void => {
      if (worker !== made) return;
      worker = null;
      log.error({ why }, "the speech worker ended");
      failAll("engine-failed", why);
    };
    made.on("error", (error) => gone(error.message));
    made.on("exit", (code) => gone(`exit ${code}`));
    return made;
  }

  return {
    name: "espeak-ng",
    // Version of the package, and ours of voices, rate and shaping: raise the second when the sound changes.
    version: "0.3.5/1",
    loaded: () => worker !== null,
    synthesise(text, language) {
      if (stopped) return Promise.reject(new SpeechError("stopped", "speech is stopped"));
      cancelIdle?.();
      cancelIdle = null;
      worker ??= start();
      const speaker = worker;
      const id = ++ids;
      return new Promise((resolve, reject) => {
        const cancelTimer = clock.after(TOO_SLOW_MS, () => {
          // A text that hangs the engine must not hang the next ones: they fail with it and a new worker starts.
          failAll("too-slow", `no speech within ${TOO_SLOW_MS} ms`);
          void letGo();
        });
        waiting.set(id, { resolve, reject, cancelTimer });
        speaker.postMessage({ id, text: forEngine(text, language), language } satisfies SpeechRequest, []);
      });
    },
    async stop() {
      stopped = true;
      failAll("stopped", "speech is stopped");
      await letGo();
    },
  };
}

/** espeak reads `<...>` as SSML and `[[...]]` as phonemes: a caller's name must not become either. */
function forEngine(text: string, language: Language): string {
  return text.replaceAll(/[<>[\]{}\\|]/g, " ").replaceAll("&", language === "fr" ? " et " : " and ").replaceAll(/\p{Cc}/gu, " ");
}
