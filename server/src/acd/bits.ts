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
