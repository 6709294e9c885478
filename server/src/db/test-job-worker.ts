/** A process that takes a job, says so, and never ends it: its test kills it. Test aid. */
import { silentLog } from "../base/log.ts";
import { createJobs, type DbConnection } from "./db.ts";

const jobs = await createJobs({ connection: JSON.parse(process.argv[2]!) as DbConnection, log: silentLog });
await jobs.work("orphaned", async () => {
  process.stdout.write("taken\n");
  await new Promise(() => undefined);
});
