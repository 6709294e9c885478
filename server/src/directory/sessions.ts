import { createHash } from "node:crypto";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newSecret } from "../base/ids.ts";
import type { Db } from "../db/db.ts";

/** A working day and its margins; then the person signs in again. */
const LIFE_MS = 14 * 60 * 60 * 1000;
/** A session check is cached this long: a revoked session lives on at most so long (its own sign-out is immediate). */
const CACHE_MS = 15_000;
const MAX_CACHED = 20_000;

export interface Sessions {
  /** The cookie's secret. */
  open(userId: string): Promise<string>;
  userOf(secret: string): Promise<string | null>;
  close(secret: string): Promise<void>;
  /** All of a user's: password changed, user switched off. */
  closeAll(userId: string): Promise<void>;
}

export function createSessions(db: Db, clock: Clock, chance: Chance): Sessions {
  const cache = new Map<string, { userId: string; untilMs: number }>();
  // Rows go first, then what is remembered of them: a check in between must not remember a session that just ended.
  const hash = (secret: string): Buffer => createHash("sha256").update(secret).digest();
  return {
    async open(userId) {
      const secret = newSecret(32, chance);
      const now = clock.now();
      await db.query("INSERT INTO session (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)", [hash(secret), userId, new Date(now), new Date(now + LIFE_MS)]);
      await db.query("DELETE FROM session WHERE expires_at < $1", [new Date(now)]);
      return secret;
    },
    async userOf(secret) {
      const now = clock.now();
      const cached = cache.get(secret);
      if (cached && cached.untilMs > now) return cached.userId;
      const [row] = await db.query<{ user_id: string }>("SELECT user_id FROM session WHERE token_hash = $1 AND expires_at > $2", [hash(secret), new Date(now)]);
      cache.delete(secret);
      if (!row) return null;
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(secret, { userId: row.user_id, untilMs: now + CACHE_MS });
      return row.user_id;
    },
    async close(secret) {
      await db.query("DELETE FROM session WHERE token_hash = $1", [hash(secret)]);
      cache.delete(secret);
    },
    async closeAll(userId) {
      await db.query("DELETE FROM session WHERE user_id = $1", [userId]);
      for (const [secret, entry] of cache) if (entry.userId === userId) cache.delete(secret);
    },
  };
}
