import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import type { Clock } from "../base/clock.ts";
import { silentLog } from "../base/log.ts";
import { createFactLog, DbError, readMigrations, type FactLog, type FactRow } from "./db.ts";
import { testDatabase, type TestDatabase } from "./test-database.ts";

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
const AT = Date.UTC(2026, 10, 21, 9, 30, 0, 123);

// Of this room only: another room's migration must not fail these tests.
const migrations = (await readMigrations()).filter((m) => m.id < "0010");

let t: TestDatabase;
let facts: FactLog;
before(async () => {
  t = await testDatabase({ migrations });
  facts = createFactLog({ db: t.db, clock, log: silentLog, retryMs: 5_000 });
});
after(async () => {
  await facts.close();
  await t.drop();
});

const fact = (interactionId: string, type: string, body: unknown = {}): { interactionId: string; type: string; atMs: number; body: unknown } => ({ interactionId, type, atMs: AT, body });

test("what is appended is read back, with its number, time to the millisecond, and body", async () => {
  const body = { text: 'l\'été "cité"\\ {x},\n', n: 1.5, none: null, list: [1, "deux"] };
  const { firstSeq } = await facts.append({ facts: [fact("i1", "arrived", body), fact("i1", "enqueued")], state: null });
  assert.deepEqual(await facts.factsOf("i1"), [
    { seq: firstSeq, interactionId: "i1", type: "arrived", atMs: AT, body },
    { seq: firstSeq + 1, interactionId: "i1", type: "enqueued", atMs: AT, body: {} },
  ]);
  assert.equal(await facts.lastSeq(), firstSeq + 1);
});

test("the state is stored with its facts; closed ones are no longer open", async () => {
  const state = (step: number, closed = false): { interactionId: string; body: object; closed: boolean } => ({ interactionId: "s1", body: { step }, closed });
  // Not awaited one by one, so that several states of one interaction meet in one batch.
  const [, second] = await Promise.all([
    facts.append({ facts: [fact("s1", "a")], state: state(1) }),
    facts.append({ facts: [fact("s1", "b"), fact("s1", "c")], state: state(2) }),
  ]);
  assert.deepEqual(await facts.openInteractions(), [{ interactionId: "s1", body: { step: 2 }, lastSeq: second.firstSeq + 1 }]);
  await facts.append({ facts: [fact("s1", "closed")], state: state(3, true) });
  assert.deepEqual(await facts.openInteractions(), []);
  assert.equal((await facts.stateOf("s1"))?.closed, true);
});

test("many writers at once: each keeps its order, the numbers have no holes, few commits are made", async () => {
  const before = facts.counts();
  const from = await facts.lastSeq();
  const heard: number[] = [];
  const end = facts.onAppended((rows) => heard.push(...rows.map((row) => row.seq)));
  const answers: { writer: number; step: number; seq: number }[] = [];
  await Promise.all(
    Array.from({ length: 100 }, async (_, writer) => {
      for (let step = 0; step < 20; step++) {
        const { firstSeq } = await facts.append({ facts: [fact(`w${writer}`, "step", { step })], state: null });
        answers.push({ writer, step, seq: firstSeq });
      }
    }),
  );
  end();
  const rows: FactRow[] = [];
  for (let cursor = from; ; cursor = rows.at(-1)!.seq) {
    const page = await facts.read({ afterSeq: cursor, limit: 700 });
    if (page.length === 0) break;
    rows.push(...page);
  }
  assert.equal(rows.length, 2_000);
  assert.equal(rows.at(-1)!.seq - from, 2_000);
  for (const { writer, step, seq } of answers) {
    const row = rows[seq - from - 1]!;
    assert.deepEqual([row.seq, row.interactionId, row.body], [seq, `w${writer}`, { step }]);
  }
  assert.deepEqual(heard, rows.map((row) => row.seq));
  for (let writer = 0; writer < 100; writer++) {
    const steps = rows.filter((row) => row.interactionId === `w${writer}`).map((row) => (row.body as { step: number }).step);
    assert.deepEqual(steps, Array.from({ length: 20 }, (_, step) => step));
  }
  assert.ok(facts.counts().commits - before.commits < 400, "appends were gathered");
});

