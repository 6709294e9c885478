import type { Chance } from "./chance.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford base 32: readable aloud, no i, l, o, u

/**
 * A new id: `<prefix>_` + 9 characters of time + 11 of chance (55 bits), sortable by creation.
 * Example: `int_1jd3k9m2qx7w5c8v0pnt`.
 */
export function newId(prefix: string, nowMs: number, chance: Chance): string {
  let time = Math.floor(nowMs);
  let head = "";
  for (let i = 0; i < 9; i++) {
    head = ALPHABET[time % 32] + head;
    time = Math.floor(time / 32);
  }
  let tail = "";
  for (const byte of chance.bytes(11)) tail += ALPHABET[byte & 31];
  return `${prefix}_${head}${tail}`;
}

/** A secret for tokens: `size` bytes of chance as lower-case base 32 (5 bits a character). */
export function newSecret(size: number, chance: Chance): string {
  let out = "";
  const bytes = chance.bytes(size);
  for (let i = 0; i < bytes.length; i++) out += ALPHABET[bytes[i]! & 31];
  return out;
}
