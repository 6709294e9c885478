/** Drafts and versions of flows on a real PostgreSQL. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { silentLog } from "../base/log.ts";
import { createDb, migrate, readMigrations } from "../db/db.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createDirectory, type Author, type Directory, type Verdict } from "./directory.ts";

let database: TestDatabase;
let directory: Directory;
let clock: VirtualClock;
let made = 0;
const LEA: Author = { id: "usr_lea", name: "Léa" };
const HUGO: Author = { id: "usr_hugo", name: "Hugo" };
const document = (id: string, text: string): Record<string, unknown> => ({ id, name: `Flow ${id}`, version: 1, steps: { zebra: { kind: "say", text, next: "apple" }, apple: { kind: "end" } } });
const approve = async (given: unknown): Promise<Verdict<string>> => ({ ok: true, document: given as object });
const textOf = (value: unknown): unknown => (value as { steps: { zebra: { text: string } } }).steps.zebra.text;
const open = (): Promise<Directory> => createDirectory({ db: database.db, clock, chance: seededChance(3), domain: "tandem.test", passwordLogN: 10 });

before(async () => {
  database = await testDatabase();
  clock = new VirtualClock(1_790_000_000_000);
  directory = await open();
});
after(async () => database?.drop());

let id = "";
beforeEach(async () => {
  id = `f${++made}`;
  assert.deepEqual(await directory.studio.create(id, id, document(id, "one"), LEA), { ok: true, revision: 1 });
});

const save = async (text: string, base: number, by = LEA): Promise<number> => {
  const done = await directory.studio.save(id, document(id, text), base, by);
  assert.ok(done.ok, JSON.stringify(done));
  return done.revision;
};
const publish = async (base: number, by = LEA): Promise<number> => {
  const done = await directory.studio.publish(id, { baseRevision: base, note: `at ${base}`, by }, approve);
  assert.ok(done.ok, JSON.stringify(done));
  return done.version;
};

test("a draft is nothing that callers meet until it is published, and numbers are not given to it", async () => {
  assert.equal(directory.flow(id), null);
  assert.deepEqual(await directory.putNumber(null, { number: "4001", label: "N", flowId: id, language: "fr" }), { ok: false, code: "unpublished", field: "flowId" });
  await publish(1);
  assert.deepEqual([directory.flow(id)?.version, textOf(directory.flow(id)?.definition)], [1, "one"]);
  assert.ok((await directory.putNumber(null, { number: "4001", label: "N", flowId: id, language: "fr" })).ok);
  assert.deepEqual(await directory.studio.remove(id), { ok: false, code: "in-use" });
});

test("who saves over what they have not seen is told so, with the other's document; theirs stays", async () => {
  await save("Léa's", 1);
  const refused = await directory.studio.save(id, document(id, "Hugo's"), 1, HUGO);
  assert.ok(!refused.ok && refused.code === "conflict");
  assert.deepEqual([textOf(refused.document), refused.revision, refused.byName], ["Léa's", 2, "Léa"]);
  assert.equal(textOf((await directory.studio.draft(id))?.document), "Léa's");
  assert.equal(await save("both", 2, HUGO), 3);
});

test("two saves of one revision in the same instant: one is kept, the other hears of it", async () => {
  const done = await Promise.all([LEA, HUGO].map((by) => directory.studio.save(id, document(id, by.name), 1, by)));
  assert.deepEqual(done.map(({ ok }) => ok).toSorted(), [false, true]);
  const kept = done[0]?.ok ? LEA : HUGO;
  assert.equal(textOf((await directory.studio.draft(id))?.document), kept.name);
});

test("a publishing takes the revision that was approved, or nothing: a save meanwhile is a conflict and is not lost", async () => {
  const done = await directory.studio.publish(id, { baseRevision: 1, note: "", by: LEA }, async (given) => {
    await save("meanwhile", 1, HUGO);
    return approve(given);
  });
  assert.ok(!done.ok && done.code === "conflict");
  assert.deepEqual([directory.flow(id), textOf(done.document)], [null, "meanwhile"]);
  assert.deepEqual(await directory.studio.history(id), []);
});

test("a draft begun before somebody else's publishing is not written over by theirs, nor theirs by it", async () => {
  const seen = await save("one more", 1);
  await publish(seen, HUGO);
  const late = await directory.studio.save(id, document(id, "late"), seen, LEA);
  assert.ok(!late.ok && late.code === "conflict", "revisions go on over a publishing");
  assert.equal(textOf(late.document), "one more");
  await save("late, merged", late.revision);
  assert.deepEqual([textOf(directory.flow(id)?.definition), textOf((await directory.studio.draft(id))?.document)], ["one more", "late, merged"]);
});

test("what is not proved is not published, and nothing changes", async () => {
  const before = directory.studio.head(id);
  const done = await directory.studio.publish(id, { baseRevision: 1, note: "", by: LEA }, async () => ({ ok: false, details: "a dead end" }));
  assert.deepEqual(done, { ok: false, code: "unproved", details: "a dead end" });
  assert.deepEqual([directory.studio.head(id), directory.flow(id)], [before, null]);
});

test("a queue removed while the flow was being proved: not published", async () => {
  const queue = await directory.putQueue(null, { name: "Q", needs: [], rings: [], strategy: "longest-idle", priority: 0, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 60_000, ringMs: 20_000, wrapMs: 0 });
  assert.ok(queue.ok);
  const done = await directory.studio.publish(id, { baseRevision: 1, note: "", by: LEA }, async (given) => {
    assert.ok((await directory.remove("queue", queue.id)).ok);
    return { ok: true, document: { ...(given as object), steps: { q: { kind: "queue", queueId: queue.id } } } };
  });
  assert.deepEqual(done, { ok: false, code: "unknown-reference", field: "queueId" });
});

test("versions: history with author and note, none is ever changed, the same document makes no second one", async () => {
  await publish(1);
  const two = await save("two", directory.studio.head(id)!.draft.revision, HUGO);
  assert.equal(await publish(two, HUGO), 2);
  assert.equal(await publish(directory.studio.head(id)!.draft.revision), 2, "nothing changed since");
  assert.deepEqual((await directory.studio.history(id)).map(({ version, byName, note }) => [version, byName, note]), [[2, "Hugo", "at 3"], [1, "Léa", "at 1"]]);
  await assert.rejects(database.db.query("UPDATE flow_version SET document = '{}' WHERE flow_id = $1", [id]), /never changed/);
});

test("an old version goes live again as a new one; unpublished changes stay, an unchanged draft follows", async () => {
  await publish(1);
  await publish(await save("two", directory.studio.head(id)!.draft.revision));
  const edited = await save("three, unfinished", directory.studio.head(id)!.draft.revision);
  const back = await directory.studio.republish(id, { version: 1, note: "back", by: HUGO }, approve);
  assert.ok(back.ok);
  assert.deepEqual([back.version, textOf(directory.flow(id)?.definition), textOf((await directory.studio.draft(id))?.document)], [3, "one", "three, unfinished"]);
  await publish(edited);
  const seen = directory.studio.head(id)!.draft.revision;
  await directory.studio.republish(id, { version: 1, note: "again", by: HUGO }, approve);
  assert.equal(textOf((await directory.studio.draft(id))?.document), "one");
  const late = await directory.studio.save(id, document(id, "late"), seen, LEA);
  assert.ok(!late.ok && late.code === "conflict", "the unchanged draft became another document");
});

test("contacts finish on the version that they began with: after later ones, a removal, and a restart weeks after", async () => {
  await publish(1);
  await publish(await save("two", directory.studio.head(id)!.draft.revision));
  assert.equal(textOf(directory.flowVersion(id, 1)), "one");
  assert.ok((await directory.studio.remove(id)).ok);
  assert.equal(directory.flow(id), null);
  assert.equal(textOf(directory.flowVersion(id, 1)), "one");
  const soon = await open();
  assert.equal(textOf(soon.flowVersion(id, 1)), "one", "replaced lately: in memory");
  clock.advance(30 * 86_400_000);
  const later = await open();
  assert.equal(later.flowVersion(id, 1), null);
  await later.studio.keep([{ id, version: 1 }, { id, version: 9 }]);
  assert.deepEqual([textOf(later.flowVersion(id, 1)), later.flowVersion(id, 9)], ["one", null]);
});

test("a removed flow made again keeps its history and is not live until it is published anew", async () => {
  await publish(1);
  assert.ok((await directory.studio.remove(id)).ok);
  assert.ok((await directory.studio.create(id, id, document(id, "again"), HUGO)).ok);
  assert.equal(directory.flow(id), null);
  assert.equal(await publish(directory.studio.head(id)!.draft.revision, HUGO), 2);
});

test("a flow that is a part of another, published or drafted, is not removed", async () => {
  const part = id;
  await publish(1);
  const outer = `${part}_outer`;
  await directory.studio.create(outer, outer, { id: outer, steps: { s: { kind: "subflow", flowId: part, next: "s" } } }, LEA);
  assert.deepEqual(await directory.studio.remove(part), { ok: false, code: "in-use" });
  assert.ok((await directory.studio.remove(outer)).ok);
  assert.ok((await directory.studio.remove(part)).ok);
});

test("the steps keep their author's order in the database, and memory is what is stored", async () => {
  await publish(1);
  await directory.reload();
  const again = await open();
  assert.deepEqual(Object.keys((again.flow(id)!.definition as { steps: object }).steps), ["zebra", "apple"]);
  assert.deepEqual(again.studio.head(id), directory.studio.head(id));
  await save("x", directory.studio.head(id)!.draft.revision);
  await directory.studio.checked(id, directory.studio.head(id)!.draft.revision, 3);
  assert.deepEqual((await open()).studio.head(id), directory.studio.head(id));
  assert.equal(directory.studio.head(id)?.draft.problems, 3);
});

test("flows of before the versions: each row is its own version, with an unchanged draft", async () => {
  const all = await readMigrations();
  const earlier = all.filter(({ id: one }) => one < "0031");
  const old = await testDatabase({ migrations: earlier });
  try {
    await old.db.query("INSERT INTO flow (id, name, version, definition) VALUES ('old', 'Old', 4, $1)", [JSON.stringify({ id: "old", steps: {} })]);
    const db = createDb({ connection: old.connection, log: silentLog, poolSize: 1 });
    await migrate(db, all, silentLog);
    await db.close();
    const upgraded = await createDirectory({ db: old.db, clock, chance: seededChance(3), domain: "tandem.test", passwordLogN: 10 });
    assert.deepEqual(upgraded.flow("old"), { id: "old", name: "Old", version: 4, definition: { id: "old", steps: {} } });
    assert.deepEqual([upgraded.studio.head("old")?.draft.changed, (await upgraded.studio.history("old")).map(({ version }) => version)], [false, [4]]);
  } finally {
    await old.drop();
  }
});
