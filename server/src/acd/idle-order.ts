/**
 * Who is next: agents who can take something, by how much they have in hand and then by how long nothing was given to
 * them. One linked list per number in hand, oldest first. `turn` is the same order as one number, for comparing two agents.
 */
const IN_HAND = 2 ** 40; // above any count of touches in the life of a process

export class IdleOrder {
  /** Smaller goes first: contacts in hand, then the order in which they were last touched. */
  turn = new Float64Array(64);
  #prev = new Int32Array(64);
  #next = new Int32Array(64);
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
    if (size <= this.turn.length) return;
    const capacity = Math.max(size, this.turn.length * 2);
    const grown = <A extends Int32Array | Float64Array>(to: A, from: A): A => (to.set(from), to);
    this.turn = grown(new Float64Array(capacity), this.turn);
    this.#prev = grown(new Int32Array(capacity), this.#prev);
    this.#next = grown(new Int32Array(capacity), this.#next);
    this.#list = grown(new Int32Array(capacity).fill(-1), this.#list);
  }

  /** Puts an agent at the place its touch gives; moves it when it is already there. */
  put(slot: number, inHand: number, touch: number): void {
    this.remove(slot);
    this.size++;
    while (this.#heads.length <= inHand) {
      this.#heads.push(-1);
      this.#tails.push(-1);
    }
    const turn = inHand * IN_HAND + touch;
    this.turn[slot] = turn;
    this.#list[slot] = inHand;
    // Nearly always the tail; from the head only after a withdrawn offer or a device that came back.
    let after = this.#tails[inHand]!;
    let before = -1;
    if (after >= 0 && this.turn[after]! > turn) {
      before = this.#heads[inHand]!;
      while (this.turn[before]! < turn) before = this.#next[before]!;
      after = this.#prev[before]!;
    }
    this.#prev[slot] = after;
    this.#next[slot] = before;
    if (after >= 0) this.#next[after] = slot;
    else this.#heads[inHand] = slot;
    if (before >= 0) this.#prev[before] = slot;
    else this.#tails[inHand] = slot;
  }

  remove(slot: number): void {
    const list = this.#list[slot]!;
    if (list < 0) return;
    this.size--;
    const after = this.#prev[slot]!;
    const before = this.#next[slot]!;
    if (after >= 0) this.#next[after] = before;
    else this.#heads[list] = before;
    if (before >= 0) this.#prev[before] = after;
    else this.#tails[list] = after;
    this.#list[slot] = -1;
  }
}
