/** The main thread's side of the media engine: `MediaPort` whose work is done in a worker thread. */
import { Worker } from "node:worker_threads";
import type { Log } from "../base/log.ts";
import type { MediaEvent, MediaPort } from "../rtp/rtp.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./media-messages.ts";

export interface MediaHostOptions {
  /** Address that the sockets bind to: 127.0.0.1, 0.0.0.0 or one of this machine's. */
  host: string;
  /** Address told to peers when it is not the bound one (a NAT in front of us). */
  publicAddress?: string;
  /** Even UDP ports from this range; absent, the system chooses. */
  rtpPortMin?: number;
  rtpPortMax?: number;
  log: Log;
}

/** A worker that could not even start (no memory, for a moment) is started again after this. */
const START_AGAIN_MS = 1_000;
const CRASHED = { ok: false, status: 500, why: "the media worker crashed" } as const;

/**
 * Starts the media worker. One worker: a bridge needs both its endpoints in one thread, and one thread carries some hundreds of
 * calls. `entry` is another worker file only in tests. When it crashes (a bug of ours) every
 * endpoint and every recording fails by event, and a fresh worker serves what comes next.
 */
export async function startMedia(options: MediaHostOptions, entry = new URL("./media-worker.ts", import.meta.url)): Promise<MediaPort> {
  const host = new WorkerHost(options, entry);
  await host.start();
  return host;
}

class WorkerHost implements MediaPort {
  #entry: URL;
  #settings: WorkerSettings;
  #log: Log;
  #worker: Worker | null = null;
  #calls = 0;
  #waiting = new Map<number, (value: unknown) => void>();
  #live = new Set<string>();
  /** Recordings whose end has not been told: they outlive their endpoints until the last byte is written. */
  #recording = new Set<string>();
  /** Rooms know their own endpoints and let the others' events pass. */
  readonly #hearers: ((event: MediaEvent) => void)[] = [];
  #stopping = false;
  #again: NodeJS.Timeout | undefined;

  constructor(options: MediaHostOptions, entry: URL) {
    this.#entry = entry;
    const { host, publicAddress, rtpPortMin, rtpPortMax, log } = options;
    this.#settings = { host, publicAddress, portMin: rtpPortMin ?? 0, portMax: rtpPortMax ?? 0 };
    this.#log = log;
  }

  start(): Promise<void> {
    return new Promise((ready, failed) => {
      const worker = new Worker(this.#entry, { workerData: this.#settings });
      this.#worker = worker;
      let started = false;
      worker.on("message", (message: FromWorker) => {
        if (message.type === "ready") {
          started = true;
          ready();
        } else this.#take(message);
      });
      worker.on("error", (error) => {
        this.#log.error({ error: error instanceof Error ? error.stack : String(error) }, "media worker crashed");
        if (!started) failed(error);
      });
      worker.on("exit", () => {
        if (this.#worker !== worker) return;
        this.#worker = null;
        for (const finish of this.#waiting.values()) finish(CRASHED);
        this.#waiting.clear();
        if (!started) return failed(new Error("the media worker ended before it was ready"));
        if (this.#stopping) return;
        // endpoints first: whose end is it stops their recordings, which then have an end, too
        const lost = [...this.#live, ...this.#recording];
        this.#live.clear();
        this.#recording.clear();
        this.#startAgain();
        for (const id of lost) this.#hear({ type: "failed", id, why: CRASHED.why });
      });
    });
  }

  #startAgain(): void {
    this.start().catch((error: unknown) => {
      if (this.#stopping) return;
      this.#log.error({ error: String(error) }, "media worker does not start again; it is tried once more");
      this.#again = setTimeout(() => this.#startAgain(), START_AGAIN_MS);
    });
  }

  #take(message: Exclude<FromWorker, { type: "ready" }>): void {
    if (message.type === "result") {
      this.#waiting.get(message.call)?.(message.value);
      this.#waiting.delete(message.call);
    } else if (message.type === "event") {
      const { event } = message;
      if (event.type === "closed") this.#live.delete(event.id);
      else if (event.type === "recordingEnded") this.#recording.delete(event.recordingId);
      else if (event.type === "failed") this.#recording.delete(event.id);
      this.#hear(event);
    } else this.#log[message.level](message.fields, message.message);
  }

  /** Results come from the engine's method of the same name, so `Result` is what that method promises. */
  #call<Result>(order: Omit<ToWorker, "call">): Promise<Result> {
    return new Promise((done) => {
      if (!this.#worker) return done(CRASHED as Result);
      const call = ++this.#calls;
      this.#waiting.set(call, done as (value: unknown) => void);
      this.#worker.postMessage({ ...order, call }, []);
    });
  }

  #order(order: Omit<ToWorker, "call">): void {
    this.#worker?.postMessage({ ...order, call: 0 }, []);
  }

  async #opened<Result extends { ok: boolean }>(id: string, call: Promise<Result>): Promise<Result> {
    const result = await call;
    if (result.ok) this.#live.add(id);
    return result;
  }

  onEvent(hear: (event: MediaEvent) => void): void {
    this.#hearers.push(hear);
  }

  #hear(event: MediaEvent): void {
    for (const hear of this.#hearers) hear(event);
  }

  answer: MediaPort["answer"] = (...args) => this.#opened(args[0], this.#call({ method: "answer", args }));
  offer: MediaPort["offer"] = (...args) => this.#opened(args[0], this.#call({ method: "offer", args }));

  setAnswer: MediaPort["setAnswer"] = (...args) => this.#call({ method: "setAnswer", args });
  reanswer: MediaPort["reanswer"] = (...args) => this.#call({ method: "reanswer", args });
  reoffer: MediaPort["reoffer"] = (...args) => this.#call({ method: "reoffer", args });
  play: MediaPort["play"] = (...args) => this.#order({ method: "play", args });
  stopPlaying: MediaPort["stopPlaying"] = (...args) => this.#order({ method: "stopPlaying", args });
  bridge: MediaPort["bridge"] = (...args) => this.#order({ method: "bridge", args });
  unbridge: MediaPort["unbridge"] = (...args) => this.#order({ method: "unbridge", args });
  mix: MediaPort["mix"] = (...args) => this.#order({ method: "mix", args });
  playToMix: MediaPort["playToMix"] = (...args) => this.#order({ method: "playToMix", args });
  startRecording: MediaPort["startRecording"] = (...args) => {
    this.#recording.add(args[0]);
    this.#order({ method: "startRecording", args });
  };
  pauseRecording: MediaPort["pauseRecording"] = (...args) => this.#order({ method: "pauseRecording", args });
  stopRecording: MediaPort["stopRecording"] = (...args) => this.#order({ method: "stopRecording", args });
  listen: MediaPort["listen"] = (...args) => this.#order({ method: "listen", args });
  close: MediaPort["close"] = (...args) => this.#order({ method: "close", args });

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#again);
    const worker = this.#worker;
    if (!worker) return;
    const exited = new Promise<void>((done) => worker.once("exit", () => done()));
    await this.#call<void>({ method: "stop", args: [] });
    await exited;
  }
}
