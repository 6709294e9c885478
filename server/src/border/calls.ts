/** Calls that are open, in all and by source. */
export class Calls {
  readonly #sourceOf = new Map<string, string>();
  readonly #perSource = new Map<string, number>();

  get size(): number {
    return this.#sourceOf.size;
  }

  from(source: string): number {
    return this.#perSource.get(source) ?? 0;
  }

  began(ref: string, source: string): void {
    if (this.#sourceOf.has(ref)) return;
    this.#sourceOf.set(ref, source);
    this.#perSource.set(source, this.from(source) + 1);
  }

  ended(ref: string): void {
    const source = this.#sourceOf.get(ref);
    if (source === undefined) return;
    this.#sourceOf.delete(ref);
    const left = this.from(source) - 1;
    if (left > 0) this.#perSource.set(source, left);
    else this.#perSource.delete(source);
  }
}
