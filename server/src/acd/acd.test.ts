import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createAcd } from "./acd.ts";
import type { AcdDecision, AgentConfig } from "./acd.ts";
import { agent, centre, item, queue } from "./fixtures.ts";
import { OVERFLOW_AGAIN_MS } from "./room.ts";
import { AVOID_PAUSE_MS } from "./waiting.ts";

function offers(decisions: AcdDecision[]): string[] {
  return decisions.flatMap((d) => (d.type === "offer" ? [`${d.itemId}>${d.agentId}`] : []));
}

const skills = (...levels: [string, number][]): AgentConfig["skills"] => levels.map(([skillId, level]) => ({ skillId, level }));

test("longest idle first, exactly; an offer withdrawn by the customer costs no turn, a declined one does", () => {
  const acd = centre([queue("q")], [agent("a"), agent("b"), agent("c")]);
  acd.enqueue(item("1", "q"), 100);
  assert.deepEqual(offers(acd.decide(100)), ["1>a"]);
  acd.notAnswered("1", "a", "withdrawn", 110);
  acd.enqueue(item("2", "q"), 120);
  assert.deepEqual(offers(acd.decide(120)), ["2>a"]);
  acd.notAnswered("2", "a", "declined", 130);
  acd.enqueue(item("3", "q"), 140);
  assert.deepEqual(offers(acd.decide(140)), ["3>b"]);
  acd.released("3", "b", 150);
  for (const id of ["4", "5", "6"]) acd.enqueue(item(id, "q"), 160);
  assert.deepEqual(offers(acd.decide(160)), ["4>c", "5>a", "6>b"]);
});

test("a pool with many free agents gives the same longest idle as a small one", () => {
  const ids = Array.from({ length: 300 }, (_, n) => `a${n}`);
  const acd = centre([queue("q")], ids.map((id) => agent(id, { capacity: { voice: 1 } })));
  const order: string[] = [];
  for (let n = 0; n < 600; n++) {
    acd.enqueue(item(`i${n}`, "q"), 1000 + n);
    const [offer] = acd.decide(1000 + n);
    assert.equal(offer?.type, "offer");
    if (offer?.type !== "offer") return;
    assert.equal(offer.reason.candidates, 300);
    assert.deepEqual(offer.reason.best.map((b) => b.agentId), [0, 1, 2].map((k) => ids[(n + k) % 300]));
    order.push(offer.agentId);
    acd.released(`i${n}`, offer.agentId, 1000 + n);
  }
  assert.deepEqual(order, [...ids, ...ids]);
});

test("best skill: highest sum of levels, then longest idle", () => {
  const q = queue("q", { strategy: "best-skill", needs: [{ skillId: "fr", minLevel: 3 }] });
  const acd = centre([q], [agent("low", { skills: skills(["fr", 4]) }), agent("b", { skills: skills(["fr", 9]) }), agent("c", { skills: skills(["fr", 9]) }), agent("under", { skills: skills(["fr", 2]) })]);
  for (const id of ["1", "2", "3", "4"]) acd.enqueue(item(id, "q"), 100);
  assert.deepEqual(offers(acd.decide(100)), ["1>b", "2>c", "3>low"]);
});

test("priority with ageing: a lower priority that waited long enough goes first", () => {
  const acd = centre([queue("q", { ageingMs: 10_000 })], [agent("a")]);
  acd.enqueue(item("call", "q"), 10);
  acd.decide(10);
  acd.enqueue(item("old", "q", { sinceMs: 1000 }), 1000);
  acd.enqueue(item("vip", "q", { sinceMs: 25_000, priority: 3 }), 25_000);
  acd.enqueue(item("older", "q", { sinceMs: 1000, priority: 1 }), 25_000);
  assert.deepEqual(["old", "vip", "older"].map((id) => acd.position(id)?.position), [3, 2, 1]);
  acd.dequeue("vip");
  acd.enqueue(item("vip2", "q", { sinceMs: 35_001, priority: 3 }), 35_001);
  assert.deepEqual(["old", "vip2", "older"].map((id) => acd.position(id)?.position), [2, 3, 1]);
});

