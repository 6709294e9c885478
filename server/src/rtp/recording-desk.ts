/** All recordings of an engine: opens their files, lends them to endpoints, writes them out in turn, tells their end. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Endpoint } from "./endpoint.ts";
import type { MediaEvent } from "./media-contract.ts";
import type { FilePort } from "./media-ports.ts";
import { Recorder } from "./recorder.ts";

/** Each recording is written so often (its rings hold two seconds); the beat below takes a twentieth of them at a time. */
const FLUSH_MS = 1000;
const BEAT_MS = 50;

interface Entry {
  recorder: Recorder;
  sides: (Endpoint | null)[];
  flushAtMs: number;
  ending: Promise<void> | null;
}

export class RecordingDesk {
  #files: FilePort;
  #clock: Clock;
  #log: Log;
  #tell: (event: MediaEvent) => void;
  #entries = new Map<string, Entry>();
  #beat: (() => void) | null = null;
  #turn = 0;

  constructor(files: FilePort, clock: Clock, log: Log, tell: (event: MediaEvent) => void) {
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
    this.#tell = tell;
  }

  start(id: string, left: Endpoint | null, right: Endpoint | null, path: { stereo: string; mixed: string }): void {
    if (!left && !right) {
      this.#tell({ type: "failed", id, why: "recording of endpoints that are not there" });
      return;
    }
    if (this.#entries.has(id)) {
      this.#log.warn({ id }, "recording runs already");
      return;
    }
    let failed = false;
    const fail = (why: string): void => {
      if (failed) return;
      failed = true;
      this.#log.error({ id, why }, "recording failed");
      this.#tell({ type: "failed", id, why: `recording: ${why}` });
    };
    const now = this.#clock.now();
    const recorder = new Recorder(id, path.stereo, this.#files.create(path.stereo, fail), this.#files.create(path.mixed, fail), now);
    const sides = [left, right];
    sides.forEach((endpoint, side) => endpoint?.recordings.push({ recorder, side: side === 0 ? 0 : 1 }));
    this.#turn = (this.#turn + BEAT_MS) % FLUSH_MS;
    this.#entries.set(id, { recorder, sides, flushAtMs: now + FLUSH_MS + this.#turn, ending: null });
    this.#keepBeat();
  }

  pause(id: string, paused: boolean): void {
    this.#entries.get(id)?.recorder.pause(paused);
  }

  /** An endpoint closes: its recordings go on while the other side is there. */
  left(endpoint: Endpoint): void {
    for (const { recorder } of endpoint.recordings) {
      const entry = this.#entries.get(recorder.id);
      if (!entry) continue;
      entry.sides = entry.sides.map((side) => (side === endpoint ? null : side));
      if (entry.sides.every((side) => side === null)) void this.end(recorder.id);
    }
    endpoint.recordings = [];
  }

  end(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return Promise.resolve();
    entry.ending ??= this.#end(id, entry);
    return entry.ending;
  }

  async #end(id: string, entry: Entry): Promise<void> {
    const { recorder } = entry;
    for (const endpoint of entry.sides) {
      if (endpoint) endpoint.recordings = endpoint.recordings.filter((recording) => recording.recorder !== recorder);
    }
    await recorder.end(this.#clock.now());
    this.#entries.delete(id);
    if (recorder.droppedSamples > 0) this.#log.warn({ id, droppedMs: recorder.droppedSamples / 8 }, "disk too slow: silence in the recording");
    this.#tell({ type: "recordingEnded", recordingId: id, path: recorder.path, durationMs: recorder.durationMs, bytes: recorder.bytes });
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.end(id)));
    this.#beat?.();
    this.#beat = null;
  }

  #keepBeat(): void {
    this.#beat ??= this.#clock.after(BEAT_MS, () => {
      this.#beat = null;
      const now = this.#clock.now();
      for (const entry of this.#entries.values()) {
        if (entry.ending || entry.flushAtMs > now) continue;
        entry.recorder.flush(now);
        entry.flushAtMs = now + FLUSH_MS;
      }
      if (this.#entries.size > 0) this.#keepBeat();
    });
  }
}
