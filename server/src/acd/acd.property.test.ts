import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { createAcd } from "./acd.ts";
import type { Acd, AcdDecision, AgentConfig, QueueConfig, RoutingReason, SkillNeed, WaitingItem, Wish } from "./acd.ts";
import { agent, item, queue } from "./fixtures.ts";

/** As the door file says it: after this pause an avoided agent may be asked again. */
const AVOID_PAUSE_MS = 10_000;

/**
 * Random lives of a small centre beside a naive model of it: the model knows only the commands and the offers, and
 * states the rules in the plainest way. Small numbers on purpose, so that commands meet.
 */
const AGENTS = 5;
const QUEUES = 3;
const MEDIA = ["voice", "chat", "video"] as const;
const WISHES: readonly Wish[] = ["offline", "available", "available", "available", "break"];

type Command =
  | { do: "enqueue"; n: number; queue: number; medium: number; need: number; priority: number; age: number; returned: boolean; preferred: number; forMs: number; avoid: number[] }
  | { do: "dequeue"; pick: number }
  | { do: "answer"; pick: number; how: "accept" | "declined" | "missed" | "withdrawn" }
  | { do: "go on"; pick: number; how: "hold" | "wrap" | "release" }
  | { do: "wish"; agent: number; wish: Wish }
  | { do: "back"; agent: number }
  | { do: "devices"; agent: number; mask: number }
  | { do: "lease"; agent: number; forMs: number }
  | { do: "agent"; agent: number; level: number; queues: number; exclusive: boolean }
  | { do: "remove agent"; agent: number }
  | { do: "queue"; queue: number; level: number; best: boolean; overflow: number; priority: number }
  | { do: "remove queue"; queue: number }
  | { do: "wait"; ms: number };

const small = fc.nat({ max: 30 });
const agentNumber = fc.nat({ max: AGENTS - 1 });
const queueNumber = fc.nat({ max: QUEUES - 1 });
const level = fc.integer({ min: 1, max: 9 });
const enqueue = fc.record({
  do: fc.constant("enqueue" as const), n: fc.nat({ max: 1e6 }), queue: queueNumber, medium: fc.nat({ max: 2 }), need: fc.nat({ max: 9 }),
  priority: fc.nat({ max: 3 }), age: fc.nat({ max: 40_000 }), returned: fc.boolean(), preferred: fc.integer({ min: -6, max: AGENTS - 1 }),
  forMs: fc.constantFrom(0, 5000), avoid: fc.uniqueArray(agentNumber, { maxLength: 2 }),
});
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: enqueue },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("dequeue" as const), pick: small }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("answer" as const), pick: small, how: fc.constantFrom("accept" as const, "accept" as const, "declined" as const, "missed" as const, "withdrawn" as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("go on" as const), pick: small, how: fc.constantFrom("hold" as const, "wrap" as const, "release" as const, "release" as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wish" as const), agent: agentNumber, wish: fc.constantFrom(...WISHES) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("back" as const), agent: agentNumber }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("devices" as const), agent: agentNumber, mask: fc.nat({ max: 7 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lease" as const), agent: agentNumber, forMs: fc.nat({ max: 20_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("agent" as const), agent: agentNumber, level, queues: fc.nat({ max: 7 }), exclusive: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove agent" as const), agent: agentNumber }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("queue" as const), queue: queueNumber, level, best: fc.boolean(), overflow: fc.nat({ max: QUEUES }), priority: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove queue" as const), queue: queueNumber }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat({ max: 30_000 }) }) },
);

interface Held {
  itemId: string;
  agentId: string;
  medium: string;
  state: "ringing" | "talking" | "wrapping";
}

interface Believed {
  config: AgentConfig;
  wish: Wish;
  away: boolean;
  devices: readonly string[];
  leaseMs: number;
}

interface Waits {
  data: WaitingItem;
  enqueuedMs: number;
  queues: Set<string>;
  /** The preference ended before its time: the agent was not to be waited for. */
  preferenceOver: boolean;
}

class Model {
  readonly acd: Acd = createAcd();
  nowMs = 100_000;
  readonly agents = new Map<string, Believed>();
  readonly queues = new Map<string, QueueConfig>();
  readonly waiting = new Map<string, Waits>();
  readonly held: Held[] = [];
  readonly log: string[] = [];
  readonly seen = new Map<string, number>();

