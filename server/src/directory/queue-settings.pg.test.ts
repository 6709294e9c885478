import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createDirectory, createQueueSettings, WHOLE_CENTRE, type Directory, type QueueSettings } from "./directory.ts";

let database: TestDatabase;
let directory: Directory;
let settings: QueueSettings;
let queueId: string;
const QUEUE = { needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 60_000, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000, ringMs: 20_000, wrapMs: 0 } as const;

const addQueue = async (name: string): Promise<string> => {
  const done = await directory.putQueue(null, { ...QUEUE, needs: [], rings: [], target: { ...QUEUE.target }, name });
  assert.ok(done.ok);
  return done.id;
};

before(async () => {
  database = await testDatabase();
  directory = await createDirectory({ db: database.db, clock: new VirtualClock(1_790_000_000_000), chance: seededChance(5), domain: "tandem.test", passwordLogN: 10 });
  settings = await createQueueSettings({ db: database.db, directory, log: silentLog });
  queueId = await addQueue("Orders");
});
after(async () => database?.drop());

test("a queue has its own setting, else the whole centre's, else the defaults; a removed one gives way again", async () => {
  assert.equal(settings.get("over-capacity", queueId).enabled, false);
  assert.deepEqual(await settings.put("over-capacity", WHOLE_CENTRE, { enabled: true, length: 9 }), { ok: true });
  assert.equal(settings.get("over-capacity", queueId).length, 9);
  assert.deepEqual(await settings.put("over-capacity", queueId, { enabled: true, length: 2 }), { ok: true });
  assert.equal(settings.get("over-capacity", queueId).length, 2);
  assert.equal(settings.get("over-capacity", "another").length, 9);
  assert.deepEqual(await settings.put("over-capacity", queueId, null), { ok: true });
  assert.equal(settings.own("over-capacity", queueId), null);
  assert.equal(settings.get("over-capacity", queueId).length, 9);
  await settings.put("over-capacity", WHOLE_CENTRE, null);
  assert.equal(settings.get("over-capacity", queueId).length, null);
});

test("what was stored is there after a restart, whole; what cannot be read is said and leaves the more general one", async () => {
  await settings.put("details", WHOLE_CENTRE, { supportEmail: "aide@exemple.fr" });
  await database.db.query("INSERT INTO queue_setting (queue_id, kind, body) VALUES ($1, 'redirection', '{\"shares\": 3}'), ($1, 'of-a-newer-tandem', '{}')", [queueId]);
  const said: Record<string, unknown>[] = [];
  const log: Log = { ...silentLog, error: (fields) => void said.push(fields) };
  const again = await createQueueSettings({ db: database.db, directory, log });
  assert.equal(again.get("details", queueId).supportEmail, "aide@exemple.fr");
  assert.deepEqual(again.get("redirection", queueId), { shares: [] });
  assert.deepEqual(said.map(({ kind }) => kind).toSorted(), ["of-a-newer-tandem", "redirection"]);
  await database.db.query("DELETE FROM queue_setting WHERE queue_id = $1", [queueId]);
});

test("who saw another revision writes over nothing; the same content is the same revision, after a restart too", async () => {
  const body = { hosts: ["crm.local"], assistants: [{ id: "bot", name: "Bot", with: { kind: "http", url: "https://example.com/", headers: { b: "2", a: "1" } } }] };
  const empty = settings.revision("flow-outside", WHOLE_CENTRE);
  assert.deepEqual(await settings.put("flow-outside", WHOLE_CENTRE, body, empty), { ok: true });
  assert.deepEqual(await settings.put("flow-outside", WHOLE_CENTRE, { hosts: ["other.local"] }, empty), { ok: false, code: "setting-changed" });
  assert.deepEqual(await settings.put("flow-outside", WHOLE_CENTRE, null, empty), { ok: false, code: "setting-changed" });
  assert.deepEqual(settings.get("flow-outside", "").hosts, ["crm.local"]);
  const seen = settings.revision("flow-outside", WHOLE_CENTRE);
  const again = await createQueueSettings({ db: database.db, directory, log: silentLog });
  assert.equal(again.revision("flow-outside", WHOLE_CENTRE), seen);
  assert.notEqual(seen, empty);
  // of two at once one is told
  const both = await Promise.all([1, 2].map((n) => settings.put("flow-outside", WHOLE_CENTRE, { hosts: [`h${n}.local`] }, seen)));
  assert.deepEqual(both.map(({ ok }) => ok).toSorted(), [false, true]);
  assert.deepEqual(await settings.put("flow-outside", WHOLE_CENTRE, null), { ok: true });
  assert.equal(settings.revision("flow-outside", WHOLE_CENTRE), empty);
});

test("refused: unknown queues, kinds in the wrong place, bodies that their schema does not allow, what a room's check says; nothing of it is kept", async () => {
  const refused = async (kind: Parameters<QueueSettings["put"]>[0], where: string, body: unknown): Promise<string> => {
    const done = await settings.put(kind, where, body);
    return done.ok ? "done" : `${done.code} ${done.field ?? ""}`.trim();
  };
  assert.equal(await refused("redirection", "nowhere", {}), "not-found");
  assert.equal(await refused("details", queueId, {}), "elsewhere");
  assert.equal(await refused("redirection", WHOLE_CENTRE, {}), "elsewhere");
  assert.equal(await refused("details", WHOLE_CENTRE, { supportEmail: "no" }), "bad-input supportEmail");
  assert.equal(await refused("redirection", queueId, { shares: [{ percent: 60, queueId }, { percent: 60, queueId, channels: ["chat"] }] }), "bad-input shares");
  assert.equal(await refused("redirection", queueId, { shares: [{ percent: 60, queueId, channels: ["ivr"] }, { percent: 60, queueId, channels: ["chat"] }] }), "done");
  settings.check("redirection", (id, body) => (body === null || body.shares.some((s) => s.queueId === id) ? { ok: false, code: "redirect-loop", field: "shares" } : null));
  assert.equal(await refused("redirection", queueId, { shares: [{ percent: 1, queueId }] }), "redirect-loop shares");
  assert.equal(settings.get("redirection", queueId).shares.length, 2);
  assert.equal(await refused("redirection", queueId, null), "redirect-loop shares", "a removal is judged, too");
  assert.equal(settings.get("redirection", queueId).shares.length, 2);
  settings.check("redirection", () => null);
  assert.equal(await refused("redirection", queueId, null), "done");
});

test("bodies are shared and cannot be changed by who reads them; writers are told to whom they matter", async () => {
  const heard: string[] = [];
  settings.onChange(({ kind, queueId: id }) => heard.push(`${kind} ${id}`));
  await settings.put("deflection", WHOLE_CENTRE, { calls: { enabled: true } });
  assert.throws(() => {
    settings.get("deflection", queueId).calls.enabled = false;
  }, TypeError);
  assert.deepEqual(heard, ["deflection "]);
});

test("a queue that is removed takes its settings along", async () => {
  const id = await addQueue("Short-lived");
  await settings.put("over-capacity", id, { enabled: true });
  const done = await directory.remove("queue", id);
  assert.ok(done.ok);
  await settings.reload(); // after the removal, in turn
  assert.equal(settings.own("over-capacity", id), null);
  assert.deepEqual(await database.db.query("SELECT kind FROM queue_setting WHERE queue_id = $1", [id]), []);
});
