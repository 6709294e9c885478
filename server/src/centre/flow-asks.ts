/** Carries out what a dialogue asks: one at a time a contact, answered once, within its time. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Answer, Ask } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import type { AskAbout, FlowAsks, Forget } from "./flow-ports.ts";

interface Asked {
  kind: Ask["kind"];
  forget: Forget;
  cancelTimer: () => void;
}

export interface AskingOptions {
  asks: FlowAsks;
  clock: Clock;
  log: Log;
  run(work: () => void): void;
  answered(id: string, askId: string, ask: Ask, answer: Answer): void;
  /** An answer that came when nobody waited for it. */
  late(id: string, ask: Ask, answer: Extract<Answer, { ok: true }>): void;
}

export class Asking {
  readonly #asked = new Map<string, Asked>();
  readonly #options: AskingOptions;
  #stopped = false;

  constructor(options: AskingOptions) {
    this.#options = options;
  }

  /** `sinceMs`: of their place in a queue, where they have one. */
  ask(it: Interaction, askId: string, ask: Ask, timeoutMs: number, sinceMs = it.createdAtMs): void {
    const { asks, clock, log, run } = this.#options;
    this.end(it.id, "gone");
    let open = true;
    const asked: Asked = { kind: ask.kind, forget: () => {}, cancelTimer: () => {} };
    const answer = (answer: Answer): void =>
      run(() => {
        if (open && this.#asked.get(it.id) === asked) {
          open = false;
          this.#drop(it.id, asked);
          if (!answer.ok) log.info({ interaction: it.id, ask: ask.kind, why: answer.why }, "a flow's question to the world has no answer; it goes on without");
          this.#options.answered(it.id, askId, ask, answer);
        } else if (open && answer.ok && !this.#stopped) {
          open = false;
          this.#options.late(it.id, ask, answer);
        }
      });
    this.#asked.set(it.id, asked);
    asked.cancelTimer = clock.after(timeoutMs, () =>
      run(() => {
        if (this.#asked.get(it.id) !== asked) return;
        this.#drop(it.id, asked);
        asked.forget("timeout");
        log.warn({ interaction: it.id, ask: ask.kind, timeoutMs }, "a flow's question to the world took too long; it goes on without");
        this.#options.answered(it.id, askId, ask, { ok: false, why: "timeout" });
      }),
    );
    try {
      asked.forget = start(asks, ask, aboutOf(it, askId, sinceMs), answer) ?? (() => {});
    } catch (error) {
      // a port's mistake is not the customer's end
      log.error({ interaction: it.id, ask: ask.kind, why: (error as Error).message, stack: (error as Error).stack }, "a flow's question to the world failed: a mistake of ours");
      answer({ ok: false, why: "failed" });
    }
  }

  /** Nobody waits for the answer any more. */
  end(id: string, why: Parameters<Forget>[0]): void {
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#drop(id, asked);
    asked.forget(why);
  }

  /** The server stops: what is under way is asked again by the next run, so no answer may come of its being cut off now. */
  stop(): void {
    for (const { cancelTimer } of this.#asked.values()) cancelTimer();
    this.#asked.clear();
    this.#stopped = true;
  }

  #drop(id: string, asked: Asked): void {
    asked.cancelTimer();
    if (this.#asked.get(id) === asked) this.#asked.delete(id);
  }
}

function aboutOf(it: Interaction, askId: string, sinceMs: number): AskAbout {
  return {
    deedId: `${it.id}:${askId}`, interactionId: it.id, medium: it.traits.medium, customerId: it.customer.id, from: it.from, fromName: it.customer.name, to: it.to, language: it.language, sinceMs,
  };
}

function start<K extends Ask["kind"]>(asks: FlowAsks, ask: Extract<Ask, { kind: K }>, about: AskAbout, answer: (answer: Answer) => void): Forget | undefined {
  const port = asks[ask.kind];
  if (port) return port(ask, about, answer);
  answer({ ok: false, why: `nothing here answers "${ask.kind}"` });
  return undefined;
}
