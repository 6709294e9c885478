/** Who waits when their queue closes, when its last agent leaves, or when they are due to wait in another one that is closed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition } from "../flow/flow.ts";
import type { FlowPorts } from "./flow-ports.ts";
import { CHAT, QUEUE, testCentre, VOICE, type TestCentre } from "./test-centre.ts";

const says = (text: string): { sounds: { fr: string; en: string } } => ({ sounds: { fr: text, en: text } });
const closed = (queueId: string): FlowDocument =>
  flowDefinition({ id: "deflection", name: "Closed", version: 1, languages: ["fr", "en"], start: "closed", reachHuman: { queueId, says: says("Un instant."), label: { fr: "Personne", en: "Person" } }, retry: { wrong: says("?"), silence: says("?") }, steps: { closed: { kind: "say", says: says("Nous venons de fermer."), next: "over" }, over: { kind: "end", exception: "closed" } } });

type Way = "takes" | "closed" | { queueId: string };
/** A caller (or writer) who waits in q_support; `ways`: what queues do from then on. */
function waiting(agents: string[], ways: Record<string, Way> = {}, traits = VOICE): { t: TestCentre; ways: Record<string, Way>; asked: [string, boolean | undefined][] } {
  const asked: [string, boolean | undefined][] = [];
  const deflect: FlowPorts["deflect"] = (_it, queueId, waits) => {
    asked.push([queueId, waits]);
    const way = ways[queueId] ?? "takes";
    return way === "takes" ? null : way === "closed" ? { flow: closed(queueId) } : way;
  };
  const t = testCentre(traits, agents, null, { flows: { deflect } });
  t.arrive("i1");
  t.askForPerson("i1");
  asked.length = 0;
  return { t, ways, asked };
}
const LOOK_MS = 30_000;

test("nobody is there any more and the queue has closed: they hear so, as who calls now; not before, and not while somebody is there", () => {
  const { t, ways, asked } = waiting([]);
  assert.equal(t.state("i1").state, "queued");
  t.clock.advance(LOOK_MS);
  assert.deepEqual([t.state("i1").state, asked], ["queued", [["q_support", true]]], "open: they wait on");
  ways["q_support"] = "closed";
  t.clock.advance(LOOK_MS - 1);
  assert.equal(t.state("i1").state, "queued");
  t.clock.advance(1);
  assert.ok(t.factsOf("i1").includes("deflected"));
  assert.ok(t.channel.said.includes("Nous venons de fermer."));

  const served = waiting(["ann"], { q_support: "takes" });
  served.t.accept("i1", "ann");
  served.t.arrive("i2");
  served.t.askForPerson("i2");
  served.ways["q_support"] = "closed";
  served.t.clock.advance(10 * LOOK_MS);
  assert.equal(served.t.state("i2").state, "queued", "somebody of the queue is still there, and busy");
});

test("they go to the queue that takes them now, with what they need; a circle leaves them where they are", () => {
  const { t, ways } = waiting([]);
  ways["q_support"] = { queueId: "q_sales" };
  const { sinceMs } = t.state("i1").queue!;
  t.clock.advance(LOOK_MS);
  assert.deepEqual([t.state("i1").queue?.queueId, t.state("i1").queue?.sinceMs], ["q_sales", sinceMs], "they have waited as long as they have");
  ways["q_sales"] = { queueId: "q_sales" };
  t.clock.advance(4 * LOOK_MS);
  assert.deepEqual([t.state("i1").state, t.factsOf("i1").filter((type) => type === "deflected").length], ["queued", 1]);
});

test("who writes waits: somebody will read it", () => {
  const { t, ways, asked } = waiting([], {}, CHAT);
  ways["q_support"] = "closed";
  t.clock.advance(20 * LOOK_MS);
  assert.deepEqual([t.state("i1").state, asked], ["queued", []]);
});

test("overflow: into the other queue, into the one that it leads to, or not into one that is closed, until it opens", () => {
  const { t, ways } = waiting(["ann"]);
  t.accept("i1", "ann");
  t.centre.putQueue({ ...QUEUE, overflow: { afterMs: 20_000, toQueueId: "q_sales" } });
  t.centre.putQueue({ ...QUEUE, id: "q_night", name: "Night" });
  const overflows = (id: string): readonly string[] => t.state(id).queue?.alsoIn ?? [];
  const wait = (id: string, sales: Way): void => {
    ways["q_sales"] = sales;
    t.arrive(id);
    t.askForPerson(id);
    t.clock.advance(20_000);
  };
  wait("i2", "closed");
  assert.deepEqual(overflows("i2"), []);
  wait("i3", { queueId: "q_night" });
  assert.deepEqual(overflows("i3"), ["q_night"]);
  wait("i4", "takes");
  assert.deepEqual(overflows("i4"), ["q_sales"]);
  t.clock.advance(10_000);
  assert.deepEqual(overflows("i2"), ["q_sales"], "it has opened since");
});
