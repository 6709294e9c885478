import { assert } from "../base/assert.ts";

/** Media are bits of one word. They come from our own configuration, never from a customer. */
const MAX_MEDIA = 31;

/** Names of media as small numbers, in order of first use. */
export class Media {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #capacities = new Map<string, readonly number[]>();

  get size(): number {
    return this.#names.length;
  }

  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    assert(this.#names.length < MAX_MEDIA, `more than ${MAX_MEDIA} media`);
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  name(medium: number): string {
    return this.#names[medium]!;
  }

  /** The most of each medium by its number; the same array for the same capacity, since nearly all agents have the same. */
  capacity(most: Readonly<Record<string, number>>): readonly number[] {
    const capacity: number[] = [];
    for (const [name, count] of Object.entries(most)) capacity[this.number(name)] = count;
    for (let medium = 0; medium < capacity.length; medium++) capacity[medium] ??= 0;
    const key = capacity.join();
    const known = this.#capacities.get(key);
    if (known === undefined) this.#capacities.set(key, capacity);
    return known ?? capacity;
  }

  mask(names: readonly string[]): number {
    let mask = 0;
    for (const name of names) mask |= 1 << this.number(name);
    return mask;
  }
}