  serving(id: string, medium: string): boolean {
    const a = this.agents.get(id);
    if (a === undefined) return false;
    return a.wish === "available" && !a.away && a.leaseMs > this.nowMs && a.devices.includes(medium) && (a.config.capacity[medium] ?? 0) > 0;
  }

  free(id: string, medium: string): boolean {
    if (!this.serving(id, medium)) return false;
    const { config } = this.agents.get(id)!;
    const mine = this.held.filter((h) => h.agentId === id);
    if (mine.filter((h) => h.medium === medium).length >= config.capacity[medium]!) return false;
    return !config.exclusive.includes(medium) || !mine.some((h) => config.exclusive.includes(h.medium));
  }

  able(id: string, w: Waits, queueId: string): boolean {
    const a = this.agents.get(id);
    const q = this.queues.get(queueId);
    if (a === undefined || q === undefined) return false;
    if (a.config.queueIds.length > 0 && !a.config.queueIds.includes(queueId)) return false;
    const lower = q.rings.filter((r) => w.data.sinceMs + r.afterMs <= this.nowMs).reduce((sum, r) => sum + r.lower, 0);
    const meets = (n: SkillNeed): boolean => (a.config.skills.find((s) => s.skillId === n.skillId)?.level ?? 0) >= Math.max(1, n.minLevel - lower);
    return [...q.needs, ...w.data.needs].every(meets);
  }

  /** May this agent be offered this item from this queue now? */
  eligible(id: string, w: Waits, queueId: string): boolean {
    if (!this.free(id, w.data.medium)) return false;
    const { preferredAgentId, preferredForMs } = w.data;
    if (preferredAgentId !== null && preferredForMs > 0 && !w.preferenceOver && this.nowMs < w.enqueuedMs + preferredForMs) return id === preferredAgentId;
    if (!this.able(id, w, queueId)) return false;
    if (!w.data.avoid.includes(id)) return true;
    if (this.nowMs < w.enqueuedMs + AVOID_PAUSE_MS) return false;
    return ![...this.agents.keys()].some((o) => !w.data.avoid.includes(o) && this.serving(o, w.data.medium) && [...w.queues].some((q) => this.able(o, w, q)));
  }

  /** Ends preferences for agents who are not at work, as the rule says: for good. */
  endPreferences(): void {
    for (const w of this.waiting.values()) {
      const id = w.data.preferredAgentId;
      if (id === null || w.preferenceOver) continue;
      const can = this.serving(id, w.data.medium) && !w.data.avoid.includes(id);
      if (!can) w.preferenceOver = true;
    }
  }

  decide(): void {
    this.endPreferences();
    const decisions = this.acd.decide(this.nowMs);
    for (const d of decisions) {
      if (d.type !== "overflow") continue;
      const w = this.waiting.get(d.itemId)!;
      assert.ok(w.queues.has(d.fromQueueId) && !w.queues.has(d.toQueueId), "from where it waits to where it does not");
      w.queues.add(d.toQueueId);
    }
    for (const d of decisions) this.check(d);
    for (const w of this.waiting.values()) {
      for (const queueId of w.queues) {
        for (const id of this.agents.keys()) assert.ok(!this.eligible(id, w, queueId), `${id} is free for ${w.data.id}, which waits in ${queueId}`);
      }
    }
    for (const [id] of this.queues) {
      const there = [...this.waiting.values()].filter((w) => w.queues.has(id));
      assert.equal(this.acd.waiting(id).count, there.length);
    }
    this.checkPositions();
    for (const [id] of this.agents) {
      const load = Object.values(this.acd.agent(id)!.load).flat().sort();
      assert.deepEqual(load, this.held.filter((h) => h.agentId === id).map((h) => h.itemId).sort());
    }
    const wake = this.acd.nextWakeAt();
    assert.ok(wake === null || wake > this.nowMs, "nothing due is left over");
  }

  check(d: AcdDecision): void {
    this.log.push(JSON.stringify(d));
    const kind = d.type === "offer" ? `offer by ${d.reason.chosenBy}` : d.type;
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
    if (d.type !== "offer") return;
    const w = this.waiting.get(d.itemId);
    assert.ok(w !== undefined && w.queues.has(d.queueId), "offered from a queue where it waits");
    assert.ok(this.eligible(d.agentId, w, d.queueId), `${d.agentId} was not eligible for ${d.itemId}`);
    this.checkReason(d.reason, w, d.agentId);
    this.waiting.delete(d.itemId);
    this.held.push({ itemId: d.itemId, agentId: d.agentId, medium: w.data.medium, state: "ringing" });
  }

