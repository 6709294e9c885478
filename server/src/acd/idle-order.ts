/**
 * Who is next: the agents who can take something, by how much they have in hand and then by how long nothing was given to
 * them. One linked list per number in hand, oldest first. `turn` is the same order as one number, for comparing two.
 */
const IN_HAND = 2 ** 40; // above any count of touches in the life of a process

export function turnOf(inHand: number, touch: number): number {
  return inHand * IN_HAND + touch;
}

export class IdleOrder {
  /** By slot; smaller goes first. Of everybody, in the order or not. */
  turn = new Float64Array(64);
  #prev = new Int32Array(64);
  #next = new Int32Array(64);
  /** By slot: the list, -1 = not in the order. */
  #list = new Int32Array(64).fill(-1);
  readonly #heads: number[] = [];
  readonly #tails: number[] = [];

  /** Agents in the order. */
  size = 0;

  /** Number of lists; a list may be empty. */
  get depth(): number {
    return this.#heads.length;
  }

  /** First slot of the list of agents with `inHand` contacts, -1 when empty. */
  head(inHand: number): number {
    return this.#heads[inHand] ?? -1;
  }

  next(slot: number): number {
    return this.#next[slot]!;
  }

  grow(size: number): void {
    const before = this.turn.length;
    if (size <= before) return;
    const capacity = Math.max(size, before * 2);
    const grown = <A extends Int32Array | Float64Array>(to: A, from: A): A => (to.set(from), to);
    this.turn = grown(new Float64Array(capacity), this.turn);
    this.#prev = grown(new Int32Array(capacity), this.#prev);
    this.#next = grown(new Int32Array(capacity), this.#next);
    this.#list = grown(new Int32Array(capacity).fill(-1), this.#list);
  }

  /** Puts an agent at its place; moves it when it is already there. */
  put(slot: number, turn: number): void {
    if (this.#list[slot]! >= 0) {
      if (this.turn[slot] === turn) return;
      this.remove(slot);
    }
    this.size++;
    this.turn[slot] = turn;
    const list = Math.floor(turn / IN_HAND);
    this.#list[slot] = list;
    while (this.#heads.length <= list) {
      this.#heads.push(-1);
      this.#tails.push(-1);
    }
    // Nearly always the tail; from the head only after a withdrawn offer or a device that came back.
    let after = this.#tails[list]!;
    let before = -1;
    if (after >= 0 && this.turn[after]! > turn) {
      before = this.#heads[list]!;
      while (this.turn[before]! < turn) before = this.#next[before]!;
      after = this.#prev[before]!;
    }
    this.#prev[slot] = after;
    this.#next[slot] = before;
    if (after >= 0) this.#next[after] = slot;
    else this.#heads[list] = slot;
    if (before >= 0) this.#prev[before] = slot;
    else this.#tails[list] = slot;
  }

  remove(slot: number): void {
    const list = this.#list[slot]!;
    if (list < 0) return;
    this.#list[slot] = -1;
    this.size--;
    const after = this.#prev[slot]!;
    const before = this.#next[slot]!;
    if (after >= 0) this.#next[after] = before;
    else this.#heads[list] = before;
    if (before >= 0) this.#prev[before] = after;
    else this.#tails[list] = after;
  }
}
