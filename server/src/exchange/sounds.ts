/** What we play to parties: speech, recorded sound, the beep, music. One thing at a time; a new one replaces the old. */
import type { Log } from "../base/log.ts";
import type { MediaPort } from "../rtp/rtp.ts";
import type { Prompts } from "../voice/voice.ts";
import type { Party } from "./party.ts";
import type { Spoken } from "./words.ts";

/** A file of sound, or words to be spoken. */
export type Sound = { path: string } | Spoken;

interface Playing {
  id: string;
  loop: boolean;
  /** Null while words are being spoken into files. */
  paths: readonly string[] | null;
  started: boolean;
  done: () => void;
}

export interface SoundsOptions {
  media: MediaPort;
  prompts: Pick<Prompts, "promptPath" | "holdMusicPath">;
  log: Log;
  /** The tone after which one speaks. */
  beepPath: string;
}

export class Sounds {
  readonly #options: SoundsOptions;
  readonly #playing = new Map<Party, Playing>();
  #count = 0;
  #musicPath: string | null = null;

  constructor(options: SoundsOptions) {
    this.#options = options;
  }

  /** `done` is called once when all of it was heard; never when something else takes its place or the party goes. */
  play(party: Party, sounds: readonly Sound[], done: () => void): void {
    this.#order(party, false, done, Promise.all(sounds.map((sound) => ("path" in sound ? Promise.resolve(sound.path) : this.#options.prompts.promptPath(sound.text, sound.language)))));
  }

  beep(party: Party, done: () => void): void {
    this.play(party, [{ path: this.#options.beepPath }], done);
  }

  /** Until something else is played, or `stop`. */
  music(party: Party): void {
    if (this.#playing.get(party)?.loop) return;
    const path = this.#musicPath === null ? this.#options.prompts.holdMusicPath() : Promise.resolve(this.#musicPath);
    this.#order(party, true, () => {}, path.then((found) => [(this.#musicPath = found)]));
  }

  stop(party: Party): void {
    const playing = this.#playing.get(party);
    if (!playing) return;
    this.#playing.delete(party);
    if (playing.started) this.#options.media.stopPlaying(party.ref);
  }

  /** The party is gone, its endpoint with it. */
  forget(party: Party): void {
    this.#playing.delete(party);
  }

  /** The party hears from now on. */
  begin(party: Party): void {
    const playing = this.#playing.get(party);
    if (!playing?.paths || playing.started || !party.hears) return;
    playing.started = true;
    if (playing.paths.length === 0) return this.#finished(party, playing);
    this.#options.media.play(party.ref, playing.id, playing.paths.map((path) => ({ path })), { loop: playing.loop });
  }

  playEnded(party: Party, playId: string, why: "finished" | "stopped" | "replaced"): void {
    const playing = this.#playing.get(party);
    if (playing?.id !== playId || why !== "finished") return;
    // Music loops: one that ends was not playable. Starting it again at once would spin.
    if (playing.loop) this.#options.log.error({ ref: party.ref }, "the music on hold ended");
    this.#finished(party, playing);
  }

  #order(party: Party, loop: boolean, done: () => void, paths: Promise<readonly string[]>): void {
    if (party.phase === "gone") return;
    this.stop(party);
    const playing: Playing = { id: `${party.ref}:${++this.#count}`, loop, paths: null, started: false, done };
    this.#playing.set(party, playing);
    paths.then(
      (found) => {
        playing.paths = found;
        if (this.#playing.get(party) === playing) this.begin(party);
      },
      (error: unknown) => {
        // Without its voice the call still goes on: silence is better than a dead line.
        this.#options.log.error({ ref: party.ref, error }, "a sound could not be made and is left out");
        if (this.#playing.get(party) === playing) this.#finished(party, playing);
      },
    );
  }

  #finished(party: Party, playing: Playing): void {
    this.#playing.delete(party);
    playing.done();
  }
}