  checkReason(reason: RoutingReason, w: Waits, chosen: string): void {
    const eligible = [...this.agents.keys()].filter((id) => this.eligible(id, w, reason.queueId));
    assert.equal(reason.candidates, eligible.length);
    const excluded = Object.values(reason.exclusions).reduce((sum, n) => sum + n, 0);
    assert.equal(excluded + eligible.length, this.agents.size, "everybody is a candidate or excluded for a cause");
    assert.ok(reason.best.every((b) => eligible.includes(b.agentId)));
    assert.equal(reason.best.length, Math.min(3, eligible.length));
    if (reason.chosenBy !== "preferred") assert.equal(reason.best[0]?.agentId, chosen);
    else assert.equal(chosen, w.data.preferredAgentId);
  }

  checkPositions(): void {
    for (const [id, q] of this.queues) {
      const places = [...this.waiting.values()].filter((w) => w.data.queueId === id && w.queues.has(id)).map((w) => ({ w, at: this.acd.position(w.data.id)! }));
      assert.equal(new Set(places.map((p) => p.at.position)).size, places.length, "no two share a position");
      for (const a of places) {
        assert.ok(a.at.position >= 1 && a.at.position <= a.at.of);
        for (const b of places) {
          const sooner = (x: Waits): number => x.data.sinceMs - x.data.priority * q.ageingMs;
          if (a.w.data.returned && !b.w.data.returned) assert.ok(a.at.position < b.at.position, "returned first");
          if (a.w.data.returned === b.w.data.returned && sooner(a.w) < sooner(b.w)) assert.ok(a.at.position < b.at.position, "then by turn");
        }
      }
    }
  }

  run(c: Command): void {
    const { acd, nowMs } = this;
    switch (c.do) {
      case "enqueue": {
        const id = `i${c.n}`;
        if (this.held.some((h) => h.itemId === id)) return;
        const data = item(id, `q${c.queue}`, {
          medium: MEDIA[c.medium]!, needs: c.need > 0 ? [{ skillId: "s", minLevel: c.need }] : [], priority: c.priority, sinceMs: nowMs - c.age,
          returned: c.returned, preferredAgentId: c.preferred < 0 ? null : `a${c.preferred}`, preferredForMs: c.forMs, avoid: c.avoid.map((n) => `a${n}`),
        });
        acd.enqueue(data, nowMs);
        this.waiting.set(id, { data, enqueuedMs: nowMs, queues: new Set(this.queues.has(data.queueId) ? [data.queueId] : []), preferenceOver: false });
        return;
      }
      case "dequeue": {
        const id = [...this.waiting.keys()][c.pick];
        if (id === undefined) return;
        acd.dequeue(id);
        this.waiting.delete(id);
        return;
      }
      case "answer": {
        const h = this.held.filter((x) => x.state === "ringing")[c.pick];
        if (h === undefined) return;
        if (c.how === "accept") {
          acd.accepted(h.itemId, h.agentId, nowMs);
          h.state = "talking";
          return;
        }
        acd.notAnswered(h.itemId, h.agentId, c.how, nowMs);
        this.held.splice(this.held.indexOf(h), 1);
        if (c.how === "missed") this.agents.get(h.agentId)!.away = true;
        return;
      }
      case "go on": {
        const h = this.held[c.pick];
        if (h === undefined) return;
        if (c.how === "hold") acd.setHeld(h.itemId, h.agentId, true, nowMs);
        else if (c.how === "wrap") acd.wrapping(h.itemId, h.agentId, nowMs);
        else {
          acd.released(h.itemId, h.agentId, nowMs);
          this.held.splice(this.held.indexOf(h), 1);
        }
        return;
      }
      case "agent": {
        const id = `a${c.agent}`;
        const queueIds = [0, 1, 2].filter((n) => (c.queues >> n) & 1).map((n) => `q${n}`);
        const config = agent(id, { skills: [{ skillId: "s", level: c.level }], queueIds, capacity: { voice: 1, chat: 2, video: 1 }, exclusive: c.exclusive ? ["voice", "video"] : [] });
        acd.putAgent(config, nowMs);
        const known = this.agents.get(id);
        if (known === undefined) this.agents.set(id, { config, wish: "offline", away: false, devices: [], leaseMs: Infinity });
        else known.config = config;
        return;
      }
      case "queue": {
        const id = `q${c.queue}`;
        const config = queue(id, {
          needs: [{ skillId: "s", minLevel: c.level }], rings: [{ afterMs: 10_000, lower: 2 }, { afterMs: 20_000, lower: 3 }], strategy: c.best ? "best-skill" : "longest-idle",
          priority: c.priority, ageingMs: 10_000, overflow: c.overflow < QUEUES ? { afterMs: 15_000, toQueueId: `q${c.overflow}` } : null, maxWaitMs: 60_000,
        });
        acd.putQueue(config, nowMs);
        this.queues.set(id, config);
        for (const w of this.waiting.values()) if (w.data.queueId === id) w.queues.add(id);
        return;
      }
      case "remove queue": {
        const id = `q${c.queue}`;
        acd.removeQueue(id, nowMs);
        this.queues.delete(id);
        for (const w of this.waiting.values()) w.queues.delete(id);
        return;
      }
      case "wait":
        this.nowMs += c.ms;
        return;
      default:
        this.runOnAgent(c);
    }
  }

