import type { Log } from "../base/log.ts";
import { deadline, step, type Fact, type Interaction, type Order } from "../hub/hub.ts";
import type { FactStore } from "./ports.ts";

interface Pending {
  facts: { type: string; atMs: number; body: object }[];
  told: Fact[];
  orders: Order[];
  dones: ((error: Error | null) => void)[];
}

interface TurnOptions {
  now: () => number;
  after: (ms: number, fire: () => void) => () => void;
  store: FactStore;
  log: Log;
  carryOut: (interaction: Interaction, order: Order) => void;
  published: (interaction: Interaction, facts: readonly Fact[]) => void;
  /** After the work of a turn, while there is any: routing. */
  settle: () => void;
  /** Once an interaction, as it stands now; it is dropped after that. */
  lost: (interaction: Interaction, error: Error) => void;
}

/**
 * Turns: everything that one stimulus tells about an interaction is one write of the log (all or nothing), and its orders are
 * carried out once that write is durable, in order. Between turns nothing of ours is half done.
 */
export class Turns {
  readonly live = new Map<string, Interaction>();
  readonly #pending = new Map<string, Pending>();
  readonly #deadlines = new Map<string, { atMs: number; cancel: () => void }>();
  /** Appends not yet answered, per interaction: a closed one leaves memory when its last is. */
  readonly #inFlight = new Map<string, number>();
  #work: (() => void)[] = [];
  #running = false;
  readonly #options: TurnOptions;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /** Runs `work` as a turn, or as part of the turn that is running. */
  run(work: () => void): void {
    this.#work.push(work);
    if (this.#running) return;
    this.#running = true;
    try {
      for (;;) {
        const next = this.#work.shift();
        if (next) this.#guarded(next);
        else if (this.#pending.size > 0) this.#flush();
        else {
          this.#guarded(this.#options.settle);
          if (this.#work.length === 0 && this.#pending.size === 0) break;
        }
      }
    } finally {
      this.#running = false;
    }
  }

  /** Our own mistake hurts the one stimulus that met it: said loudly, and the centre goes on. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log.error({ why: (error as Error).message, stack: (error as Error).stack }, "a turn failed: a mistake of ours");
    }
  }

  begin(interaction: Interaction, fact: Fact, orders: readonly Order[]): void {
    this.live.set(interaction.id, interaction);
    this.#keep(interaction, fact, orders, null);
  }

  restore(interaction: Interaction): void {
    this.live.set(interaction.id, interaction);
    this.#setDeadline(interaction);
  }

  /** False when the interaction is not (or no longer) here. `done` comes when the fact is durable, or was refused. */
  tell(id: string, fact: Fact, done: ((error: Error | null) => void) | null = null): boolean {
    const was = this.live.get(id);
    if (!was) return false;
    const [next, orders] = step(was, fact, this.#options.now());
    this.live.set(id, next);
    this.#keep(next, fact, orders, done);
    return true;
  }

  #keep(next: Interaction, fact: Fact, orders: readonly Order[], done: ((error: Error | null) => void) | null): void {
    let pending = this.#pending.get(next.id);
    if (!pending) this.#pending.set(next.id, (pending = { facts: [], told: [], orders: [], dones: [] }));
    const { type, ...body } = fact;
    pending.facts.push({ type, atMs: this.#options.now(), body });
    pending.told.push(fact);
    pending.orders.push(...orders);
    if (done) pending.dones.push(done);
    this.#setDeadline(next);
    if (!this.#running) this.run(() => {});
  }

  #flush(): void {
    const all = [...this.#pending];
    this.#pending.clear();
    for (const [id, { facts, told, orders, dones }] of all) {
      const state = this.live.get(id)!;
      this.#inFlight.set(id, (this.#inFlight.get(id) ?? 0) + 1);
      this.#options.store.append({ subjectId: id, facts, state }, (error) =>
        this.run(() => {
          const left = this.#inFlight.get(id)! - 1;
          if (left > 0) this.#inFlight.set(id, left);
          else this.#inFlight.delete(id);
          // dropped meanwhile: nobody acts on what comes after facts that are not written, though it is
          const refused = error ?? (this.live.has(id) ? null : new Error("what was before it could not be stored"));
          if (error && this.live.has(id)) {
            this.#guarded(() => this.#options.lost(this.live.get(id)!, error));
            this.drop(id, error);
          }
          if (!refused) {
            // a mistake over one order keeps the customer neither from the next nor from being seen
            for (const order of orders) this.#guarded(() => this.#options.carryOut(state, order));
            this.#guarded(() => this.#options.published(state, told));
          }
          this.#answer(dones, refused);
          if (left === 0 && this.live.get(id)?.state === "closed" && !this.#pending.has(id)) this.#forget(id);
        }),
      );
    }
  }

  #answer(dones: Pending["dones"], error: Error | null): void {
    for (const done of dones) this.#guarded(() => done(error));
  }

  #forget(id: string): void {
    this.live.delete(id);
    this.#deadlines.get(id)?.cancel();
    this.#deadlines.delete(id);
  }

  /** Drops an interaction whose facts could not be stored; who waits for one that was not sent yet hears it. */
  drop(id: string, error: Error): void {
    const dones = this.#pending.get(id)?.dones ?? [];
    this.#pending.delete(id);
    this.#forget(id);
    this.#answer(dones, error);
  }

  #setDeadline(interaction: Interaction): void {
    const due = deadline(interaction);
    const set = this.#deadlines.get(interaction.id);
    if (set && set.atMs === due?.atMs) return;
    set?.cancel();
    this.#deadlines.delete(interaction.id);
    if (!due) return;
    const { id } = interaction;
    const cancel = this.#options.after(due.atMs - this.#options.now(), () => {
      this.#deadlines.delete(id);
      const now = this.live.get(id);
      if (!now) return;
      const still = deadline(now);
      if (still && still.atMs <= this.#options.now()) this.run(() => void this.tell(id, still.fact));
      else this.#setDeadline(now); // the wall clock was set back meanwhile: a deadline may come late, never not at all
    });
    this.#deadlines.set(interaction.id, { atMs: due.atMs, cancel });
  }

  stop(): void {
    for (const { cancel } of this.#deadlines.values()) cancel();
    this.#deadlines.clear();
  }
}
