import type { Log } from "../base/log.ts";
import type { Endpoint } from "./endpoint.ts";
import type { MediaEvent, PlaySource } from "./media-contract.ts";
import { Player } from "./player.ts";
import type { SoundLibrary } from "./sound-library.ts";

/** Attack: a play order of a million files. */
const MAX_SOURCES = 200;

export interface PlayDeskOptions {
  sounds: SoundLibrary;
  log: Log;
  isOpen(endpoint: Endpoint): boolean;
  /** What it is given to play has begun or ended. */
  changed(endpoint: Endpoint): void;
  tell(event: MediaEvent): void;
}

/** What each endpoint is told to play: one order at a time, the next replaces it, and each has its `playEnded` once. */
export class PlayDesk {
  readonly #options: PlayDeskOptions;
  /** The order in force for an endpoint, while its sounds load and after. */
  readonly #orders = new Map<string, string>();

  constructor(options: PlayDeskOptions) {
    this.#options = options;
  }

  start(endpoint: Endpoint, playId: string, sources: readonly PlaySource[], { loop, gainDb = 0 }: { loop: boolean; gainDb?: number }): void {
    const { isOpen, sounds } = this.#options;
    const { id } = endpoint;
    this.end(endpoint, "replaced");
    this.#orders.set(id, playId);
    const start = (loaded: readonly Int16Array[]): void => {
      endpoint.player = new Player(playId, loaded, loop, gainDb);
      this.#options.changed(endpoint);
      if (endpoint.player.ended) this.end(endpoint, "finished");
    };
    const cached = sources.slice(0, MAX_SOURCES).map((source) => sounds.cached(source.path));
    if (cached.every((samples) => samples !== null)) return start(cached);
    void this.load(sources, { id, playId }).then((loaded) => {
      if (this.#orders.get(id) === playId && isOpen(endpoint)) start(loaded);
    });
  }

  /** A sound that cannot be read is left out and logged: the call goes on, and `playEnded` still comes. */
  async load(sources: readonly PlaySource[], whose: Readonly<Record<string, string>>): Promise<Int16Array[]> {
    const loaded = await Promise.all(sources.slice(0, MAX_SOURCES).map((source) => this.#options.sounds.load(source.path)));
    return loaded.flatMap((sound) => {
      if (sound.ok) return [sound.samples];
      this.#options.log.error({ ...whose, why: sound.why }, "prompt not playable");
      return [];
    });
  }

  end(endpoint: Endpoint, why: "finished" | "stopped" | "replaced"): void {
    const playId = this.#orders.get(endpoint.id);
    if (playId === undefined) return;
    this.#orders.delete(endpoint.id);
    endpoint.player = null;
    this.#options.changed(endpoint);
    this.#options.tell({ type: "playEnded", id: endpoint.id, playId, why });
  }
}
