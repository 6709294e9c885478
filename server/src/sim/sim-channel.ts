import type { VirtualClock } from "../base/virtual-clock.ts";
import type { Channel, ChannelEvent, MediumTraits, Utterance } from "../hub/hub.ts";

/** What the simulated people notice of a channel. */
export interface People {
  asked(id: string, sayId: string): void;
  ringing(id: string, agentId: string): void;
  ringOver(id: string, agentId: string): void;
  talking(id: string, agentId: string): void;
  over(id: string): void;
}

/** Speaking takes time: about 15 characters a second. */
const MS_PER_CHARACTER = 65;

/** A channel of any traits whose two ends are simulated people; it also holds the channel's own invariants. */
export class SimChannel implements Channel {
  readonly traits: MediumTraits;
  readonly violations: string[] = [];
  readonly #owner = new Map<string, string>();
  readonly #saying = new Map<string, () => void>();
  readonly #ended = new Set<string>();
  readonly #clock: VirtualClock;
  readonly #people: People;
  readonly #hear: (event: ChannelEvent) => void;

  constructor(options: { traits: MediumTraits; clock: VirtualClock; people: People; hear: (event: ChannelEvent) => void }) {
    this.traits = options.traits;
    this.#clock = options.clock;
    this.#people = options.people;
    this.#hear = options.hear;
  }

  open(_id: string): void {} // the simulated line is open as soon as it rings
  say(id: string, sayId: string, utterances: readonly Utterance[]): void {
    this.#saying.get(id)?.();
    const ms = this.traits.written ? 10 : utterances.reduce((sum, u) => sum + u.text.length, 0) * MS_PER_CHARACTER;
    const cancel = this.#clock.after(ms, () => {
      this.#saying.delete(id);
      this.#hear({ type: "said", id, sayId });
    });
    this.#saying.set(id, cancel);
    this.#people.asked(id, sayId);
  }
  stopSaying(id: string): void {
    this.#saying.get(id)?.();
    this.#saying.delete(id);
  }
  wait(_id: string): void {} // music plays for nobody here
  ring(id: string, agentId: string): void {
    if (this.#ended.has(id)) this.violations.push(`${id}: rings after its end`);
    if (this.#owner.has(id)) this.violations.push(`${id}: rings at ${agentId} while ${this.#owner.get(id)} has it`);
    this.#people.ringing(id, agentId);
  }
  cancelRing(id: string, agentId: string): void {
    this.#people.ringOver(id, agentId);
  }
  connect(id: string, agentId: string): void {
    const owner = this.#owner.get(id);
    if (owner !== undefined && owner !== agentId) this.violations.push(`${id}: two owners, ${owner} and ${agentId}`);
    if (this.#ended.has(id)) this.violations.push(`${id}: connected after its end`);
    this.#owner.set(id, agentId);
    this.stopSaying(id);
    this.#people.talking(id, agentId);
  }
  hold(id: string): void {
    if (!this.#owner.has(id)) this.violations.push(`${id}: held without an owner`);
  }
  resume(id: string): void {
    if (!this.#owner.has(id)) this.violations.push(`${id}: resumed without an owner`);
  }
  dropAgent(id: string, agentId: string): void {
    if (this.#owner.get(id) !== agentId) this.violations.push(`${id}: ${agentId} dropped, but ${this.#owner.get(id)} has it`);
    this.#owner.delete(id);
  }
  end(id: string): void {
    if (this.#ended.has(id)) this.violations.push(`${id}: ended twice`);
    this.#ended.add(id);
    this.#owner.delete(id);
    this.stopSaying(id);
    this.#people.over(id);
  }
  record(id: string, what: string): void {
    if (!this.traits.recordable) this.violations.push(`${id}: record ${what} on a medium that has no recording`);
  }
}
