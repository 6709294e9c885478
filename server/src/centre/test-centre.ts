import type { Values } from "@tandem/protocol/flow/flow";
import { Waiting, Whisper } from "@tandem/protocol/waiting";
import { createAcd, type AgentConfig, type QueueConfig } from "../acd/acd.ts";
import { seededChance } from "../base/chance.ts";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { demoFlow } from "../flow/flow.ts";
import type { Channel, ChannelEvent, HandOverTarget, Interaction, MediumTraits, RingContext, Utterance } from "../hub/hub.ts";
import type { FlowPorts } from "./flow-ports.ts";
import { createCentre, type Centre, type FactWrite, type Identified } from "./centre.ts";

export const VOICE: MediumTraits = { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
export const CHAT: MediumTraits = { medium: "chat", written: true, holdable: false, recordable: false, acceptedByDevice: false, ringMs: 30_000, wraps: true };

export const QUEUE: QueueConfig = { id: "q_support", name: "Support", needs: [], rings: [], strategy: "longest-idle", priority: 0, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 600_000 };

/** Nothing in these tests may be an error of the centre's. */
const LOUD: Log = {
  ...silentLog,
  error(fields, message) {
    throw new Error(`${message} ${JSON.stringify(fields)}`);
  },
};

/** A channel that records what it is ordered, and says its utterances instantly. */
export class FakeChannel implements Channel {
  readonly traits: MediumTraits;
  readonly calls: string[] = [];
  hear: (event: ChannelEvent) => void = () => {};
  constructor(traits: MediumTraits) {
    this.traits = traits;
  }
  #did(call: string): void {
    this.calls.push(call);
  }
  open(id: string): void { this.#did(`open ${id}`); }
  /** All that was said, as one text each. */
  readonly said: string[] = [];
  say(id: string, sayId: string, utterances: readonly Utterance[]): void { this.#did(`say ${id}`); this.said.push(utterances.map((one) => one.recordingId ?? one.text).join(" ")); if (!this.slow) this.hear({ type: "said", id, sayId }); }
  /** What is said has not been heard yet. */
  slow = false;
  stopSaying(id: string): void { this.#did(`stopSaying ${id}`); }
  stopWaiting(id: string): void { this.#did(`stopWaiting ${id}`); }
  wait(id: string): void { this.#did(`wait ${id}`); }
  readonly rings: RingContext[] = [];
  ring(id: string, agentId: string, context: RingContext): void { this.#did(`ring ${id} ${agentId}`); this.rings.push(context); }
  cancelRing(id: string, agentId: string): void { this.#did(`cancelRing ${id} ${agentId}`); }
  connect(id: string, agentId: string): void { this.#did(`connect ${id} ${agentId}`); }
  hold(id: string): void { this.#did(`hold ${id}`); }
  resume(id: string): void { this.#did(`resume ${id}`); }
  dropAgent(id: string, agentId: string): void { this.#did(`dropAgent ${id} ${agentId}`); }
  handOver(id: string, agentId: string, to: HandOverTarget): void { this.#did(`handOver ${id} ${agentId} ${to.number}`); }
  end(id: string, why: string): void { this.#did(`end ${id} ${why}`); }
  record(id: string, what: string): void { this.#did(`record ${id} ${what}`); }
  deliver(id: string): void { this.#did(`deliver ${id}`); }
}

export interface TestCentre {
  centre: Centre;
  clock: VirtualClock;
  channel: FakeChannel;
  writes: FactWrite[];
  arrive(id: string): void;
  /** Through the flow to a person. */
  askForPerson(id: string): void;
  state(id: string): Interaction;
  factsOf(id: string): string[];
  accept(id: string, agentId: string): void;
}

/** A small centre of one medium on a virtual clock: the production engine on a log in memory. */
export function testCentre(traits: MediumTraits, agents: readonly string[], identified: Identified | null = null, given: { card?: Values; waiting?: object; whisper?: object; waitError?: { p90Ms: number; count: number }; callbacks?: boolean; flow?: () => unknown; flows?: FlowPorts; log?: Log; slowly?: (stored: (error?: Error) => void) => void; readBack?: (read: () => void) => void; lookUp?: (found: () => void) => void } = {}): TestCentre {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23, 9));
  const channel = new FakeChannel(traits);
  const writes: FactWrite[] = [];
  const states = new Map<string, Interaction>();
  const centre: Centre = createCentre({
    clock,
    chance: seededChance(1),
    log: given.log ?? LOUD,
    acd: createAcd({ overflowTo: (id, queueId) => centre.overflowTo(id, queueId) }),
    channels: [channel],
    timers: { set() {} },
    ...(given.flows && { flows: given.flows }),
    ...(given.callbacks && { flows: { asks: { callback: (_ask, _about, answer) => { answer({ ok: true, callbackId: "cb_1" }); return undefined; }, slots: (_ask, _about, answer) => { answer({ ok: true, inOrder: { position: 1, estimatedWaitMs: 60_000 } }); return undefined; } }, canCallBack: () => true } }),
    customers: { identify: (_m, _f, _n, _l, done) => (given.lookUp ?? ((found) => found()))(() => done(identified, given.card ?? null)) },
    setup: {
      flowFor: () => ({ definition: given.flow?.() ?? demoFlow, language: "fr" }),
      queue: (id) => (id.startsWith("q_") ? { name: id, ringMs: 20_000, wrapMs: 30_000, needs: [], priority: 0 } : null),
      agent: (id) => (agents.includes(id) ? { name: id, language: "fr" } : null),
      waiting: () => Waiting.parse(given.waiting ?? {}),
      waitError: () => given.waitError ?? null,
      whisper: () => Whisper.parse(given.whisper ?? {}),
      handOverTarget: (_agentId, typed) => (typed === "240" ? { ok: true, to: { number: "240", name: "Atelier" } } : { ok: false, code: typed.startsWith("+") ? "not-allowed-outside" : "unknown-target" }),
      transferTarget: (typed) => (agents.includes(typed) ? { kind: "agent", agentId: typed } : typed.startsWith("q_") ? { kind: "queue", queueId: typed } : null),
    },
    store: {
      append(write, done) {
        writes.push(write);
        if (write.state) states.set(write.subjectId, write.state);
        if (given.slowly) given.slowly((error) => done(error ?? null));
        else done(null);
      },
    },
    closed(id, done) {
      const was = states.get(id) ?? null;
      if (given.readBack) given.readBack(() => done(was));
      else done(was);
    },
  });
  channel.hear = (event) => centre.hear(event);
  centre.putQueue(QUEUE);
  centre.putQueue({ ...QUEUE, id: "q_sales", name: "Sales" });
  for (const id of agents) {
    const agent: AgentConfig = { id, name: id, team: "t", skills: [{ skillId: "sk_english", level: 5 }], queueIds: [], capacity: { [traits.medium]: traits.written ? 4 : 1 }, exclusive: ["voice"] };
    centre.putAgent(agent, "available");
    centre.desktopOpened(id);
    if (traits.acceptedByDevice) centre.setVoiceDevice(id, true);
  }
  const test: TestCentre = {
    centre,
    clock,
    channel,
    writes,
    arrive: (id) => centre.hear({ type: "arrived", id, medium: traits.medium, from: "+33612849047", fromName: "Camille", to: "1000", language: "fr", context: {} }),
    askForPerson(id) {
      if (traits.written) centre.post(id, { author: "customer", name: "Camille", clientId: `c-${id}`, text: "Je veux parler à un conseiller" }, () => {});
      else centre.hear({ type: "input", id, input: { kind: "key", key: "0" } });
    },
    state: (id) => states.get(id)!,
    factsOf: (id) => writes.filter((w) => w.subjectId === id).flatMap((w) => w.facts.map((f) => f.type)),
    accept(id, agentId) {
      if (traits.acceptedByDevice) centre.hear({ type: "agentAnswered", id, agentId });
      else void centre.commands.accept(agentId, id);
    },
  };
  return test;
}
