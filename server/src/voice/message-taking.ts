/**
 * A caller leaves a message: a tone, then what they say until #, a silence, the limit or their end. The file is told when its last
 * byte is written, also after the caller has gone.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { meanPower, type MediaEvent, type MediaPort } from "../rtp/rtp.ts";
import type { Call } from "./call.ts";

/** Louder than this somebody speaks, whatever the line: 40 dB under full scale, about 15 dB under a quiet talker (ITU-T P.56 levels). */
const SPEECH_POWER = 1e-4;
/** On a quiet line softer talkers are heard, too: so many times the quietest of the message, but never below the hiss of an idle line (-50 dBov). */
const ABOVE_NOISE = 10;
const LEAST_SPEECH_POWER = 1e-5;
/** Before the first word people breathe: the silence that ends a message counts from here. */
const FIRST_WORD_MS = 3_000;

export interface MessageOrder {
  /** Absolute paths of the WAV that is kept, and of a second one that is ours to delete. */
  path: string;
  asidePath: string;
  maxMs: number;
  /** Silence that ends it. */
  silenceMs: number;
}
export interface MessageTaken {
  durationMs: number;
  /** Somebody spoke. */
  spoken: boolean;
  how: "key" | "silence" | "limit" | "hung-up" | "stopped";
}

interface Running {
  call: Call;
  id: string;
  taking: MessageOrder;
  done: (taken: MessageTaken | null) => void;
  /** The tone plays; null = it records. */
  beepId: string | null;
  startedMs: number;
  lastSpeechMs: number;
  spoken: boolean;
  /** Power of the quietest tenth of a second so far. */
  quietest: number;
  how: MessageTaken["how"];
  /** Ended; its last bytes are on their way. A next message of the same call may run beside it. */
  over: boolean;
  cancelTimer: () => void;
}

export interface MessageTakingOptions {
  media: MediaPort;
  clock: Clock;
  log: Log;
  beepPath: string | null;
}

export class MessageTaking {
  readonly #options: MessageTakingOptions;
  /** By the recording's id: they outlive their calls until the last byte is written. */
  readonly #running = new Map<string, Running>();
  #count = 0;

  constructor(options: MessageTakingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  /** `done` once: null = nothing was recorded. The function stops it; what was said is kept. */
  take(call: Call, taking: MessageOrder, done: Running["done"]): () => void {
    const { clock, media, beepPath } = this.#options;
    const id = `msg:${call.id}:${++this.#count}`;
    const running: Running = { call, id, taking, done, beepId: null, startedMs: 0, lastSpeechMs: 0, spoken: false, quietest: SPEECH_POWER, how: "stopped", over: false, cancelTimer: () => {} };
    this.#running.set(id, running);
    if (beepPath === null) this.#record(running);
    else {
      running.beepId = `${id}:beep`;
      media.play(call.customerRef, running.beepId, [{ path: beepPath }], { loop: false });
    }
    running.cancelTimer = clock.after(taking.maxMs, () => this.#stop(running, "limit"));
    return () => this.#stop(running, "stopped");
  }

  /** True: the key was for the message. Others are the dialogue's: 0 reaches a person here, too. */
  key(call: Call, key: string): boolean {
    const running = this.#of(call);
    if (!running || key !== "#") return false;
    if (running.beepId === null) this.#stop(running, "key");
    return true;
  }

  /** The call goes on otherwise, or is over: what was said is kept. */
  ended(call: Call, gone: boolean): void {
    const running = this.#of(call);
    if (running) this.#stop(running, gone ? "hung-up" : "stopped");
  }

  /** True: it was about a message. */
  onMedia(event: MediaEvent): boolean {
    if (event.type === "playEnded") {
      const running = [...this.#running.values()].find(({ beepId }) => beepId === event.playId);
      if (running && event.why === "finished") this.#record(running);
      return running !== undefined;
    }
    if (event.type === "heard") return this.#heard(event.id, event.samples);
    if (event.type !== "recordingEnded" && event.type !== "failed") return false;
    const running = this.#running.get(event.type === "failed" ? event.id : event.recordingId);
    if (!running) return false;
    if (event.type === "failed") this.#failed(running);
    else this.#finish(running, event.durationMs);
    return true;
  }

  #record(running: Running): void {
    const { clock, media } = this.#options;
    const { call, id, taking } = running;
    running.beepId = null;
    running.startedMs = clock.now();
    running.lastSpeechMs = running.startedMs + FIRST_WORD_MS;
    running.how = "hung-up";
    media.startRecording(id, call.customerRef, null, { stereo: taking.asidePath, mixed: taking.path });
    media.listen(call.customerRef, true);
  }

  #heard(ref: string, samples: Int16Array): boolean {
    const running = [...this.#running.values()].find(({ call, beepId, over }) => call.customerRef === ref && beepId === null && !over);
    if (!running) return false;
    const now = this.#options.clock.now();
    const power = meanPower(samples);
    running.quietest = Math.min(running.quietest, power);
    if (power >= Math.min(SPEECH_POWER, Math.max(LEAST_SPEECH_POWER, ABOVE_NOISE * running.quietest))) {
      running.spoken = true;
      running.lastSpeechMs = now;
    } else if (now - running.lastSpeechMs >= running.taking.silenceMs) this.#stop(running, "silence");
    return true;
  }

  #stop(running: Running, how: MessageTaken["how"]): void {
    const { id, call, beepId } = running;
    if (this.#running.get(id) !== running || running.over) return;
    running.over = true;
    running.cancelTimer();
    const { media } = this.#options;
    if (beepId !== null) {
      media.stopPlaying(call.customerRef);
      return this.#finish(running, null);
    }
    running.how = how;
    if (how !== "hung-up") media.listen(call.customerRef, false);
    media.stopRecording(id);
  }

  /** A full disk, for example: nothing more is listened to or written for it. */
  #failed(running: Running): void {
    const { media } = this.#options;
    this.#running.delete(running.id);
    if (!running.over) {
      running.over = true;
      media.listen(running.call.customerRef, false);
      media.stopRecording(running.id);
    }
    this.#finish(running, null);
  }

  #finish(running: Running, durationMs: number | null): void {
    const { id, done, how, spoken } = running;
    this.#running.delete(id);
    running.cancelTimer();
    if (durationMs === null && running.beepId === null) this.#options.log.error({ call: running.call.id }, "a message could not be recorded");
    done(durationMs === null ? null : { durationMs, spoken, how });
  }

  #of(call: Call): Running | null {
    return [...this.#running.values()].find((running) => running.call === call && !running.over) ?? null;
  }
}
