import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createBrowserPhones, type EphemeralAccounts } from "./browser-phones.ts";

const PAGE = { url: "https://shop.example/", title: "Shop", referrer: "", about: {} };
const make = (): { phones: EphemeralAccounts; clock: VirtualClock; ended: string[] } => {
  const clock = new VirtualClock(1_790_000_000_000);
  const ended: string[] = [];
  return { clock, ended, phones: createBrowserPhones({ domain: "tandem.local", clock, chance: seededChance(7), ended: (account) => void ended.push(account) }) };
};

test("a visitor's account opens one call: it is worthless after five minutes", () => {
  const { phones, clock } = make();
  const { account, validMs } = phones.issueVisitor({ id: "vis_1", name: "Web User" }, PAGE, "fr", "1000");
  assert.equal(phones.visitorOf(account)?.id, "vis_1");
  assert.ok(phones.credentials(account));
  clock.advance(validMs);
  assert.equal(phones.credentials(account), null);
  assert.equal(phones.visitorOf(account), null);
});

test("calls asked for without end push out visitors' accounts, never an agent's", () => {
  const { phones } = make();
  const { account } = phones.issueAgent("lea");
  const first = phones.issueVisitor({ id: "vis_first", name: "" }, PAGE, "fr", "1000").account;
  for (let i = 0; i < 20_001; i++) phones.issueVisitor({ id: `vis_${i}`, name: "" }, PAGE, "fr", "1000");
  assert.equal(phones.agentOf(account), "lea");
  assert.ok(phones.credentials(account));
  assert.equal(phones.credentials(first), null);
});

test("one visitor holds three accounts, one agent five: the oldest go", () => {
  const { phones, ended } = make();
  const mine = Array.from({ length: 4 }, () => phones.issueVisitor({ id: "vis_1", name: "" }, PAGE, "fr", "1000").account);
  assert.deepEqual(mine.map((a) => phones.credentials(a) !== null), [false, true, true, true]);
  const agent = Array.from({ length: 6 }, () => phones.issueAgent("lea").account);
  assert.deepEqual([phones.accountsOf("lea"), ended], [agent.slice(1), agent.slice(0, 1)]);
  phones.revokeAgent("lea");
  assert.deepEqual(ended, agent, "what ran under each was ended, once");
  assert.deepEqual(agent.map((a) => phones.credentials(a)), [null, null, null, null, null, null]);
});