test("between queues the effective priority decides, and a returned item heads its own queue only", () => {
  const acd = centre([queue("low"), queue("high", { priority: 5 })], [agent("a", { capacity: { voice: 1 } })]);
  acd.engage("x", "a", "voice", 10);
  acd.enqueue(item("l1", "low", { sinceMs: 20 }), 20);
  acd.enqueue(item("l2", "low", { sinceMs: 30, returned: true }), 30);
  acd.enqueue(item("h1", "high", { sinceMs: 40 }), 40);
  acd.enqueue(item("h2", "high", { sinceMs: 50, returned: true }), 50);
  assert.deepEqual(offers(acd.decide(60)), []);
  const served: string[] = [];
  for (let n = 0; n < 4; n++) {
    const before = served.at(-1);
    acd.released(before ?? "x", "a", 100 + n);
    for (const d of acd.decide(100 + n)) if (d.type === "offer") served.push(d.itemId);
  }
  assert.deepEqual(served, ["h2", "h1", "l2", "l1"]);
});

test("capacity: a call blocks calls and not chats; chats up to their own capacity; wrap-up holds its place", () => {
  const acd = centre([queue("q")], [agent("a", { capacity: { voice: 1, chat: 2, video: 1 }, exclusive: ["voice", "video"] })]);
  acd.setDevices("a", ["voice", "chat", "video"], 50);
  for (const id of ["c1", "c2", "c3"]) acd.enqueue(item(id, "q", { medium: "chat" }), 100);
  acd.enqueue(item("v1", "q"), 100);
  acd.enqueue(item("video", "q", { medium: "video" }), 101);
  assert.deepEqual(offers(acd.decide(101)), ["c1>a", "c2>a", "v1>a"]);
  assert.deepEqual(acd.agent("a")?.reach, {
    voice: { free: 0, of: 1, whyNot: "busy" },
    chat: { free: 0, of: 2, whyNot: "capacity" },
    video: { free: 0, of: 1, whyNot: "busy" },
  });
  acd.accepted("v1", "a", 110);
  acd.wrapping("v1", "a", 120);
  assert.equal(acd.agent("a")?.reach.voice?.whyNot, "wrap-up");
  assert.deepEqual(offers(acd.decide(120)), []);
  acd.released("v1", "a", 130);
  assert.deepEqual(offers(acd.decide(130)), ["video>a"]);
  acd.released("c1", "a", 140);
  assert.deepEqual(offers(acd.decide(140)), ["c3>a"]);
});

test("missed: no offer until back; unresponsive after misses in a row; an answer ends the row", () => {
  const acd = centre([queue("q")], [agent("a")], { unresponsiveAfter: 2 });
  const miss = (id: string, now: number): void => {
    acd.enqueue(item(id, "q"), now);
    assert.deepEqual(offers(acd.decide(now)), [`${id}>a`]);
    acd.notAnswered(id, "a", "missed", now + 1);
  };
  miss("1", 100);
  assert.equal(acd.agent("a")?.system, "missed");
  acd.enqueue(item("again", "q"), 110);
  acd.setWish("a", "available", 110);
  assert.deepEqual(acd.decide(110), []);
  acd.back("a", 120);
  assert.deepEqual(offers(acd.decide(120)), ["again>a"]);
  acd.accepted("again", "a", 121);
  acd.released("again", "a", 122);
  miss("2", 130);
  assert.equal(acd.agent("a")?.system, "missed");
  acd.back("a", 140);
  miss("3", 150);
  assert.deepEqual([acd.agent("a")?.system, acd.agent("a")?.sinceMs], ["unresponsive", 151]);
});

