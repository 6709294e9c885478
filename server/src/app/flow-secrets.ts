/** Secrets of flows (an API key of the CRM): sealed in the database, written by administrators, read by nobody but a call. */
import type { FlowSecret } from "@tandem/protocol/flow-outside";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { Seal } from "../trunk/trunk.ts";

/** `{secret.crm}` in a definition or a header. Whatever stands there is a name: one that cannot be set is missing, and never leaves as it is written. */
const SECRET = /\{secret\.([^{}]*)\}/g;

export interface FlowSecrets {
  list(): FlowSecret[];
  put(name: string, value: string): Promise<void>;
  remove(name: string): Promise<boolean>;
  /** With its secrets, each written by `escape` for its place; null = one is not there. `secret`: there was any. */
  fill(text: string, escape: (value: string) => string): { text: string; secret: boolean } | null;
  reload(): Promise<void>;
}

export async function createFlowSecrets({ db, clock, seal, log }: { db: Db; clock: Clock; seal: Seal; log: Log }): Promise<FlowSecrets> {
  const kept = new Map<string, { value: string; changedAtMs: number }>();
  const load = async (): Promise<void> => {
    const rows = await db.query<{ name: string; sealed: string; at: Date }>("SELECT name, sealed, at FROM flow_secret ORDER BY name");
    kept.clear();
    for (const { name, sealed, at } of rows) {
      const value = seal.open(sealed, about(name));
      if (value === null) log.error({ secret: name }, "a flow's secret does not open with this server's key: it has to be given again");
      else kept.set(name, { value, changedAtMs: at.getTime() });
    }
  };
  await load();
  return {
    list: () => [...kept].map(([name, { changedAtMs }]) => ({ name, changedAtMs })),
    async put(name, value) {
      const now = clock.now();
      await db.query("INSERT INTO flow_secret (name, sealed, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET sealed = $2, at = $3", [name, seal.close(value, about(name)), new Date(now)]);
      kept.set(name, { value, changedAtMs: now });
    },
    async remove(name) {
      const rows = await db.query("DELETE FROM flow_secret WHERE name = $1 RETURNING name", [name]);
      kept.delete(name);
      return rows.length > 0;
    },
    fill(text, escape) {
      let secret = false;
      let missing = false;
      const filled = text.replaceAll(SECRET, (_whole, name: string) => {
        const found = kept.get(name);
        secret = true;
        missing ||= !found;
        return found ? escape(found.value) : "";
      });
      return missing ? null : { text: filled, secret };
    },
    reload: load,
  };
}

const about = (name: string): string => `flow-secret:${name}`;
