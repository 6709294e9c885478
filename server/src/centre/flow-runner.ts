import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { readFlowDefinition, resumeFlow, startFlow, stepFlow, type Answer, type Ask, type FlowDefinition, type FlowEffect, type FlowInput, type FlowState, type FlowWorld } from "../flow/flow.ts";
import type { Channel, Fact, FlowOutcome, Interaction, Message, TrailStep } from "../hub/hub.ts";
import type { Customers, Setup } from "./ports.ts";

interface Running {
  definition: FlowDefinition;
  state: FlowState;
  /** Seq of the last message that the flow has read: none is read twice, none is missed, also over a restart. */
  readSeq: number;
  cancelTimer: () => void;
  /** What the timer that runs was set to. */
  silenceMs: number | null;
  cancelAsk: () => void;
}

/** Who comes back within so long comes back about the same matter: the agent who knows it is preferred. */
const SAME_MATTER_MS = 3 * 24 * 3_600_000;

/** The flow's state as the hub keeps it. */
interface Kept {
  state: FlowState;
  readSeq: number;
}

export interface FlowRunnerOptions {
  clock: Clock;
  setup: Setup;
  customers: Customers;
  channelOf(interaction: Interaction): Channel;
  live(id: string): Interaction | undefined;
  tell(id: string, fact: Fact): void;
  run(work: () => void): void;
  log: Log;
}

/** Runs the dialogues: feeds the pure interpreter, carries out its effects on the channel, tells what came of it. */
export class FlowRunner {
  readonly #running = new Map<string, Running>();
  /** A flow is parsed once; a broken one is said once and runs nothing. */
  readonly #definitions = new Map<unknown, FlowDefinition | null>();
  readonly #options: FlowRunnerOptions;

  constructor(options: FlowRunnerOptions) {
    this.#options = options;
  }