test("rings add up, at their time, and the item is explained meanwhile", () => {
  const q = queue("q", { needs: [{ skillId: "fr", minLevel: 8 }], rings: [{ afterMs: 20_000, lower: 2 }, { afterMs: 40_000, lower: 3 }] });
  const acd = centre([q], [agent("a", { skills: skills(["fr", 3]) }), agent("none")]);
  acd.enqueue(item("1", "q", { sinceMs: 1000 }), 1000);
  assert.deepEqual(acd.decide(1000), []);
  assert.equal(acd.nextWakeAt(), 21_000);
  const why = acd.explain("1", 1000);
  assert.deepEqual(why?.exclusions, { "level-too-low": 1, "skill-missing": 1 });
  assert.deepEqual(why?.excludedAgents, [{ agentId: "a", cause: "level-too-low" }]);
  assert.deepEqual(acd.decide(21_000), []);
  assert.equal(acd.nextWakeAt(), 41_000);
  const [offer] = acd.decide(41_000);
  assert.ok(offer?.type === "offer" && offer.agentId === "a" && offer.reason.ring === 2 && offer.reason.waitedMs === 40_000);
  assert.equal(acd.nextWakeAt(), null);
});

test("overflow: waits in both, age kept, told once; one agent of the other queue takes it", () => {
  const acd = centre(
    [queue("q", { overflow: { afterMs: 30_000, toQueueId: "r" } }), queue("r", { overflow: { afterMs: 5000, toQueueId: "q" } })],
    [agent("b", { queueIds: ["r"] })],
  );
  acd.engage("x", "b", "voice", 10);
  acd.enqueue(item("1", "q", { sinceMs: 1000 }), 1000);
  acd.enqueue(item("2", "r", { sinceMs: 20_000 }), 20_000);
  assert.deepEqual(acd.decide(20_000), []);
  assert.deepEqual(acd.decide(31_000), [
    { type: "overflow", fromQueueId: "r", toQueueId: "q", itemId: "2" },
    { type: "overflow", fromQueueId: "q", toQueueId: "r", itemId: "1" },
  ]);
  assert.deepEqual([acd.waiting("q").count, acd.waiting("r").count], [2, 2]);
  acd.released("x", "b", 32_000);
  const decisions = acd.decide(32_000);
  assert.deepEqual(decisions.map((d) => (d.type === "offer" ? [d.itemId, d.queueId] : d.type)), [["1", "r"]]);
  assert.deepEqual([acd.waiting("q").count, acd.waiting("r").count], [1, 1]);
  acd.putQueue(queue("r", { priority: 2 }), 33_000);
  assert.deepEqual(acd.decide(33_000), []);
  assert.deepEqual([acd.waiting("q").count, acd.waiting("r").count], [1, 1]);
});

test("overflow: a queue that does not take it is asked again in a while; another one in its place is waited in, too", () => {
  let to: string | null = null;
  const asked: string[] = [];
  const acd = centre([queue("q", { overflow: { afterMs: 30_000, toQueueId: "r" } }), queue("r"), queue("s")], [], { overflowTo: (id, queueId) => { asked.push(`${id} ${queueId}`); return to; } });
  acd.enqueue(item("1", "q"), 1000);
  assert.deepEqual(acd.decide(31_000), []);
  assert.equal(acd.nextWakeAt(), 31_000 + OVERFLOW_AGAIN_MS);
  assert.deepEqual([acd.decide(31_000 + OVERFLOW_AGAIN_MS - 1), asked.length], [[], 1]);
  to = "s";
  const nowMs = 31_000 + OVERFLOW_AGAIN_MS;
  assert.deepEqual(acd.decide(nowMs), [{ type: "overflow", fromQueueId: "q", toQueueId: "s", itemId: "1" }]);
  assert.deepEqual(["q", "r", "s"].map((id) => acd.waiting(id).count), [1, 0, 1]);
  assert.equal(acd.nextWakeAt(), nowMs + OVERFLOW_AGAIN_MS, "not at once again");
  assert.deepEqual(acd.decide(nowMs + OVERFLOW_AGAIN_MS), [], "there already");
  to = "r";
  assert.deepEqual(acd.decide(nowMs + 2 * OVERFLOW_AGAIN_MS), [{ type: "overflow", fromQueueId: "q", toQueueId: "r", itemId: "1" }], "the one that was meant takes them by now");
  assert.equal(acd.nextWakeAt(), null);
  to = "gone";
  acd.enqueue(item("2", "q"), nowMs);
  assert.deepEqual(acd.decide(nowMs + 31_000), []);
  assert.deepEqual(new Set(asked), new Set(["1 r", "2 r"]));
});

