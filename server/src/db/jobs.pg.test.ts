import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../api/test-client.ts";
import { silentLog } from "../base/log.ts";
import { createJobs, type Jobs } from "./db.ts";
import { testDatabase, type TestDatabase } from "./test-database.ts";

let t: TestDatabase;
let jobs: Jobs;
before(async () => {
  t = await testDatabase({ migrations: [] });
  jobs = await createJobs({ connection: t.connection, log: silentLog });
});
after(async () => {
  await jobs.stop();
  await t.drop();
});

/** A handler's calls, waited for one by one. */
function mailbox<T>(): { put(value: T): void; next(): Promise<T>; size(): number } {
  const values: T[] = [];
  let wake: (() => void) | undefined;
  return {
    put(value) {
      values.push(value);
      wake?.();
    },
    async next() {
      while (values.length === 0) await new Promise<void>((done) => (wake = done));
      return values.shift()!;
    },
    size: () => values.length,
  };
}

/** pg-boss's own passes are a minute apart: too late for a customer who waits. Ours come every five seconds. */
const SEEN_MS = 40_000;

/** Time passes in the rows, and nobody waits for it: what is to be tried again later is to be tried now. */
async function laterIsNow(name: string): Promise<void> {
  await until(`${name} is to be tried again`, async () => (await t.db.query("UPDATE pgboss.job SET start_after = now() WHERE name = $1 AND state = 'retry' RETURNING id", [name])).length > 0, SEEN_MS);
}

test("a job runs at its time, not before; one waiting job a key", async () => {
  const ran = mailbox<{ data: object; at: number }>();
  const at = Date.now() + 1_500;
  const id = await jobs.schedule("callback", { customer: "c1" }, at, { key: "cb1" });
  assert.ok(id);
  assert.equal(await jobs.schedule("callback", { customer: "again" }, at, { key: "cb1" }), null);
  await jobs.work<{ customer: string }>("callback", async ({ data }) => ran.put({ data, at: Date.now() }));
  const first = await ran.next();
  assert.deepEqual(first.data, { customer: "c1" });
  assert.ok(first.at >= at - 5, `ran ${at - first.at} ms early`);
  assert.equal(ran.size(), 0);
  assert.ok(await jobs.schedule("callback", { customer: "later" }, Date.now(), { key: "cb1" }), "the key is free again");
  assert.deepEqual((await ran.next()).data, { customer: "later" });
});

test("a cancelled job does not run; a job made in a transaction that fails does not exist", async () => {
  const ran = mailbox<object>();
  const id = await jobs.schedule("remind", { n: 1 }, Date.now(), { key: "1" });
  await jobs.cancel("remind", id!);
  await assert.rejects(
    t.db.transaction(async (tx) => {
      assert.ok(await jobs.schedule("remind", { n: 2 }, Date.now(), { key: "2", tx }));
      throw new Error("changed our mind");
    }),
    /changed our mind/,
  );
  await t.db.transaction((tx) => jobs.schedule("remind", { n: 3 }, Date.now(), { key: "3", tx }));
  await jobs.work("remind", async ({ data }) => ran.put(data));
  assert.deepEqual(await ran.next(), { n: 3 });
  assert.equal(ran.size(), 0);
});

test("a handler that fails is tried again", async () => {
  const ran = mailbox<number>();
  let tries = 0;
  await jobs.schedule("flaky", { of: "f" }, Date.now(), { key: "f" });
  assert.deepEqual(await jobs.waiting("flaky"), [{ of: "f" }]);
  await jobs.work("flaky", async () => {
    ran.put(++tries);
    if (tries === 1) throw new Error("not yet");
  });
  assert.equal(await ran.next(), 1);
  await laterIsNow("flaky");
  assert.equal(await ran.next(), 2);
  // the one that runs waits no more, nor does it when it is done
  assert.deepEqual(await jobs.waiting("flaky"), []);
});

test("the job of a killed server is given to another", { timeout: 90_000 }, async () => {
  await jobs.schedule("orphaned", { n: 7 }, Date.now(), { key: "o" });
  const script = fileURLToPath(new URL("./test-job-worker.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(t.connection)], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((done) => child.stdout.once("data", () => done())); // it has taken the job
  child.kill("SIGKILL");
  // its sign of life of twenty seconds ago; pg-boss by itself asks for none, and gives the job to another after 15 minutes
  assert.equal((await t.db.query("UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '20 s' WHERE name = 'orphaned' AND heartbeat_seconds < 15 RETURNING id")).length, 1);
  const ran = mailbox<object>();
  await jobs.work("orphaned", async ({ data }) => ran.put(data));
  await laterIsNow("orphaned");
  assert.deepEqual(await ran.next(), { n: 7 });
});
