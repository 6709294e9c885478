/**
 * Who is next for one medium: the agents who are free for it, by how much they have in hand and then by how long nothing
 * was given to them. `turn` is that order as one number, Infinity for all others, so that the first of a small pool is a
 * scan over a plain column; for large pools there is one linked list per number in hand, oldest first.
 */
const IN_HAND = 2 ** 40; // above any count of touches in the life of a process

export function turnOf(inHand: number, touch: number): number {
  return inHand * IN_HAND + touch;
}

export class IdleOrder {
  /** By slot; smaller goes first. */
  turn = new Float64Array(64).fill(Infinity);
  #prev = new Int32Array(64);
  #next = new Int32Array(64);
  readonly #heads: number[] = [];
  readonly #tails: number[] = [];

  /** How many are free. */
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
    this.turn = grown(new Float64Array(capacity).fill(Infinity), this.turn);
    this.#prev = grown(new Int32Array(capacity), this.#prev);
    this.#next = grown(new Int32Array(capacity), this.#next);
  }

  /** Puts an agent at its place; moves it when it is already there. */
  put(slot: number, turn: number): void {
    if (this.turn[slot] === turn) return;
    this.remove(slot);
    this.size++;
    this.turn[slot] = turn;
    const list = Math.floor(turn / IN_HAND);
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
    const turn = this.turn[slot]!;
    if (turn === Infinity) return;
    this.turn[slot] = Infinity;
    this.size--;
    const after = this.#prev[slot]!;
    const before = this.#next[slot]!;
    if (after >= 0) this.#next[after] = before;
    else this.#heads[Math.floor(turn / IN_HAND)] = before;
    if (before >= 0) this.#prev[before] = after;
    else this.#tails[Math.floor(turn / IN_HAND)] = after;
  }
}