test("preferred agent: alone for a time while at work, and first whenever free", () => {
  const agents = [agent("a"), agent("b"), agent("p")];
  const busy = centre([queue("q")], agents);
  busy.engage("x", "p", "voice", 10);
  busy.enqueue(item("1", "q", { preferredAgentId: "p", preferredForMs: 15_000 }), 1000);
  assert.deepEqual(busy.decide(1000), []);
  assert.deepEqual(busy.explain("1", 1000)?.exclusions, { busy: 1, "not-preferred": 2 });
  busy.released("x", "p", 2000);
  const [offer] = busy.decide(2000);
  assert.ok(offer?.type === "offer" && offer.agentId === "p" && offer.reason.chosenBy === "preferred");

  const late = centre([queue("q")], agents);
  late.engage("x", "p", "voice", 10);
  late.enqueue(item("1", "q", { preferredAgentId: "p", preferredForMs: 15_000 }), 1000);
  late.decide(1000);
  assert.deepEqual(offers(late.decide(16_000)), ["1>a"]);

  const gone = centre([queue("q")], agents);
  gone.engage("x", "p", "voice", 10);
  gone.enqueue(item("1", "q", { preferredAgentId: "p", preferredForMs: 15_000 }), 1000);
  gone.decide(1000);
  gone.setWish("p", "break", 3000);
  assert.deepEqual(offers(gone.decide(3000)), ["1>a"]);

  const soft = centre([queue("q")], agents);
  soft.enqueue(item("1", "q", { preferredAgentId: "p" }), 1000);
  assert.deepEqual(offers(soft.decide(1000)), ["1>p"]);
});

test("avoid: others are waited for while they are at work; when nobody else is, the avoided are asked again", () => {
  const acd = centre([queue("q")], [agent("a"), agent("b")]);
  acd.engage("x", "b", "voice", 10);
  acd.enqueue(item("1", "q", { avoid: ["a"], returned: true }), 1000);
  assert.deepEqual(acd.decide(1000), []);
  assert.deepEqual(acd.explain("1", 1000)?.excludedAgents, [{ agentId: "a", cause: "avoided" }, { agentId: "b", cause: "busy" }]);
  assert.deepEqual(acd.decide(11_000), []);
  acd.setWish("b", "meal", 12_000);
  assert.deepEqual(offers(acd.decide(12_000)), ["1>a"]);
});

test("a lone agent gets an item back only after the pause, which wakes routing; other items at once", () => {
  const acd = centre([queue("q")], [agent("a")]);
  acd.enqueue(item("1", "q"), 1000);
  assert.deepEqual(offers(acd.decide(1000)), ["1>a"]);
  acd.notAnswered("1", "a", "declined", 2000);
  acd.enqueue(item("1", "q", { avoid: ["a"], returned: true }), 2000);
  assert.deepEqual(acd.decide(2000), []);
  assert.deepEqual(acd.explain("1", 2000)?.exclusions, { avoided: 1 });
  assert.equal(acd.nextWakeAt(), 2000 + AVOID_PAUSE_MS);
  acd.enqueue(item("2", "q"), 3000);
  assert.deepEqual(offers(acd.decide(3000)), ["2>a"]);
  acd.released("2", "a", 4000);
  assert.deepEqual(acd.decide(2000 + AVOID_PAUSE_MS - 1), []);
  assert.deepEqual(offers(acd.decide(2000 + AVOID_PAUSE_MS)), ["1>a"]);
});

