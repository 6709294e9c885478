/** Plays a scripted customer against a definition, over voice or in writing: the aid of this room's table tests. */
import type { Values } from "@tandem/protocol/flow/flow";
import type { FlowDefinition } from "./definition.ts";
import { startFlow, stepFlow } from "./interpreter.ts";
import type { Answer, FlowContext, FlowEffect, FlowInput, FlowOutcome, FlowState, FlowWorld } from "./state.ts";

/** `hear`: lets what is said end (several in a row); anything else is what the customer does, or what an ask brings. */
export type Act = "hear" | "silence" | { answer: string } | { text: string } | { customer: Values | null } | { brings: Answer } | { fails: string };

export interface Played {
  effects: FlowEffect[];
  state: FlowState;
  outcome: FlowOutcome | null;
  said: string[];
  /** Where it went: "step port". */
  ports: string[];
  problems: string[];
}

/** Everything open and served, in Paris, on a Monday in November at 10. */
export const openWorld: FlowWorld = {
  nowMs: Date.UTC(2026, 10, 23, 9),
  centre: { zone: "Europe/Paris", country: "FR", email: "aide@exemple.fr" },
  hears: false,
  hours: () => "open",
  queue: () => ({ open: true, full: false, waiting: 0, longestWaitMs: 0, freeAgents: 1, staffed: 1 }),
  flow: () => null,
  agent: () => null,
};

export function contextOf(written: boolean, given: Partial<FlowContext> = {}): FlowContext {
  return { medium: written ? "chat" : "voice", written, from: "+33612345678", to: "3000", language: null, data: {}, customer: null, context: {}, returning: false, ...given };
}

export function play(definition: FlowDefinition, written: boolean, acts: readonly Act[], given: Partial<FlowContext> = {}, world: Partial<FlowWorld> = {}): Played {
  const around = { ...openWorld, ...world };
  const first = startFlow(definition, contextOf(written, given), around);
  const effects = [...first.effects];
  let state = first.state;
  const feed = (input: FlowInput): void => {
    // Through JSON, as a restart would: nothing may hide outside the state.
    const turn = stepFlow(definition, JSON.parse(JSON.stringify(state)) as FlowState, input, around);
    effects.push(...turn.effects);
    state = turn.state;
  };
  const answered = (answer: Answer): void => feed({ kind: "answered", askId: state.asked?.askId ?? "none", answer });
  for (const act of acts) {
    if (act === "hear") while (state.saying !== null) feed({ kind: "said", sayId: state.saying });
    else if (act === "silence") feed({ kind: "silence" });
    else if ("customer" in act) answered({ ok: true, customer: act.customer });
    else if ("brings" in act) answered(act.brings);
    else if ("fails" in act) answered({ ok: false, why: act.fails });
    else if ("text" in act) feed({ kind: "text", text: act.text });
    else if (written) feed({ kind: "text", text: act.answer });
    else for (const key of act.answer) feed({ kind: "key", key });
  }
  const done = effects.find((effect) => effect.do === "done");
  return {
    effects, state,
    outcome: done ? done.outcome : null,
    said: effects.flatMap((effect) => (effect.do === "say" ? effect.utterances.map((one) => one.text) : [])),
    ports: effects.flatMap((effect) => (effect.do === "step" ? [`${effect.stepId} ${effect.port}`] : [])),
    problems: effects.flatMap((effect) => (effect.do === "problem" ? [effect.why] : [])),
  };
}
