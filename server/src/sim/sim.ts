/**
 * sim: seeded days. The production hub, acd, flow and centre on a virtual clock, with simulated people at both ends: callers with
 * patience, chats in parallel, agents who miss, decline, break, crash and log off.
 *
 * Invariants checked: every interaction ends; one owner at a time; no agent over capacity, none lost; the same seed, the same log.
 * Absent on purpose: sockets, the database, real time.
 */
import { Waiting, Whisper } from "@tandem/protocol/waiting";
import { createHash, type Hash } from "node:crypto";
import { createAcd, type QueueConfig } from "../acd/acd.ts";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createCentre, DESKTOP_GONE_MS, type Centre, type FactWrite } from "../centre/centre.ts";
import { demoFlow } from "../flow/flow.ts";
import type { Interaction, MediumTraits } from "../hub/hub.ts";
import { Dice, drawCaller, drawWorker, type Caller, type Worker } from "./people.ts";
import { SimChannel } from "./sim-channel.ts";

export interface DayOptions {
  seed: number;
  agents: number;
  /** Contacts over the open hours. */
  contacts: number;
  openMs: number;
  /** Without it (thousands of days in a test) the log is not hashed. */
  digest?: boolean;
  /** Told every write, e.g. to print the log. */
  onWrite?: (write: FactWrite) => void;
}

export interface DayResult {
  seed: number;
  violations: string[];
  /** SHA-256 of the whole log: the same seed gives the same. Null when it was not asked for. */
  digest: string | null;
  facts: number;
  contacts: number;
  answered: number;
  abandoned: number;
  longestWaitMs: number;
}

const TRAITS: readonly MediumTraits[] = [
  { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true },
  { medium: "chat", written: true, holdable: false, recordable: false, acceptedByDevice: false, ringMs: 30_000, wraps: true },
];
const CAPACITY = { voice: 1, chat: 4 };
const QUEUE: QueueConfig = {
  id: "q_support", name: "Support", needs: [], rings: [{ afterMs: 20_000, lower: 3 }], strategy: "longest-idle", priority: 2, ageingMs: 60_000,
  overflow: { afterMs: 60_000, toQueueId: "q_sales" }, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 300_000,
};
const [WAITING, WHISPER] = [Waiting.parse({}), Whisper.parse({})];
const RING_MS = 20_000;
const WRAP_MS = 30_000;
/** After closing time everybody who waits is served or leaves; beyond this something is stuck. */
const TAIL_MS = 4 * 3_600_000;
/** 2026-03-28 08:00 UTC: the night between two days of a run may hold a clock change. */
const FIRST_DAY_MS = Date.UTC(2026, 2, 28, 8);

export function runDay(options: DayOptions): DayResult {
  return new Day(options).run();
}

class Day {
  readonly #options: DayOptions;
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  readonly #centre: Centre;
  readonly #channels: SimChannel[];
  readonly #violations: string[] = [];
  readonly #hash: Hash | null;
  readonly #states = new Map<string, Interaction>();
  readonly #callers = new Map<string, Caller & { answered: number; traits: MediumTraits }>();
  readonly #workers = new Map<string, Worker>();
  /** Cancels what people are about to do about a ring or a conversation. */
  readonly #plans = new Map<string, () => void>();
  #facts = 0;
  #writes = 0;
  #lastFrom = "+33612000";

