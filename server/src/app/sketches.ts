import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { LiveCall } from "../exchange/exchange.ts";
import type { SipDialogSketch } from "../sip/sip.ts";

const everyMs = 500;

export interface SketchesOptions {
  db: Db;
  clock: Clock;
  log: Log;
  run: string;
  dialogs(): readonly SipDialogSketch[];
  calls(): readonly LiveCall[];
}

export interface Sketches {
  start(): void;
  /** A dialog of another node that this one has ended. */
  ended(key: string): void;
  /** Takes out what this run wrote. */
  stop(): Promise<void>;
}

/**
 * What of this node's calls must outlive it, kept in the database half a second behind: what is there is compared with what was written,
 * so that no path of a call's life can forget to tell.
 */
export function createSketches({ db, clock, log, run, dialogs, calls }: SketchesOptions): Sketches {
  const tables = [
    {
      table: "sip_dialog", id: "key", written: new Map<string, string>(), now: () => new Map(dialogs().map((d) => [d.key, JSON.stringify(d)])),
      put: "INSERT INTO sip_dialog AS t (key, run, body) SELECT k, $1, b::jsonb FROM unnest($2::text[], $3::text[]) AS n (k, b) ON CONFLICT (key) DO UPDATE SET body = excluded.body WHERE t.run = $1",
    },
    {
      table: "sip_call", id: "id", written: new Map<string, string>(), now: () => new Map(calls().map((c) => [c.id, ""])),
      put: "INSERT INTO sip_call (id, run) SELECT k, $1 FROM unnest($2::text[], $3::text[]) AS n (k, b) ON CONFLICT (id) DO NOTHING",
    },
  ];
  const over: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;
  let stopped = false;

  async function write(): Promise<void> {
    for (const { table, id, written, now, put } of tables) {
      const current = now();
      const fresh = [...current].filter(([key, body]) => written.get(key) !== withoutSeq(body));
      const gone = [...written.keys()].filter((key) => !current.has(key));
      if (fresh.length > 0) {
        await db.query(put, [run, fresh.map(([key]) => key), fresh.map(([, body]) => body)]);
        for (const [key, body] of fresh) written.set(key, withoutSeq(body));
      }
      if (gone.length > 0) {
        await db.query(`DELETE FROM ${table} WHERE run = $1 AND ${id} = ANY($2::text[])`, [run, gone]);
        for (const key of gone) written.delete(key);
      }
    }
    const ended = over.slice();
    if (ended.length === 0) return;
    await db.query("DELETE FROM sip_dialog WHERE run = $1 AND key = ANY($2::text[])", [run, ended]);
    over.splice(0, ended.length);
  }

  const next = (): void => {
    if (stopped) return;
    cancel = clock.after(everyMs, () => {
      writing = write().catch((error: Error) => log.error({ why: error.message }, "what must outlive this node could not be stored yet")).then(next);
    });
  };

  return {
    start: next,
    ended: (key) => void over.push(key),
    async stop() {
      stopped = true;
      cancel();
      await writing;
      for (const { table, id, written } of tables) await db.query(`DELETE FROM ${table} WHERE run = $1 AND ${id} = ANY($2::text[])`, [run, [...written.keys()]]);
      if (over.length > 0) await db.query("DELETE FROM sip_dialog WHERE run = $1 AND key = ANY($2::text[])", [run, over]);
    },
  };
}

/** A CSeq that moved on is no reason to write: the goodbye leaves room for it. */
function withoutSeq(body: string): string {
  return body.replace(/"localSeq":\d+,/, "");
}
