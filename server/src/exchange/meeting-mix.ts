/** The sound of one meeting: its members, and what all of them are told. */
import type { Log } from "../base/log.ts";
import type { MediaPort, MixMember } from "../rtp/rtp.ts";
import type { Prompts } from "../voice/voice.ts";
import type { Sound } from "./sounds.ts";

/** Files of the short tones of meetings and announcements. */
export interface MeetingTones {
  join: { path: string };
  leave: { path: string };
  page: { path: string };
}

export interface MixOptions {
  media: MediaPort;
  prompts: Pick<Prompts, "promptPath">;
  log: Log;
  tones: MeetingTones;
}

export class MeetingMix {
  readonly id: string;
  readonly tones: MeetingTones;
  readonly #options: MixOptions;
  #seated = 0;
  /** What is said waits for the words before it, which may still be being spoken into files. */
  #said: Promise<void> = Promise.resolve();

  constructor(id: string, options: MixOptions) {
    this.id = id;
    this.tones = options.tones;
    this.#options = options;
  }

  seat(members: readonly MixMember[]): void {
    this.#seated = members.length;
    this.#options.media.mix(this.id, members);
  }

  /** Heard by everybody who is there then. */
  say(sounds: readonly Sound[]): void {
    const { log, media, prompts } = this.#options;
    // made at once, heard in turn: one that fails before its turn is told then
    const making = Promise.all(sounds.map((sound) => ("path" in sound ? Promise.resolve(sound.path) : prompts.promptPath(sound.text, sound.language)))).then(
      (paths) => ({ paths }),
      (error: unknown) => ({ error }),
    );
    this.#said = this.#said.then(async () => {
      const made = await making;
      if ("error" in made) log.error({ mix: this.id, error: made.error }, "words for a meeting could not be made and are left out");
      else if (this.#seated > 0) media.playToMix(this.id, made.paths.map((path) => ({ path })));
    });
  }
}
