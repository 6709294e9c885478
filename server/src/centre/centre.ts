/**
 * The centre: hears facts, asks the hub, carries out orders. The one place where rooms meet; it has no rules of its own.
 *
 * Invariants: facts of one stimulus are one write (turns.ts); an order is carried out only once its fact is durable; routing is
 * asked after every turn, so an eligible agent and a waiting contact never stand side by side.
 * Absent on purpose: SQL, HTTP, sockets, and every decision (hub, acd and flow decide).
 */
import { never } from "../base/assert.ts";
import type { AcdDecision, AgentConfig, AgentLive, QueueConfig, RoutingReason, Wish } from "../acd/acd.ts";
import { step, type Channel, type ChannelEvent, type Fact, type Interaction, type Message } from "../hub/hub.ts";
import { AgentDesks } from "./agent-desk.ts";
import { Arrivals } from "./arrivals.ts";
import { Changes } from "./changes.ts";
import { agentCommands, type AgentCommands } from "./commands.ts";
import { deflectedFact, FlowRunner } from "./flow-runner.ts";
import { LateFacts } from "./late-facts.ts";
import { orderly } from "./orders.ts";
import type { CentreOptions, DurableTimer, InteractionChange } from "./ports.ts";
import { Posts, type Posting } from "./posts.ts";
import { Turns } from "./turns.ts";
import { placeOf } from "./flow-kept.ts";
import { Waiting } from "./waiting.ts";
import { callBackFlow, otherQueueFlow } from "./waiting-flows.ts";

export type { CentreOptions, Customers, DurableTimers, FactStore, FactWrite, Identified, InteractionChange, Setup } from "./ports.ts";
export type { AgentCommands, Outcome } from "./commands.ts";
export type { AskAbout, Deflected, FlowAsks, FlowMove, FlowPorts, Forget } from "./flow-ports.ts";
export { deflectedFact } from "./flow-runner.ts";
export type { Standing } from "./promise-standing.ts";
export { REDIAL_MS, redialFlow } from "./redial.ts";
export { callBackOffer } from "./waiting.ts";
export { DESKTOP_GONE_MS } from "./agent-desk.ts";

/** A visitor who went away from an open conversation has so long to come back. */
export const AWAY_LIMIT_MS = 30 * 60_000;

export interface Centre {
  /** Takes up what the last run left open: written media go on, calls close with their reason. Then routing starts. `done`: their channels know of them again. */
  recover(open: readonly Interaction[], messagesOf: (id: string) => readonly Message[], done?: () => void): void;
  /** Contacts that closed shortly before this start, oldest first: callers who were cut off may ring again. */
  remember(closed: readonly Interaction[]): void;
  /** What channels tell. */
  hear(event: ChannelEvent): void;
  putQueue(queue: QueueConfig): void;
  removeQueue(id: string): void;
  putAgent(agent: AgentConfig, wish?: Wish): void;
  removeAgent(id: string): void;
  setWish(agentId: string, wish: Wish, by: string): void;
  /** The agent is back after a missed contact. */
  back(agentId: string): void;
  desktopOpened(agentId: string): void;
  desktopClosed(agentId: string): void;
  desktopAlive(agentId: string): void;
  setVoiceDevice(agentId: string, there: boolean, elsewhere?: boolean): void;
  readonly commands: AgentCommands;
  /** Adds a message; the same `clientId` again answers the first one. `done` when it is durable. */
  post(id: string, from: Posting, done: (message: Message | null, error: Error | null) => void): void;
  tell(id: string, fact: Fact, done?: (error: Error | null) => void): boolean;
  /** As `tell`, also for a contact that is closed already. */
  tellLate(id: string, fact: Fact, done?: (error: Error | null) => void): void;
  timerDue(kind: DurableTimer, id: string): void;