  runOnAgent(c: Extract<Command, { agent: number }>): void {
    const { acd, nowMs } = this;
    const id = `a${c.agent}`;
    const known = this.agents.get(id);
    if (known === undefined) return;
    if (c.do === "wish") {
      acd.setWish(id, c.wish, nowMs);
      known.wish = c.wish;
    } else if (c.do === "back") {
      acd.back(id, nowMs);
      known.away = false;
    } else if (c.do === "devices") {
      known.devices = MEDIA.filter((_, n) => (c.mask >> n) & 1);
      acd.setDevices(id, known.devices, nowMs);
    } else if (c.do === "lease") {
      known.leaseMs = nowMs + c.forMs;
      acd.renewLease(id, known.leaseMs);
    } else if (c.do === "remove agent") {
      acd.removeAgent(id, nowMs);
      this.agents.delete(id);
      for (const h of this.held.filter((x) => x.agentId === id)) this.held.splice(this.held.indexOf(h), 1);
    }
  }

  clear(): void {
    for (const id of this.waiting.keys()) this.acd.dequeue(id);
    for (const id of this.agents.keys()) this.acd.removeAgent(id, this.nowMs);
    for (const id of this.queues.keys()) this.acd.removeQueue(id, this.nowMs);
  }
}

function opened(): Model {
  const model = new Model();
  for (let n = 0; n < QUEUES; n++) model.run({ do: "queue", queue: n, level: 2 + n * 3, best: n === 1, overflow: n + 1, priority: n });
  for (let n = 0; n < AGENTS; n++) {
    model.run({ do: "agent", agent: n, level: 1 + n * 2, queues: 0, exclusive: true });
    model.run({ do: "devices", agent: n, mask: 7 });
    model.run({ do: "wish", agent: n, wish: "available" });
  }
  return model;
}

const life = fc.array(fc.record({ commands: fc.array(command, { minLength: 1, maxLength: 3 }) }), { maxLength: 60, size: "max" });

test("random lives: nobody over capacity, nobody left waiting beside a free agent, positions and reasons right, and nothing left at the end", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(life, (steps) => {
      const model = opened();
      for (const { commands } of steps) {
        for (const c of commands) model.run(c);
        model.decide();
      }
      model.clear();
      assert.deepEqual(model.acd.decide(model.nowMs), []);
      assert.deepEqual(model.acd.agents(), []);
      assert.equal(model.acd.nextWakeAt(), null);
      for (let n = 0; n < QUEUES; n++) assert.deepEqual(model.acd.waiting(`q${n}`), { count: 0, oldestSinceMs: null, freeAgents: 0, staffed: 0 });
      for (const [kind, times] of model.seen) seen.set(kind, (seen.get(kind) ?? 0) + times);
    }),
    { numRuns: 600 },
  );
  // The lives are worth something only if they reach everything.
  for (const kind of ["offer by longest-idle", "offer by best-skill", "offer by preferred", "overflow", "waitExceeded"]) {
    assert.ok((seen.get(kind) ?? 0) > 100, `${kind}: ${seen.get(kind) ?? 0} times`);
  }
});

test("the same commands give the same decisions, reasons included", () => {
  fc.assert(
    fc.property(life, (steps) => {
      const [one, two] = [opened(), opened()];
      for (const { commands } of steps) {
        for (const model of [one, two]) {
          for (const c of commands) model.run(c);
          model.decide();
        }
      }
      assert.deepEqual(one.log, two.log);
    }),
    { numRuns: 100 },
  );
});
