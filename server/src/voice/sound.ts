/**
 * What the customer hears, as a function of the call: speech before music before the agent. `refresh` compares that with what
 * the media side was told last and orders the difference, so no path through the call can leave a stale sound behind.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Music, Utterance } from "../hub/hub.ts";
import type { MediaPort } from "../rtp/rtp.ts";
import type { Call } from "./call.ts";
import type { VoiceOptions } from "./ports.ts";
import { pathsOf } from "./utterance-paths.ts";

/** Nobody listens to silence for longer: what could not be spoken by then is left out, the rest is said, and the dialogue goes on (to a person, at its last retry). */
const MAKING_AT_MOST_MS = 8_000;

export interface SoundOptions {
  media: MediaPort;
  clock: Clock;
  prompts: VoiceOptions["prompts"];
  recordingPath: VoiceOptions["recordingPath"];
  log: Log;
  calls: ReadonlyMap<string, Call>;
  said(id: string, sayId: string): void;
}

export class Sound {
  readonly #options: SoundOptions;
  #musicPath: string | null = null;
  #musicAsked = false;

  constructor(options: SoundOptions) {
    this.#options = options;
    this.#askMusic();
  }

  say(call: Call, sayId: string, utterances: readonly Utterance[]): void {
    const saying: NonNullable<Call["saying"]> = { sayId, paths: null };
    call.saying = saying;
    this.refresh(call);
    let late = (): void => undefined;
    const waited = new Promise<null>((done) => (late = () => done(null)));
    const cancelTimer = this.#options.clock.after(MAKING_AT_MOST_MS, () => {
      if (this.#isLive(call, saying)) this.#options.log.error({ call: call.id, sayId }, "a prompt takes too long to make: what is not made by now is left out");
      late();
    });
    void pathsOf(this.#options, call.id, utterances, { late: waited }).then((paths) => {
      cancelTimer();
      if (!this.#isLive(call, saying)) return;
      if (paths.length === 0) return this.#said(call);
      saying.paths = paths;
      this.refresh(call);
    });
  }

  /** Which music this call waits and is held with. One that cannot be read is the house's, said in the log. */
  music(call: Call, music: Music | null): void {
    const { recordingPath, log } = this.#options;
    call.music = music;
    if (!music || !recordingPath) {
      this.#setMusic(call, music, null);
      return;
    }
    recordingPath(music.recordingId, music.language).then(
      (path) => this.#setMusic(call, music, path),
      (error: unknown) => {
        log.error({ call: call.id, music: music.recordingId, error }, "a queue's music could not be read: the house's is played");
        this.#setMusic(call, music, null);
      },
    );
  }

  /** `music`: what was ordered; they may wait elsewhere by now. */
  #setMusic(call: Call, music: Music | null, path: string | null): void {
    if (this.#options.calls.get(call.id) !== call || call.music !== music) return;
    if (call.musicPath !== path && call.playing?.what === "music") call.playing = null;
    call.musicPath = path;
    this.refresh(call);
  }

  stopSaying(call: Call): void {
    call.saying = null;
    this.refresh(call);
  }

  /** What is being said ends here, as if it had been heard to its end: the customer speaks. */
  interrupt(call: Call): void {
    if (!call.saying) return;
    if (call.playing?.what === "say") {
      call.playing = null;
      this.#options.media.stopPlaying(call.customerRef);
    }
    this.#said(call);
  }

  refresh(call: Call): void {
    const { media } = this.#options;
    const bridge = call.up && call.agent !== null && !call.held ? call.agent.ref : null;
    if (call.bridgedTo !== bridge) {
      if (call.bridgedTo !== null) media.unbridge(call.customerRef);
      if (bridge !== null) media.bridge(call.customerRef, bridge);
      call.bridgedTo = bridge;
    }
    if (!call.hears) return;
    if (call.saying?.paths) this.#play(call, "say", `${call.id}:${call.saying.sayId}`, call.saying.paths);
    else if (call.saying && call.playing?.what === "music") return; // music bridges the making of a prompt
    else if (!call.saying && (call.waiting || (call.agent !== null && call.held))) this.#playMusic(call);
    else if (call.playing) {
      call.playing = null;
      media.stopPlaying(call.customerRef);
    }
  }

  playEnded(call: Call, playId: string, why: "finished" | "stopped" | "replaced"): void {
    if (call.playing?.playId !== playId || why !== "finished") return;
    const { what } = call.playing;
    if (what === "music") return this.#musicEnded(call);
    call.playing = null;
    this.#said(call);
  }

  /** Music loops: one that ends was not playable. A queue's own gives way to the house's; starting that again at once would spin. */
  #musicEnded(call: Call): void {
    this.#options.log.error({ call: call.id, path: call.musicPath }, "the music on hold ended");
    if (call.musicPath === null) return;
    call.musicPath = null;
    call.playing = null;
    this.refresh(call);
  }

  #said(call: Call): void {
    const { saying } = call;
    call.saying = null;
    this.refresh(call);
    if (saying) this.#options.said(call.id, saying.sayId);
  }

  #isLive(call: Call, saying: Call["saying"]): boolean {
    return this.#options.calls.get(call.id) === call && call.saying === saying;
  }

  #play(call: Call, what: "say" | "music", playId: string, paths: readonly string[]): void {
    if (call.playing?.playId === playId) return;
    call.playing = { playId, what };
    this.#options.media.play(call.customerRef, playId, paths.map((path) => ({ path })), { loop: what === "music" });
  }

  #playMusic(call: Call): void {
    if (call.playing?.what === "music") return;
    const path = call.musicPath ?? this.#musicPath;
    if (path === null) {
      this.#askMusic();
      if (call.playing) this.#options.media.stopPlaying(call.customerRef);
      call.playing = null;
      return;
    }
    this.#play(call, "music", `${call.id}:music:${++call.plays}`, [path]);
  }

  #askMusic(): void {
    if (this.#musicAsked) return;
    this.#musicAsked = true;
    this.#options.prompts.holdMusicPath().then(
      (path) => {
        this.#musicPath = path;
        for (const call of this.#options.calls.values()) this.refresh(call);
      },
      (error: unknown) => {
        this.#musicAsked = false;
        this.#options.log.error({ error }, "no music on hold");
      },
    );
  }
}
