/** What a caller may be asked before the number's own flow: what becomes of a call that is promised to them, and whether to go on where they were cut off. */
import type { FlowDocument, Values } from "@tandem/protocol/flow/flow";
import type { Clock } from "../base/clock.ts";
import type { FlowContext } from "../flow/flow.ts";
import type { Fact, Interaction } from "../hub/hub.ts";
import type { Kept, Running } from "./flow-kept.ts";
import type { FlowLibrary } from "./flow-library.ts";
import type { FlowPorts } from "./flow-ports.ts";
import { contextOf } from "./flow-world.ts";
import { STANDING_ANSWER, standingFlow, type Standing } from "./promise-standing.ts";
import { REDIAL_ANSWER, redialFlow, Redials } from "./redial.ts";

export interface QuestionsOptions {
  clock: Clock;
  ports: FlowPorts;
  library: FlowLibrary;
  live(id: string): Interaction | undefined;
  tell(id: string, fact: Fact): void;
  begin(it: Interaction, definition: FlowDocument, kept: Omit<Kept, "state">, context: FlowContext): void;
  goOn(it: Interaction, kept: Kept, stepId: string, of: string): void;
  noFlow(it: Interaction): void;
  /** A dialogue ended with a promise that stands. */
  promiseKept(it: Interaction, running: Running): void;
}

export class Questions {
  readonly #redials = new Redials();
  readonly #options: QuestionsOptions;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** A contact closed, now or shortly before this start: who was cut off may ring again. */
  closed(it: Interaction): void {
    this.#redials.closed(it);
  }

  /** After it closed: it came to an end of its flow all the same. */
  ended(id: string): void {
    this.#redials.ended(id);
  }

  /** A call is promised to the number that rings: that is asked about first. False: none is. */
  askStanding(it: Interaction, definition: FlowDocument, card: Values | null): boolean {
    const standing = it.traits.written ? null : (this.#options.ports.standing?.(it) ?? null);
    if (standing) this.#standing(it, definition, standing, "ask", card);
    return standing !== null;
  }

  /** The number's own flow, after the question to who was cut off there. */
  enter(it: Interaction, definition: FlowDocument, card: Values | null): void {
    const { begin, clock, library, live, tell } = this.#options;
    const cut = this.#redials.take(it, clock.now());
    if (!cut) return begin(it, definition, { readSeq: 0, pins: library.pinsOf(definition) }, contextOf(it, card, clock.now()));
    tell(it.id, { type: "flowResumed", of: cut.of, why: "redial", trail: cut.trail, data: cut.data, ...(cut.labels && { labels: cut.labels }), language: cut.language, reason: cut.reason });
    const now = live(it.id) ?? it;
    const document = redialFlow(definition);
    begin(now, document, { readSeq: 0, pins: {}, document, redial: { of: cut.of, kept: cut.kept } }, contextOf(now, card, clock.now()));
  }

  /** The dialogue that ended was one of these questions, and is gone on from here. False: it was none. */
  after(it: Interaction, running: Running): boolean {
    const { redial, standing } = running.kept;
    if (redial) this.#afterRedial(it, running, redial);
    else if (standing) this.#afterStanding(it, running, standing);
    else return false;
    return true;
  }

  #standing(it: Interaction, definition: FlowDocument, standing: Standing, start: "ask" | "cancelled", card: Values | null): void {
    const { begin, clock, ports } = this.#options;
    const document = standingFlow(definition, standing, ports.world?.(it).centre.zone ?? "UTC", start);
    begin(it, document, { readSeq: it.messages, pins: {}, document, standing, place: standing.place }, contextOf(it, card, clock.now()));
  }

  #afterStanding(it: Interaction, running: Running, standing: Standing): void {
    const { library, noFlow, ports, promiseKept, tell } = this.#options;
    const { customer: card, data } = running.state;
    const answer = data[STANDING_ANSWER];
    if (answer === "keep") {
      promiseKept(it, running);
      return tell(it.id, { type: "flowEnded", outcome: { type: "end", how: "callback", ref: standing.callbackId, exception: null, dueMs: standing.slot?.startMs ?? standing.dueMs } });
    }
    const definition = library.forNumber(it.to);
    if (!definition) return noFlow(it);
    if (answer !== "cancel") return this.enter(it, definition, card);
    // before it is said
    ports.cancelStanding?.(standing.callbackId);
    this.#standing(it, definition, standing, "cancelled", card);
  }

  #afterRedial(it: Interaction, { state: { customer, data } }: Running, { of, kept }: NonNullable<Kept["redial"]>): void {
    const { begin, clock, goOn, library, noFlow } = this.#options;
    if (data[REDIAL_ANSWER] === "on" && kept.state) return goOn(it, kept, kept.state.stepId, of);
    const definition = library.forNumber(it.to);
    if (!definition) return noFlow(it);
    begin(it, definition, { readSeq: it.messages, pins: library.pinsOf(definition) }, contextOf(it, customer, clock.now()));
  }
}
