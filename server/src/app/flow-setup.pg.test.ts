/** What flows keep in and read of the database: counted ways, sealed secrets, customers' cards. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { AskAbout, FlowMove } from "../centre/centre.ts";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createCases, createCrm, type Crm } from "../crm/crm.ts";
import type { Db } from "../db/db.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createSeal } from "../trunk/trunk.ts";
import { createFlowSecrets } from "./flow-secrets.ts";
import { lookUpCase, updateCase } from "./flow-cases.ts";
import { filled, lookUpCustomer } from "./flow-setup.ts";
import { createFlowTraffic } from "./flow-traffic.ts";
import { createTrafficView } from "./flow-traffic-view.ts";

let database: TestDatabase;
let db: Db;
let clock: VirtualClock;
let crm: Crm;
before(async () => {
  database = await testDatabase();
  ({ db } = database);
  clock = new VirtualClock(Date.UTC(2026, 10, 23, 9, 59));
  crm = createCrm(db, clock, seededChance(1));
});
after(async () => database?.drop());

const move = (stepId: string, port: string | null, more: Partial<FlowMove> = {}): FlowMove => ({ interaction: {} as FlowMove["interaction"], flowId: "f", version: 3, inFlow: "f", stepId, port, ended: null, triedBy: null, builtIn: false, ...more });

test("ways are counted by the hour in one write every few seconds; tries and what is no administrator's flow are not", async () => {
  const traffic = createFlowTraffic({ db, clock, log: silentLog });
  const count = async (): Promise<unknown> => (await createTrafficView({ db, clock }).of("f"));
  for (const one of [move("menu", null), move("menu", "choice:0"), move("over", null, { ended: "person" }), move("menu", null), move("menu", null, { triedBy: "usr_lea" }), move("first", null, { flowId: "deflection", inFlow: "deflection", builtIn: true }), move("ask", "next", { inFlow: "g" })]) traffic.moved(one);
  assert.deepEqual((await db.query("SELECT 1 FROM flow_traffic")).length, 0, "not one statement a step");
  clock.advance(3_000);
  await traffic.flush();
  const sinceMs = Date.UTC(2026, 10, 22, 9);
  assert.deepEqual(await count(), { sinceMs, steps: { menu: 2 }, edges: { "menu choice:0": 1 }, ends: { person: 1 } });
  clock.advance(120_000); // the next hour
  traffic.moved(move("menu", null));
  await traffic.stop();
  assert.deepEqual(await count(), { sinceMs: sinceMs + 3_600_000, steps: { menu: 3 }, edges: { "menu choice:0": 1 }, ends: { person: 1 } });
  assert.deepEqual((await db.query("SELECT flow_id FROM flow_traffic GROUP BY flow_id ORDER BY 1")).map((row) => row.flow_id), ["f", "g"]);
  clock.advance(41 * 86_400_000);
  await traffic.tidy();
  assert.deepEqual(await db.query("SELECT 1 FROM flow_traffic"), []);
});

test("counts that could not be written are written later", async () => {
  let fails = true;
  const traffic = createFlowTraffic({ clock, log: silentLog, db: { ...db, query: (...args: Parameters<Db["query"]>) => (fails ? Promise.reject(new Error("down")) : db.query(...args)) } });
  traffic.moved(move("late", null));
  await traffic.flush();
  fails = false;
  traffic.moved(move("late", null));
  await traffic.stop();
  assert.deepEqual((await db.query("SELECT n FROM flow_traffic WHERE step_id = 'late'")).map((row) => Number(row.n)), [2]);
});

test("secrets lie sealed, are filled where they are named, and open with their own key only", async () => {
  const seal = createSeal(new Uint8Array(32).fill(7), seededChance(2));
  const secrets = await createFlowSecrets({ db, clock, seal, log: silentLog });
  await secrets.put("crm", 'to"ken');
  const [row] = await db.query<{ sealed: string }>("SELECT sealed FROM flow_secret");
  assert.ok(!row!.sealed.includes("to") || !Buffer.from(row!.sealed, "base64").toString("utf8").includes("ken"));
  assert.deepEqual(secrets.fill("Bearer {secret.crm}", (value) => value), { text: 'Bearer to"ken', secret: true });
  assert.deepEqual(secrets.fill("{secret.crm}", encodeURIComponent), { text: "to%22ken", secret: true });
  assert.deepEqual(secrets.fill("plain {data.x}", (value) => value), { text: "plain {data.x}", secret: false });
  assert.equal(secrets.fill("{secret.other}", (value) => value), null);
  await secrets.put("CRM_Key", "k");
  assert.deepEqual(secrets.fill("Bearer {secret.CRM_Key}", (value) => value), { text: "Bearer k", secret: true }, "a name may begin with a capital");
  for (const name of ["", "1", "a-b", "x".repeat(50)]) assert.equal(secrets.fill(`Bearer {secret.${name}}`, (value) => value), null, `${name} is no name: nothing leaves as it is written`);
  await secrets.remove("CRM_Key");
  const again = await createFlowSecrets({ db, clock, seal, log: silentLog });
  assert.equal(again.fill("{secret.crm}", (value) => value)?.text, 'to"ken');
  const errors: string[] = [];
  const other = await createFlowSecrets({ db, clock, seal: createSeal(new Uint8Array(32).fill(8), seededChance(2)), log: { ...silentLog, error: (_fields, message) => void errors.push(message) } });
  assert.deepEqual([other.fill("{secret.crm}", (value) => value), errors.length], [null, 1]);
  assert.deepEqual([await again.remove("crm"), await again.remove("crm"), again.list()], [true, false, []]);
});

test("a customer is looked up by exactly their number, address or order, never by a part of it; the card has their own fields", async () => {
  const { customerId } = await crm.identify("voice", "+33612345678", "Ana Ruiz", "fr");
  await db.query("INSERT INTO customer_identity (kind, value, customer_id) VALUES ('email', 'ana@example.org', $1)", [customerId]);
  await db.query("INSERT INTO shop_order (number, customer_id, title, detail, total_cents, currency, status, placed_at) VALUES ('10482', $1, 'Lampe', '', 100, 'EUR', 'sent', now())", [customerId]);
  for (const value of ["+33612345678", "06 12 34 56 78", "Ana@example.org", "10482", " 10482 "]) assert.equal(await crm.lookUp(value), customerId, value);
  for (const value of ["1", "1048", "612345678 OR 1=1", "%", "", "ana", "12345678"]) assert.equal(await crm.lookUp(value), null, value);
  await crm.putFields(customerId, { tier2: "gold", "bad name": "x" });
  await crm.setNameAndLanguage(customerId, { name: "Ana R." });
  assert.deepEqual(await crm.card(customerId), { id: customerId, name: "Ana R.", firstName: "Ana", city: null, language: "fr", tier: null, tier2: "gold" });
  assert.equal(await crm.card("nobody"), null);
});

test("who calls for the first time is unknown, though their record was made a moment before; by what they type they may be somebody we know", async () => {
  const { customerId: known } = await crm.identify("voice", "+33611112222", "Ben", "fr");
  const { customerId, known: recognised } = await crm.identify("voice", "+33611113333", "", "fr");
  assert.equal(recognised, false);
  assert.deepEqual(await lookUpCustomer(crm, "+33611113333", { customerId }), { ok: true, customer: null, last: null });
  const found = await lookUpCustomer(crm, "+33611112222", { customerId });
  assert.ok(found.ok && found.customer);
  assert.deepEqual([found.customer["id"], found.customer["known"]], [known, true]);
});

test("a flow's words on a case: found by number or as the newest, opened once a deed, changed; nothing without somebody or with a state that is none", async () => {
  const cases = createCases(db, clock);
  const { customerId } = await crm.identify("voice", "+33612345679", "Eva Lund", "fr");
  const about: AskAbout = { deedId: "int_1:a:1", interactionId: "int_1", medium: "voice", customerId, from: "+33612345679", fromName: "Eva", to: "3000", language: "fr", sinceMs: 0 };
  const open = { kind: "update", of: "new-case", customerId: "", fields: { subject: "Lampe cassée", colour: "rouge", gone: null }, note: "Par téléphone" } as const;
  const opened = await updateCase(cases, open, about);
  assert.ok(opened.ok && opened.case);
  const { number } = opened.case;
  assert.deepEqual(opened, { ok: true, case: { number, subject: "Lampe cassée", state: "open", colour: "rouge", mine: true } });
  assert.deepEqual(await updateCase(cases, open, about), opened, "asked again after a restart: the same one");
  const newest = { kind: "lookup", of: "newest-case", value: "" } as const;
  assert.deepEqual(await lookUpCase(cases, newest, about), opened);
  assert.deepEqual(await lookUpCase(cases, { ...newest, value: customerId }, { ...about, customerId: null }), { ok: true, case: { ...opened.case, mine: false } }, "the contact is with nobody who is known");
  assert.deepEqual(await lookUpCase(cases, newest, { ...about, customerId: null }), { ok: true, case: null });
  assert.deepEqual(await lookUpCase(cases, { kind: "lookup", of: "case", value: "999999" }, about), { ok: true, case: null });
  const change = { kind: "update", of: "case", number: String(number), fields: { state: "closed", colour: "bleu" }, note: "Réglé" } as const;
  const closed = { ok: true, case: { number, subject: "Lampe cassée", state: "closed", colour: "bleu", mine: true } };
  assert.deepEqual(await updateCase(cases, change, { ...about, deedId: "int_1:b:2" }), closed);
  assert.deepEqual(await lookUpCase(cases, { kind: "lookup", of: "case", value: `n° ${number}` }, about), closed);
  assert.deepEqual(await lookUpCase(cases, newest, about), { ok: true, case: null }, "a closed case is not the newest open one");
  assert.deepEqual((await cases.find(String(number)))?.notes.map(({ byName, text }) => [byName, text]), [["Tandem", "Réglé"], ["Tandem", "Par téléphone"]], "the latest first");
  for (const refused of [await updateCase(cases, { ...change, fields: { state: "won" } }, about), await updateCase(cases, { ...change, number: "999999" }, { ...about, deedId: "y" }), await updateCase(cases, open, { ...about, customerId: null, deedId: "x" })]) assert.equal(refused.ok, false);
});

test("a secret that a URL begins with is its scheme, host and path; within one it is a value, and a missing one sends nothing", async () => {
  const secrets = await createFlowSecrets({ db, clock, seal: createSeal(new Uint8Array(32).fill(7), seededChance(2)), log: silentLog });
  await secrets.put("hook", "https://hooks.example/T0/b?k=1&x=");
  await secrets.put("key", "a/b&c");
  const of = (url: string): unknown => {
    const request = filled({ kind: "http", method: "GET", url, headers: {}, body: null, saves: [] }, secrets);
    return request && [request.url, request.secret];
  };
  assert.deepEqual(of("{secret.hook}/9?k={secret.key}"), ["https://hooks.example/T0/b?k=1&x=/9?k=a%2Fb%26c", true]);
  assert.deepEqual(of("https://crm.example/{secret.key}"), ["https://crm.example/a%2Fb%26c", true]);
  assert.deepEqual(of("https://crm.example/1"), ["https://crm.example/1", false]);
  assert.deepEqual([of("{secret.gone}/x"), of("https://crm.example/{secret.gone}")], [null, null]);
  await secrets.put("tenant", "t9");
  const shown = (url: string): unknown => filled({ kind: "http", method: "GET", url, headers: {}, body: null, saves: [] }, secrets)?.shownHost;
  assert.deepEqual([shown("https://{secret.tenant}.crm.example/x"), shown("https://crm.example/{secret.key}"), shown("{secret.hook}/{secret.key}")], ["{secret.tenant}.crm.example", undefined, undefined], "a host that is a secret is not told in logs");
  for (const name of ["hook", "key", "tenant"]) await secrets.remove(name);
});
