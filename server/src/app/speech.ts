/**
 * Speech by espeak-ng, started by the first request and let go after a minute without. A process rather than a thread: a thread
 * left 75 MB behind in the server's memory when it ended, a process leaves nothing.
 */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
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
  accent: number;
}
export type SpeechAnswer = { id: number; samples: Int16Array<ArrayBuffer> } | { id: number; why: string };

const IDLE_MS = 60_000;
/** The first request loads 24 MB of voices; a text of the longest length takes under 5 s even on a busy machine. */
const TOO_SLOW_MS = 30_000;

/** So often in a row it ended before it had spoken anything: it cannot run here, and whoever waits is told so. */
const MAX_DEATHS = 3;

interface Waiting {
  request: SpeechRequest;
  /** The process ended while it spoke this: once may be another's fault, twice is the text's. */
  deadly: boolean;
  resolve(samples: Int16Array): void;
  reject(error: SpeechError): void;
}

export interface Speech extends SpeechEngine {
  /** Its process runs now. */
  loaded(): boolean;
}

/** `entry`: another program that speaks, in tests. */
export function startSpeech(options: { clock?: Clock; log: Log; idleMs?: number; entry?: string }): Speech {
  const { clock = realClock, log, idleMs = IDLE_MS, entry = fileURLToPath(new URL("speech-worker.ts", import.meta.url)) } = options;
  /** Asked for and not yet spoken, the oldest first. What somebody waits to hear goes before what nobody does. */
  const lanes = { now: [] as Waiting[], later: [] as Waiting[] };
  /** What the process speaks: one at a time. */
  let spoken: { one: Waiting; cancelTimer: () => void } | null = null;
  let worker: ChildProcess | null = null;
  let cancelIdle: (() => void) | null = null;
  let ids = 0;
  let deaths = 0;
  let stopped = false;

  function next(): void {
    if (spoken) return;
    const one = lanes.now.shift() ?? lanes.later.shift();
    if (!one) {
      if (worker !== null) cancelIdle ??= clock.after(idleMs, () => void letGo()); // one that was stopped may still answer: nothing is left to end
      return;
    }
    cancelIdle?.();
    cancelIdle = null;
    worker ??= start();
    const cancelTimer = clock.after(TOO_SLOW_MS, () => {
      // a text that hangs the engine: a new process speaks the next ones
      spoken = null;
      one.reject(new SpeechError("too-slow", `no speech within ${TOO_SLOW_MS} ms`));
      void letGo().then(next);
    });
    spoken = { one, cancelTimer };
    worker.send(one.request);
  }

  function take(id: number): Waiting | null {
    if (spoken?.one.request.id !== id) return null;
    const { one, cancelTimer } = spoken;
    cancelTimer();
    spoken = null;
    return one;
  }

  async function letGo(): Promise<void> {
    const going = worker;
    worker = null;
    cancelIdle?.();
    cancelIdle = null;
    if (going) await ended(going);
  }

  function failAll(code: SpeechError["code"], why: string): void {
    const all = [...(spoken ? [spoken.one] : []), ...lanes.now.splice(0), ...lanes.later.splice(0)];
    spoken?.cancelTimer();
    spoken = null;
    for (const one of all) one.reject(new SpeechError(code, why));
  }

  function start(): ChildProcess {
    const made = fork(entry, [], { execArgv: [], serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"] });
    made.on("message", (answer: SpeechAnswer) => {
      deaths = 0;
      const one = take(answer.id);
      if ("samples" in answer) one?.resolve(answer.samples);
      else one?.reject(new SpeechError("engine-failed", answer.why));
      next();
    });
    const gone = (why: string): void => {
      if (worker !== made) return;
      worker = null;
      log.error({ why }, "speech ended by itself");
      if (++deaths >= MAX_DEATHS) {
        deaths = 0;
        return failAll("engine-failed", why);
      }
      const one = spoken?.one;
      spoken?.cancelTimer();
      spoken = null;
      if (one?.deadly) one.reject(new SpeechError("engine-failed", why));
      else if (one) lanes.now.unshift({ ...one, deadly: true });
      next();
    };
    made.on("error", (error) => gone(error.message));
    made.on("exit", (code) => gone(`exit ${code}`));
    return made;
  }

  return {
    name: "espeak-ng",
    // Version of the package, and ours of voices, rate and shaping: raise the second when the sound changes.
    version: "0.3.5/2",
    loaded: () => worker !== null,
    accents: { fr: 2, en: 3 },
    synthesise(text, language, accent = 0, when = "now") {
      if (stopped) return Promise.reject(new SpeechError("stopped", "speech is stopped"));
      return new Promise((resolve, reject) => {
        lanes[when].push({ request: { id: ++ids, text: forEngine(text, language), language, accent }, deadly: false, resolve, reject });
        next();
      });
    },
    hurry(text, language) {
      const wanted = forEngine(text, language);
      const at = lanes.later.findIndex(({ request }) => request.text === wanted && request.language === language && request.accent === 0);
      if (at >= 0) lanes.now.push(...lanes.later.splice(at, 1));
    },
    async stop() {
      stopped = true;
      failAll("stopped", "speech is stopped");
      await letGo();
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once("exit", () => done());
    child.kill("SIGKILL"); // it holds no state and writes no file
  });
}

/** espeak reads `<...>` as SSML and `[[...]]` as phonemes: a caller's name must not become either. */
function forEngine(text: string, language: Language): string {
  return text.replaceAll(/[<>[\]{}\\|]/g, " ").replaceAll("&", language === "fr" ? " et " : " and ").replaceAll(/\p{Cc}/gu, " ");
}
