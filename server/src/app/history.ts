import type { History } from "../api/api.ts";
import type { Db } from "../db/db.ts";
import type { Interaction, Message } from "../hub/hub.ts";

/** Reads of what is over, or was before this start. */
export function createHistory(db: Db): History & { today(sinceMs: number): Promise<Interaction[]>; withMessages(ids: readonly string[]): Promise<Map<string, Message[]>> } {
  return {
    async interaction(id) {
      const [row] = await db.query<{ body: Interaction }>("SELECT body FROM interaction WHERE id = $1", [id]);
      return row?.body ?? null;
    },
    async messages(id) {
      const rows = await db.query<{ message: Message }>("SELECT body -> 'message' AS message FROM fact WHERE interaction_id = $1 AND type = 'messageAdded' ORDER BY seq", [id]);
      return rows.map((row) => row.message);
    },
    async facts(id) {
      const rows = await db.query<{ type: string; at: Date; body: Record<string, unknown> }>("SELECT type, at, body FROM fact WHERE interaction_id = $1 ORDER BY seq", [id]);
      return rows.map((row) => ({ type: row.type, atMs: row.at.getTime(), body: row.body }));
    },
    async today(sinceMs) {
      const rows = await db.query<{ body: Interaction }>("SELECT body FROM interaction WHERE (body ->> 'createdAtMs')::bigint >= $1", [sinceMs]);
      return rows.map((row) => row.body);
    },
    async withMessages(ids) {
      const rows = await db.query<{ interaction_id: string; message: Message }>("SELECT interaction_id, body -> 'message' AS message FROM fact WHERE interaction_id = ANY($1) AND type = 'messageAdded' ORDER BY seq", [ids]);
      const found = new Map<string, Message[]>(ids.map((id) => [id, []]));
      for (const row of rows) found.get(row.interaction_id)!.push(row.message);
      return found;
    },
  };
}