test("one refused append takes none of its batch with it, and leaves nothing", async () => {
  await t.db.query("CREATE TABLE sticker (name text PRIMARY KEY)");
  const extra = (name: string): { sql: string; params: unknown[] }[] => [{ sql: "INSERT INTO sticker VALUES ($1)", params: [name] }];
  const results = await Promise.allSettled(
    ["red", "blue", "red", "green", "bad\0", "white"].map((name, i) => facts.append({ facts: [fact(`x${i}`, "stuck")], state: { interactionId: `x${i}`, body: {}, closed: true }, extra: extra(name) })),
  );
  assert.deepEqual(results.map((r) => r.status), ["fulfilled", "fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
  const refused = (results[2] as PromiseRejectedResult).reason as DbError;
  assert.ok(refused instanceof DbError);
  assert.equal(refused.code, "duplicate");
  assert.equal(((results[4] as PromiseRejectedResult).reason as DbError).code, "invalid");
  assert.deepEqual(await facts.factsOf("x2"), []);
  assert.equal(await facts.stateOf("x2"), undefined);
  assert.equal((await facts.factsOf("x3")).length, 1);
  assert.equal((await facts.factsOf("x5")).length, 1);
});

test("a line break in a name cannot shift a batch", async () => {
  for (const bad of [fact("a\nb", "x"), fact("a", "x\ny"), fact("", "x"), fact("a", "")]) {
    await assert.rejects(facts.append({ facts: [bad], state: null }), { code: "invalid" });
  }
  await assert.rejects(facts.append({ facts: [fact("a", "x")], state: { interactionId: "a\nb", body: {}, closed: false } }), { code: "invalid" });
  const body = { text: "one\ntwo\r\n\u2028three\\n" };
  await facts.append({ facts: [fact("lines", "said", body)], state: { interactionId: "lines", body, closed: true } });
  assert.deepEqual((await facts.factsOf("lines"))[0]!.body, body);
  assert.deepEqual((await facts.stateOf("lines"))?.body, body);
});

test("nobody changes or removes a fact", async () => {
  await facts.append({ facts: [fact("k1", "kept")], state: null });
  for (const sql of ["UPDATE fact SET type = 'x'", "DELETE FROM fact", "TRUNCATE fact", "TRUNCATE fact_default"]) {
    await assert.rejects(t.db.query(sql), /append-only/);
  }
});

/** Connections that broke while idle answer one query with "unavailable"; the pool then has none of them left. */
async function poolIsWhole(): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => t.db.query("SELECT 1")));
    if (answers.every((answer) => answer.status === "fulfilled")) return;
  }
  assert.fail("the pool does not recover");
}

test("a connection that breaks between batches or inside one: written once", async () => {
  const client = new Client(t.connection);
  await client.connect();
  const killOthers = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()";
  const end = new AbortController();
  const killer = (async () => {
    let kills = 0;
    while (!end.signal.aborted) {
      await client.query(killOthers);
      kills++;
      await new Promise((done) => setTimeout(done, 15));
    }
    return kills;
  })();
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, writer) => {
      const seqs: number[] = [];
      for (let step = 0; step < 20; step++) seqs.push((await facts.append({ facts: [fact(`b${writer}`, "step", { step })], state: null })).firstSeq);
      return seqs;
    }),
  );
  end.abort();
  assert.ok((await killer) > 1, "connections were broken meanwhile");
  await client.end();
  await poolIsWhole();
  for (const [writer, seqs] of answers.entries()) {
    const rows = await facts.factsOf(`b${writer}`);
    assert.deepEqual(rows.map((row) => row.seq), seqs);
    assert.deepEqual(rows.map((row) => row.body), Array.from({ length: 20 }, (_, step) => ({ step })));
  }
});

