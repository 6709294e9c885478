import assert from "node:assert/strict";
import { test } from "node:test";
import { newInteraction, step, type Fact, type Interaction, type MediumTraits } from "../hub/hub.ts";
import { QueueDays, contactSpells } from "./insight.ts";

const TRAITS: MediumTraits = { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
const NOON = Date.UTC(2026, 10, 21, 12);

function lived(...facts: [number, Fact][]): Interaction {
  let it = newInteraction(`int_${facts.length}`, TRAITS, { from: "a", fromName: "A", to: "1000", language: "fr", context: {} }, NOON);
  for (const [atMs, fact] of facts) [it] = step(it, fact, NOON + atMs);
  return it;
}
const toQueue: Fact = { type: "flowEnded", outcome: { type: "queue", queueId: "q", needs: [], priority: 0, reason: null, ringMs: 20_000, wrapMs: 30_000, preferredAgentId: null } };
const found: Fact = { type: "agentFound", agentId: "a1", queueId: "q", reason: {} };

test("an answered contact counts its wait, and its talk, hold and wrap-up as handling", () => {
  const it = lived([5_000, toQueue], [15_000, found], [18_000, { type: "accepted", agentId: "a1" }], [60_000, { type: "held" }], [70_000, { type: "resumed" }], [78_000, { type: "customerLeft", why: "hung-up" }], [98_000, { type: "wrapEnded", by: "agent" }]);
  assert.deepEqual(contactSpells(it, NOON + 99_000), [{ queueId: "q", sinceMs: NOON + 5_000, end: "answered", waitMs: 13_000, handleMs: 80_000 }]);
});

test("a transfer is a second stay; the first one's handling ends with it", () => {
  const it = lived([0, toQueue], [1_000, found], [2_000, { type: "accepted", agentId: "a1" }], [32_000, { type: "transferred", byAgentId: "a1", to: { kind: "queue", queueId: "q2", priority: 0, ringMs: 1, wrapMs: 1 }, note: "" }]);
  const spells = contactSpells(it, NOON + 40_000);
  assert.deepEqual(spells.map((s) => [s.queueId, s.end, s.handleMs]), [["q", "answered", 30_000], ["q2", "waiting", null]]);
});

test("the day's counters: service level over answered and abandoned, short abandons left out, recounted without doubling", () => {
  const days = new QueueDays({ timeZone: "Europe/Paris", targetMs: () => 20_000 });
  const quick = lived([0, toQueue], [10_000, found], [11_000, { type: "accepted", agentId: "a1" }]);
  const lost = { ...lived([0, toQueue], [30_000, { type: "customerLeft", why: "hung-up" }]), id: "int_lost" };
  const short = { ...lived([0, toQueue], [3_000, { type: "customerLeft", why: "hung-up" }]), id: "int_short" };
  for (const it of [quick, quick, lost, short]) days.follow(it, NOON + 60_000);
  const day = days.day("q");
  assert.deepEqual([day.offered, day.answered, day.abandoned, day.serviceLevel, day.averageAnswerMs], [2, 1, 1, 0.5, 11_000]);
  days.follow({ ...quick, id: "int_tomorrow", createdAtMs: NOON + 86_400_000 }, NOON + 86_400_000);
  assert.equal(days.day("q").abandoned, 0, "a new day starts at nothing");
});
