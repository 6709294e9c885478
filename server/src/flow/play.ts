/** Plays a scripted customer against a definition, over voice or in writing: the aid of this room's table tests. */
import type { FlowDefinition } from "./definition.ts";
import { startFlow, stepFlow } from "./interpreter.ts";
import type { FlowContext, FlowEffect, FlowInput, FlowOutcome, FlowState } from "./state.ts";
import type { Values } from "./words.ts";

/** `hear`: lets what is said end (several in a row); anything else is what the customer does. */
export type Act = "hear" | "silence" | { answer: string } | { customer: Values | null };

export interface Played {
  effects: FlowEffect[];
  state: FlowState;
  outcome: FlowOutcome | null;
  said: string[];
}

export function play(definition: FlowDefinition, written: boolean, acts: readonly Act[], given: Partial<FlowContext> = {}): Played {
  const nowMs = given.nowMs ?? Date.UTC(2026, 10, 23, 9);
  const context: FlowContext = {
    medium: written ? "chat" : "voice", written, from: "+33123456789", to: "3000", language: null, nowMs, data: {}, customer: null, ...given,
  };
  const first = startFlow(definition, context);
  const effects = [...first.effects];
  let state = first.state;
  const feed = (input: FlowInput): void => {
    // Through JSON, as a restart would: nothing may hide outside the state.
    const turn = stepFlow(definition, JSON.parse(JSON.stringify(state)) as FlowState, input, nowMs);
    effects.push(...turn.effects);
    state = turn.state;
  };
  for (const act of acts) {
    if (act === "hear") while (state.saying !== null) feed({ kind: "said", sayId: state.saying });
    else if (act === "silence") feed({ kind: "silence" });
    else if ("customer" in act) feed({ kind: "lookedUp", customer: act.customer });
    else if (written) feed({ kind: "text", text: act.answer });
    else for (const key of act.answer) feed({ kind: "key", key });
  }
  const done = effects.find((effect) => effect.do === "done");
  return {
    effects, state,
    outcome: done ? done.outcome : null,
    said: effects.flatMap((effect) => (effect.do === "say" ? effect.utterances.map((one) => one.text) : [])),
  };
}
