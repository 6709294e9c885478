import type { Log } from "../base/log.ts";
import { REDIAL_MS, type Centre, type FactStore } from "../centre/centre.ts";
import type { FactLog } from "../db/db.ts";
import type { Interaction } from "../hub/hub.ts";
import type { QueueDays } from "../insight/insight.ts";
import type { Directory } from "../directory/directory.ts";
import { versionsOf } from "./flow-setup.ts";
import type { HiddenStore } from "./hidden-answers.ts";
import type { createHistory } from "./history.ts";

/** The centre's facts into the log of the database; beside them what customers hid, for as long as their dialogue lasts. */
export function factStore(factLog: FactLog, hidden: Pick<HiddenStore, "rows">): FactStore {
  return {
    append({ subjectId, facts, state }, done) {
      factLog
        .append({
          facts: facts.map(({ type, atMs, body }) => ({ interactionId: subjectId, type, atMs, body })),
          state: state && { interactionId: subjectId, body: state, closed: state.state === "closed" },
          extra: state ? hidden.rows(state) : [],
        })
        .then(() => done(null), (error: Error) => done(error));
    },
  };
}

export interface Recovering {
  centre: Centre;
  factLog: FactLog;
  history: ReturnType<typeof createHistory>;
  days: QueueDays;
  directory: Pick<Directory, "studio">;
  now: number;
  log: Log;
}

/** Before the first contact: counts the day again, and takes up what the last run left open. */
export async function recover({ centre, factLog, history, days, directory, now, log }: Recovering): Promise<void> {
  const today = await history.today(now - 86_400_000);
  for (const it of today) days.follow(it, now);
  const cut = today.filter((it) => it.unfinished !== undefined && it.closed !== null && now - it.closed.atMs < REDIAL_MS).toSorted((a, b) => (a.closed?.atMs ?? 0) - (b.closed?.atMs ?? 0));
  await directory.studio.keep(versionsOf(cut));
  centre.remember(cut);
  const open = (await factLog.openInteractions()).map((row) => row.body as unknown as Interaction);
  if (open.length === 0) return;
  await directory.studio.keep(versionsOf(open));
  const messages = await history.withMessages(open.map((it) => it.id));
  await new Promise<void>((taken) => centre.recover(open, (id) => messages.get(id) ?? [], taken));
  log.info({ open: open.length }, "took up what the last run left open");
}
