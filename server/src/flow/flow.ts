/**
 * Room `flow`: the language of what a customer meets before a person does, and its interpreter. A flow is data; the same graph
 * speaks on the phone and writes in a chat.
 *
 * Invariants: pure (time is an argument, no timer of its own); the state is plain JSON and resumes after a restart; `0`, `*` and
 * a word for a person reach one from every step; a third failure at a step, a circle, or a definition changed underneath does too;
 * nothing in a definition is ever evaluated as code.
 * Deliberately absent: who runs a flow, timers, storage, speech, sending of messages, the customer base (asked by effect).
 */
export { FlowDefinition, readFlowDefinition } from "./definition.ts";
export type { FlowDefinitionInput, Step } from "./definition.ts";
export { demoFlow } from "./demo-flow.ts";
export { Hours, isOpen } from "./hours.ts";
export { resumeFlow, startFlow, stepFlow } from "./interpreter.ts";
export type { Turn } from "./interpreter.ts";
export type { FlowContext, FlowEffect, FlowInput, FlowOutcome, FlowState } from "./state.ts";
export { spokenTexts } from "./spoken-texts.ts";
