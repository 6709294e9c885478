import type { AcdDecision, AgentConfig, ExclusionCause, QueueConfig, SkillNeed, WaitingItem, Wish } from "../server/src/acd/acd.ts";

interface Person {
  config: AgentConfig;
  skills: Map<string, number>;
  wish: Wish;
  devices: Set<string>;
  hands: Map<string, string>;
  /** Order in which something was last given to or taken from them. */
  touch: number;
  idleSinceMs: number;
}

/**
 * What one writes first: for every waiting item, in the order of effective priority, look at every
 * agent (first only at the free ones, whether it is worth it). Plain queues only: for measuring beside the engine.
 */
export class NaiveRouting {
  readonly #queues = new Map<string, QueueConfig>();
  readonly #people = new Map<string, Person>();
  readonly #waiting = new Map<string, WaitingItem>();
  #touches = 0;

  putQueue(queue: QueueConfig): void {
    this.#queues.set(queue.id, queue);
  }

  putAgent(config: AgentConfig, nowMs: number): void {
    const skills = new Map(config.skills.map((s) => [s.skillId, s.level]));
    this.#people.set(config.id, { config, skills, wish: "offline", devices: new Set(), hands: new Map(), touch: ++this.#touches, idleSinceMs: nowMs });
  }

  setDevices(agentId: string, media: readonly string[]): void {
    this.#people.get(agentId)!.devices = new Set(media);
  }

  setWish(agentId: string, wish: Wish): void {
    this.#people.get(agentId)!.wish = wish;
  }

  enqueue(item: WaitingItem): void {
    this.#waiting.set(item.id, item);
  }

  engage(itemId: string, agentId: string, medium: string): void {
    this.#give(this.#people.get(agentId)!, itemId, medium);
  }

  accepted(): void {
    // The offer already holds the place.
  }

  released(itemId: string, agentId: string): void {
    const person = this.#people.get(agentId)!;
    person.hands.delete(itemId);
    person.touch = ++this.#touches;
  }

  #give(person: Person, itemId: string, medium: string): void {
    person.hands.set(itemId, medium);
    person.touch = ++this.#touches;
  }

  decide(nowMs: number): AcdDecision[] {
    const decisions: AcdDecision[] = [];
    const weight = (item: WaitingItem): number => {
      const queue = this.#queues.get(item.queueId)!;
      return queue.priority + item.priority + (queue.ageingMs > 0 ? (nowMs - item.sinceMs) / queue.ageingMs : 0);
    };
    if (this.#waiting.size === 0) return decisions;
    const media = new Set(Array.from(this.#waiting.values(), (item) => item.medium));
    const free = [...this.#people.values()].filter((person) => [...media].some((medium) => this.#whyNot(person, medium) === null));
    if (free.length === 0) return decisions;
    const turns = [...this.#waiting.values()].sort((a, b) => weight(b) - weight(a));
    for (const item of turns) {
      if (!free.some((person) => this.#whyNot(person, item.medium) === null && this.#meets(person, item, nowMs))) continue;
      const decision = this.#match(item, nowMs);
      if (decision !== null) decisions.push(decision);
    }
    return decisions;
  }

  #meets(person: Person, item: WaitingItem, nowMs: number): boolean {
    const queue = this.#queues.get(item.queueId)!;
    const lower = queue.rings.reduce((sum, r) => sum + (r.afterMs <= nowMs - item.sinceMs ? r.lower : 0), 0);
    return queue.needs.every((need) => (person.skills.get(need.skillId) ?? 0) >= Math.max(1, need.minLevel - lower));
  }

  #whyNot(person: Person, medium: string): ExclusionCause | null {
    if (person.wish === "offline") return "offline";
    if (person.wish !== "available") return "not-available";
    if (!person.devices.has(medium)) return "no-device";
    let same = 0;
    for (const held of person.hands.values()) {
      if (held === medium) same++;
      if (person.config.exclusive.includes(held) && person.config.exclusive.includes(medium)) return "busy";
    }
    return same < (person.config.capacity[medium] ?? 0) ? null : "capacity";
  }

  #match(item: WaitingItem, nowMs: number): AcdDecision | null {
    const queue = this.#queues.get(item.queueId)!;
    const waitedMs = nowMs - item.sinceMs;
    const passed = queue.rings.filter((r) => r.afterMs <= waitedMs);
    const lower = passed.reduce((sum, r) => sum + r.lower, 0);
    const needs: SkillNeed[] = [...queue.needs, ...item.needs];
    const found: { person: Person; score: number }[] = [];
    const exclusions: Partial<Record<ExclusionCause, number>> = {};
    const excludedAgents: { agentId: string; cause: ExclusionCause }[] = [];
    for (const person of this.#people.values()) {
      let cause: ExclusionCause | null = null;
      let score = 0;
      for (const need of needs) {
        const level = person.skills.get(need.skillId);
        if (level === undefined) cause = "skill-missing";
        else if (level < Math.max(1, need.minLevel - lower)) cause ??= "level-too-low";
        score += level ?? 0;
      }
      const mine = cause === null || cause === "level-too-low";
      cause ??= this.#whyNot(person, item.medium);
      if (cause === null) found.push({ person, score });
      else {
        exclusions[cause] = (exclusions[cause] ?? 0) + 1;
        if (mine && excludedAgents.length < 64) excludedAgents.push({ agentId: person.config.id, cause });
      }
    }
    const bySkill = queue.strategy === "best-skill";
    found.sort((a, b) => (bySkill ? b.score - a.score : 0) || a.person.hands.size - b.person.hands.size || a.person.touch - b.person.touch);
    const chosen = found[0]?.person;
    if (chosen === undefined) return null;
    this.#waiting.delete(item.id);
    const best = found.slice(0, 3).map(({ person, score }) => ({ agentId: person.config.id, score, idleMs: nowMs - person.idleSinceMs, level: score }));
    this.#give(chosen, item.id, item.medium);
    chosen.idleSinceMs = nowMs;
    return {
      type: "offer", itemId: item.id, agentId: chosen.config.id, queueId: queue.id,
      reason: {
        atMs: nowMs, itemId: item.id, queueId: queue.id, ring: passed.length, strategy: queue.strategy, waitedMs, candidates: found.length, best,
        exclusions, excludedAgents, chosenBy: queue.strategy,
      },
    };
  }
}
