/** Who follows what becomes of contacts: desktops, pages, the ledger of promises. */
import type { Log } from "../base/log.ts";
import type { InteractionChange } from "./ports.ts";

export class Changes {
  readonly #log: Log;
  readonly #hearers: ((change: InteractionChange) => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  onChange(hear: (change: InteractionChange) => void): void {
    this.#hearers.push(hear);
  }

  /** One hearer's mistake keeps the next from nothing. */
  tell(change: InteractionChange): void {
    for (const hear of this.#hearers) {
      try {
        hear(change);
      } catch (error) {
        this.#log.error({ interaction: change.interaction.id, why: (error as Error).message, stack: (error as Error).stack }, "a change of a contact was not followed: a mistake of ours");
      }
    }
  }
}
