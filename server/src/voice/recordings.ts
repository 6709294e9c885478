/** Recordings of calls: started by order once both sides talk, silent while held or paused, told when their files are complete. */
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { ChannelEvent } from "../hub/hub.ts";
import type { MediaEvent, MediaPort } from "../rtp/rtp.ts";
import type { Call } from "./call.ts";

interface Running {
  callId: string;
  mixedPath: string;
  stereoPath: string;
}

export interface RecordingsOptions {
  media: MediaPort;
  clock: Clock;
  log: Log;
  recordingDir: string;
  tell(event: ChannelEvent): void;
}

export class Recordings {
  /** By the recording's id: they outlive their calls until the last byte is written. */
  readonly #running = new Map<string, Running>();
  readonly #options: RecordingsOptions;

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  order(call: Call, what: "start" | "pause" | "resume" | "stop"): void {
    if (what === "start") return this.#start(call);
    if (what === "stop") return this.stop(call);
    if (!call.recording) return;
    call.recording.paused = what === "pause";
    this.refresh(call);
  }

  /** A held customer hears music, and what the agent says meanwhile was not said to them: not recorded. */
  refresh(call: Call): void {
    const { recording } = call;
    if (!recording) return;
    const heldBack = recording.paused || call.held;
    if (recording.heldBack === heldBack) return;
    recording.heldBack = heldBack;
    this.#options.media.pauseRecording(recording.id, heldBack);
  }

  stop(call: Call): void {
    if (!call.recording) return;
    this.#options.media.stopRecording(call.recording.id);
    call.recording = null;
  }

  onMedia(event: MediaEvent): void {
    if (event.type !== "recordingEnded" && event.type !== "failed") return;
    const id = event.type === "failed" ? event.id : event.recordingId;
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    if (event.type === "failed") {
      this.#options.log.error({ call: running.callId, why: event.why }, "a recording failed");
      return;
    }
    const { callId, mixedPath, stereoPath } = running;
    this.#options.tell({ type: "recordingReady", id: callId, mixedPath, stereoPath, durationMs: event.durationMs });
  }

  #start(call: Call): void {
    if (call.recording || !call.agent) return;
    const { clock, media, recordingDir } = this.#options;
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    call.recordings++;
    // One file pair a stretch of talk: after a transfer the next agent's begins.
    const name = call.recordings === 1 ? call.id : `${call.id}.${call.recordings}`;
    const mixedPath = join(recordingDir, day, `${name}.mixed.wav`);
    const stereoPath = join(recordingDir, day, `${name}.stereo.wav`);
    const id = `rec:${name}`;
    this.#running.set(id, { callId: call.id, mixedPath, stereoPath });
    call.recording = { id, paused: false, heldBack: false };
    media.startRecording(id, call.customerRef, call.agent.ref, { stereo: stereoPath, mixed: mixedPath });
    this.refresh(call);
  }
}
