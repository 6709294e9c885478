/** Recordings of one side: a message, a greeting. The file is told when its last byte is written, also after the party has gone. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { MediaEvent, MediaPort } from "../rtp/rtp.ts";
import type { Party } from "./party.ts";

export interface Take {
  /** Absolute path of a WAV, mono. */
  path: string;
  durationMs: number;
}

const SETTLE_MS = 3_000;

interface Running {
  path: string;
  bothPath: string;
  cancelTimer: () => void;
  done: (take: Take | null) => void | Promise<void>;
}

export class Takes {
  readonly #media: MediaPort;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #folder: string;
  readonly #running = new Map<string, Running>();
  /** What is being done with recordings that are over: keeping takes a while. */
  readonly #settling = new Set<Promise<void>>();
  #whenEmpty: () => void = () => {};

  constructor(options: { media: MediaPort; clock: Clock; log: Log; folder: string }) {
    this.#media = options.media;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#folder = options.folder;
  }

  get size(): number {
    return this.#running.size;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
  }

  /** Records until `stop`, the limit, or the party's end. `done` once, null when it failed; a server that stops waits for its promise. `name` is unique and safe in a path. */
  start(party: Party, name: string, maxMs: number, done: Running["done"]): string {
    const id = `take:${name}`;
    const path = join(this.#folder, `${name}.wav`);
    const bothPath = join(this.#folder, `${name}.both.wav`);
    this.#running.set(id, { path, bothPath, done, cancelTimer: this.#clock.after(maxMs, () => this.stop(id)) });
    this.#media.startRecording(id, party.ref, null, { stereo: bothPath, mixed: path });
    return id;
  }

  stop(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    running.cancelTimer();
    this.#media.stopRecording(id);
  }

  onMedia(event: MediaEvent): void {
    if (event.type !== "recordingEnded" && event.type !== "failed") return;
    const id = event.type === "failed" ? event.id : event.recordingId;
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    running.cancelTimer();
    this.discard(running.bothPath);
    if (event.type === "failed") {
      this.#log.error({ id, why: event.why }, "a recording failed");
      this.discard(running.path);
    }
    const doing = running.done(event.type === "failed" ? null : { path: running.path, durationMs: event.durationMs });
    if (!doing) return this.#isEmpty() ? this.#whenEmpty() : undefined;
    const settling = doing
      .catch((error: unknown) => this.#log.error({ id, error }, "what was recorded could not be dealt with"))
      .finally(() => {
        this.#settling.delete(settling);
        if (this.#isEmpty()) this.#whenEmpty();
      });
    this.#settling.add(settling);
  }

  #isEmpty(): boolean {
    return this.#running.size === 0 && this.#settling.size === 0;
  }

  /** Every recording has its end and is kept, at the latest after `SETTLE_MS` (a media side that says no more). */
  settled(): Promise<void> {
    if (this.#isEmpty()) return Promise.resolve();
    return new Promise((done) => {
      const cancel = this.#clock.after(SETTLE_MS, done);
      this.#whenEmpty = () => {
        cancel();
        done();
      };
    });
  }

  /** Deletes a file of ours. */
  discard(path: string): void {
    rm(path, { force: true }).catch((error: unknown) => this.#log.error({ path, error }, "a recording could not be deleted"));
  }
}
