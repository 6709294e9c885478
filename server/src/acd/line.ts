/**
 * A line of people: an array sorted by a fixed order, with a moving start so that leaving at the head and joining at
 * the tail (nearly every move) copy nothing. The order of two members must not change while both are in the line.
 */
export class Line<T> {
  readonly #compare: (a: T, b: T) => number;
  #all: (T | undefined)[] = [];
  #start = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#all.length - this.#start;
  }

  at(index: number): T | undefined {
    return index < 0 ? undefined : this.#all[this.#start + index];
  }

  add(member: T): void {
    const last = this.#all.length - 1;
    if (last < this.#start || this.#compare(this.#all[last]!, member) <= 0) this.#all.push(member);
    else this.#all.splice(this.#seek(member), 0, member);
  }

  /** Place of a member, 0 for the head; -1 when it is not in the line. */
  indexOf(member: T): number {
    const at = this.#seek(member);
    return this.#all[at] === member ? at - this.#start : -1;
  }

  delete(member: T): boolean {
    const at = this.#all[this.#start] === member ? this.#start : this.#seek(member);
    if (this.#all[at] !== member) return false;
    if (at === this.#all.length - 1) {
      this.#all.pop();
      if (at === this.#start && at > 0) this.#all.length = this.#start = 0;
    } else if (at === this.#start) {
      this.#all[at] = undefined;
      this.#start++;
      if (this.#start > 1024 && this.#start * 2 > this.#all.length) {
        this.#all = this.#all.slice(this.#start);
        this.#start = 0;
      }
    } else this.#all.splice(at, 1);
    return true;
  }

  /** First place whose member is not before `member`. */
  #seek(member: T): number {
    let low = this.#start;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#all[middle]!, member) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
