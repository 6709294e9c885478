/** Rows of the catalogue about who the customer is, on a real database: UNA-01, PIT-01, HUB-02, HUB-03. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededChance } from "../../server/src/base/chance.ts";
import { VirtualClock } from "../../server/src/base/virtual-clock.ts";
import { createCrm, importDemoCustomers, type Crm } from "../../server/src/crm/crm.ts";
import { testDatabase, type TestDatabase } from "../../server/src/db/test-database.ts";

/** 23 November 2026, 09:05 in Paris. */
const NOW_MS = Date.UTC(2026, 10, 23, 8, 5);
const NAMES = { queue: (id: string) => id, agent: (id: string) => id };
let database: TestDatabase;
let crm: Crm;

before(async () => {
  database = await testDatabase();
  crm = createCrm(database.db, new VirtualClock(NOW_MS), seededChance(7));
  await importDemoCustomers(database.db, NOW_MS, "camille", "en");
});
after(() => database.drop());

test("UNA-01: an anonymous visitor gets a temporary identity named by day and time, and only their token opens it", async () => {
  const visitor = await crm.newVisitor("en", "Europe/Paris");
  assert.equal(visitor.name, "Web User 11/23 09:05");
  assert.equal((await crm.newVisitor("fr", "Europe/Paris")).name, "Visiteur 23/11 09:05");
  assert.equal((await crm.visitorByToken(visitor.token))?.id, visitor.id);
  assert.equal(await crm.visitorByToken(`${visitor.token}x`), null);
});

test("PIT-01: a known number is recognised however it is written, by telephone as by their SIP account", async () => {
  for (const from of ["+33612849047", "0612849047", "06 12 84 90 47", "camille"]) {
    const found = await crm.identify("voice", from, "", "fr");
    assert.equal(found.customerId, "cus_demo_camille", from);
    assert.equal(found.known, true);
  }
});

test("HUB-02, HUB-03: a visitor who chats and then calls from the page is one customer, and the call knows of the chat", async () => {
  const visitor = await crm.newVisitor("en", "Europe/Paris");
  const chatting = await crm.identify("chat", visitor.id, visitor.name, "en");
  assert.equal(chatting.known, false);
  const chat = {
    id: "int_chat", traits: { medium: "chat" }, createdAtMs: NOW_MS, state: "closed", reason: "Advice", queue: null, agentId: "lea", disposition: null, notes: "",
    closed: { atMs: NOW_MS + 60_000, why: "customer-left" }, recordings: [], rating: null, customer: { id: chatting.customerId },
  };
  await database.db.query("INSERT INTO interaction (id, body, closed, last_seq) VALUES ($1, $2, true, 1)", [chat.id, JSON.stringify(chat)]);
  const calling = await crm.identify("voice", visitor.id, visitor.name, "en");
  assert.equal(calling.customerId, chatting.customerId);
  assert.equal(calling.known, true);
  assert.deepEqual(calling.last, { atMs: NOW_MS, medium: "chat", reason: "Advice", closedWhy: "customer-left", agentId: "lea" });
  assert.deepEqual((await crm.customer(calling.customerId, NAMES))?.timeline.map((entry) => entry.interactionId), ["int_chat"]);
});