test("kept for a named agent: neither queue nor skill is asked, only device and capacity; afterwards both are", () => {
  const q = queue("q", { needs: [{ skillId: "fr", minLevel: 5 }] });
  const agents = [agent("a", { skills: skills(["fr", 9]) }), agent("p", { queueIds: ["other"] })];
  const kept = { preferredAgentId: "p", preferredForMs: 15_000 };
  const free = centre([q], agents);
  free.enqueue(item("1", "q", kept), 1000);
  const [offer] = free.decide(1000);
  assert.ok(offer?.type === "offer" && offer.agentId === "p" && offer.reason.chosenBy === "preferred");
  assert.deepEqual([offer.reason.candidates, offer.reason.best.map((b) => b.agentId), offer.reason.exclusions], [1, ["p"], { "not-preferred": 1 }]);

  const busy = centre([q], agents);
  busy.engage("x", "p", "voice", 10);
  busy.enqueue(item("1", "q", kept), 1000);
  assert.deepEqual(busy.decide(1000), []);
  assert.deepEqual(busy.explain("1", 1000)?.exclusions, { "not-preferred": 1, busy: 1 });
  busy.released("x", "p", 2000);
  assert.deepEqual(offers(busy.decide(2000)), ["1>p"]);

  const unreachable = centre([q], agents);
  unreachable.setDevices("p", ["chat"], 10);
  unreachable.enqueue(item("1", "q", kept), 1000);
  assert.deepEqual(offers(unreachable.decide(1000)), ["1>a"]);

  const late = centre([q], [agents[1]!]);
  late.engage("x", "p", "voice", 10);
  late.enqueue(item("1", "q", kept), 1000);
  late.decide(16_000);
  late.released("x", "p", 17_000);
  assert.deepEqual(late.decide(17_000), []);
  assert.deepEqual(late.explain("1", 17_000)?.exclusions, { "not-in-queue": 1 });
});

test("whose telephone is on a call of the house is passed over, and that is the reason told; after it they are free", () => {
  const acd = centre([queue("q")], [agent("a"), agent("b")]);
  acd.setDevices("a", ["chat"], 10, ["voice"]);
  acd.setDevices("b", ["chat"], 10);
  assert.deepEqual([acd.agent("a")?.reach.voice, acd.agent("b")?.reach.voice?.whyNot, acd.agent("a")?.reach.chat?.whyNot], [{ free: 0, of: 1, whyNot: "on-internal-call" }, "no-device", null]);
  acd.enqueue(item("1", "q"), 100);
  assert.deepEqual(acd.decide(100), []);
  assert.deepEqual(acd.explain("1", 100)?.exclusions, { "on-internal-call": 1, "no-device": 1 });
  assert.deepEqual(acd.explain("1", 100)?.excludedAgents, [{ agentId: "a", cause: "on-internal-call" }, { agentId: "b", cause: "no-device" }]);
  acd.setDevices("a", ["chat", "voice"], 200);
  assert.deepEqual(offers(acd.decide(200)), ["1>a"]);
});

test("a lease that runs out makes the agent offline; the wish holds again at the renewal", () => {
  const acd = centre([queue("q")], [agent("a")]);
  acd.renewLease("a", 5000);
  assert.equal(acd.nextWakeAt(), 5000);
  acd.decide(5000);
  assert.deepEqual([acd.agent("a")?.wish, acd.agent("a")?.reach.voice?.whyNot], ["offline", "offline"]);
  acd.enqueue(item("1", "q"), 6000);
  assert.deepEqual(acd.decide(6000), []);
  acd.renewLease("a", 20_000);
  assert.deepEqual(offers(acd.decide(7000)), ["1>a"]);
  acd.accepted("1", "a", 7100);
  acd.decide(20_000);
  assert.deepEqual([acd.agent("a")?.wish, acd.agent("a")?.system], ["available", "on-contact"]);
  acd.released("1", "a", 21_000);
  assert.equal(acd.agent("a")?.wish, "offline");
});

