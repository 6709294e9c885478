/** The one promise that the address of this page opens. */
import type { CallbackOffer, CustomerCallback } from "@tandem/protocol/callback";
import type { Wanted } from "../src/offer.ts";
import type { Answered, Server } from "../src/server.ts";

export interface LinkedView {
  promise: CustomerCallback | null;
  /** Why there is none: not here yet, or the code of what came instead. */
  missing: string | null;
}

export class LinkedPromise {
  readonly link = null;
  /** Nothing is asked for here. */
  readonly bookable: { offer: CallbackOffer } | null = null;
  readonly confirmsByMail = false;
  readonly #server: Pick<Server, "promise" | "change">;
  readonly #token: string;
  readonly #changed: () => void;
  #view: LinkedView = { promise: null, missing: "loading" };
  /** Rises with each question and change: a late answer to an older one is thrown away. */
  #asked = 0;

  constructor(server: Pick<Server, "promise" | "change">, token: string, changed: () => void) {
    this.#server = server;
    this.#token = token;
    this.#changed = changed;
  }

  get view(): LinkedView {
    return this.#view;
  }

  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    const answer = await this.#server.promise(this.#token);
    if (asked !== this.#asked) return;
    if (answer.ok) this.#show({ promise: answer.value, missing: null });
    // a moment without network takes nothing away that was shown
    else if (this.#view.promise === null || answer.code === "not-found") this.#show({ promise: null, missing: answer.code });
  }

  async book({ slot }: Wanted): Promise<string | null> {
    return this.#took(await this.#server.change(this.#token, { slot }));
  }

  async cancel(): Promise<string | null> {
    return this.#took(await this.#server.change(this.#token, { cancel: true }));
  }

  #took(answer: Answered<CustomerCallback>): string | null {
    if (!answer.ok) {
      if (answer.code === "slot-gone" || answer.code === "not-found") void this.refresh();
      return answer.code;
    }
    this.#asked++;
    this.#show({ promise: answer.value, missing: null });
    return null;
  }

  #show(view: LinkedView): void {
    this.#view = view;
    this.#changed();
  }
}
