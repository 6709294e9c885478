/** What the centre asks of the database: who a customer is, what a closed contact was, timers that outlive the process. */
import type { CentreOptions } from "../centre/centre.ts";
import type { Log } from "../base/log.ts";
import type { Crm } from "../crm/crm.ts";
import type { Jobs } from "../db/db.ts";
import type { createHistory } from "./history.ts";

/** None of these fails: what could not be read is logged, and the contact goes on without. */
export function centrePorts({ crm, history, jobs, log }: { crm: Crm; history: ReturnType<typeof createHistory>; jobs: Jobs; log: Log }): Pick<CentreOptions, "closed" | "customers" | "timers"> {
  return {
    timers: {
      set(kind, id, atMs) {
        jobs.schedule(kind, { id }, atMs, { key: id }).catch((error: Error) => log.error({ kind, id, why: error.message }, "a durable timer could not be set"));
      },
    },
    closed: (id, done) =>
      void history.interaction(id).then(done, (error: Error) => {
        log.error({ id, why: error.message }, "an interaction could not be read back");
        done(null);
      }),
    customers: {
      identify: (medium, from, fromName, language, done) =>
        void (async () => {
          const found = await crm.identify(medium, from, fromName, language);
          return { found, card: found.known ? await crm.card(found.customerId) : null };
        })().then(({ found, card }) => done(found, card), (error: Error) => {
          log.error({ why: error.message }, "a customer could not be looked up; the contact goes on unknown");
          done(null);
        }),
    },
  };
}
