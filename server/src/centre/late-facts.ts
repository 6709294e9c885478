/** What may still happen to a contact that left memory (a recording finished, a rating): it is read back, told, and stored. */
import type { Log } from "../base/log.ts";
import { step, type Fact, type Interaction } from "../hub/hub.ts";
import type { CentreOptions, FactStore, InteractionChange } from "./ports.ts";

type Done = (error: Error | null) => void;

/** What nobody would tell again (a recording's file) waits so long for a database that is away, so often. */
const AGAIN_MS = 30_000;
const TRIES = 20;

export interface LateFactsOptions {
  now(): number;
  after(ms: number, fire: () => void): () => void;
  log: Log;
  store: FactStore;
  closed: CentreOptions["closed"];
  changed(change: InteractionChange): void;
}

interface LateFact {
  fact: Fact;
  /** Null: nobody waits for the answer, and nobody tells it again. */
  done: Done | null;
  triesLeft: number;
}

export class LateFacts {
  readonly #options: LateFactsOptions;
  /** By contact, the one that is being told first: two that read it at once would each store it without what the other told. */
  readonly #waiting = new Map<string, LateFact[]>();
  readonly #again = new Set<() => void>();

  constructor(options: LateFactsOptions) {
    this.#options = options;
  }

  tell(id: string, fact: Fact, done: Done | null): void {
    this.#push(id, { fact, done, triesLeft: done === null ? TRIES : 1 });
  }

  stop(): void {
    for (const cancel of this.#again) cancel();
    this.#again.clear();
  }

  #push(id: string, late: LateFact): void {
    const before = this.#waiting.get(id);
    if (before) return void before.push(late);
    this.#waiting.set(id, [late]);
    this.#next(id);
  }

  #next(id: string): void {
    const [late] = this.#waiting.get(id) ?? [];
    if (!late) return void this.#waiting.delete(id);
    const { closed, now, store } = this.#options;
    const { fact } = late;
    closed(id, (was) => {
      if (!was) return this.#told(id, late, null, new Error(`no interaction ${id}`));
      const [state] = step(was, fact, now());
      const { type, ...body } = fact;
      store.append({ subjectId: id, facts: [{ type, atMs: now(), body }], state }, (error) => this.#told(id, late, error ? null : state, error));
    });
  }

  #told(id: string, late: LateFact, state: Interaction | null, error: Error | null): void {
    const { changed, log } = this.#options;
    this.#waiting.get(id)?.shift();
    try {
      if (error && --late.triesLeft > 0) this.#later(id, late);
      else {
        if (error) log.error({ interaction: id, type: late.fact.type, why: error.message }, "a late fact could not be stored");
        if (state) changed({ interaction: state, facts: [late.fact] });
        late.done?.(error);
      }
    } finally {
      this.#next(id);
    }
  }

  /** Not at the head meanwhile: who waits for an answer does not wait for the database. */
  #later(id: string, late: LateFact): void {
    const cancel = this.#options.after(AGAIN_MS, () => {
      this.#again.delete(cancel);
      this.#push(id, late);
    });
    this.#again.add(cancel);
  }
}
