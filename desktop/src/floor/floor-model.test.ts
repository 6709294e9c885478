import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AgentView, QueueView } from "@tandem/protocol";
import { decisions, kpis, queueLevels, talkLevel, teams } from "./floor-model.ts";

const NOW = 1_000_000;
const agent = (id: string, change: Partial<AgentView> = {}): AgentView => ({
  id, name: id, team: "Nantes", wish: "available", system: "idle", sinceMs: 0, reach: {}, load: {}, devices: [], queueIds: ["q"], ...change,
});
const queue = (change: Partial<Omit<QueueView, "today">> & { today?: Partial<QueueView["today"]> } = {}): QueueView => ({
  id: "q", name: "SAV", waiting: 0, oldestSinceMs: null, freeAgents: 2, staffed: 4, media: ["voice"], target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000, lastHour: [], ...change,
  today: { offered: 100, answered: 95, answeredInTarget: 76, abandoned: 4, serviceLevel: 0.76, averageAnswerMs: 1000, averageHandleMs: 240_000, ...change.today },
});

describe("kpis", () => {
  it("weigh queues by what came in and tell the distance to the goal", () => {
    const { service, abandon, today } = kpis([queue(), queue({ id: "r", today: { offered: 300, answered: 300, serviceLevel: 0.8, abandoned: 0, averageHandleMs: 120_000 } })], [], NOW);
    assert.equal(Math.round((service?.value ?? 0) * 100), 79);
    assert.deepEqual([service?.deltaPoints, service?.level, service?.withinMs], [-1, "watch", 20_000]);
    assert.deepEqual(abandon, { value: 0.01, level: "ok" });
    assert.deepEqual([today.answered, Math.round(today.averageHandleMs ?? 0)], [395, Math.round((240_000 * 95 + 120_000 * 300) / 395)]);
  });
  it("show nothing rather than a made-up number on an empty day", () => {
    const empty = kpis([queue({ today: { offered: 0, answered: 0, serviceLevel: null, averageHandleMs: null, abandoned: 0 } })], [], NOW);
    assert.deepEqual([empty.service, empty.abandon, empty.longest, empty.today.averageHandleMs], [null, null, null, null]);
  });
  it("take the longest wait of all queues against its own limit", () => {
    const { longest } = kpis([queue({ waiting: 1, oldestSinceMs: NOW - 100_000 }), queue({ id: "r", name: "R", waiting: 1, oldestSinceMs: NOW - 150_000, maxWaitMs: 600_000 })], [], NOW);
    assert.deepEqual(longest, { waitMs: 150_000, limitMs: 600_000, queueName: "R", level: "ok" });
  });
  it("count who is signed in and free", () => {
    const { agents, waiting } = kpis([queue({ waiting: 3 })], [agent("a"), agent("b", { wish: "break" }), agent("c", { wish: "offline" }), agent("d", { system: "on-contact" })], NOW);
    assert.deepEqual(agents, { signedIn: 3, total: 4, available: 1 });
    assert.equal(waiting.level, "breach");
  });
  it("add the last hour of queues from its end", () => {
    assert.deepEqual(kpis([queue({ lastHour: [1, 2, 3] }), queue({ id: "r", lastHour: [10] })], [], NOW).waiting.lastHour, [1, 2, 13]);
  });
});

describe("levels of a queue", () => {
  it("are plain, watch from 60 % of the limit, breach beyond it", () => {
    const at = (waitMs: number) => queueLevels(queue({ waiting: 1, oldestSinceMs: NOW - waitMs }), NOW).wait;
    assert.deepEqual([at(10_000), at(80_000), at(120_001)], ["ok", "watch", "breach"]);
    assert.equal(queueLevels(queue({ waiting: 2, freeAgents: 0 }), NOW).free, "breach");
    assert.equal(queueLevels(queue({ freeAgents: 0 }), NOW).free, "ok");
    assert.equal(queueLevels(queue({ today: { serviceLevel: 0.7 } }), NOW).service, "breach");
  });
});

describe("decisions", () => {
  it("are none on a quiet floor", () => {
    assert.deepEqual(decisions([queue(), queue({ id: "r", waiting: 1, oldestSinceMs: NOW - 1000 })], [agent("a")], NOW), []);
  });
  it("name a queue over its limit, who could come back and where people are free", () => {
    const [first, ...more] = decisions(
      [queue({ waiting: 2, oldestSinceMs: NOW - 200_000 }), queue({ id: "ventes", name: "Ventes", freeAgents: 3 })],
      [agent("meal", { wish: "meal" }), agent("late", { wish: "break", sinceMs: 500 }), agent("first", { wish: "break", sinceMs: 100 }), agent("other", { wish: "break", queueIds: ["r"] })],
      NOW,
    );
    assert.equal(more.length, 0);
    assert.ok(first?.kind === "over-limit");
    assert.deepEqual([first.overMs, first.helper?.id, first.elsewhere], [80_000, "first", { name: "Ventes", free: 3 }]);
  });
  it("never ask the same person twice, and put the queue that nobody serves first", () => {
    const found = decisions(
      [queue({ waiting: 1, oldestSinceMs: NOW - 200_000 }), queue({ id: "r", waiting: 1, staffed: 0, freeAgents: 0, oldestSinceMs: NOW - 1000 })],
      [agent("a", { wish: "break", queueIds: ["q", "r"] })],
      NOW,
    );
    assert.deepEqual(found.map((d) => [d.kind, "helper" in d ? (d.helper?.id ?? null) : null]), [["nobody", "a"], ["over-limit", null]]);
  });
  it("count an agent without queues of their own as serving all", () => {
    const [found] = decisions([queue({ waiting: 2, oldestSinceMs: NOW - 200_000 })], [agent("all", { wish: "break", queueIds: [] })], NOW);
    assert.ok(found?.kind === "over-limit");
    assert.equal(found.helper?.id, "all");
  });
  it("bring agents who do not answer", () => {
    const found = decisions([], [agent("a", { system: "unresponsive" }), agent("b", { system: "missed" }), agent("c")], NOW);
    assert.deepEqual(found.map((d) => d.id), ["away:a", "away:b"]);
  });
});

describe("tiles", () => {
  it("are sorted by team and name", () => {
    const sorted = teams([agent("z", { team: "B" }), agent("y", { team: "A" }), agent("x", { team: "B" })], (a, b) => a.localeCompare(b));
    assert.deepEqual(sorted.map((t) => [t.name, t.agents.map((a) => a.id)]), [["A", ["y"]], ["B", ["x", "z"]]]);
  });
  it("tell a long conversation against the day's average", () => {
    assert.deepEqual([talkLevel(100_000, 480_000), talkLevel(370_000, 480_000), talkLevel(500_000, 480_000), talkLevel(9_999_999, null)], ["ok", "watch", "breach", "ok"]);
  });
});
