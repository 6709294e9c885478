import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createDirectory, createSessions, verifyPassword, type Directory } from "./directory.ts";

let database: TestDatabase;
let directory: Directory;
const clock = new VirtualClock(1_790_000_000_000);
const USER = { name: "N", team: "", language: "fr", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true } as const;

before(async () => {
  database = await testDatabase();
  directory = await createDirectory({ db: database.db, clock, chance: seededChance(3), domain: "tandem.test", passwordLogN: 10 });
});
after(async () => database?.drop());

const add = async (login: string, roles: ("agent" | "supervisor" | "administrator")[]): Promise<{ id: string; password: string }> => {
  const done = await directory.putUser(null, { ...USER, login, roles, skills: [], queueIds: [] });
  assert.ok(done.ok);
  return { id: done.id, password: done.password! };
};

test("two administrators demoted or removed in the same instant: one remains", async () => {
  const [a, b] = [await add("a1", ["administrator"]), await add("a2", ["administrator"])];
  const demoted = { ...USER, roles: ["agent" as const], skills: [], queueIds: [] };
  const done = await Promise.all([directory.putUser(a.id, { ...demoted, login: "a1" }), directory.remove("user", b.id)]);
  assert.deepEqual(done.map((d) => (d.ok ? "done" : d.code)), ["done", "last-administrator"]);
});

test("a reference and the removal of what it names, in the same instant: never a dangling one", async () => {
  const skill = await directory.putSkill(null, { name: "Welsh" });
  assert.ok(skill.ok);
  const [user, removed] = await Promise.all([
    directory.putUser(null, { ...USER, login: "w", roles: ["agent"], skills: [{ skillId: skill.id, level: 3 }], queueIds: [] }),
    directory.remove("skill", skill.id),
  ]);
  assert.deepEqual([user.ok, removed.ok ? "removed" : removed.code], [true, "in-use"]);
});

test("a wish set while the user is being changed keeps both", async () => {
  const { id } = await add("both", ["agent"]);
  await Promise.all([directory.setWish(id, "break"), directory.putUser(id, { ...USER, login: "both", name: "Changed", roles: ["agent"], skills: [], queueIds: [] })]);
  assert.deepEqual([directory.user(id)?.name, directory.user(id)?.wish], ["Changed", "break"]);
  await directory.reload();
  assert.deepEqual([directory.user(id)?.name, directory.user(id)?.wish], ["Changed", "break"], "as stored");
});

test("phones are found by account and by person, also after both changed", async () => {
  const { id } = await add("owner", ["agent"]);
  const phone = await directory.putPhone(null, { account: "desk.9", label: "Desk", userId: id });
  assert.ok(phone.ok);
  assert.equal(directory.phoneOf("desk.9")?.userId, id);
  assert.deepEqual(directory.phonesOfUser(id).map((p) => p.account), ["desk.9"]);
  await directory.remove("user", id);
  assert.deepEqual(directory.phonesOfUser(id), []);
  assert.equal(directory.phoneOf("desk.9")?.userId, null);
});

test("a password opens, another does not, and neither does any for a login that is not there", async () => {
  const { password } = await add("opens", ["agent"]);
  const found = await directory.userByLogin("opens");
  assert.equal(await verifyPassword(password, found!.passwordHash), true);
  assert.equal(await verifyPassword(`${password}x`, found!.passwordHash), false);
  assert.equal(await verifyPassword(password, null), false);
});

test("who is made without a password cannot sign in until one is made for them", async () => {
  const made = await directory.putUser(null, { ...USER, login: "colleague", roles: ["agent"], skills: [], queueIds: [] }, "no-password");
  assert.ok(made.ok);
  assert.equal(made.password, null);
  assert.equal(await verifyPassword("", (await directory.userByLogin("colleague"))!.passwordHash), false);
  const reset = await directory.resetPassword(made.id);
  assert.ok(reset.ok && (await verifyPassword(reset.password, (await directory.userByLogin("colleague"))!.passwordHash)));
});

test("sessions end at sign-out at once, for all of a user at once, and by themselves after a working day", async () => {
  const sessions = createSessions(database.db, clock, seededChance(4));
  const { id } = await add("session", ["agent"]);
  const [one, two] = [await sessions.open(id), await sessions.open(id)];
  assert.equal(await sessions.userOf(one), id);
  await sessions.close(one);
  assert.equal(await sessions.userOf(one), null);
  assert.equal(await sessions.userOf(two), id);
  await sessions.closeAll(id);
  assert.equal(await sessions.userOf(two), null);
  const three = await sessions.open(id);
  assert.equal(await sessions.userOf(three), id);
  clock.advance(14 * 3_600_000 + 1);
  assert.equal(await sessions.userOf(three), null);
});
