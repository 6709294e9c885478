import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Interaction, Message } from "../hub/hub.ts";
import type { Turns } from "./turns.ts";

/** Who says what. `clientId`: the sender's own id of it; null = it is never sent again. */
export interface Posting {
  author: Message["author"];
  name: string;
  clientId: string | null;
  text: string;
  choices?: Message["choices"];
}

export interface PostsOptions {
  clock: Clock;
  chance: Chance;
  turns: Turns;
  /** A customer writes: what stands in the message instead, when it answers a hidden question; null = what they wrote. */
  shown(it: Interaction, seq: number, text: string): string | null;
}

/** Messages on their way into the log: sending again, by the sender's own id, is not saying twice. */
export class Posts {
  readonly #options: PostsOptions;
  /** By interaction, in this life of it, then by the sender's id. */
  readonly #posted = new Map<string, Map<string, Message>>();

  constructor(options: PostsOptions) {
    this.#options = options;
  }

  /** From the last run. */
  restore(id: string, messages: readonly Message[]): void {
    this.#posted.set(id, new Map(messages.flatMap((m) => (m.clientId === null ? [] : [[m.clientId, m] as const]))));
  }

  forget(id: string): void {
    this.#posted.delete(id);
  }

  /** `done` when it is durable; null without an error: nobody is there to say it to. */
  post(id: string, from: Posting, done: (message: Message | null, error: Error | null) => void): void {
    const { chance, clock, shown, turns } = this.#options;
    turns.run(() => {
      const it = turns.live.get(id);
      if (!it || it.state === "closed") return done(null, null);
      const before = from.clientId === null ? undefined : this.#posted.get(id)?.get(from.clientId);
      if (before) return done(before, null);
      const seq = it.messages + 1;
      const instead = from.author === "customer" ? shown(it, seq, from.text) : null;
      const message: Message = {
        id: newId("msg", clock.now(), chance),
        seq,
        author: from.author,
        authorName: from.name,
        text: instead ?? from.text,
        ...(instead !== null && { hidden: true }),
        ...(from.choices && from.choices.length > 0 ? { choices: from.choices } : {}),
        atMs: clock.now(),
        clientId: from.clientId,
      };
      if (from.clientId !== null) {
        let mine = this.#posted.get(id);
        if (!mine) this.#posted.set(id, (mine = new Map()));
        mine.set(from.clientId, message);
      }
      turns.tell(id, { type: "messageAdded", message }, (error) => done(error ? null : message, error));
    });
  }
}
