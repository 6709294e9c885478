/** Sets of small integers as 32-bit words: agents by slot, pools by id. */

export function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

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
