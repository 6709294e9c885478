import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { SipBinding, SipEvent } from "../sip/sip.ts";

/** Changes of so long are one write. A crash loses no more than these: such a phone is missed until its next refresh. */
const gatherMs = 50;
const firstRetryMs = 200;
const longestRetryMs = 10_000;

export interface Registrations {
  /** 16 bytes for `SipCoreSettings.gruuKey`, the same in each run. */
  readonly gruuKey: Uint8Array;
  /** What the last run left and is still good; what has expired is thrown away. Throws DbError. */
  kept(): Promise<SipBinding[]>;
  hear(event: SipEvent): void;
  /** Writes what is left. */
  stop(): Promise<void>;
}

/** Registrations in the database: written behind, many in one statement. */
export async function openRegistrations(o: { db: Db; clock: Clock; chance: Chance; log: Log }): Promise<Registrations> {
  const { db, clock, log } = o;
  await db.query("INSERT INTO sip_key (name, value) VALUES ('gruu', $1) ON CONFLICT (name) DO NOTHING", [Buffer.from(o.chance.bytes(16))]);
  const [key] = await db.query<{ value: Buffer }>("SELECT value FROM sip_key WHERE name = 'gruu'");
  /** By account and key, the last word of each; null = gone. */
  let waiting = new Map<string, { binding: SipBinding; gone: boolean }>();
  let writing: Promise<void> | null = null;
  let cancel: (() => void) | null = null;
  let stopped = false;

  const write = async (batch: Map<string, { binding: SipBinding; gone: boolean }>): Promise<void> => {
    const all = [...batch.values()];
    const gone = all.filter((one) => one.gone).map(({ binding }) => binding);
    const there = all.filter((one) => !one.gone).map(({ binding }) => binding);
    if (gone.length > 0) {
      await db.query("DELETE FROM registration r USING unnest($1::text[], $2::text[]) AS g (account, key) WHERE r.account = g.account AND r.key = g.key", [gone.map((b) => b.account), gone.map((b) => b.key)]);
    }
    if (there.length === 0) return;
    await db.query(
      `INSERT INTO registration (account, key, body, expires_at)
       SELECT account, key, body::jsonb, to_timestamp(at / 1000) FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[]) AS n (account, key, body, at)
       ON CONFLICT (account, key) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at`,
      [there.map((b) => b.account), there.map((b) => b.key), there.map((b) => JSON.stringify(b)), there.map((b) => b.expiresAtMs)],
    );
  };

  const flush = async (): Promise<void> => {
    let retryMs = firstRetryMs;
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      try {
        await write(batch);
        retryMs = firstRetryMs;
      } catch (error) {
        log.error({ why: (error as Error).message, count: batch.size }, stopped ? "registrations could not be stored: these phones are missed until they refresh" : "registrations could not be stored yet");
        if (stopped) return;
        // what has changed since is newer than what failed
        for (const [id, one] of batch) if (!waiting.has(id)) waiting.set(id, one);
        await new Promise<void>((done) => void clock.after(retryMs, done));
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      }
    }
  };
  const start = (): Promise<void> => (writing ??= flush().finally(() => (writing = null)));

  return {
    gruuKey: new Uint8Array(key!.value),
    async kept() {
      // also those of accounts that are gone, which nobody would ever unregister
      await db.query("DELETE FROM registration WHERE expires_at <= to_timestamp($1 / 1000.0)", [clock.now()]);
      const rows = await db.query<{ body: SipBinding }>("SELECT body FROM registration");
      return rows.map(({ body }) => body);
    },
    hear(event) {
      if (event.type !== "bindingChanged") return;
      const { binding, gone } = event;
      // a page's contact ends with its connection: nothing of it is worth a write
      if (binding.transport === "ws" || binding.transport === "wss") return;
      waiting.set(`${binding.account}\n${binding.key}`, { binding, gone });
      cancel ??= clock.after(gatherMs, () => {
        cancel = null;
        void start();
      });
    },
    async stop() {
      stopped = true;
      cancel?.();
      await writing;
      await start();
    },
  };
}
