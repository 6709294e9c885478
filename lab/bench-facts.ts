/**
 * Facts appended durably by many writers (group commit) beside the same rows committed one by one, on the embedded
 * PostgreSQL with fsync on. npm run bench:facts [-- seconds]. Goal: above 20,000 facts/s with p99 below 20 ms.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../server/src/app/embedded-postgres.ts";
import { realClock } from "../server/src/app/real-ports.ts";
import { silentLog } from "../server/src/base/log.ts";
import { createDb, createFactLog, migrate, readMigrations, type Db } from "../server/src/db/db.ts";

const SECONDS = Number(process.argv[2] ?? 8);
const WARM_UP_MS = 1_500;

interface Measured {
  name: string;
  factsPerSecond: number;
  appendsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  commits: number;
}

/** Two facts and a state of about 1 kB: what an agent's answer writes. */
function work(writer: number, step: number): { interactionId: string; atMs: number; bodies: object[]; state: object } {
  const interactionId = `int_${writer}_${step >> 4}`;
  const state = { id: interactionId, state: "connected", medium: "voice", step, segments: Array.from({ length: 6 }, (_, n) => ({ kind: "queue", id: `queue_${n}`, fromMs: 1_790_000_000_000 + n, toMs: 1_790_000_000_000 + step })), customer: { name: "Camille Laurent", number: "+33123456789" } };
  return { interactionId, atMs: Date.now(), bodies: [{ agentId: `agent_${writer}`, reason: { candidates: 12, score: 0.83, ring: 1 } }, { agentId: `agent_${writer}`, step }], state };
}

async function measure(name: string, writers: number, append: (writer: number, step: number) => Promise<void>, commits: () => number): Promise<Measured> {
  const times: number[] = [];
  const begin = performance.now();
  let from = begin;
  let commitsFrom = 0;
  let measuring = false;
  const warm = setTimeout(() => {
    measuring = true;
    from = performance.now();
    commitsFrom = commits();
  }, WARM_UP_MS);
  const untilMs = begin + WARM_UP_MS + SECONDS * 1_000;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let step = 0; performance.now() < untilMs; step++) {
        const at = performance.now();
        await append(writer, step);
        if (measuring) times.push(performance.now() - at);
      }
    }),
  );
  clearTimeout(warm);
  const seconds = (performance.now() - from) / 1_000;
  times.sort((a, b) => a - b);
  const at = (q: number): number => times[Math.floor(times.length * q)] ?? 0;
  return { name, factsPerSecond: (times.length * 2) / seconds, appendsPerSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), commits: (commits() - commitsFrom) / seconds };
}

async function oneByOne(db: Db, writer: number, step: number): Promise<void> {
  const { interactionId, atMs, bodies, state } = work(writer, step);
  await db.transaction(async (tx) => {
    for (const [n, body] of bodies.entries()) {
      await tx.query("INSERT INTO fact (at, interaction_id, type, body) VALUES (to_timestamp($1::float8 / 1000), $2, $3, $4)", [atMs, interactionId, n === 0 ? "agentFound" : "accepted", body]);
    }
    await tx.query(
      `INSERT INTO interaction (id, body, closed, last_seq) VALUES ($1, $2, false, currval('fact_seq'))
       ON CONFLICT (id) DO UPDATE SET body = excluded.body, last_seq = excluded.last_seq, updated_at = now()`,
      [interactionId, state],
    );
  });
}

const root = mkdtempSync(join(tmpdir(), "tandem-bench-"));
chmodSync(root, 0o711);
const postgres = await startEmbeddedPostgres({ dataDir: join(root, "data"), log: silentLog });
const db = createDb({ connection: postgres.connection, log: silentLog, poolSize: 34 });
try {
  await migrate(db, await readMigrations(), silentLog);
  const facts = createFactLog({ db, clock: realClock, log: silentLog });
  await facts.prepareMonths(Date.now());
  const results: Measured[] = [];
  for (const writers of [16, 64, 128, 256, 512]) {
    results.push(
      await measure(`group commit, ${writers} writers`, writers, async (writer, step) => {
        const { interactionId, atMs, bodies, state } = work(writer, step);
        await facts.append({ facts: bodies.map((body, n) => ({ interactionId, type: n === 0 ? "agentFound" : "accepted", atMs, body })), state: { interactionId, body: state, closed: false } });
      }, () => facts.counts().commits),
    );
  }
  for (const writers of [16, 32]) {
    let commits = 0;
    results.push(
      await measure(`one commit each, ${writers} connections`, writers, async (writer, step) => {
        await oneByOne(db, writer, step);
        commits++;
      }, () => commits),
    );
  }
  await facts.close();
  console.log(`\n${SECONDS} s each after warm-up; an append is 2 facts and the interaction's state (1 kB), fsync on, PostgreSQL ${(await db.query<{ v: string }>("SELECT current_setting('server_version') AS v"))[0]!.v}\n`);
  console.table(
    Object.fromEntries(results.map((r) => [r.name, { "facts/s": Math.round(r.factsPerSecond), "appends/s": Math.round(r.appendsPerSecond), "commits/s": Math.round(r.commits), "p50 ms": Number(r.p50Ms.toFixed(2)), "p99 ms": Number(r.p99Ms.toFixed(2)) }])),
  );
} finally {
  await db.close();
  await postgres.stop();
  rmSync(root, { recursive: true });
}
