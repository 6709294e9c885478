/** A process that appends without end and prints what was acknowledged: its test kills it. Test aid. */
import { silentLog } from "../base/log.ts";
import { createDb, createFactLog, type DbConnection } from "./db.ts";

const db = createDb({ connection: JSON.parse(process.argv[2]!) as DbConnection, log: silentLog });
const facts = createFactLog({
  db,
  clock: { now: () => Date.now(), after: (ms, fire) => { const timer = setTimeout(fire, ms); return () => clearTimeout(timer); } },
  log: silentLog,
});
await Promise.all(
  Array.from({ length: 50 }, async (_, writer) => {
    const interactionId = `killed-${writer}`;
    for (let step = 0; ; step++) {
      const fact = { interactionId, type: "step", atMs: Date.now(), body: { step } };
      await facts.append({ facts: [fact, fact], state: { interactionId, body: { step }, closed: false } });
      process.stdout.write(`${interactionId} ${step}\n`);
    }
  }),
);