test("a reader that follows while two servers write misses nothing", async () => {
  const other = createFactLog({ db: t.db, clock, log: silentLog });
  const from = await facts.lastSeq();
  const total = 400;
  const write = async (log: FactLog, name: string): Promise<void> => {
    await Promise.all(Array.from({ length: 10 }, async (_, w) => {
      for (let step = 0; step < total / 20; step++) await log.append({ facts: [fact(`${name}${w}`, "step")], state: null });
    }));
  };
  const writing = Promise.all([write(facts, "p"), write(other, "q")]);
  let writingEnded = false;
  void writing.then(() => (writingEnded = true));
  const seen: number[] = [];
  for (let cursor = from; ; ) {
    const ended = writingEnded;
    const rows = await facts.read({ afterSeq: cursor, limit: 50 });
    for (const row of rows) seen.push(row.seq);
    cursor = rows.at(-1)?.seq ?? cursor;
    if (rows.length === 0 && ended) break;
  }
  await writing;
  await other.close();
  assert.equal(new Set(seen).size, total);
  assert.equal(seen.length, total);
});

test("months are made ahead, once, and hold their facts", async () => {
  const fresh = await testDatabase({ migrations });
  try {
    const log = createFactLog({ db: fresh.db, clock, log: silentLog });
    await log.prepareMonths(AT);
    await log.prepareMonths(AT);
    const parts = await fresh.db.query<{ name: string }>("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'fact'::regclass ORDER BY 1");
    assert.deepEqual(parts.map((p) => p.name), ["fact_2026_11", "fact_2026_12", "fact_2027_01", "fact_default"]);
    await log.append({ facts: [fact("m", "now"), { ...fact("m", "later"), atMs: Date.UTC(2030, 0, 1) }], state: null });
    assert.equal((await fresh.db.query("SELECT FROM fact_2026_11")).length, 1);
    assert.equal((await fresh.db.query("SELECT FROM fact_default")).length, 1);
    await assert.rejects(fresh.db.query("DELETE FROM fact_2026_11"), /append-only/);
    await assert.rejects(fresh.db.query("TRUNCATE fact_2026_11"), /append-only/);
    await log.close();
  } finally {
    await fresh.drop();
  }
});

test("kill -9 of the writer loses no acknowledged fact and leaves no half append", async () => {
  const script = fileURLToPath(new URL("./test-fact-writer.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(t.connection)], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  await new Promise<void>((done) => {
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
      if (out.length > 20_000) child.kill("SIGKILL");
    });
    child.once("close", () => done());
  });
  assert.equal(child.signalCode, "SIGKILL");
  const acknowledged = out.slice(0, out.lastIndexOf("\n")).split("\n");
  assert.ok(acknowledged.length > 500);
  const stored = await t.db.query<{ id: string; n: number; step: number }>(
    `SELECT f.interaction_id AS id, count(*) AS n, (i.body->>'step')::int AS step
     FROM fact f JOIN interaction i ON i.id = f.interaction_id WHERE f.interaction_id LIKE 'killed-%' GROUP BY 1, i.body`,
  );
  const byId = new Map(stored.map((row) => [row.id, row]));
  for (const line of acknowledged) {
    const [id, step] = line.split(" ") as [string, string];
    assert.ok((byId.get(id)?.step ?? -1) >= Number(step), `${line} was acknowledged`);
  }
  for (const { id, n, step } of stored) assert.equal(n, 2 * (step + 1), `facts and state of ${id} agree`);
});

test("a full queue refuses instead of filling the memory; a closed log refuses", async () => {
  const log = createFactLog({ db: t.db, clock, log: silentLog });
  const waiting = log.append({ facts: Array.from({ length: 100_000 }, () => fact("full", "x")), state: null });
  await assert.rejects(log.append({ facts: [fact("full", "one more")], state: null }), { code: "unavailable" });
  await waiting;
  await assert.rejects(log.append({ facts: [fact("full", "big", "x".repeat(1_000_001))], state: null }), { code: "invalid" });
  await log.close();
  await assert.rejects(log.append({ facts: [fact("full", "late")], state: null }), { code: "unavailable" });
});
