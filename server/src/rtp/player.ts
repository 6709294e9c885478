/** Draws prompts and music a frame at a time: a list of sounds in a row, once or for ever. */

export class Player {
  readonly playId: string;
  #sources: readonly Int16Array[];
  #loop: boolean;
  #gain: number;
  #source = 0;
  #at = 0;

  /** An empty list, or nothing but empty sounds, is ended from the start even with `loop`. */
  constructor(playId: string, sources: readonly Int16Array[], loop: boolean, gainDb: number) {
    this.playId = playId;
    this.#sources = sources.filter((samples) => samples.length > 0);
    this.#loop = loop;
    this.#gain = 10 ** (gainDb / 20);
  }

  get ended(): boolean {
    return this.#source >= this.#sources.length;
  }

  /** Fills `out`; past the end with zeros. */
  draw(out: Int16Array): void {
    let filled = 0;
    while (filled < out.length && !this.ended) {
      const samples = this.#sources[this.#source]!;
      const count = Math.min(out.length - filled, samples.length - this.#at);
      if (this.#gain === 1) {
        out.set(samples.subarray(this.#at, this.#at + count), filled);
      } else {
        for (let i = 0; i < count; i++) {
          out[filled + i] = Math.max(-32768, Math.min(32767, Math.round(samples[this.#at + i]! * this.#gain)));
        }
      }
      filled += count;
      this.#at += count;
      if (this.#at === samples.length) {
        this.#at = 0;
        this.#source++;
        if (this.ended && this.#loop) this.#source = 0;
      }
    }
    out.fill(0, filled);
  }
}
