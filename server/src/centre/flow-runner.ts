import type { FlowDocument, Values } from "@tandem/protocol/flow/flow";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { asksHidden, continueFlow, openData, reachedEnd, resumeFlow, startFlow, stepFlow, type Answer, type Ask, type FlowContext, type FlowEffect, type FlowInput, type FlowOutcome as Outcome, type FlowState, type FlowWorld, type Turn } from "../flow/flow.ts";
import type { Channel, Fact, FlowEnd, Interaction, LastContact, Message } from "../hub/hub.ts";
import { Asking } from "./flow-asks.ts";
import { EarlyInput } from "./flow-early.ts";
import { sorted } from "./flow-effects.ts";
import { FlowEnds } from "./flow-ends.ts";
import { HiddenAnswers } from "./flow-hidden.ts";
import { beforeOf, keptOf, type Kept, type Place, type Running } from "./flow-kept.ts";
import { FlowLibrary } from "./flow-library.ts";
import type { FlowPorts } from "./flow-ports.ts";
import { Questions } from "./flow-questions.ts";
import { FlowTrace } from "./flow-trace.ts";
import { contextOf, worldOf } from "./flow-world.ts";
import type { Setup } from "./ports.ts";
import { pretend, TRIED, triedFlow } from "./flow-tried.ts";

/** Longest note that a flow adds to a contact. */
const MAX_NOTES_CHARS = 4_000;

export interface FlowRunnerOptions {
  clock: Clock;
  setup: Setup;
  ports: FlowPorts;
  channelOf(interaction: Interaction): Channel;
  live(id: string): Interaction | undefined;
  queueLive(id: string): { count: number; oldestSinceMs: number | null; freeAgents: number; staffed: number };
  tell(id: string, fact: Fact): void;
  tellLate(id: string, fact: Fact): void;
  run(work: () => void): void;
  log: Log;
}

/** Runs the dialogues: feeds the pure interpreter, carries out its effects, tells what came of it. */
export class FlowRunner {
  readonly #running = new Map<string, Running>();
  readonly #library: FlowLibrary;
  readonly #asking: Asking;
  readonly #ends: FlowEnds;
  readonly #trace: FlowTrace;
  readonly #questions: Questions;
  readonly #hidden: HiddenAnswers;
  readonly #early = new EarlyInput();
  readonly #options: FlowRunnerOptions;

