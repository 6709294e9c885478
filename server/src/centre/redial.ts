/**
 * Who was cut off within a flow and rings again soon is asked whether to go on there. The question is a flow of its own, so that keys,
 * words, silence and the way to a person are those of every other.
 */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition, isHidden } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import { keptOf, unfinishedOf, type Kept, type Told } from "./flow-kept.ts";

export const REDIAL_MS = 10 * 60_000;
/** Attack: calls from many invented numbers, each cut. The oldest go first. */
const MAX_CUT = 10_000;
/** The variable of the question's flow: "on" or "again". */
export const REDIAL_ANSWER = "redial";

interface Cut extends Told {
  of: string;
  kept: Kept;
  atMs: number;
}

/** Calls that were cut within their flow, for as long as they may be gone on with. */
export class Redials {
  readonly #cut = new Map<string, Cut>();

  /** A contact closed. */
  closed(it: Interaction): void {
    if (it.traits.written || isHidden(it.from) || !it.closed) return;
    // the question about a promised call leaves what was cut before it as it is
    if (keptOf(it.unfinished)?.standing) return;
    const unfinished = unfinishedOf(it);
    this.#cut.delete(keyOf(it));
    if (!unfinished) return;
    const { of, kept, told: { trail, data, labels, language, reason } } = unfinished;
    this.#cut.set(keyOf(it), { of, kept, trail, data, ...(labels && { labels }), language, reason, atMs: it.closed.atMs });
    if (this.#cut.size > MAX_CUT) this.#cut.delete(this.#cut.keys().next().value!);
  }

  /** It came to its end after all: who hung up had left a message, or was promised a call. */
  ended(id: string): void {
    for (const [key, { of }] of this.#cut) if (of === id) this.#cut.delete(key);
  }

  /** Given once: whoever is cut again leaves it anew. */
  take(it: Interaction, nowMs: number): Cut | null {
    const cut = this.#cut.get(keyOf(it));
    if (!cut || it.traits.written) return null;
    this.#cut.delete(keyOf(it));
    return nowMs - cut.atMs <= REDIAL_MS ? cut : null;
  }
}

const keyOf = ({ from, to }: Interaction): string => `${from}|${to}`;

/** The question; `flow` is what is gone on with. 0 and a word for a person lead where they lead there. */
export function redialFlow(flow: FlowDocument): FlowDocument {
  const { languages, reachHuman, languageNeeds, retry, silence, variables } = flow;
  return flowDefinition({
    id: "redial",
    name: "Redial",
    version: 1,
    languages,
    start: "ask",
    reachHuman,
    languageNeeds,
    retry,
    silence,
    // its words may name them
    variables: { ...variables, [REDIAL_ANSWER]: { type: "text" } },
    steps: {
      ask: {
        kind: "menu",
        label: { fr: "Rappel après une coupure", en: "Called again after being cut off" },
        says: {
          sounds: {
            fr: "Nous avons été coupés. Pour reprendre où vous en étiez, tapez 1. Pour recommencer, tapez 2.",
            en: "We were cut off. To go on where you were, press 1. To start again, press 2.",
          },
        },
        choices: [
          { key: "1", label: { fr: "Reprendre", en: "Go on" }, words: { fr: ["oui", "continuer"], en: ["yes", "continue"] }, set: { [REDIAL_ANSWER]: "on" }, next: "over" },
          { key: "2", label: { fr: "Recommencer", en: "Start again" }, words: { fr: ["non", "debut"], en: ["no", "beginning"] }, set: { [REDIAL_ANSWER]: "again" }, next: "over" },
        ],
      },
      over: { kind: "end", exception: "The flow itself goes on" },
    },
  });
}
