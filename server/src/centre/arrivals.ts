import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { newInteraction, type CalledBack, type Channel, type ChannelEvent, type Fact, type Interaction, type ReturnedWhy } from "../hub/hub.ts";
import { handedOverOf } from "./flow-kept.ts";
import type { FlowRunner } from "./flow-runner.ts";
import type { CentreOptions, Customers, Setup } from "./ports.ts";
import type { Turns } from "./turns.ts";

export interface ArrivalsOptions {
  clock: Clock;
  log: Log;
  setup: Setup;
  customers: Customers;
  turns: Turns;
  flows: FlowRunner;
  /** By medium. */
  channels: ReadonlyMap<string, Channel>;
  closed: CentreOptions["closed"];
  tell(id: string, fact: Fact): void;
  tellLate(id: string, fact: Fact): void;
}

/** How a contact begins: as one of somebody already served, back from whom it was handed to, or with its number's flow. */
export class Arrivals {
  readonly #options: ArrivalsOptions;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  arrived(event: Extract<ChannelEvent, { type: "arrived" }>): void {
    const { channels, clock, log, setup, turns } = this.#options;
    const channel = channels.get(event.medium);
    const language = event.language ?? setup.flowFor(event.to)?.language ?? "fr";
    if (!channel) return log.error({ medium: event.medium }, "a contact of an unknown medium");
    const { from, fromName, to, context } = event;
    const it = newInteraction(event.id, channel.traits, { from, fromName, to, language, context }, clock.now());
    const fact: Fact = { type: "arrived", traits: channel.traits, from, fromName, to, language, context };
    if (event.calledBack) return this.#callBack(it, fact, event.calledBack);
    if (!event.handedBack) return turns.begin(it, fact, [{ do: "open" }, { do: "runFlow" }]);
    turns.begin(it, fact, [{ do: "open" }]);
    this.#takeBack(it.id, event.handedBack);
  }

  /** A call of ours that was promised: nothing is asked, and who they are is found out beside. */
  #callBack(it: Interaction, fact: Fact, { customer, ...place }: CalledBack): void {
    const { customers, tell, turns } = this.#options;
    const { id, from, language, customer: { name }, traits } = it;
    turns.begin(it, fact, [{ do: "open" }]);
    if (customer) tell(id, { type: "customerIdentified", customerId: customer.id, name: customer.name, known: customer.known, language: null, last: null });
    tell(id, { type: "calledBack", ...place });
    if (customer) return;
    customers.identify(traits.countsAs ?? traits.medium, from, name, language, (found) => {
      if (found) turns.run(() => tell(id, { type: "customerIdentified", ...found, language: null }));
    });
  }

  /** Order *runFlow*. */
  identifyThenRun(it: Interaction): void {
    const { customers, flows, tell, turns } = this.#options;
    customers.identify(it.traits.medium, it.from, it.customer.name, it.language, (found, card = null) =>
      turns.run(() => {
        if (turns.live.get(it.id)?.state !== "flow") return;
        if (found) tell(it.id, { type: "customerIdentified", ...found });
        const here = found && this.#openElsewhere(it.id, found.customerId);
        if (here) this.#goOn(it.id, here);
        else flows.start(turns.live.get(it.id)!, card);
      }),
    );
  }

  /** The customer's other contact that somebody has, or that waits for somebody. */
  #openElsewhere(id: string, customerId: string): Interaction | null {
    const others = [...this.#options.turns.live.values()].filter((other) => other.id !== id && other.customer.id === customerId && other.queue !== null);
    return others.find((other) => other.state === "connected") ?? others.find((other) => other.state === "queued" || other.state === "offered") ?? null;
  }

  /** Another medium, the same matter: no menu, no question; to the same person when there is one. */
  #goOn(id: string, from: Interaction): void {
    const { tell, turns } = this.#options;
    const { queueId, needs, priority, ringMs, wrapMs } = from.queue!;
    tell(id, { type: "continued", fromInteractionId: from.id, agentId: from.agentId, queueId, needs, priority, ringMs, wrapMs, trail: from.trail, data: from.data, reason: from.reason, ...(from.calledBack && { sinceMs: from.queue!.sinceMs }) });
    this.#say(turns.live.get(id)!, `continue:${from.id}`, "Nous vous mettons en relation, sans rien vous redemander.", "We are putting you through; nothing to repeat.");
  }

  /** Nobody took the customer whom an agent handed over: they wait for a person again, where they were, and are asked nothing. */
  #takeBack(id: string, { of, why }: { of: string; why: ReturnedWhy }): void {
    const { closed, tell, tellLate, turns } = this.#options;
    const goes = (before: Interaction | null): void => turns.run(() => {
      const it = turns.live.get(id);
      if (it?.state !== "flow") return;
      // without the contact of before (the database does not answer) the number's own flow is the way to a person
      if (before?.handedTo?.byAgentId === null) return this.#flowGoesOn(it, before, why);
      if (!before?.queue || !before.handedTo) return this.identifyThenRun(it);
      const { customer, queue, handedTo, reason, trail, data } = before;
      if (handedTo.byAgentId === null) return this.identifyThenRun(it);
      const { queueId, needs, priority, ringMs, wrapMs } = queue;
      const transfers = [...before.transfers, { fromAgentId: handedTo.byAgentId, note: handedTo.note, atMs: handedTo.atMs, to: handedTo.name || handedTo.number }];
      if (customer.id !== null) tell(id, { type: "customerIdentified", customerId: customer.id, name: customer.name, known: customer.known, language: before.language, last: customer.last });
      tell(id, { type: "continued", fromInteractionId: of, agentId: null, queueId, needs, priority, ringMs, wrapMs, trail, data, reason, handedBack: { why, transfers } });
      tellLate(of, { type: "returned", why, asInteractionId: id });
      this.#say({ ...it, language: before.language }, `returned:${of}`, "Votre correspondant n’est pas disponible. Nous vous remettons en relation avec un conseiller.", "The person you were put through to is not available. We are putting you back to an adviser.");
    });
    const live = turns.live.get(of);
    if (live) goes(live);
    else closed(of, goes);
  }

  /** Whom a flow sent to a number where nobody took them: the dialogue goes on, with all that it knew. */
  #flowGoesOn(it: Interaction, before: Interaction, why: ReturnedWhy): void {
    const { flows, tell, tellLate, turns } = this.#options;
    const { customer, handedTo, language, trail, data, labels, reason } = before;
    const left = handedOverOf(handedTo?.flow);
    if (!left) return this.identifyThenRun(it);
    if (customer.id !== null) tell(it.id, { type: "customerIdentified", customerId: customer.id, name: customer.name, known: customer.known, language, last: customer.last });
    tell(it.id, { type: "flowResumed", of: before.id, why: "returned", trail, data, ...(labels && { labels }), language, reason });
    tellLate(before.id, { type: "returned", why, asInteractionId: it.id });
    flows.goOn(turns.live.get(it.id) ?? it, left.kept, left.failedStep, before.id);
  }

  #say({ id, traits, language }: Pick<Interaction, "id" | "traits" | "language">, sayId: string, fr: string, en: string): void {
    this.#options.channels.get(traits.medium)!.say(id, sayId, [{ language, text: language === "fr" ? fr : en }]);
  }
}
