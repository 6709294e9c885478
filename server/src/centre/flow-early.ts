/** What who knows the way keys or writes while it is found out who they are, or another dialogue is on its way: read once there is one. */
import type { Message } from "../hub/hub.ts";

/** Attack: keys, or texts, without end before there is a dialogue. */
const MAX_KEYS = 40;
const MAX_TEXTS = 20;

interface Early {
  keys: string;
  texts: readonly Message[];
}

export class EarlyInput {
  readonly #kept = new Map<string, Early>();

  key(id: string, key: string): void {
    const { keys, texts } = this.#of(id);
    this.#kept.set(id, { keys: (keys + key).slice(0, MAX_KEYS), texts });
  }

  /** Whoever asks for a person and writes on has asked. */
  text(id: string, message: Message): void {
    const { keys, texts } = this.#of(id);
    this.#kept.set(id, { keys, texts: [...texts, message].slice(-MAX_TEXTS) });
  }

  /** It is forgotten here. */
  take(id: string): Early {
    const early = this.#of(id);
    this.#kept.delete(id);
    return early;
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }

  #of(id: string): Early {
    return this.#kept.get(id) ?? { keys: "", texts: [] };
  }
}
