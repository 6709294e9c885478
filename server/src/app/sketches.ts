import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { SipDialogSketch } from "../sip/sip.ts";

const everyMs = 500;

export interface SketchesOptions {
  db: Db;
  clock: Clock;
  log: Log;
  run: string;
  dialogs(): readonly SipDialogSketch[];
}

export interface Sketches {
  start(): void;
  /** A dialog of another node that this one has ended. */
  ended(key: string): void;
  /** Takes out what this run wrote. */
  stop(): Promise<void>;
}

/**
 * The dialogs of this node's calls, which must outlive it, kept in the database half a second behind: what is there is compared with what was written,
 * so that no path of a call's life can forget to tell.
 */
export function createSketches({ db, clock, log, run, dialogs }: SketchesOptions): Sketches {
  /** As they stand in the database: key and body. */
  const written = new Map<string, string>();
  const over: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;
  let stopped = false;

  async function write(): Promise<void> {
    const current = new Map(dialogs().map((dialog) => [dialog.key, JSON.stringify(dialog)]));
    const fresh = [...current].filter(([key, body]) => written.get(key) !== withoutSeq(body));
    if (fresh.length > 0) {
      await db.query(
        "INSERT INTO sip_dialog AS t (key, run, body) SELECT k, $1, b::jsonb FROM unnest($2::text[], $3::text[]) AS n (k, b) ON CONFLICT (key) DO UPDATE SET body = excluded.body WHERE t.run = $1",
        [run, fresh.map(([key]) => key), fresh.map(([, body]) => body)],
      );
      for (const [key, body] of fresh) written.set(key, withoutSeq(body));
    }
    const ended = over.slice();
    const gone = [...written.keys()].filter((key) => !current.has(key));
    await takeOut([...gone, ...ended]);
    for (const key of gone) written.delete(key);
    over.splice(0, ended.length);
  }

  async function takeOut(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await db.query("DELETE FROM sip_dialog WHERE run = $1 AND key = ANY($2::text[])", [run, keys]);
  }

  const next = (): void => {
    if (stopped) return;
    cancel = clock.after(everyMs, () => {
      writing = write().catch((error: Error) => log.error({ why: error.message }, "the dialogs that must outlive this node could not be stored yet")).then(next);
    });
  };

  return {
    start: next,
    ended: (key) => void over.push(key),
    async stop() {
      stopped = true;
      cancel();
      await writing;
      await takeOut([...written.keys(), ...over]);
    },
  };
}

/** A CSeq that moved on is no reason to write: the goodbye leaves room for it. */
function withoutSeq(body: string): string {
  return body.replace(/"localSeq":\d+,/, "");
}
