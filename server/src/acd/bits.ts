/** Sets of small integers as 32-bit words: agents by slot, pools by id. */

export class BitSet {
  words: Int32Array;

  constructor(size = 64) {
    this.words = new Int32Array((size + 31) >>> 5);
  }

  has(n: number): boolean {
    return (((this.words[n >>> 5] ?? 0) >>> (n & 31)) & 1) === 1;
  }

  add(n: number): void {
    const at = n >>> 5;
    if (at >= this.words.length) {
      const grown = new Int32Array(Math.max(at + 1, this.words.length * 2));
      grown.set(this.words);
      this.words = grown;
    }
    this.words[at]! |= 1 << (n & 31);
  }

  delete(n: number): void {
    const at = n >>> 5;
    if (at < this.words.length) this.words[at]! &= ~(1 << (n & 31));
  }
}

/** A set of small integers for each of many rows, in one column: reading a row is one jump in memory, not three. */
export class BitTable {
  words = new Int32Array(64);
  /** Words of a row. */
  width = 2;

  add(row: number, n: number): void {
    const word = n >>> 5;
    if (word >= this.width) this.#widen(Math.max(word + 1, this.width * 2));
    const at = row * this.width + word;
    if (at >= this.words.length) {
      const grown = new Int32Array(Math.max((row + 1) * this.width, this.words.length * 2));
      grown.set(this.words);
      this.words = grown;
    }
    this.words[at]! |= 1 << (n & 31);
  }

  has(row: number, n: number): boolean {
    const word = n >>> 5;
    return word < this.width && (((this.words[row * this.width + word] ?? 0) >>> (n & 31)) & 1) === 1;
  }

  delete(row: number, n: number): void {
    const word = n >>> 5;
    const at = row * this.width + word;
    if (word < this.width && at < this.words.length) this.words[at]! &= ~(1 << (n & 31));
  }

  clear(row: number): void {
    this.words.fill(0, row * this.width, (row + 1) * this.width);
  }

  #widen(width: number): void {
    const rows = Math.ceil(this.words.length / this.width);
    const wide = new Int32Array(rows * width);
    for (let row = 0; row < rows; row++) wide.set(this.words.subarray(row * this.width, (row + 1) * this.width), row * width);
    this.words = wide;
    this.width = width;
  }
}
