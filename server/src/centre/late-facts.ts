/** What may still happen to a contact that left memory (a recording finished, a rating): it is read back, told, and stored. */
import type { Log } from "../base/log.ts";
import { step, type Fact, type Interaction } from "../hub/hub.ts";
import type { CentreOptions, FactStore, InteractionChange } from "./ports.ts";

type Done = (error: Error | null) => void;

export interface LateFactsOptions {
  now(): number;
  log: Log;
  store: FactStore;
  closed: CentreOptions["closed"];
  changed(change: InteractionChange): void;
}

export class LateFacts {
  readonly #options: LateFactsOptions;
  /** By contact, the one that is being told first: two that read it at once would each store it without what the other told. */
  readonly #waiting = new Map<string, { fact: Fact; done: Done }[]>();

  constructor(options: LateFactsOptions) {
    this.#options = options;
  }

  tell(id: string, fact: Fact, done: Done): void {
    const before = this.#waiting.get(id);
    if (before) return void before.push({ fact, done });
    this.#waiting.set(id, [{ fact, done }]);
    this.#next(id);
  }

  #next(id: string): void {
    const [first] = this.#waiting.get(id) ?? [];
    if (!first) return void this.#waiting.delete(id);
    const { closed, log, store } = this.#options;
    const { fact } = first;
    const { type, ...body } = fact;
    const answer = (error: Error | null, state: Interaction | null): void => {
      this.#waiting.get(id)?.shift();
      try {
        if (state) this.#options.changed({ interaction: state, facts: [fact] });
        first.done(error);
      } finally {
        this.#next(id);
      }
    };
    closed(id, (was) => {
      if (!was) return answer(new Error(`no interaction ${id}`), null);
      const [state] = step(was, fact, this.#options.now());
      store.append({ subjectId: id, facts: [{ type, atMs: this.#options.now(), body }], state }, (error) => {
        if (error) log.error({ interaction: id, type, why: error.message }, "a late fact could not be stored");
        answer(error, error ? null : state);
      });
    });
  }
}