test("waited too long is told once; items of a removed queue are told and found again when the queue returns", () => {
  const acd = centre([queue("q", { maxWaitMs: 60_000 })], []);
  acd.enqueue(item("1", "q", { sinceMs: 500 }), 500);
  acd.decide(500);
  assert.equal(acd.nextWakeAt(), 60_500);
  assert.deepEqual(acd.decide(60_500), [{ type: "waitExceeded", itemId: "1", queueId: "q", waitedMs: 60_000 }]);
  assert.deepEqual(acd.decide(60_600), []);
  acd.enqueue(item("2", "q", { sinceMs: 60_700 }), 60_700);
  acd.decide(60_700);
  acd.removeQueue("q", 60_800);
  assert.deepEqual(acd.decide(60_800), [{ type: "waitExceeded", itemId: "2", queueId: "q", waitedMs: 100 }]);
  acd.putQueue(queue("q"), 70_000);
  acd.putAgent(agent("a"), 70_000);
  acd.setDevices("a", ["voice"], 70_000);
  acd.setWish("a", "available", 70_000);
  assert.deepEqual(offers(acd.decide(70_000)), ["1>a"]);
});

test("a reason tells the instant of the decision, however late it is read, and survives JSON", () => {
  const acd = centre([queue("q", { needs: [{ skillId: "fr", minLevel: 5 }] })], [
    agent("a", { skills: skills(["fr", 6]) }), agent("b", { skills: skills(["fr", 7]) }), agent("c", { skills: skills(["fr", 8]) }),
    agent("d"), agent("e", { queueIds: ["other"] }),
  ]);
  acd.setWish("b", "break", 50);
  acd.enqueue(item("1", "q", { sinceMs: 40 }), 100);
  const [offer] = acd.decide(100);
  acd.setWish("b", "available", 110);
  acd.setWish("c", "offline", 110);
  acd.removeAgent("d", 110);
  acd.putAgent(agent("z"), 110);
  acd.putAgent(agent("e"), 110);
  assert.ok(offer?.type === "offer");
  assert.deepEqual(JSON.parse(JSON.stringify(offer)).reason, {
    atMs: 100, itemId: "1", queueId: "q", ring: 0, strategy: "longest-idle", waitedMs: 60, candidates: 2,
    best: [{ agentId: "a", score: 99, idleMs: 99, level: 6 }, { agentId: "c", score: 97, idleMs: 97, level: 8 }],
    exclusions: { "skill-missing": 1, "not-in-queue": 1, "not-available": 1 },
    excludedAgents: [{ agentId: "b", cause: "not-available" }],
    chosenBy: "longest-idle",
  });
});

test("an item has its place in line as soon as it came, decided or not, also when its queue is changed or emptied meanwhile", () => {
  const acd = createAcd();
  acd.putQueue(queue("q"), 0);
  acd.enqueue(item("one", "q"), 0);
  acd.enqueue(item("two", "q", { sinceMs: 1, returned: true }), 1);
  assert.equal(acd.waiting("q").count, 2);
  assert.deepEqual([acd.position("two")?.position, acd.position("one")?.position], [1, 2]);
  acd.enqueue(item("three", "q", { sinceMs: 2 }), 2);
  acd.putQueue(queue("q", { priority: 5 }), 2);
  acd.dequeue("two");
  assert.deepEqual([acd.position("one")?.position, acd.position("three")?.position, acd.waiting("q").count], [1, 2, 2]);
  acd.enqueue(item("four", "q", { sinceMs: 3 }), 3);
  acd.removeQueue("q", 3);
  assert.equal(acd.position("four"), null);
  acd.putQueue(queue("q"), 4);
  assert.equal(acd.position("four")?.position, 3);
});