  #definitionFor(to: string): FlowDefinition | null {
    const found = this.#options.setup.flowFor(to);
    if (!found) return null;
    if (!this.#definitions.has(found.definition)) {
      const read = readFlowDefinition(found.definition);
      if (!read.ok) this.#options.log.error({ to, why: read.why }, "a flow is not valid and cannot run");
      this.#definitions.set(found.definition, read.ok ? read.definition : null);
    }
    return this.#definitions.get(found.definition) ?? null;
  }

  start(it: Interaction): void {
    const definition = this.#definitionFor(it.to);
    if (!definition) {
      this.#options.tell(it.id, { type: "failed", why: `no flow for ${it.to}` });
      return;
    }
    const { state, effects } = startFlow(definition, {
      medium: it.traits.medium,
      written: it.traits.written,
      from: it.from,
      to: it.to,
      language: it.language,
      // what a trunk's headers said is the flow's under its own name
      data: Object.fromEntries(Object.entries(it.context).map(([name, value]) => [name.replace(/^(?:data|crm)\./, ""), value])),
      customer: it.customer.id === null ? null : { name: it.customer.name, ...(it.customer.known ? { firstName: it.customer.name.split(" ")[0]! } : {}), known: it.customer.known },
      context: it.context,
      returning: it.customer.last !== null && this.#options.clock.now() - it.customer.last.atMs < SAME_MATTER_MS,
    }, this.#world());
    this.#running.set(it.id, { definition, state, readSeq: 0, cancelTimer: () => {}, silenceMs: null, cancelAsk: () => {} });
    this.#apply(it.id, state, effects);
    // Who writes first has often said already what they want.
    if (it.lastMessage?.author === "customer") this.read(it.id, it.lastMessage);
  }

  /** Written media after a restart: goes on where the log says, with the message that was not yet read, if any. */
  resume(it: Interaction): void {
    const definition = this.#definitionFor(it.to);
    if (!definition || it.flow === null) {
      this.start(it);
      return;
    }
    const kept = it.flow as Kept;
    const { state, effects } = resumeFlow(definition, kept.state, this.#world());
    this.#running.set(it.id, { definition, state, readSeq: kept.readSeq, cancelTimer: () => {}, silenceMs: null, cancelAsk: () => {} });
    this.#apply(it.id, state, effects);
    if (it.lastMessage?.author === "customer") this.read(it.id, it.lastMessage);
  }

  /** A message of the customer became durable. */
  read(id: string, message: Message): void {
    const running = this.#running.get(id);
    if (!running || message.seq <= running.readSeq) return;
    running.readSeq = message.seq;
    this.input(id, { kind: "text", text: message.text });
  }

  input(id: string, input: FlowInput): void {
    const running = this.#running.get(id);
    if (!running) return;
    running.cancelTimer();
    running.silenceMs = null;
    const { state, effects } = stepFlow(running.definition, running.state, input, this.#world());
    this.#apply(id, state, effects);
  }

  /** The customer began to speak: the answer is on its way, and silence is counted anew. */
  speaking(id: string): void {
    const running = this.#running.get(id);
    if (running && running.silenceMs !== null) this.#expect(id, running, running.silenceMs);
  }

  #expect(id: string, running: Running, silenceMs: number): void {
    const { clock, run } = this.#options;
    running.cancelTimer();
    running.silenceMs = silenceMs;
    running.cancelTimer = clock.after(silenceMs, () => run(() => this.input(id, { kind: "silence" })));
  }

  /** Everything open: hours, queues and sub-flows are not asked yet. */
  #world(): FlowWorld {
    return {
      nowMs: this.#options.clock.now(),
      centre: { zone: "Europe/Paris", country: "FR", email: null },
      hears: false,
      hours: () => "open",
      queue: (id) => (this.#options.setup.queue(id) ? { open: true, full: false, waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 0 } : null),
      flow: () => null,
      agent: (id) => (this.#options.setup.agent(id) ? id : null),
    };
  }

  #ask(id: string, running: Running, askId: string, ask: Ask, timeoutMs: number): void {
    const { clock, customers, run } = this.#options;
    const answer = (answer: Answer): void => run(() => this.input(id, { kind: "answered", askId, answer }));
    running.cancelAsk();
    running.cancelAsk = clock.after(timeoutMs, () => answer({ ok: false, why: "timeout" }));
    if (ask.kind === "lookup") customers.lookUp(ask.value, (customer) => answer({ ok: true, customer }));
    else answer({ ok: false, why: `nothing here answers "${ask.kind}"` });
  }

  stop(id: string): void {
    this.#running.get(id)?.cancelTimer();
    this.#running.get(id)?.cancelAsk();
    this.#running.delete(id);
  }

  #apply(id: string, state: FlowState, effects: readonly FlowEffect[]): void {
    const running = this.#running.get(id);
    const it = this.#options.live(id);
    if (!running || !it) return;
    const { clock, tell } = this.#options;
    const channel = this.#options.channelOf(it);
    running.state = state;
    const trail: TrailStep[] = [];
    const data: Record<string, string> = {};
    const says: (() => void)[] = [];
    let done: Extract<FlowEffect, { do: "done" }> | null = null;
    for (const effect of effects) {
      switch (effect.do) {
        case "say":
          says.push(() => channel.say(id, effect.sayId, effect.utterances));
          break;
        case "stopSaying":
          says.push(() => channel.stopSaying(id));
          break;
        case "expect":
          this.#expect(id, running, effect.timeoutMs);
          break;
        case "ask":
          says.push(() => this.#ask(id, running, effect.askId, effect.ask, effect.timeoutMs));
          break;
        case "listen": {
          const { words, free, interrupts } = effect;
          says.push(() => channel.listen?.(id, { language: state.language, words, free, interrupts }));
          break;
        }
        case "step":
        case "problem":
          break;
        case "trail":
          trail.push({ atMs: clock.now(), step: effect.step, label: effect.label, answer: effect.answer });
          break;
        case "set":
          data[effect.name] = String(effect.value ?? "");
          break;
        case "done":
          done = effect;
          break;
      }
    }
    // Told before said: a crash in between repeats a question rather than loses an answer.
    tell(id, { type: "flowMoved", flow: done ? null : ({ state, readSeq: running.readSeq } satisfies Kept), trail, data, language: state.language });
    for (const say of says) say();
    if (done) {
      this.stop(id);
      tell(id, { type: "flowEnded", outcome: this.#outcome(it, done.outcome) });
    }
  }

  #outcome(it: Interaction, outcome: Extract<FlowEffect, { do: "done" }>["outcome"]): FlowOutcome {
    if (outcome.type !== "queue") return { type: "end" };
    const queue = this.#options.setup.queue(outcome.queueId);
    const { last } = it.customer;
    const again = last !== null && this.#options.clock.now() - last.atMs < SAME_MATTER_MS;
    return {
      type: "queue",
      queueId: outcome.queueId,
      needs: outcome.needs,
      priority: outcome.priority,
      reason: outcome.reason ?? null,
      ringMs: queue?.ringMs ?? 20_000,
      wrapMs: queue?.wrapMs ?? 0,
      preferredAgentId: outcome.preferredAgentId ?? (again ? last.agentId : null),
    };
  }
}
