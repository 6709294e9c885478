/** What this page offers now (GET options), calls that can be promised, and the one that was promised to this visitor. */
import type { CallbackOffer, CustomerCallback } from "@tandem/protocol/callback";
import type { Slot, WebOption, WidgetOptions } from "@tandem/protocol/hours";
import type { Answered, Server } from "./server.ts";
import type { Store } from "./store.ts";
import type { Lang } from "./words.ts";

export interface OfferView {
  /** Null until the server said so: the page then offers what its welcome says. */
  now: WidgetOptions | null;
  /** What can be promised while the centre takes calls; outside hours the options say it. */
  callbacks: CallbackOffer | null;
  promise: CustomerCallback | null;
}

export interface OfferPorts {
  server: Server;
  store: Store;
  token(): Promise<string>;
  language(): Lang;
  channel(): "web" | "mobile";
  /** The queue that the page names; null = where its calls end. */
  queue(): string | null;
  /** For the body of an e-mail: application and device. */
  says(): { app: string; device: string };
}

/** What a promised call is asked for with. `slot` null = in turn. */
export interface Wanted {
  number: string;
  name: string;
  /** "" = not given. */
  email: string;
  slot: Slot | null;
}

/** A promise that is over is shown no more. */
const LIVING = new Set(["waiting", "calling"]);

export class Offer {
  readonly #ports: OfferPorts;
  readonly #changed: () => void;
  #view: OfferView = { now: null, callbacks: null, promise: null };
  /** Rises at each question: a late answer to an older one is thrown away. */
  #asked = 0;

  constructor(ports: OfferPorts, changed: () => void) {
    this.#ports = ports;
    this.#changed = changed;
  }

  get view(): OfferView {
    return this.#view;
  }

  option<K extends WebOption["kind"]>(kind: K): Extract<WebOption, { kind: K }> | null {
    return this.#view.now?.options.find((o): o is Extract<WebOption, { kind: K }> => o.kind === kind) ?? null;
  }

  /** Queue and times of a call that can be asked for; null = none. */
  get bookable(): { queueId: string; offer: CallbackOffer } | null {
    const { now, callbacks } = this.#view;
    const option = this.option("scheduled-call");
    if (option !== null) return { queueId: option.queueId, offer: { slots: option.slots, inOrder: null } };
    if (callbacks === null || now === null || now.queueId === null || this.option("call") === null) return null;
    return callbacks.inOrder !== null || callbacks.slots.length > 0 ? { queueId: now.queueId, offer: callbacks } : null;
  }

  /** Who gives an e-mail address is written to. */
  get confirmsByMail(): boolean {
    return this.#view.now?.confirmsByMail === true;
  }

  get link(): string | null {
    const { callback } = this.#ports.store;
    return callback === null ? null : this.#ports.server.promisePage(callback);
  }

  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    const { server, store } = this.#ports;
    const language = this.#ports.language();
    const kept = store.callback;
    const [now, promised] = await Promise.all([
      server.options({ channel: this.#ports.channel(), language, queue: this.#ports.queue(), ...this.#ports.says() }),
      kept === null ? null : server.promise(kept),
    ]);
    const open = now?.options.some(({ kind }) => kind === "call") === true && now.queueId !== null;
    const callbacks = open ? await server.slots(now.queueId!, language) : null;
    if (asked !== this.#asked) return;
    if (promised?.ok === false && promised.code === "not-found") store.callback = null;
    // what could not be asked is as it was said last
    this.#show({ ...(now !== null && { now, callbacks }), promise: promised === null ? null : promised.ok ? living(promised.value) : promised.code === "not-found" ? null : this.#view.promise });
  }

  /** Null = done; else the code of the refusal. */
  async book({ number, name, email, slot }: Wanted): Promise<string | null> {
    const { promise } = this.#view;
    const kept = this.#ports.store.callback;
    if (promise !== null && kept !== null) return this.#took(await this.#ports.server.change(kept, { slot }));
    const at = this.bookable;
    if (at === null) return "slot-gone";
    const made = await this.#ports.server.book({ token: await this.#ports.token(), queueId: at.queueId, number, name, slot, reason: null, language: this.#ports.language(), email: email === "" ? null : email });
    if (!made.ok) return this.#refused(made.code);
    this.#ports.store.callback = made.value.token;
    this.#holds(made.value.callback);
    return null;
  }

  async cancel(): Promise<string | null> {
    const kept = this.#ports.store.callback;
    return kept === null ? null : this.#took(await this.#ports.server.change(kept, { cancel: true }));
  }

  #took(answer: Answered<CustomerCallback>): string | null {
    if (!answer.ok) return this.#refused(answer.code);
    if (!LIVING.has(answer.value.state)) this.#ports.store.callback = null;
    this.#holds(answer.value);
    return null;
  }

  /** A question that is under way knows nothing of it yet. */
  #holds(callback: CustomerCallback): void {
    this.#asked++;
    this.#show({ promise: living(callback) });
  }

  /** A slot that went meanwhile: what is left is asked for again. */
  #refused(code: string): string {
    if (code === "slot-gone" || code === "not-offered" || code === "not-found") void this.refresh();
    return code;
  }

  #show(change: Partial<OfferView>): void {
    this.#view = { ...this.#view, ...change };
    this.#changed();
  }
}

const living = (callback: CustomerCallback): CustomerCallback | null => (LIVING.has(callback.state) ? callback : null);
