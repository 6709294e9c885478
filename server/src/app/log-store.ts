import type { Log } from "../base/log.ts";
import type { Centre, FactStore } from "../centre/centre.ts";
import type { FactLog } from "../db/db.ts";
import type { Interaction } from "../hub/hub.ts";
import type { QueueDays } from "../insight/insight.ts";
import type { createHistory } from "./history.ts";

/** The centre's facts into the log of the database. */
export function factStore(factLog: FactLog): FactStore {
  return {
    append({ subjectId, facts, state }, done) {
      factLog
        .append({
          facts: facts.map(({ type, atMs, body }) => ({ interactionId: subjectId, type, atMs, body })),
          state: state && { interactionId: subjectId, body: state, closed: state.state === "closed" },
        })
        .then(() => done(null), (error: Error) => done(error));
    },
  };
}

/** Before the first contact: counts the day again, and takes up what the last run left open. */
export async function recover(centre: Centre, factLog: FactLog, history: ReturnType<typeof createHistory>, days: QueueDays, now: number, log: Log): Promise<void> {
  for (const it of await history.today(now - 86_400_000)) days.follow(it, now);
  const open = (await factLog.openInteractions()).map((row) => row.body as unknown as Interaction);
  if (open.length === 0) return;
  const messages = await history.withMessages(open.map((it) => it.id));
  centre.recover(open, (id) => messages.get(id) ?? []);
  log.info({ open: open.length }, "took up what the last run left open");
}
