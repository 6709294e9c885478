/** HMAC-SHA1 (RFC 2104, FIPS 180-4) keyed once and used per packet; in plain TypeScript for the same reason as `aes-cm.ts`. */

const BLOCK = 64;
const W = new Int32Array(80);

function compress(h: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    W[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
  for (let i = 16; i < 80; i++) {
    const x = W[i - 3]! ^ W[i - 8]! ^ W[i - 14]! ^ W[i - 16]!;
    W[i] = (x << 1) | (x >>> 31);
  }
  let a = h[0]!;
  let b = h[1]!;
  let c = h[2]!;
  let d = h[3]!;
  let e = h[4]!;
  let i = 0;
  for (; i < 20; i++) {
    const t = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + W[i]! + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (; i < 40; i++) {
    const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + W[i]! + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (; i < 60; i++) {
    const t = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + W[i]! + 0x8f1bbcdc) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (; i < 80; i++) {
    const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + W[i]! + 0xca62c1d6) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  h[0] = (h[0]! + a) | 0;
  h[1] = (h[1]! + b) | 0;
  h[2] = (h[2]! + c) | 0;
  h[3] = (h[3]! + d) | 0;
  h[4] = (h[4]! + e) | 0;
}

function keyedState(key: Uint8Array, pad: number): Int32Array {
  const block = new Uint8Array(BLOCK).fill(pad);
  for (let i = 0; i < key.length; i++) block[i]! ^= key[i]!;
  const h = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  compress(h, block, 0);
  return h;
}

export class HmacSha1 {
  #inner: Int32Array;
  #outer: Int32Array;
  #h = new Int32Array(5);
  #tail = new Uint8Array(BLOCK);

  /** Keys up to 64 octets: SRTP's are 20, ICE's at most 64 as we make them. */
  constructor(key: Uint8Array) {
    this.#inner = keyedState(key, 0x36);
    this.#outer = keyedState(key, 0x5c);
  }

  /** The five words of the code over `bytes[start, end)`; the array is overwritten by the next call. */
  digest(bytes: Uint8Array, start: number, end: number): Int32Array {
    const h = this.#h;
    const tail = this.#tail;
    h.set(this.#inner);
    let at = start;
    for (; at + BLOCK <= end; at += BLOCK) compress(h, bytes, at);
    const rest = end - at;
    tail.fill(0);
    for (let i = 0; i < rest; i++) tail[i] = bytes[at + i]!;
    tail[rest] = 0x80;
    if (rest >= 56) {
      compress(h, tail, 0);
      tail.fill(0);
    }
    writeLength(tail, BLOCK + end - start);
    compress(h, tail, 0);
    tail.fill(0);
    for (let i = 0; i < 5; i++) {
      const word = h[i]!;
      tail[4 * i] = word >>> 24;
      tail[4 * i + 1] = word >>> 16;
      tail[4 * i + 2] = word >>> 8;
      tail[4 * i + 3] = word;
    }
    tail[20] = 0x80;
    writeLength(tail, BLOCK + 20);
    h.set(this.#outer);
    compress(h, tail, 0);
    return h;
  }
}

function writeLength(block: Uint8Array, octets: number): void {
  const bits = octets * 8;
  block[60] = bits >>> 24;
  block[61] = bits >>> 16;
  block[62] = bits >>> 8;
  block[63] = bits;
}
