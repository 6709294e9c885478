/**
 * What an agent who took up the device hears before the customer: who comes from where, and the countdown. The customer's leg is
 * not touched. Ends when it was heard, when the agent presses #, or at a limit; what cannot be made is left out.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Whisper } from "../hub/hub.ts";
import type { EndpointKind, MediaPort } from "../rtp/rtp.ts";
import type { LegEvent } from "./leg.ts";
import type { VoiceOptions } from "./ports.ts";
import { pathsOf } from "./utterance-paths.ts";

/** An agent and a customer who wait for a sound that does not come: the conversation is worth more. */
const MAKING_AT_MOST_MS = 3_000;
/** A whisper tells in a few seconds what matters; a recording of minutes was uploaded by mistake. */
export const WHISPER_AT_MOST_MS = 30_000;
/** The agent's device may open its ears a little after its answer (a browser agrees on keys first); a silent one is not waited for. */
const HEARS_AT_LATEST_MS: Readonly<Record<EndpointKind, number>> = { rtp: 600, srtp: 600, webrtc: 3_000 };
/** The key that cuts it short. */
const SKIP = "#";

export interface WhisperOptions extends Pick<VoiceOptions, "prompts" | "recordingPath"> {
  media: MediaPort;
  clock: Clock;
  log: Log;
}

export class Whispering {
  readonly #options: WhisperOptions;
  readonly #callId: string;
  readonly #ref: string;
  readonly #done: () => void;
  #paths: readonly string[] | null = null;
  #hears = false;
  #playing = false;
  #over = false;
  readonly #cancels: (() => void)[] = [];

  constructor(options: WhisperOptions, callId: string, { ref, kind }: { ref: string; kind: EndpointKind }, whisper: Whisper, done: () => void) {
    this.#options = options;
    this.#callId = callId;
    this.#ref = ref;
    this.#done = done;
    const { clock, log } = options;
    let late = (): void => undefined;
    const waited = new Promise<null>((done) => (late = () => done(null)));
    const making = clock.after(MAKING_AT_MOST_MS, () => {
      log.warn({ call: callId }, "a whisper takes too long to make: what is not made by now is left out");
      late();
    });
    this.#cancels.push(making, clock.after(HEARS_AT_LATEST_MS[kind], () => this.#hear()), clock.after(WHISPER_AT_MOST_MS, () => this.#end()));
    void pathsOf(options, callId, whisper.utterances, { speed: whisper.speed, late: waited }).then((paths) => {
      making();
      this.#paths = paths;
      this.#play();
    });
  }

  /** What happens on the agent's leg, but its end. */
  on(event: LegEvent): void {
    if (event.type === "mediaStarted") this.#hear();
    else if (event.type === "digit" && event.key === SKIP) this.#end();
    else if (event.type === "playEnded" && event.playId === this.#playId && event.why === "finished") this.#end();
  }

  /** The agent or the customer left. */
  cancel(): void {
    this.#stop();
  }

  get #playId(): string {
    return `${this.#callId}:whisper:${this.#ref}`;
  }

  #hear(): void {
    this.#hears = true;
    this.#play();
  }

  #play(): void {
    if (this.#over || this.#playing || this.#paths === null) return;
    if (this.#paths.length === 0) return this.#end();
    if (!this.#hears) return;
    this.#playing = true;
    this.#options.media.play(this.#ref, this.#playId, this.#paths.map((path) => ({ path })), { loop: false });
  }

  #end(): void {
    if (this.#stop()) this.#done();
  }

  #stop(): boolean {
    if (this.#over) return false;
    this.#over = true;
    for (const cancel of this.#cancels) cancel();
    if (this.#playing) this.#options.media.stopPlaying(this.#ref);
    return true;
  }
}
