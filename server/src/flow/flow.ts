/**
 * Room `flow`: the language of what a customer meets before a person does, and its interpreter. A flow is data (the schema is the
 * protocol's, `flow/`); the same graph speaks on the phone and writes in a chat.
 *
 * Invariants: pure (the world is an argument, no timer of its own); the state is plain JSON and resumes after a restart; `0`, the
 * flow's own keys and a word for a person reach one from every step; the last retry, a circle, a failure of the flow itself or a
 * definition changed underneath does too, unless the author leads it elsewhere; nothing in a definition is ever evaluated as code.
 * Deliberately absent: who runs a flow, timers, storage, speech, sending of messages, hours, the customer base (asked by effect).
 */
export { flowDefinition, flowJsonSchema, readFlowDefinition } from "./definition.ts";
export type { FlowDefinition, FlowDefinitionInput } from "./definition.ts";
export { demoFlow } from "./demo-flow.ts";
export { coerce } from "./expressions.ts";
export { apart, asksHidden, HIDDEN_ANSWER, openData, together } from "./hidden.ts";
export type { HiddenPart } from "./hidden.ts";
export { reachedEnd } from "./reached.ts";
export { holdsPhrase, plain } from "./match-text.ts";
export { continueFlow, resumeFlow, startFlow, stepFlow } from "./interpreter.ts";
export type { Turn } from "./interpreter.ts";
export { isHidden } from "./run.ts";
export type { Answer, Ask, FlowContext, FlowEffect, FlowEnd, FlowInput, FlowOutcome, FlowState, FlowWorld, Slot } from "./state.ts";
export { prove } from "./proof/prove.ts";
export { roughSeconds } from "./proof/prompts.ts";
export { runTests } from "./proof/run-tests.ts";
export { playScript } from "./proof/scripted-run.ts";
export type { ScriptSite } from "./proof/scripted-run.ts";
export type { Deflected, ProofChannel, ProofQueue, QueueFound, Site } from "./proof/site.ts";
export { spellSlot } from "./spell.ts";
export { spokenOf, spokenPhrases, spokenTexts } from "./spoken-texts.ts";
export type { SpokenText } from "./spoken-texts.ts";
export { templates } from "./templates/templates.ts";
export type { Template } from "./templates/parts.ts";
export { upgradeFlow } from "./upgrade.ts";
export { problemsOf } from "./validate.ts";
export type { Problem } from "./validate.ts";