  constructor(options: DayOptions) {
    this.#options = options;
    this.#hash = options.digest === true ? createHash("sha256") : null;
    const chance = seededChance(options.seed);
    this.#dice = new Dice(chance);
    this.#clock = new VirtualClock(FIRST_DAY_MS + (options.seed % 365) * 86_400_000);
    const people = {
      asked: (id: string) => this.#customerListens(id),
      ringing: (id: string, agentId: string) => this.#agentHearsRing(id, agentId),
      ringOver: (id: string, agentId: string) => this.#ringOver(id, agentId),
      talking: (id: string, agentId: string) => this.#talk(id, agentId),
      over: (id: string) => this.#forget(`talk ${id}`),
    };
    this.#channels = TRAITS.map((traits) => new SimChannel({ traits, clock: this.#clock, people, hear: (event) => this.#centre.hear(event) }));
    this.#centre = createCentre({
      clock: this.#clock,
      chance,
      log: { ...silentLog, error: (fields, message) => void this.#violations.push(`${message} ${JSON.stringify(fields)}`) },
      acd: createAcd(),
      channels: this.#channels,
      timers: { set: (_kind, id, atMs) => void this.#clock.after(atMs - this.#clock.now(), () => this.#centre.timerDue("idle", id)) },
      customers: {
        identify: (_medium, from, fromName, _language, done) => {
          const found = { customerId: `cus_${from}`, name: fromName, known: this.#dice.maybe(0.5), language: null, last: null };
          // A customer base answers late, or not at all.
          this.#clock.after(this.#dice.between(1, 400), () => done(this.#dice.maybe(0.9) ? found : null));
        },
      },
      flows: {
        asks: {
          lookup: (_ask, _about, answer) => {
            // late, beyond the time limit, failing, or nobody
            this.#clock.after(this.#dice.between(1, 5_000), () => answer(this.#dice.maybe(0.2) ? { ok: false, why: "down" } : { ok: true, customer: this.#dice.maybe(0.5) ? { name: "C", firstName: "C" } : null }));
            return undefined;
          },
        },
      },
      setup: {
        flowFor: () => ({ definition: demoFlow, language: "fr" }),
        queue: (id) => ({ name: id, ringMs: RING_MS, wrapMs: WRAP_MS, needs: [], priority: 2 }),
        agent: (id) => (this.#workers.has(id) ? { name: id, language: "fr" } : null),
        waiting: () => WAITING,
        waitError: () => null,
        whisper: () => WHISPER,
        transferTarget: () => null,
        handOverTarget: () => ({ ok: false, code: "unknown-target" }),
      },
      store: {
        append: (write, done) => {
          this.#write(write);
          done(null);
        },
      },
      closed: (id, done) => done(this.#states.get(id) ?? null),
    });
  }

  run(): DayResult {
    const { agents, contacts, openMs, seed } = this.#options;
    this.#centre.putQueue(QUEUE);
    this.#centre.putQueue({ ...QUEUE, id: "q_sales", name: "Sales", strategy: "best-skill", overflow: null });
    for (let i = 0; i < agents; i++) this.#hire(`agent${i}`);
    let atMs = 0;
    for (let i = 0; i < contacts; i++) {
      atMs += this.#dice.exponential(openMs / contacts);
      this.#clock.after(atMs, () => this.#arrive(`c${i}`));
    }
    const endMs = this.#clock.now() + atMs + TAIL_MS;
    // Nobody is left alone at the end: whoever is there at closing time stays until the last contact is over.
    let checkedAt = 0;
    while (this.#clock.stepTo(endMs)) {
      // who has whom changes by what is written only
      if (this.#writes === checkedAt) continue;
      checkedAt = this.#writes;
      this.#checkCapacity();
      if (this.#states.size === contacts && [...this.#states.values()].every((it) => it.state === "closed")) break;
    }
    this.#clock.advance(DESKTOP_GONE_MS);
    this.#checkEnd();
    this.#centre.stop();
    const all = [...this.#states.values()];
    const waits = all.flatMap((it) => it.segments.filter((s) => s.kind === "queue").map((s) => (s.untilMs ?? s.sinceMs) - s.sinceMs));
    return {
      seed,
      violations: [...this.#violations, ...this.#channels.flatMap((c) => c.violations)],
      digest: this.#hash?.digest("hex") ?? null,
      facts: this.#facts,
      contacts: all.length,
      answered: all.filter((it) => it.segments.some((s) => s.kind === "talk")).length,
      abandoned: all.filter((it) => it.closed?.why === "abandoned").length,
      longestWaitMs: Math.max(0, ...waits),
    };
  }

  #write(write: FactWrite): void {
    if (write.state) this.#states.set(write.subjectId, write.state);
    this.#facts += write.facts.length;
    this.#writes++;
    this.#hash?.update(JSON.stringify([write.subjectId, write.facts]));
    this.#options.onWrite?.(write);
  }

  #plan(key: string, afterMs: number, act: () => void): void {
    this.#forget(key);
    this.#plans.set(key, this.#clock.after(afterMs, () => {
      this.#plans.delete(key);
      act();
    }));
  }

  #forget(key: string): void {
    this.#plans.get(key)?.();
    this.#plans.delete(key);
  }

  #hire(id: string): void {
    const worker = drawWorker(this.#dice);
    this.#workers.set(id, worker);
    this.#centre.putAgent({ id, name: id, team: "t", skills: [{ skillId: "sk_english", level: Math.ceil(this.#dice.between(0.1, 9.9)) }], queueIds: [], capacity: CAPACITY, exclusive: ["voice"] });
    this.#clock.after(this.#dice.between(0, 60_000), () => this.#signIn(id));
    const pause = (): void => {
      this.#clock.after(worker.breakEveryMs, () => {
        this.#centre.setWish(id, this.#dice.pick(["break", "meal", "offline"]), id);
        this.#clock.after(this.#dice.between(30_000, 400_000), () => {
          this.#centre.setWish(id, "available", id);
          pause();
        });
      });
    };
    pause();
  }

  #signIn(id: string): void {
    this.#centre.desktopOpened(id);
    this.#centre.setVoiceDevice(id, true);
    this.#centre.setWish(id, "available", id);
    // A desktop renews its lease while it lives.
    const alive = (): void => {
      if (!this.#plans.has(`dead ${id}`)) this.#centre.desktopAlive(id);
      this.#clock.after(20_000, alive);
    };
    alive();
  }

  #arrive(id: string): void {
    const traits = this.#dice.pick(TRAITS);
    const caller = drawCaller(this.#dice, traits.written);
    this.#callers.set(id, { ...caller, answered: 0, traits });
    // Some come again, by another medium or the same, while their first contact may still be open.
    if (!this.#dice.maybe(0.25)) this.#lastFrom = `+3361200${id.slice(1)}`;
    this.#centre.hear({ type: "arrived", id, medium: traits.medium, from: this.#lastFrom, fromName: id, to: "1000", language: this.#dice.maybe(0.2) ? "en" : null, context: {} });
    this.#plan(`patience ${id}`, caller.leavesInFlow ? caller.thinkMs : 20_000 + caller.patienceMs, () => this.#leave(id));
    if (traits.written) this.#customerListens(id);
  }

  #leave(id: string): void {
    const it = this.#centre.interaction(id);
    if (!it) return;
    if (it.state === "connected" || it.state === "wrapping") return;
    this.#centre.hear({ type: "customerLeft", id, why: it.traits.written ? "ended" : "hung-up" });
  }

  /** Hears a question (or nothing yet) and answers after a while. */
  #customerListens(id: string): void {
    const caller = this.#callers.get(id);
    if (!caller || this.#plans.has(`answer ${id}`)) return;
    const answer = caller.answers[caller.answered];
    if (answer === undefined) return;
    this.#plan(`answer ${id}`, caller.thinkMs, () => {
      caller.answered++;
      if (this.#centre.interaction(id)?.state !== "flow") return;
      if (caller.traits.written) this.#centre.post(id, { author: "customer", name: id, clientId: `${id}-${caller.answered}`, text: answer }, () => {});
      else this.#centre.hear({ type: "input", id, input: { kind: "key", key: answer } });
      if (caller.traits.written || caller.answered < caller.answers.length) this.#customerListens(id);
    });
  }

  #agentHearsRing(id: string, agentId: string): void {
    const worker = this.#workers.get(agentId)!;
    const { traits } = this.#callers.get(id)!;
    if (this.#dice.maybe(worker.missP)) {
      this.#plan(`back ${agentId}`, RING_MS + this.#dice.between(5_000, 120_000), () => this.#centre.back(agentId));
      return;
    }
    this.#plan(`ring ${id} ${agentId}`, worker.answerMs, () => {
      if (this.#dice.maybe(worker.declineP)) {
        if (traits.acceptedByDevice) this.#centre.hear({ type: "agentRefused", id, agentId, why: this.#dice.pick(["declined", "unreachable", "no-answer"]) });
        else void this.#centre.commands.decline(agentId, id);
        this.#plan(`back ${agentId}`, 30_000, () => this.#centre.back(agentId));
      } else if (traits.acceptedByDevice) this.#centre.hear({ type: "agentAnswered", id, agentId });
      else void this.#centre.commands.accept(agentId, id);
    });
  }

  /** A cancel may cross an answer on the wire: it then arrives too late, and must be undone. */
  #ringOver(id: string, agentId: string): void {
    const answering = this.#plans.has(`ring ${id} ${agentId}`);
    this.#forget(`ring ${id} ${agentId}`);
    if (!answering || !this.#callers.get(id)!.traits.acceptedByDevice || !this.#dice.maybe(0.3)) return;
    this.#clock.after(this.#dice.between(1, 200), () => this.#centre.hear({ type: "agentAnswered", id, agentId }));
  }

  #talk(id: string, agentId: string): void {
    const caller = this.#callers.get(id)!;
    const worker = this.#workers.get(agentId)!;
    this.#forget(`patience ${id}`);
    if (caller.traits.holdable && this.#dice.maybe(0.2)) {
      this.#clock.after(caller.talkMs * 0.3, () => void this.#centre.commands.hold(agentId, id, true));
      this.#clock.after(caller.talkMs * 0.6, () => void this.#centre.commands.hold(agentId, id, false));
    }
    this.#plan(`talk ${id}`, caller.talkMs, () => {
      const centre = this.#centre;
      if (this.#dice.maybe(worker.crashP)) return this.#crash(agentId);
      if (this.#dice.maybe(0.15)) {
        const to = this.#dice.maybe(0.5) ? ({ kind: "queue", queueId: "q_sales" } as const) : ({ kind: "agent", agentId: this.#dice.pick([...this.#workers.keys()]) } as const);
        void centre.commands.transfer(agentId, id, to, "note").then((done) => {
          if (!done.ok && done.code !== "unknown-target" && done.code !== "not-yours" && done.code !== "too-late" && done.code !== "not-found") this.#violations.push(`${id}: transfer refused: ${done.code}`);
        });
        // Refused (to oneself): the conversation ends in the ordinary way.
        if (centre.interaction(id)?.agentId !== agentId) return this.#plan(`patience ${id}`, 60_000 + caller.patienceMs, () => this.#leave(id));
      }
      if (this.#dice.maybe(0.5)) centre.hear({ type: "customerLeft", id, why: caller.traits.written ? "ended" : "hung-up" });
      else void centre.commands.end(agentId, id);
      // Some forget the wrap-up: its limit ends it.
      this.#clock.after(worker.wrapMs, () => void centre.commands.wrap(agentId, id, "d", ""));
    });
  }

  /** The desktop dies with everything on it, and comes back after a while. */
  #crash(agentId: string): void {
    for (const it of this.#centre.interactions()) {
      if (it.agentId !== agentId || it.state !== "connected") continue;
      if (it.traits.acceptedByDevice) this.#centre.hear({ type: "agentLeft", id: it.id, agentId, why: "device-lost" });
      this.#plan(`patience ${it.id}`, 60_000 + this.#callers.get(it.id)!.patienceMs, () => this.#leave(it.id));
    }
    this.#centre.setVoiceDevice(agentId, false);
    this.#centre.desktopClosed(agentId);
    const awayMs = this.#dice.between(1_000, 120_000);
    this.#plan(`dead ${agentId}`, awayMs, () => {
      this.#centre.desktopOpened(agentId);
      this.#centre.setVoiceDevice(agentId, true);
      this.#centre.setWish(agentId, "available", agentId);
      // Conversations that survived the absence go on to their end.
      for (const it of this.#centre.interactions()) if (it.agentId === agentId && it.state === "connected") this.#talk(it.id, agentId);
    });
  }

  #checkCapacity(): void {
    for (const agent of this.#centre.agents()) {
      for (const [medium, ids] of Object.entries(agent.load)) {
        const most = CAPACITY[medium as keyof typeof CAPACITY];
        if (ids.length > most) this.#violations.push(`${agent.id}: ${ids.length} ${medium} at once, ${most} allowed`);
      }
    }
  }

  #checkEnd(): void {
    for (const it of this.#centre.interactions()) this.#violations.push(`${it.id}: never ended (${it.state})`);
    for (const it of this.#states.values()) {
      if (it.state !== "closed") this.#violations.push(`${it.id}: stored as ${it.state}`);
      if (it.segments.some((s) => s.untilMs === null)) this.#violations.push(`${it.id}: a segment has no end`);
    }
    for (const agent of this.#centre.agents()) {
      const held = Object.values(agent.load).flat();
      if (held.length > 0) this.#violations.push(`${agent.id}: lost with ${held.join(", ")} (${agent.system})`);
    }
    for (const queueId of ["q_support", "q_sales"]) if (this.#centre.queueLive(queueId).count > 0) this.#violations.push(`${queueId}: somebody still waits`);
  }
}
