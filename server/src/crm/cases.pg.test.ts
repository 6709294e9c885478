/** Cases on a real PostgreSQL: numbers, what stays and what changes, a deed asked twice, two at once. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { CASE_LIMITS } from "@tandem/protocol";
import { seededChance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { Db } from "../db/db.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createCases, createCrm, type Cases, type Crm } from "./crm.ts";

let database: TestDatabase;
let db: Db;
let clock: VirtualClock;
let crm: Crm;
let cases: Cases;
let who = "";
let deeds = 0;

before(async () => {
  database = await testDatabase();
  ({ db } = database);
  clock = new VirtualClock(Date.UTC(2026, 10, 23, 9));
  crm = createCrm(db, clock, seededChance(1));
  cases = createCases(db, clock);
});
after(async () => database?.drop());
beforeEach(async () => {
  who = (await crm.identify("voice", `+3361234${String(++deeds).padStart(4, "0")}`, "Ana Ruiz", "fr")).customerId;
});

const FLOW = { id: null, name: "Bank" };
const lea = { id: "usr_lea", name: "Léa Marchand" };
const deed = (): string => `deed-${++deeds}`;
const opened = async (subject: string, more: Partial<Parameters<Cases["open"]>[1]> = {}): Promise<string> => {
  const made = await cases.open(who, { subject, fields: {}, note: null, by: FLOW, deed: deed(), ...more });
  assert.ok(made);
  return made.number;
};

/** What comes of `work` when all of it begins before `sql` (of that customer) is committed: so many statements wait for it. */
async function during<T>(sql: string, work: () => Promise<T>, waiting: number): Promise<T> {
  let result: Promise<T> | undefined;
  await db.transaction(async (tx) => {
    await tx.query(sql, [who]);
    result = work();
    for (const end = Date.now() + 20_000; ; ) {
      const [row] = await db.query<{ n: number }>("SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
      if (row!.n >= waiting) return;
      assert.ok(Date.now() < end, "nothing waits");
    }
  });
  return result!;
}

test("the first case is 1001, and is found by its number as people say and type it", async () => {
  assert.equal((await db.query<{ last: number }>("SELECT last_value AS last FROM customer_case_number"))[0]?.last, 1001, "nobody took one before");
  const atMs = clock.now();
  const made = await cases.open(who, { subject: " Lamp broken ", fields: { product: "Orphée" }, note: "Glass in the box", by: FLOW, deed: deed() });
  assert.deepEqual(made, { number: "1001", customerId: who, subject: "Lamp broken", state: "open", fields: { product: "Orphée" }, openedAtMs: atMs, changedAtMs: atMs, changedBy: "Bank", notes: [{ atMs, byName: "Bank", text: "Glass in the box" }] });
  for (const said of ["1001", " 1001 ", "n°1001", "N° 1001", "#1001", "# 1001", "no. 1001", "1 0 0 1", "10\u202f01", "Dossier n° 1001", "case 1001.", "001001"]) assert.deepEqual(await cases.find(said), made, said);
  for (const said of ["", "1002", "x1001", "1001 or 1=1", "10-01", "-1001", "1001.5", "9".repeat(15), "9".repeat(16), "9".repeat(30), "9".repeat(400), "١٠٠١"]) assert.equal(await cases.find(said), null, said);
});

test("nobody's case is not opened, no case is not changed, and no number is lost by it", async () => {
  const number = await opened("One");
  assert.equal(await cases.open("cus_nobody", { subject: "x", fields: {}, note: null, by: FLOW, deed: deed() }), null);
  assert.equal(await cases.change("999999", { state: "closed", by: FLOW, deed: deed() }), null);
  assert.equal(await cases.change("soon", { state: "closed", by: FLOW, deed: deed() }), null);
  assert.equal(await opened("Two"), String(Number(number) + 1));
});

test("a change changes what it names; a note is added to those before, the newest first", async () => {
  const number = await opened("Late parcel", { fields: { parcel: "7B", carrier: "Chrono" }, note: "first" });
  const openedAtMs = clock.now();
  clock.advance(60_000);
  const pending = await cases.change(number, { state: "pending", fields: { carrier: "", eta: "Monday" }, note: "second", by: lea, deed: deed() });
  assert.deepEqual(pending, {
    number, customerId: who, subject: "Late parcel", state: "pending", fields: { parcel: "7B", eta: "Monday" }, openedAtMs, changedAtMs: openedAtMs + 60_000, changedBy: "Bank",
    notes: [{ atMs: openedAtMs + 60_000, byName: "Léa Marchand", text: "second" }, { atMs: openedAtMs, byName: "Bank", text: "first" }],
  });
  clock.advance(60_000);
  const renamed = await cases.change(`n° ${number}`, { subject: "Lost parcel", note: " ", by: lea, deed: deed() });
  assert.deepEqual(renamed, { ...pending, subject: "Lost parcel", changedAtMs: openedAtMs + 120_000, changedBy: "Léa Marchand" });
  assert.equal((await cases.change(number, { subject: "  ", by: lea, deed: deed() }))?.subject, "Lost parcel", "an empty subject is none");
  // two notes of one moment keep their order
  for (const note of ["third", "fourth"]) await cases.change(number, { note, by: lea, deed: deed() });
  assert.deepEqual((await cases.find(number))?.notes.map(({ text }) => text), ["fourth", "third", "second", "first"]);
});

test("a deed asked again is not done again, whatever happened meanwhile", async () => {
  const opening = deed();
  const number = await opened("Refund", { deed: opening, note: "asked" });
  const waits = deed();
  await cases.change(number, { state: "pending", note: "waits", by: FLOW, deed: waits });
  await cases.change(number, { state: "closed", note: "paid", by: lea, deed: deed() });
  const closed = await cases.find(number);
  assert.equal(closed?.state, "closed");
  clock.advance(1_000);
  assert.deepEqual(await cases.change(number, { state: "pending", note: "waits", by: FLOW, deed: waits }), closed);
  assert.deepEqual(await cases.open(who, { subject: "Refund", fields: {}, note: "asked", by: FLOW, deed: opening }), closed);
  // a flow that changed the newest case, and finds none open when it is asked again, opens no other
  assert.deepEqual(await cases.open(who, { subject: "Refund", fields: {}, note: "waits", by: FLOW, deed: waits }), closed);
  assert.deepEqual(await cases.find(number), closed);
  assert.deepEqual((await cases.ofCustomer(who)).map((one) => one.number), [number]);
  assert.equal(await opened("Next"), String(Number(number) + 1), "asking again costs no number");
});

test("the same deed at once opens one case and adds one note; different changes at once lose nothing", async () => {
  const same = deed();
  const open = (): ReturnType<Cases["open"]> => cases.open(who, { subject: "Once", fields: {}, note: "n", by: FLOW, deed: same });
  const both = await during("SELECT FROM customer WHERE id = $1 FOR UPDATE", () => Promise.all([open(), open()]), 2);
  assert.equal(new Set(both.map((one) => one?.number)).size, 1);
  const number = both[0]!.number;
  const again = deed();
  await Promise.all(Array.from({ length: 4 }, () => cases.change(number, { note: "again", by: FLOW, deed: again })));
  await Promise.all(Array.from({ length: 4 }, (_, i) => cases.change(number, { fields: { [`f${i}`]: "x" }, by: FLOW, deed: deed() })));
  const [one, ...others] = await cases.ofCustomer(who);
  assert.deepEqual([one?.notes.map(({ text }) => text), Object.keys(one?.fields ?? {}).sort(), others], [["again", "n"], ["f0", "f1", "f2", "f3"], []]);
});

test("what somebody else changed meanwhile is not written over, and said whose it is; a note meanwhile is no change; the same deed again is done", async () => {
  const number = await opened("Late parcel", { fields: { parcel: "7B" } });
  const heard: string[] = [];
  cases.onChange((one) => heard.push(`${one.number} ${one.subject}`));
  await cases.change(number, { fields: { eta: "Monday" }, by: { id: "usr_marc", name: "Marc" }, deed: deed() });
  await cases.change(number, { note: "rang again", by: lea, deed: deed() });
  const mine = deed();
  const change = (was: Parameters<Cases["changeFrom"]>[1], id: string): ReturnType<Cases["changeFrom"]> => cases.changeFrom(number, was, { subject: "Lost parcel", fields: { eta: "Tuesday" }, by: lea, deed: id });
  for (const was of [{ subject: "Late parcel", fields: { eta: "" } }, { subject: "Other", fields: { eta: "Monday" } }, { fields: { eta: "Monday", parcel: "" } }]) {
    const refused = await change(was, deed());
    assert.deepEqual([refused?.changed, refused?.case.subject, refused?.case.fields, refused?.case.changedBy], [false, "Late parcel", { parcel: "7B", eta: "Monday" }, "Marc"]);
  }
  const done = await change({ subject: "Late parcel", fields: { eta: "Monday" } }, mine);
  assert.deepEqual([done?.changed, done?.case.subject, done?.case.fields["eta"], done?.case.changedBy], [true, "Lost parcel", "Tuesday", "Léa Marchand"]);
  await cases.change(number, { subject: "Found parcel", by: lea, deed: deed() });
  assert.deepEqual([(await change({ subject: "Late parcel" }, mine))?.changed, (await cases.find(number))?.subject], [true, "Found parcel"], "the answer was lost, the deed is done");
  assert.deepEqual(heard, [`${number} Late parcel`, `${number} Late parcel`, `${number} Lost parcel`, `${number} Found parcel`]);
});

test("a customer who goes in the same instant has no case", async () => {
  assert.equal(await during("DELETE FROM customer WHERE id = $1", () => cases.open(who, { subject: "Too late", fields: {}, note: null, by: FLOW, deed: deed() }), 1), null);
});

test("the newest that is not closed; lists have those first, then what changed last, and an end", async () => {
  assert.deepEqual([await cases.newestOf(who), await cases.ofCustomer(who), await cases.newestOf("cus_nobody")], [null, [], null]);
  const [a, b, c] = [await opened("a"), await opened("b"), await opened("c", { state: "closed" })];
  clock.advance(1_000);
  await cases.change(a, { note: "touched", by: lea, deed: deed() });
  clock.advance(1_000);
  await cases.change(c, { note: "touched", by: lea, deed: deed() });
  assert.equal((await cases.newestOf(who))?.number, b);
  assert.deepEqual((await cases.ofCustomer(who)).map(({ subject, notes }) => `${subject} ${notes.length}`), ["a 1", "b 0", "c 1"]);
  const other = (await crm.identify("voice", "+33699999999", "Bo", "fr")).customerId;
  await cases.open(other, { subject: "theirs", fields: {}, note: null, by: FLOW, deed: deed() });
  assert.equal((await cases.newestOf(who))?.number, b);
  for (let i = 0; i < CASE_LIMITS.perCustomer; i++) await opened(`more ${i}`);
  const all = await cases.ofCustomer(who);
  assert.deepEqual([all.length, all.some(({ state }) => state === "closed")], [CASE_LIMITS.perCustomer, false]);
});

test("what is too long is cut, what is no field's name is left out, and the fiftieth field is the last", async () => {
  const many = Object.fromEntries(Array.from({ length: CASE_LIMITS.fields - 1 }, (_, i) => [`f${i}`, "x"]));
  const number = await opened("s".repeat(500), { fields: { ...many, "bad name": "x", "1st": "x", __proto__x: "x", long: "v".repeat(500), more: "x" }, note: `${"n".repeat(CASE_LIMITS.noteChars - 1)}😀` });
  const one = await cases.find(number);
  assert.deepEqual([one?.subject.length, one?.fields["long"]?.length, one?.notes[0]?.text.length], [CASE_LIMITS.subjectChars, CASE_LIMITS.valueChars, CASE_LIMITS.noteChars - 1]);
  assert.deepEqual(Object.keys(one?.fields ?? {}).sort(), [...Object.keys(many), "long"].sort());
  const later = await cases.change(number, { fields: { late: "x", f0: "y", f1: "" }, by: FLOW, deed: deed() });
  assert.deepEqual([later?.fields["late"], later?.fields["f0"], later?.fields["f1"]], [undefined, "y", undefined]);
  assert.equal((await cases.change(number, { fields: { late: "x" }, by: FLOW, deed: deed() }))?.fields["late"], "x", "there is room again");
  // names of Object's own, and text that PostgreSQL would refuse
  const odd = await cases.change(number, { fields: { constructor: "c", f2: "a\0b\ud800" }, note: "\0", by: FLOW, deed: deed() });
  assert.deepEqual([Object.hasOwn(odd?.fields ?? {}, "constructor"), odd?.fields["f2"], odd?.notes.length], [false, "ab\ufffd", 1]);
});

test("of very many notes the newest are shown", async () => {
  const number = await opened("Long story");
  await db.query("INSERT INTO case_deed (deed, number, at, by_name, note) SELECT 'bulk-' || i, $1, now(), 'x', 'note ' || i FROM generate_series(1, $2::int) i", [Number(number), CASE_LIMITS.notesShown + 1]);
  const notes = (await cases.find(number))?.notes ?? [];
  assert.deepEqual([notes.length, notes[0]?.text, notes.at(-1)?.text], [CASE_LIMITS.notesShown, `note ${CASE_LIMITS.notesShown + 1}`, "note 2"]);
});

test("a customer is found by a case's number, before those who have the digits in theirs; and goes with their cases", async () => {
  const number = await opened("Search me");
  for (let i = 0; i < 20; i++) await crm.identify("voice", `+3360${number}${String(i).padStart(10 - 2 - number.length + 1, "0")}`, "Aaron", "fr");
  for (const typed of [number, `#${number}`, `n° ${number}`, ` dossier ${number}`]) {
    const [first, second] = await crm.search(typed);
    assert.deepEqual([first?.id, first?.caseNumber, second?.caseNumber], [who, number, undefined], typed);
  }
  await db.query("DELETE FROM customer WHERE id = $1", [who]);
  assert.deepEqual([await cases.find(number), (await db.query("SELECT 1 FROM case_deed WHERE number = $1", [Number(number)])).length], [null, 0]);
});
