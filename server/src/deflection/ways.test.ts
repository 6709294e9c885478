import assert from "node:assert/strict";
import { test } from "node:test";
import { testGround, type TestGround } from "./test-ground.ts";
import { waysFrom, type QueueFound, type WaysQuestion } from "./ways.ts";

const ways = (ground: TestGround, found: QueueFound, more: Partial<WaysQuestion> = {}): string[] =>
  waysFrom(ground, { queueId: "orders", channel: "ivr", found, passed: [], ...more })
    .map((way) => (way.to === "queue" ? `queue ${way.queueId}` : way.to === "flow" ? `flow ${way.why} ${Object.values(way.flow.steps).some(({ kind }) => kind === "voicemail") ? "voicemail" : "other"}` : "taken"))
    .toSorted();

test("without settings a queue takes everybody, however it is found", () => {
  for (const found of ["served", "full", "empty", "closed"] as const) assert.deepEqual(ways(testGround(), found), ["taken"], found);
});

test("closed: as the settings say, for ordinary closing and for holidays", () => {
  const ground = testGround();
  ground.set("deflection", "", { calls: { enabled: true, ivr: { kind: "voicemail" } } });
  assert.deepEqual(ways(ground, "closed"), ["flow closed voicemail", "flow holiday voicemail"]);
  assert.deepEqual(ways(ground, "served"), ["taken"]);
  assert.deepEqual(ways(ground, "closed", { channel: "chat" }), ["taken"]);
});

test("the same deflection, asked of many states, is the same object: the proof walks it once", () => {
  const ground = { ...testGround().set("deflection", "", { calls: { enabled: true, ivr: { kind: "voicemail" }, mobile: { voicemail: true } } }), made: new Map() };
  const flows = (["ivr", "mobile"] as const).flatMap((channel) => ["closed", "closed"].map(() => waysFrom(ground, { queueId: "orders", channel, found: "closed", passed: [{ queueId: "orders", why: "closed" }] }).flatMap((way) => (way.to === "flow" ? [way.flow] : []))[0]));
  assert.ok(flows[0]);
  assert.equal(new Set(flows).size, 1);
});

test("too busy: by length and wait when it is full, by nobody there when it is empty", () => {
  const ground = testGround();
  ground.set("over-capacity", "orders", { enabled: true, length: 5, then: { ivr: { kind: "queue", queueId: "night" } } });
  assert.deepEqual(ways(ground, "full"), ["queue night", "taken"], "full of agents who are busy, and full of people who wait");
  ground.set("over-capacity", "orders", { enabled: true, agents: "none-there", then: { ivr: { kind: "voicemail" } } });
  assert.deepEqual([ways(ground, "empty"), ways(ground, "served")], [["flow no-agent voicemail"], ["taken"]]);
});

test("each share of the channel is a way beside the others; the next queue is not judged in its turn", () => {
  const ground = testGround();
  ground.set("redirection", "orders", { shares: [{ percent: 0.1, channels: ["chat"], queueId: "sales" }, { percent: 0.1, queueId: "night" }, { percent: 30, queueId: "sales" }] });
  ground.set("redirection", "night", { shares: [{ percent: 100, queueId: "sales" }] });
  ground.set("over-capacity", "night", { enabled: true, agents: "none-free", then: { ivr: { kind: "voicemail" } } });
  assert.deepEqual(ways(ground, "full"), ["queue night", "queue sales", "taken"]);
  ground.set("redirection", "orders", { shares: [{ percent: 100, queueId: "night" }] });
  assert.deepEqual(ways(ground, "full"), ["queue night"]);
});

test("sent away before: whoever is there takes them, nobody there takes a message", () => {
  const ground = testGround();
  ground.set("deflection", "", { calls: { enabled: true, ivr: { kind: "message" } } });
  const passed = [{ queueId: "orders", why: "closed" as const }];
  assert.deepEqual(ways(ground, "closed"), ["flow closed other", "flow holiday other"]);
  assert.deepEqual([ways(ground, "closed", { passed }), ways(ground, "served", { passed })], [["flow closed voicemail"], ["taken"]]);
  assert.deepEqual([ways(ground, "closed", { passed: [...passed, ...passed] }), ways(ground, "empty", { passed: [...passed, ...passed] })], [["flow closed voicemail"], ["flow closed voicemail"]]);
});
