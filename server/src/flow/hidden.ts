/** What a customer typed into a hidden question, apart from the rest of a dialogue's state: the rest may be written down, this may not. */
import type { FlowDocument, Value } from "@tandem/protocol/flow/flow";
import type { FlowState } from "./state.ts";

/** What everybody reads in its place. */
export const HIDDEN_ANSWER = "••••";

export interface HiddenPart {
  /** Of the variables, those that are hidden. */
  data: Record<string, Value>;
  memo: Record<string, Value>;
  ahead: string;
  digits: string;
  /** A request may carry it. */
  asked: FlowState["asked"];
}

/** What is written now answers a hidden question. `flowOf`: a sub-flow, as pinned. */
export function asksHidden(main: FlowDocument, state: FlowState, flowOf: (id: string) => FlowDocument | null): boolean {
  if (state.done) return false;
  const flow = state.inFlow === main.id ? main : flowOf(state.inFlow);
  const step = flow && Object.hasOwn(flow.steps, state.stepId) ? flow.steps[state.stepId] : undefined;
  return step?.kind === "collect" && step.sensitive === "hidden";
}

/** `asks`: a hidden question is being asked. The state that is left says that something belongs to it (`hides`). */
export function apart(state: FlowState, asks: boolean): { state: FlowState; hidden: HiddenPart | null } {
  const { secrets = [], memo, ahead, digits, asked } = state;
  if (secrets.length === 0 && !asks) return { state, hidden: null };
  const data = Object.fromEntries(Object.entries(state.data).filter(([name]) => secrets.includes(name)));
  return { state: { ...state, data: openData(state), memo: {}, ahead: "", digits: "", asked: null, hides: true }, hidden: { data, memo, ahead, digits, asked } };
}

export function together({ hides: _hides, ...state }: FlowState, hidden: HiddenPart): FlowState {
  return { ...state, ...hidden, data: { ...state.data, ...hidden.data } };
}

/** The variables that are not hidden. */
export function openData({ data, secrets = [] }: Pick<FlowState, "data" | "secrets">): Record<string, Value> {
  return secrets.length === 0 ? data : Object.fromEntries(Object.entries(data).filter(([name]) => !secrets.includes(name)));
}
