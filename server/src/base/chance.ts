/** Chance as a port: everything random in the product comes from one of these, so that a seed replays a day. */
export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** `size` bytes; cryptographically strong in `app`, seeded in `sim`. */
  bytes(size: number): Uint8Array;
}

/** Seeded generator (mulberry32): small, fast, good enough for simulation, never for secrets. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    bytes: (size) => Uint8Array.from({ length: size }, () => Math.floor(next() * 256)),
  };
}
