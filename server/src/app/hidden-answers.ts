/**
 * Hidden answers of dialogues that go on after a restart: sealed with the server's key, one row a contact, written and removed in the
 * transaction of the facts that it belongs to. A contact that leaves its dialogue leaves no row.
 */
import type { Log } from "../base/log.ts";
import type { FlowPorts } from "../centre/centre.ts";
import type { Append, Db } from "../db/db.ts";
import type { Interaction } from "../hub/hub.ts";
import type { Seal } from "../trunk/trunk.ts";

export interface HiddenStore {
  port: NonNullable<FlowPorts["hidden"]>;
  /** What is to be written beside facts that lead to this state. */
  rows(state: Interaction): NonNullable<Append["extra"]>;
  /** Before what the last run left open is taken up. */
  load(): Promise<void>;
}

export function createHiddenStore({ db, seal, log }: { db: Db; seal: Seal; log: Log }): HiddenStore {
  const kept = new Map<string, string>();
  /** Not written yet. */
  const changed = new Set<string>();
  const about = (id: string): string => `hidden-answer:${id}`;
  return {
    port: {
      keep(id, text) {
        if (text === null && !kept.has(id)) return;
        if (text === null) kept.delete(id);
        else kept.set(id, text);
        changed.add(id);
      },
      of: (id) => kept.get(id) ?? null,
    },
    rows({ id, state }) {
      const over = state !== "flow";
      if (over ? !kept.has(id) && !changed.has(id) : !changed.has(id)) return [];
      changed.delete(id);
      if (over) kept.delete(id);
      const text = kept.get(id);
      if (text === undefined) return [{ sql: "DELETE FROM hidden_answer WHERE interaction_id = $1", params: [id] }];
      return [{ sql: "INSERT INTO hidden_answer (interaction_id, sealed) VALUES ($1, $2) ON CONFLICT (interaction_id) DO UPDATE SET sealed = $2", params: [id, seal.close(text, about(id))] }];
    },
    async load() {
      kept.clear();
      changed.clear();
      await db.query("DELETE FROM hidden_answer h WHERE NOT EXISTS (SELECT FROM interaction i WHERE i.id = h.interaction_id AND NOT i.closed)");
      for (const { interaction_id: id, sealed } of await db.query<{ interaction_id: string; sealed: string }>("SELECT interaction_id, sealed FROM hidden_answer")) {
        const text = seal.open(sealed, about(id));
        if (text === null) log.error({ interaction: id }, "a hidden answer does not open with this server's key: its dialogue goes on with a person");
        else kept.set(id, text);
      }
    },
  };
}
