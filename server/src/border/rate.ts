/** A token bucket as plain data: `tokens` at `atMs`. */
export interface Bucket {
  tokens: number;
  atMs: number;
}

/** One token of a bucket that gains `perSecond` up to `burst`; false when there is none. */
export function take(bucket: Bucket, perSecond: number, burst: number, nowMs: number): boolean {
  // a clock set back gives nothing and takes nothing
  const gained = Math.max(0, nowMs - bucket.atMs) * perSecond / 1000;
  bucket.atMs = nowMs;
  bucket.tokens = Math.min(burst, bucket.tokens + gained);
  if (bucket.tokens < 1) return false;
  bucket.tokens--;
  return true;
}

/** A bucket each for names, the one used longest ago forgotten beyond `most`. */
export class NamedBuckets {
  readonly #most: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(name: string, perSecond: number, burst: number, nowMs: number): boolean {
    let bucket = this.#buckets.get(name);
    if (bucket) this.#buckets.delete(name);
    else {
      bucket = { tokens: burst, atMs: nowMs };
      if (this.#buckets.size >= this.#most) this.#buckets.delete(this.#buckets.keys().next().value!);
    }
    this.#buckets.set(name, bucket);
    return take(bucket, perSecond, burst, nowMs);
  }
}