  constructor(options: FlowRunnerOptions) {
    const { clock, log, ports, run, setup, tellLate } = options;
    this.#options = options;
    this.#library = new FlowLibrary(setup, ports, log);
    this.#ends = new FlowEnds(options);
    this.#trace = new FlowTrace(ports);
    this.#hidden = new HiddenAnswers(ports.hidden);
    this.#questions = new Questions({
      clock, ports, library: this.#library, live: options.live, tell: options.tell,
      begin: (it, definition, kept, context) => this.#begin(it, definition, kept, context, null),
      goOn: (it, kept, stepId, of) => this.goOn(it, kept, stepId, of),
      noFlow: (it) => this.#noFlow(it),
      promiseKept: (it, running) => this.#trace.ended(it, running, "callback"),
    });
    const lateEnd = (id: string, end: FlowEnd): void => {
      tellLate(id, { type: "endNoted", end });
      this.#questions.ended(id);
    };
    this.#asking = new Asking({
      asks: ports.asks ?? {}, clock, log, run,
      answered: (id, askId, ask, answer) => this.#answered(id, askId, ask, answer),
      late: (id, ask, answer) => {
        // who asked for a person meanwhile is not at an end
        if ((options.live(id)?.state ?? "closed") !== "closed") return;
        // who hung up while leaving a message has left it
        if (ask.kind === "record" && answer.messageId !== undefined) lateEnd(id, { how: "voicemail", ref: answer.messageId, exception: null });
        // and who hung up while a call was promised is called
        if (ask.kind === "callback" && answer.callbackId !== undefined) lateEnd(id, { how: "callback", ref: answer.callbackId, exception: null, dueMs: answer.dueMs ?? null });
      },
    });
  }

  /** The flow of its number; who is promised a call, or was cut off there before, is asked about that first. `card`: what is known of the customer. */
  start(it: Interaction, card: Values | null = null): void {
    const tried = this.#options.ports.tried?.(it) ?? null;
    if (tried) return tried((draft) => this.#options.run(() => this.#try(it.id, draft)));
    const definition = this.#library.forNumber(it.to);
    if (!definition) return this.#noFlow(it);
    if (this.#questions.askStanding(it, definition, card)) return;
    const chosen = this.#options.ports.chosen?.(it) ?? null;
    if (chosen) {
      const { queueId, flow: document } = chosen;
      return this.#begin(it, document, { readSeq: it.messages, pins: {}, document, place: { queueId, needs: [], priority: 0, reason: null, preferredAgentId: null, sinceMs: null } }, contextOf(it, card, this.#options.clock.now()), null);
    }
    this.#questions.enter(it, definition, card);
  }

  /** Goes on where the log says: after a restart (written media), or with the flow that a deflection ordered. */
  resume(it: Interaction): void {
    const kept = keptOf(it.flow);
    if (!kept) return this.start(it);
    const { state, ...rest } = kept;
    if (state === null) {
      if (!rest.document) return this.#noFlow(it);
      return this.#begin(it, rest.document, { ...rest, readSeq: it.messages }, { ...contextOf(it, null, this.#options.clock.now()), data: it.data }, null);
    }
    const definition = rest.document ?? this.#library.version(state.flowId, state.version, it.to);
    const whole = this.#hidden.with(it.id, state);
    if (!definition || !whole) return this.#noFlow(it, definition?.reachHuman.queueId);
    const running = this.#put(it.id, definition, whole, rest, null);
    if (this.#turn(it.id, running, () => resumeFlow(definition, whole, this.#world(it, running)), state.stepId)) this.#readEarly(it.id);
  }

  /** A dialogue of an earlier contact (`of`) goes on in this one, at a step of it; null = with a person. */
  goOn(it: Interaction, { state, ...rest }: Kept, stepId: string | null, of = it.id): void {
    const definition = state && (rest.document ?? this.#library.version(state.flowId, state.version, it.to));
    const whole = state && this.#hidden.with(of, state);
    if (of !== it.id) this.#hidden.forget(of);
    if (!definition || !whole) return this.#noFlow(it, definition?.reachHuman.queueId);
    const running = this.#put(it.id, definition, whole, { ...rest, readSeq: it.messages }, null);
    if (this.#turn(it.id, running, () => continueFlow(definition, whole, stepId, this.#world(it, running)), null)) this.#readEarly(it.id);
  }

  /** Of who waits for a queue, or is given to it, that does not take them now: another one, or the fact by which a flow takes over. */
  deflection(it: Interaction, place: Place, waits = false): { queueId: string } | { fact: Fact } | null {
    const to = this.#options.ports.deflect?.(it, place.queueId, waits) ?? null;
    if (!to) return null;
    if (!to.flow) return { queueId: to.queueId };
    return { fact: deflectedFact(it, place, to.flow) };
  }

  /** A message of the customer became durable. */
  read(id: string, message: Message): void {
    const running = this.#running.get(id);
    if (!running) {
      if (this.#options.live(id)?.state === "flow") this.#early.text(id, message);
      return;
    }
    if (message.seq <= running.kept.readSeq) return;
    running.kept.readSeq = message.seq;
    this.input(id, { kind: "text", text: this.#hidden.read(id, message.seq) ?? message.text });
  }

  /** The customer writes: what of it may be written down; null = all. */
  writes(it: Interaction, seq: number, text: string): string | null {
    const running = this.#running.get(it.id);
    return running && this.#asksHidden(running) ? this.#hidden.typed(it, seq, text) : null;
  }

  #asksHidden({ definition, kept, state }: Running): boolean {
    return asksHidden(definition, state, (flowId) => this.#library.pinned(kept.pins, flowId));
  }

  input(id: string, input: FlowInput): void {
    const running = this.#running.get(id);
    const it = this.#options.live(id);
    if (!it) return;
    if (!running) {
      if (it.state === "flow" && input.kind === "key") this.#early.key(id, input.key);
      return;
    }
    running.cancelTimer();
    running.silenceMs = null;
    this.#turn(id, running, () => stepFlow(running.definition, running.state, input, this.#world(it, running)), running.state.stepId);
  }

  /** The customer began to speak: the answer is on its way, and silence is counted anew. */
  speaking(id: string): void {
    const running = this.#running.get(id);
    if (running && running.silenceMs !== null) this.#expect(id, running, running.silenceMs);
  }

  /** The customer went, or their contact was ended: what they had been given stands, though it was not said to the end. */
  gone(id: string): void {
    const running = this.#running.get(id);
    const end = running?.triedBy === null ? reachedEnd(running.state) : null;
    this.stop(id);
    // now, not late: whoever counts closed contacts and promises sees it at once
    if (running && end) this.#options.tell(id, { type: "endNoted", end: { how: end.how, ref: end.ref, exception: null, dueMs: end.how === "callback" ? (running.kept.dueMs ?? null) : null } });
  }

  stop(id: string): void {
    this.#asking.end(id, "gone");
    this.#running.get(id)?.cancelTimer();
    this.#running.delete(id);
  }

  /** Its facts could not be stored: it ends, and is gone on with from what is written. */
  lost(id: string): void {
    this.stop(id);
    this.#early.forget(id);
    this.#hidden.leave(id);
  }

  /** The server stops: dialogues stand where the log says. */
  shutDown(): void {
    this.#asking.stop();
    for (const { cancelTimer } of this.#running.values()) cancelTimer();
    this.#running.clear();
  }

  /** A contact closed, now or shortly before this start: who was cut off may ring again. */
  closed(it: Interaction): void {
    this.#early.forget(it.id);
    // whom a flow handed over may be back
    if (it.handedTo?.byAgentId !== null) this.#hidden.forget(it.id);
    this.#questions.closed(it);
  }

  /** A draft, for whoever wrote it: no state is kept, nobody is called. */
  #try(id: string, draft: { document: unknown; by: string } | null): void {
    const it = this.#options.live(id);
    if (it?.state !== "flow") return;
    const definition = draft && this.#library.read(draft.document);
    if (!draft || !definition) return this.#options.tell(id, { type: "failed", why: `no draft to try at ${it.to}` });
    this.#begin(it, definition, { readSeq: 0, pins: this.#library.pinsOf(definition) }, contextOf(it, null, this.#options.clock.now()), draft.by);
  }

  /** A mistake of ours within a dialogue is a person, not silence on the line. False: the dialogue is over. */
  #turn(id: string, running: Pick<Running, "definition" | "triedBy">, take: () => Turn, from: string | null): boolean {
    let turn: Turn;
    try {
      turn = take();
    } catch (error) {
      this.#broke(id, running, error as Error, from);
      return false;
    }
    const now = this.#running.get(id);
    if (now) this.#apply(id, now, turn, from);
    return true;
  }

  #broke(id: string, { definition, triedBy }: Pick<Running, "definition" | "triedBy">, { message, stack }: Error, step: string | null): void {
    const { live, log, tell } = this.#options;
    log.error({ interaction: id, flow: definition.id, step, why: message, stack }, "a flow broke: a mistake of ours");
    this.stop(id);
    const it = live(id);
    if (it && triedBy !== null) tell(id, { type: "failed", why: "a mistake of ours" });
    else if (it) this.#noFlow(it, definition.reachHuman.queueId);
  }

  /** Nothing that can run: a person, for there is always one; without any queue the contact fails. */
  #noFlow(it: Interaction, wanted?: string): void {
    const { log, ports, setup, tell } = this.#options;
    const queueId = wanted !== undefined && setup.queue(wanted) ? wanted : (ports.lastResort?.() ?? null);
    const queue = queueId === null ? null : setup.queue(queueId);
    if (queueId === null || !queue) return tell(it.id, { type: "failed", why: `no flow for ${it.to}` });
    log.error({ interaction: it.id, to: it.to, queueId }, "no flow can run for this contact: it goes to a person");
    tell(it.id, { type: "flowEnded", outcome: { type: "queue", queueId, needs: [], priority: queue.priority, reason: null, ringMs: queue.ringMs, wrapMs: queue.wrapMs, preferredAgentId: null } });
  }

  #begin(it: Interaction, definition: FlowDocument, kept: Omit<Kept, "state">, context: FlowContext, triedBy: string | null): void {
    const begun = this.#turn(it.id, { definition, triedBy }, () => {
      const turn = startFlow(definition, context, this.#world(it, { definition, kept }));
      this.#put(it.id, definition, turn.state, kept, triedBy);
      return turn;
    }, null);
    if (begun) this.#readEarly(it.id);
  }

  /** Who writes first has often said already what they want; a message that came during a restart is read, too. */
  #readEarly(id: string): void {
    const { keys, texts } = this.#early.take(id);
    for (const key of keys) this.input(id, { kind: "key", key });
    for (const message of texts) this.read(id, message);
    const last = this.#options.live(id)?.lastMessage;
    if (last?.author === "customer") this.read(id, last);
  }

  #put(id: string, definition: FlowDocument, state: FlowState, kept: Omit<Kept, "state">, triedBy: string | null): Running {
    this.stop(id);
    const running: Running = { definition, state, kept, triedBy, cancelTimer: () => {}, silenceMs: null };
    this.#running.set(id, running);
    return running;
  }

  #world(it: Interaction, running: Pick<Running, "kept" | "definition">): FlowWorld {
    return worldOf(this.#options, this.#library, it, running);
  }

  #answered(id: string, askId: string, ask: Ask, answer: Answer): void {
    const running = this.#running.get(id);
    if (running && answer.ok && ask.kind === "callback") running.kept.dueMs = answer.dueMs ?? null;
    if (running?.triedBy === null && answer.ok && answer.customer) this.#found(id, answer.customer, answer.last ?? null);
    this.input(id, { kind: "answered", askId, answer });
  }

  /** Who was looked up by what they typed is who the agent sees (PIT-01): they are not asked again. An address that is known already says more. */
  #found(id: string, { id: customerId, name }: Values, last: LastContact | null): void {
    const it = this.#options.live(id);
    if (it && !it.customer.known && typeof customerId === "string" && customerId !== it.customer.id) this.#options.tell(id, { type: "customerIdentified", customerId, name: String(name ?? it.customer.name), known: true, language: null, last });
  }

  #expect(id: string, running: Running, silenceMs: number): void {
    const { clock, run } = this.#options;
    running.cancelTimer();
    running.silenceMs = silenceMs;
    running.cancelTimer = clock.after(silenceMs, () => run(() => this.input(id, { kind: "silence" })));
  }

  /** `from`: the step that the turn began at; null = the flow's first. */
  #apply(id: string, running: Running, { state, effects }: Turn, from: string | null): void {
    const it = this.#options.live(id);
    if (!it || this.#running.get(id) !== running) return;
    const { channelOf, clock, log, tell } = this.#options;
    running.state = state;
    const { trail, data, labels, says, expectMs, guarded, problems, ask, done } = sorted(effects, { id, channel: channelOf(it), definition: running.definition, state, nowMs: clock.now() });
    for (const { flowId, stepId, why } of problems) log.warn({ interaction: id, flow: flowId, step: stepId, why }, "a flow failed at a step, and went on");
    if (expectMs !== null) this.#expect(id, running, expectMs);
    // who writes has one conversation, and it goes on whole
    if (guarded && !it.traits.written) running.kept.before ??= beforeOf(it, running, guarded.state, guarded.told);
    this.#trace.moved(it, running, effects, from);
    // Told before said: a crash in between repeats a question rather than loses an answer. A try-it leaves nothing to go on from.
    tell(id, { type: "flowMoved", flow: done || running.triedBy !== null ? null : this.#keptNow(it, running), trail, data, ...(Object.keys(labels).length > 0 && { labels }), language: state.language });
    if (done) return this.#done(this.#options.live(id) ?? it, running, done.outcome, says);
    const mistake = this.#say(it, says);
    // what nobody hears is not waited for
    if (mistake) return this.#broke(id, running, mistake, state.stepId);
    if (ask) this.#ask(this.#options.live(id) ?? it, running, ask);
  }

  /** The medium's mistake, if it makes one: logged, and the rest is said. */
  #say(it: Interaction, says: readonly (() => void)[]): Error | null {
    let mistake: Error | null = null;
    for (const say of says) {
      try {
        say();
      } catch (error) {
        mistake = error as Error;
        this.#options.log.error({ interaction: it.id, why: mistake.message, stack: mistake.stack }, "a dialogue's words could not be said: a mistake of ours");
      }
    }
    return mistake;
  }

  #ask(it: Interaction, running: Running, { askId, ask, timeoutMs }: Extract<FlowEffect, { do: "ask" }>): void {
    const pretended = running.triedBy === null ? null : pretend(ask, it.id);
    if (pretended) return this.#options.run(() => this.#answered(it.id, askId, ask, pretended));
    if (ask.kind === "update" && ask.of === undefined && ask.note !== null) {
      const notes = (it.notes === "" ? ask.note : `${it.notes}\n${ask.note}`).slice(0, MAX_NOTES_CHARS);
      this.#options.tell(it.id, { type: "noted", disposition: it.disposition, notes });
    }
    this.#asking.ask(it, askId, ask, timeoutMs, running.kept.place?.sinceMs ?? it.createdAtMs);
  }

  #done(it: Interaction, running: Running, outcome: Extract<FlowEffect, { do: "done" }>["outcome"], says: readonly (() => void)[]): void {
    const { log, tell } = this.#options;
    this.stop(it.id);
    if (running.triedBy !== null && running.kept.document?.id !== TRIED && outcome.type !== "end") return this.#tried(it, running, outcome);
    if (outcome.type === "end" && outcome.how !== "callback" && this.#questions.after(it, running)) return;
    if (outcome.type === "hand-over") {
      const to = this.#ends.handOver(it, this.#hidden.without(it, { ...running.kept, state: running.state }, false), outcome);
      if (!to.ok) {
        log.warn({ interaction: it.id, number: outcome.number, why: to.why }, "a flow cannot hand its caller over there; it goes on without");
        return this.goOn(it, { ...running.kept, state: running.state }, outcome.failedStep);
      }
      this.#say(it, says);
      this.#trace.ended(it, running, "number");
      return tell(it.id, { type: "flowEnded", outcome: to.outcome });
    }
    this.#hidden.forget(it.id);
    const end = this.#ends.end(it, running, outcome);
    if (end.deflected) {
      // what would have been said on the way to the queue is not true any more
      this.#trace.ended(it, running, "deflected");
      const { document } = end;
      const { before, readSeq } = running.kept;
      return this.#begin(it, document, { readSeq, pins: {}, document, place: end.place, ...(before && { before }) }, { ...contextOf(it, running.state.customer, this.#options.clock.now()), language: running.state.language, data: openData(running.state) }, running.triedBy);
    }
    this.#say(it, says);
    this.#trace.ended(it, running, end.how);
    tell(it.id, { type: "flowEnded", outcome: end.outcome });
  }

  /** Where a try-it would wait, or be put through to: it is said, and the call ends. A deflection is played like the rest. */
  #tried(it: Interaction, running: Running, outcome: Exclude<Outcome, { type: "end" }>): void {
    const { ports, setup } = this.#options;
    const kept = { readSeq: running.kept.readSeq, pins: {} };
    const goOn = (document: FlowDocument): void =>
      this.#begin(it, document, { ...kept, document }, { ...contextOf(it, running.state.customer, this.#options.clock.now()), language: running.state.language, data: openData(running.state) }, running.triedBy);
    const to = outcome.type === "queue" ? (ports.deflect?.(it, outcome.queueId) ?? null) : null;
    if (to?.flow) return goOn(to.flow);
    const name = outcome.type === "queue" ? (setup.queue(to?.queueId ?? outcome.queueId)?.name ?? outcome.queueId) : outcome.number;
    this.#trace.ended(it, running, outcome.type === "queue" ? "person" : "number");
    goOn(triedFlow(running.definition, outcome.type, name));
  }

  /** What a restart and a redial go on from: nothing of what came after the caller was asked to prove who they are. */
  #keptNow(it: Interaction, running: Running): Kept {
    const { kept, state } = running;
    if (kept.before) return { ...kept.before.kept, before: kept.before };
    // keys ahead of their question are no use to who rings again, and may be a PIN
    return this.#hidden.without(it, { ...kept, state: it.traits.written ? state : { ...state, ahead: "", digits: "" } }, this.#asksHidden(running));
  }
}

/** A flow instead of the waiting; `kept`: the place for who comes back, or where the flow leads. */
export function deflectedFact(it: Interaction, place: Place, document: FlowDocument, kept = place): Fact {
  return { type: "deflected", queueId: place.queueId, flow: { state: null, readSeq: it.messages, document, pins: {}, place: kept } satisfies Kept };
}
