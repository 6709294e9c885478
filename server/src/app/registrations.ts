import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db, Sql } from "../db/db.ts";
import type { SipBinding, SipEvent } from "../sip/sip.ts";

/** Changes of so long are one write. A crash loses no more than these: such a phone is missed until its next refresh. */
const gatherMs = 50;
const firstRetryMs = 200;
const longestRetryMs = 10_000;

export interface Registrations {
  /** 16 bytes for `SipCoreSettings.gruuKey`, the same in each run. */
  readonly gruuKey: Uint8Array;
  /** What the last run (of this node) left and is still good. Throws DbError. */
  kept(): Promise<SipBinding[]>;
  /** What other nodes wrote since this was asked last, in their order. Throws DbError. */
  news(): Promise<{ binding: SipBinding; gone: boolean }[]>;
  /** Throws away what has expired. Throws DbError. */
  tidy(): Promise<void>;
  hear(event: SipEvent): void;
  /** Writes what is left. */
  stop(): Promise<void>;
}

/** What all nodes of one database sign with: Record-Routes, and nonces. */
export async function sharedSecrets(db: Db, chance: Chance): Promise<{ secret: string; nonceSecret: string }> {
  await db.query("INSERT INTO sip_key (name, value) VALUES ('nodes', $1) ON CONFLICT (name) DO NOTHING", [Buffer.from(chance.bytes(64))]);
  const [row] = await db.query<{ value: Buffer }>("SELECT value FROM sip_key WHERE name = 'nodes'");
  const both = row!.value.toString("hex");
  return { secret: both.slice(0, 64), nonceSecret: both.slice(64) };
}

/** One writer at a time: then the order of `seq` is the order of commit, and a reader who remembers the last one misses nothing. */
const WRITERS_LOCK = 7_426_336_031;
/** A phone may be told as gone for so long after its time: the other nodes have read it long since. */
const keepGoneMs = 600_000;
/** The newest word of one registration (RFC 3261 10.3) stands, whichever node writes it first. */
const newer = (is: string, was: string): string => `NOT (${was}->>'callId' = ${is}->>'callId' AND (${was}->>'cseq')::bigint > (${is}->>'cseq')::bigint)`;

/**
 * Registrations in the database: written behind, many in one statement. `node`: one of several on this database, by name; null = alone.
 * `written` is called after each write that others shall read.
 */
export async function openRegistrations(o: { db: Db; clock: Clock; chance: Chance; log: Log; node: string | null; written?: () => void }): Promise<Registrations> {
  const { db, clock, log, node } = o;
  /** The last `seq` that was read of others. */
  let cursor = 0;
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
    const columns = (some: readonly SipBinding[]): unknown[] => [some.map((b) => b.account), some.map((b) => b.key), some.map((b) => JSON.stringify(b))];
    const inOrder = async (tx: Sql): Promise<void> => {
      if (node !== null) await tx.query("SELECT pg_advisory_xact_lock($1)", [WRITERS_LOCK]);
      if (gone.length > 0) {
        const rows = "unnest($1::text[], $2::text[], $3::text[]) AS g (account, key, body) WHERE r.account = g.account AND r.key = g.key";
        if (node === null) await tx.query(`DELETE FROM registration r USING ${rows}`, columns(gone));
        else await tx.query(`UPDATE registration r SET gone = true, node = $4, seq = nextval('registration_seq') FROM ${rows} AND ${newer("g.body::jsonb", "r.body")}`, [...columns(gone), node]);
      }
      if (there.length === 0) return;
      await tx.query(
        `INSERT INTO registration AS r (account, key, body, expires_at, node, seq)
         SELECT account, key, body::jsonb, to_timestamp(at / 1000), $5, nextval('registration_seq') FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[]) AS n (account, key, body, at)
         ON CONFLICT (account, key) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at, node = excluded.node, seq = excluded.seq, gone = false
         WHERE ${newer("excluded.body", "r.body")}`,
        [...columns(there), there.map((b) => b.expiresAtMs), node],
      );
    };
    await (node === null ? inOrder(db) : db.transaction(inOrder));
    o.written?.();
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
      const rows = await db.query<{ body: SipBinding }>(
        "SELECT body FROM registration WHERE NOT gone AND expires_at > to_timestamp($1 / 1000.0) AND ($2::text IS NULL OR node IS NULL OR node = $2)", [clock.now(), node],
      );
      return rows.map(({ body }) => body);
    },
    async news() {
      const rows = await db.query<{ body: SipBinding; gone: boolean; seq: number; own: boolean }>(
        "SELECT body, gone, seq, node IS NOT DISTINCT FROM $2 AS own FROM registration WHERE seq > $1 ORDER BY seq", [cursor, node],
      );
      cursor = rows.at(-1)?.seq ?? cursor;
      return rows.filter(({ own }) => !own).map(({ body, gone }) => ({ binding: body, gone }));
    },
    async tidy() {
      // also those of accounts that are gone, which nobody would ever unregister
      await db.query("DELETE FROM registration WHERE expires_at <= to_timestamp($1 / 1000.0)", [clock.now() - (node === null ? 0 : keepGoneMs)]);
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