  interaction(id: string): Interaction | null;
  interactions(): Iterable<Interaction>;
  agent(id: string): AgentLive | null;
  agents(): AgentLive[];
  queueLive(id: string): { count: number; oldestSinceMs: number | null; freeAgents: number; staffed: number };
  position(id: string): { position: number; of: number; estimatedWaitMs: number | null } | null;
  /** Why it still waits. */
  explain(id: string): RoutingReason | null;
  /** Where who waits, and is due to wait in this queue too, does so: there, in the one that it leads to, or not now. */
  overflowTo(id: string, queueId: string): string | null;
  onChange(hear: (change: InteractionChange) => void): void;
  /** Routing's view of an agent or of queues may have changed. */
  onAgents(hear: (agentIds: ReadonlySet<string>) => void): void;
  stop(): void;
}

export function createCentre(options: CentreOptions): Centre {
  const { acd, chance, clock, log, setup, customers, timers, store } = options;
  const channels = new Map<string, Channel>(options.channels.map((channel) => [channel.traits.medium, channel]));
  const changes = new Changes(log);
  const agentHearers: ((agentIds: ReadonlySet<string>) => void)[] = [];
  let touched = new Set<string>();
  let cancelWake: (() => void) | null = null;

  const channelOf = (it: Interaction): Channel => channels.get(it.traits.medium)!;
  const turns: Turns = new Turns({
    now: () => clock.now(),
    after: (ms, fire) => clock.after(ms, fire),
    store,
    log,
    carryOut: (it, order) => carryOut(it, order),
    settle,
    published(interaction, facts) {
      waiting.follow(interaction);
      for (const fact of facts) if (fact.type === "messageAdded" && fact.message.author === "customer") flows.read(interaction.id, fact.message);
      changes.tell({ interaction: turns.live.get(interaction.id) ?? interaction, facts });
      if (interaction.state === "closed") {
        posts.forget(interaction.id);
        flows.closed(interaction);
      }
    },
    lost(interaction, error) {
      // The log refused it: nobody may act on what is not written. The contact ends as cleanly as it can.
      log.error({ interaction: interaction.id, why: error.message }, "a fact could not be stored; its interaction ends");
      const { id, agentId, offer } = interaction;
      // whoever shows it, or counts on it, must not do so until a restart
      const [ended] = step(interaction, { type: "failed", why: "not stored" }, clock.now());
      turns.live.set(id, ended);
      flows.lost(id);
      posts.forget(id);
      acd.dequeue(id);
      if (offer) acd.notAnswered(id, offer.agentId, "withdrawn", clock.now());
      if (agentId) acd.released(id, agentId, clock.now());
      for (const one of [offer?.agentId, agentId]) if (one) touched.add(one);
      waiting.follow(ended);
      changes.tell({ interaction: ended, facts: [] });
      channelOf(interaction).end(id, "failed");
      // once the log takes facts again the history says so; else the next start does
      store.append({ subjectId: id, facts: [{ type: "failed", atMs: clock.now(), body: { why: "not stored" } }], state: ended }, (again) => {
        if (again) log.error({ interaction: id, why: again.message }, "the end of an interaction could not be stored: the history shows it open until the next start");
      });
    },
  });
  const tell = (id: string, fact: Fact): void => void turns.tell(id, fact);
  const flows = new FlowRunner({
    clock, setup, ports: options.flows ?? {}, channelOf, tell, tellLate, run: (work) => turns.run(work), live: (id) => turns.live.get(id), queueLive: (id) => acd.waiting(id), log,
  });
  const late = new LateFacts({ now: () => clock.now(), after: (ms, fire) => clock.after(ms, fire), log, store, closed: options.closed, changed: (change) => changes.tell(change) });
  const arrivals = new Arrivals({ clock, log, setup, customers, turns, flows, channels, closed: options.closed, tell, tellLate });
  const posts = new Posts({ clock, chance, turns, shown: (it, seq, text) => flows.writes(it, seq, text) });
  const waiting = new Waiting({
    clock,
    settings: (queueId) => setup.waiting(queueId),
    position: (id) => acd.position(id),
    estimateError: (queueId) => setup.waitError(queueId),
    say: (it, utterances) => channelOf(it).say(it.id, `wait:${clock.now()}`, utterances),
    promised: (it, told) => tell(it.id, { type: "promised", queueId: it.queue!.queueId, ...told }),
    canCallBack: (queueId, language) => options.flows?.canCallBack?.(queueId, language) ?? false,
    callBack: (it) => tell(it.id, deflectedFact(it, placeOf(it.queue!, it.reason), callBackFlow(it.queue!.queueId))),
    live: (id) => turns.live.get(id),
    leaves(it) {
      const { queue } = it;
      if (!queue) return false;
      const queues = [queue.queueId, ...queue.alsoIn];
      if (queues.some((id) => acd.waiting(id).staffed > 0)) return false;
      const place = placeOf(queue, it.reason);
      const elsewhere = flows.deflection(it, place, true);
      if (elsewhere === null || ("queueId" in elsewhere && queues.includes(elsewhere.queueId))) return false;
      tell(it.id, "fact" in elsewhere ? elsewhere.fact : deflectedFact(it, place, otherQueueFlow(elsewhere.queueId, place), { ...place, queueId: elsewhere.queueId }));
      return true;
    },
  });
  const traitsOf = (test: (channel: Channel) => boolean): string[] => [...channels.values()].filter(test).map((channel) => channel.traits.medium);
  const desks = new AgentDesks({
    clock,
    acd,
    writtenMedia: traitsOf((c) => !c.traits.acceptedByDevice),
    deviceMedia: traitsOf((c) => c.traits.acceptedByDevice),
    run: (work) => turns.run(work),
    gone: agentGone,
    changed: (agentId) => void touched.add(agentId),
  });

  const carryOut = orderly({
    acd,
    clock,
    setup,
    channelOf,
    runFlow: (it) => arrivals.identifyThenRun(it),
    resumeFlow: (it) => flows.resume(it),
    stopFlow: (id) => flows.gone(id),
    awaitReturn: (agentId) => desks.awaitReturn(agentId),
    touch: (agentId) => void touched.add(agentId),
  });

  /** After every turn: routing decides, the next wake is set, and whoever shows agents is told. */
  function settle(): void {
    cancelWake?.();
    cancelWake = clock.after(AFTER_MISTAKE_MS, () => turns.run(() => {})); // should routing fail, it is asked again
    for (const decision of acd.decide(clock.now())) decided(decision);
    cancelWake();
    const wakeAt = acd.nextWakeAt();
    cancelWake = wakeAt === null ? null : clock.after(Math.max(1, wakeAt - clock.now()), () => turns.run(() => {}));
    if (touched.size > 0) {
      const agents = touched;
      touched = new Set();
      for (const hear of agentHearers) hear(agents);
    }
  }

  function decided(decision: AcdDecision): void {
    switch (decision.type) {
      case "offer":
        touched.add(decision.agentId);
        if (!turns.tell(decision.itemId, { type: "agentFound", agentId: decision.agentId, queueId: decision.queueId, reason: decision.reason })) {
          acd.notAnswered(decision.itemId, decision.agentId, "withdrawn", clock.now());
        }
        return;
      case "overflow":
        return tell(decision.itemId, { type: "overflowed", fromQueueId: decision.fromQueueId, toQueueId: decision.toQueueId });
      case "waitExceeded":
        tell(decision.itemId, { type: "waitExceeded", queueId: decision.queueId, waitedMs: decision.waitedMs });
        return waiting.exceeded(decision.itemId);
    }
  }

  function agentGone(agentId: string): void {
    const live = acd.agent(agentId);
    if (live && live.wish !== "offline" && !live.reach.voice?.free) setWish(agentId, "offline", "system");
    // also of who is none any more since the last run
    for (const it of turns.live.values()) {
      if (it.agentId !== agentId || it.traits.acceptedByDevice) continue;
      tell(it.id, { type: "agentLeft", agentId, why: "device-lost" });
    }
  }

  function setWish(agentId: string, wish: Wish, by: string): void {
    turns.run(() => {
      acd.setWish(agentId, wish, clock.now());
      touched.add(agentId);
      store.append({ subjectId: agentId, facts: [{ type: "wishSet", atMs: clock.now(), body: { wish, by } }], state: null }, (error) => {
        if (error) log.error({ agentId, why: error.message }, "an agent's wish could not be stored");
      });
    });
  }

  function hear(event: ChannelEvent): void {
    turns.run(() => {
      const it = turns.live.get(event.id);
      switch (event.type) {
        case "arrived":
          return it ? undefined : arrivals.arrived(event);
        case "said":
          return flows.input(event.id, { kind: "said", sayId: event.sayId });
        case "input":
          if (it?.state === "queued" && waiting.input(it, event.input)) return;
          return flows.input(event.id, event.input);
        case "speaking":
          return flows.speaking(event.id);
        case "agentPickedUp":
          return tell(event.id, { type: "pickedUp", agentId: event.agentId });
        case "customerDialled":
        case "customerReached":
          return tell(event.id, { type: event.type });
        case "customerNotReached":
          return tell(event.id, { type: "customerNotReached", why: event.why, status: event.status });
        case "agentRinging":
          return;
        case "agentAnswered":
          if (!turns.tell(event.id, { type: "accepted", agentId: event.agentId })) [...channels.values()].forEach((c) => c.cancelRing(event.id, event.agentId));
          return;
        case "agentRefused":
          return tell(event.id, { type: "notAnswered", agentId: event.agentId, why: event.why === "declined" ? "declined" : event.why === "no-answer" ? "missed" : "unreachable" });
        case "agentLeft":
          return tell(event.id, { type: "agentLeft", agentId: event.agentId, why: event.why });
        case "customerLeft":
          return tell(event.id, { type: "customerLeft", why: event.why });
        case "holdAsked":
          if (it?.agentId !== event.agentId) return;
          return tell(event.id, { type: event.held ? "held" : "resumed" });
        case "transferAsked": {
          if (it?.state !== "connected" || it.agentId !== event.agentId) return event.refuse("not theirs now");
          const target = setup.transferTarget(event.target);
          if (!target) return handOverAsked(event);
          event.accept();
          commands.transfer(event.agentId, event.id, target, "").catch((error: Error) => log.error({ why: error.message }, "a transfer asked by phone failed"));
          return;
        }
        case "recordingReady":
          return tellLate(event.id, { type: "recordingReady", mixedPath: event.mixedPath, stereoPath: event.stereoPath, durationMs: event.durationMs });
        default:
          return never(event, "channel event");
      }
    });
  }

  /** No queue and no agent: whoever else the agent may dial. */
  function handOverAsked({ id, agentId, target, consulted, accept, refuse }: Extract<ChannelEvent, { type: "transferAsked" }>): void {
    const found = setup.handOverTarget(agentId, target);
    if (!found.ok) return refuse(found.code);
    accept();
    tell(id, { type: "handedOver", byAgentId: agentId, to: { ...found.to, ...(consulted !== undefined && { consulted }) }, note: "" });
  }

  /** For what may happen after the end (a recording finished, a rating): an interaction that left memory is read back. */
  function tellLate(id: string, fact: Fact, done: ((error: Error | null) => void) | null = null): void {
    turns.run(() => {
      if (!turns.tell(id, fact, done)) late.tell(id, fact, done);
    });
  }

  const commands = agentCommands({ turns, setup, deflection: (it, place) => flows.deflection(it, place) });

  return {
    recover(open, messagesOf, done = () => {}) {
      const left = new Set(open.map(({ id }) => id));
      const taken = (id: string): void => void (left.delete(id) && left.size === 0 && done());
      if (left.size === 0) return done();
      turns.run(() => {
        for (const it of open) {
          try {
            posts.restore(it.id, messagesOf(it.id));
            turns.restore(it);
            turns.tell(it.id, { type: "serverRestarted" }, () => taken(it.id));
          } catch (error) {
            // a mistake of ours over one keeps neither the others nor the server from going on
            log.error({ interaction: it.id, why: (error as Error).message, stack: (error as Error).stack }, "a contact could not be taken up");
            posts.forget(it.id);
            turns.drop(it.id, error as Error);
            taken(it.id);
          }
        }
      });
    },
    remember(closed) {
      for (const it of closed) flows.closed(it);
    },
    hear,
    putQueue: (queue) => turns.run(() => acd.putQueue(queue, clock.now())),
    removeQueue: (id) => turns.run(() => acd.removeQueue(id, clock.now())),
    putAgent: (agent, wish) =>
      turns.run(() => {
        acd.putAgent(agent, clock.now());
        if (wish) acd.setWish(agent.id, wish, clock.now());
        touched.add(agent.id);
      }),
    removeAgent: (id) =>
      turns.run(() => {
        for (const it of turns.live.values()) if (it.agentId === id) tell(it.id, { type: "agentLeft", agentId: id, why: "device-lost" });
        acd.removeAgent(id, clock.now());
        touched.add(id);
      }),
    setWish,
    back: (agentId) =>
      turns.run(() => {
        acd.back(agentId, clock.now());
        touched.add(agentId);
      }),
    desktopOpened: (agentId) =>
      turns.run(() => {
        desks.opened(agentId);
        acd.renewLease(agentId, clock.now() + 2 * DESKTOP_LEASE_MS);
      }),
    desktopClosed: (agentId) => turns.run(() => desks.closed(agentId)),
    desktopAlive: (agentId) => acd.renewLease(agentId, clock.now() + 2 * DESKTOP_LEASE_MS),
    setVoiceDevice: (agentId, there, elsewhere = false) => turns.run(() => desks.setVoiceDevice(agentId, there, elsewhere)),
    commands,
    post: (id, from, done) => posts.post(id, from, done),
    tell(id, fact, done) {
      let known = false;
      turns.run(() => {
        known = turns.tell(id, fact, done ?? null);
      });
      return known;
    },
    tellLate,
    timerDue(kind, id) {
      const awaySinceMs = turns.live.get(id)?.awaySinceMs ?? null;
      if (kind !== "idle" || awaySinceMs === null) return;
      const dueMs = awaySinceMs + AWAY_LIMIT_MS; // they may have come back and left again since the timer was set
      if (dueMs > clock.now()) timers.set("idle", id, dueMs);
      else turns.run(() => tell(id, { type: "customerLeft", why: "idle" }));
    },
    interaction: (id) => turns.live.get(id) ?? null,
    interactions: () => turns.live.values(),
    agent: (id) => acd.agent(id),
    agents: () => acd.agents(),
    queueLive: (id) => acd.waiting(id),
    position: (id) => acd.position(id),
    explain: (id) => acd.explain(id, clock.now()),
    overflowTo(id, queueId) {
      const it = turns.live.get(id);
      if (!it?.queue) return queueId;
      const elsewhere = flows.deflection(it, { ...placeOf(it.queue, it.reason), queueId }, true);
      if (elsewhere === null) return queueId;
      // a voicemail is not better than the place that they have
      return "queueId" in elsewhere ? elsewhere.queueId : null;
    },
    onChange: (hear) => changes.onChange(hear),
    onAgents: (hearer) => void agentHearers.push(hearer),
    stop() {
      cancelWake?.();
      waiting.stop();
      desks.stop();
      flows.shutDown();
      late.stop();
      turns.stop();
    },
  };
}

const DESKTOP_LEASE_MS = 45_000;
const AFTER_MISTAKE_MS = 1_000;
export type { RoutingReason };
