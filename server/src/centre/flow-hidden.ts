/**
 * What customers typed into hidden questions, apart from what the log keeps: no fact, state, message or trail holds it. A conversation in
 * writing goes on after a restart, so its part is kept too, sealed, by a port (`FlowPorts.hidden`), until its dialogue ends; a call's is in
 * memory only.
 */
import { apart, HIDDEN_ANSWER, together, type FlowState, type HiddenPart } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import type { Kept } from "./flow-kept.ts";
import type { FlowPorts } from "./flow-ports.ts";

/** Attack: calls without end that are handed over in the middle of a dialogue, each with a PIN: the oldest are forgotten first. */
const MAX_KEPT = 20_000;

interface Hidden {
  part: HiddenPart | null;
  /** By the seq of the message that dots stand in, until its dialogue has read it. */
  typed: Record<string, string>;
}

export class HiddenAnswers {
  readonly #kept = new Map<string, Hidden>();
  readonly #port: FlowPorts["hidden"];

  constructor(port: FlowPorts["hidden"]) {
    this.#port = port;
  }

  /** A text that answers a hidden question; what is to be written down in its place. */
  typed(it: Interaction, seq: number, text: string): string {
    const { part, typed } = this.#of(it.id) ?? { part: null, typed: {} };
    this.#put(it, { part, typed: { ...typed, [seq]: text } });
    return HIDDEN_ANSWER;
  }

  /** What that message said, once. */
  read(id: string, seq: number): string | null {
    const hidden = this.#of(id);
    const text = hidden?.typed[seq] ?? null;
    if (hidden) delete hidden.typed[seq];
    return text;
  }

  /** What of a dialogue may be written down; the rest is kept here. `asks`: a hidden question is being asked. */
  without(it: Interaction, kept: Kept, asks: boolean): Kept {
    const { state, hidden } = kept.state ? apart(kept.state, asks) : { state: null, hidden: null };
    const typed = this.#of(it.id)?.typed ?? {};
    if (hidden || Object.keys(typed).length > 0) this.#put(it, { part: hidden, typed });
    else this.forget(it.id);
    return hidden ? { ...kept, state } : kept;
  }

  /** The state with what was hidden of it; null = it is gone. `of`: the contact whose dialogue it was. */
  with(of: string, state: FlowState): FlowState | null {
    if (!state.hides) return state;
    const part = this.#of(of)?.part;
    return part ? together(state, part) : null;
  }

  forget(id: string): void {
    this.#kept.delete(id);
    this.#port?.keep(id, null);
  }

  /** From memory; what is written of it stays with the facts that it belongs to. */
  leave(id: string): void {
    this.#kept.delete(id);
  }

  #of(id: string): Hidden | null {
    const here = this.#kept.get(id);
    if (here) return here;
    const text = this.#port?.of(id) ?? null;
    if (text === null) return null;
    const hidden = JSON.parse(text) as Hidden; // our own, of the run before
    this.#kept.set(id, hidden);
    return hidden;
  }

  #put(it: Interaction, hidden: Hidden): void {
    this.#kept.set(it.id, hidden);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    if (it.traits.written) this.#port?.keep(it.id, JSON.stringify(hidden));
  }
}
