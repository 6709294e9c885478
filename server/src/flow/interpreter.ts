/** Walks a definition: (state, input, now) -> (state, effects). The state given is never changed. */
import { never } from "../base/assert.ts";
import type { FlowDefinition, Step } from "./definition.ts";
import { asksForHuman } from "./reach-human.ts";
import { Run } from "./run.ts";
import type { FlowContext, FlowEffect, FlowInput, FlowState } from "./state.ts";
import { enterBranch } from "./steps/branch.ts";
import { enterCollect, hearInCollect } from "./steps/collect.ts";
import { enterHangup, hearInHangup } from "./steps/hangup.ts";
import { enterLookup, hearInLookup } from "./steps/lookup.ts";
import { enterMenu, hearInMenu } from "./steps/menu.ts";
import { enterQueue } from "./steps/queue.ts";
import { enterSay, hearInSay } from "./steps/say.ts";

/** Steps entered without a word from the customer: beyond, the flow goes in circles and a person takes over. */
const MAX_STEPS_ALONE = 60;

export interface Turn {
  state: FlowState;
  effects: FlowEffect[];
}

export function startFlow(definition: FlowDefinition, context: FlowContext): Turn {
  const { languages } = definition;
  const asked = context.language;
  const state: FlowState = {
    flowId: definition.id,
    version: definition.version,
    medium: context.medium,
    written: context.written,
    from: context.from,
    to: context.to,
    language: asked !== null && languages.includes(asked) ? asked : (languages[0] ?? "fr"),
    stepId: definition.start,
    saying: null,
    sayCount: 0,
    digits: "",
    failures: 0,
    ahead: "",
    sinceInput: 0,
    priority: definition.priority,
    reason: null,
    data: { ...context.data },
    customer: context.customer,
    done: false,
  };
  const run = new Run(definition, state, context.nowMs);
  run.goTo(definition.start);
  return settle(run, definition);
}

export function stepFlow(definition: FlowDefinition, before: FlowState, input: FlowInput, nowMs: number): Turn {
  if (before.done) return { state: before, effects: [] };
  const run = new Run(definition, structuredClone(before), nowMs);
  const step = definition.steps[before.stepId];
  if (isLate(before, step, input)) {
    // The caller's timer died with the input: without a new one a quiet customer would wait for ever.
    if (before.saying === null) run.expect();
    return { state: before, effects: run.effects };
  }
  if (input.kind === "said") run.state.saying = null;
  if (input.kind === "key" || input.kind === "text") run.state.sinceInput = 0;
  // The definition changed under a flow that a restart resumed: a person, rather than a guess.
  if (!step) run.toHuman("flow");
  else if (asksForHuman(input, run.state.digits !== "", definition.reachHuman.words)) {
    run.toHuman(input.kind === "key" ? input.key : input.kind === "text" ? input.text.slice(0, 200) : "");
  } else hear(run, step, input);
  return settle(run, definition);
}

/**
 * Goes on with a stored state after a restart (written media): what was being said counts as delivered, timers are asked for
 * again, a lookup is made again. Effects that were carried out before are not repeated.
 */
export function resumeFlow(definition: FlowDefinition, before: FlowState, nowMs: number): Turn {
  if (before.done) return { state: before, effects: [] };
  const step = definition.steps[before.stepId];
  if (before.saying !== null) return stepFlow(definition, before, { kind: "said", sayId: before.saying }, nowMs);
  const run = new Run(definition, structuredClone(before), nowMs);
  if (!step) run.toHuman("flow");
  else if (step.kind === "lookup") enter(run, step);
  else run.expect();
  return settle(run, definition);
}

/** Nothing about now: the end of something stopped or replaced, a timer that ran on while we speak, an answer nobody waits for. */
function isLate(before: FlowState, step: Step | undefined, input: FlowInput): boolean {
  if (input.kind === "said") return input.sayId !== before.saying;
  if (input.kind === "silence") return before.saying !== null;
  return input.kind === "lookedUp" && step?.kind !== "lookup";
}

function settle(run: Run, definition: FlowDefinition): Turn {
  const { state } = run;
  while (run.next !== null && !state.done) {
    const stepId: string = run.next;
    run.next = null;
    const step = definition.steps[stepId];
    if (!step || ++state.sinceInput > MAX_STEPS_ALONE) {
      run.toHuman("flow");
      break;
    }
    state.stepId = stepId;
    state.digits = "";
    state.failures = 0;
    enter(run, step);
  }
  return { state, effects: run.effects };
}

function enter(run: Run, step: Step): void {
  switch (step.kind) {
    case "say":
      return enterSay(run, step);
    case "menu":
      return enterMenu(run, step);
    case "collect":
      return enterCollect(run, step);
    case "branch":
      return enterBranch(run, step);
    case "lookup":
      return enterLookup(run, step);
    case "queue":
      return enterQueue(run, step);
    case "hangup":
      return enterHangup(run, step);
    default:
      return never(step, "step");
  }
}

function hear(run: Run, step: Step, input: FlowInput): void {
  switch (step.kind) {
    case "say":
      return hearInSay(run, step, input);
    case "menu":
      return hearInMenu(run, step, input);
    case "collect":
      return hearInCollect(run, step, input);
    case "lookup":
      return hearInLookup(run, step, input);
    case "hangup":
      return hearInHangup(run, input);
    case "branch":
    case "queue":
      return; // left in the turn that entered them
    default:
      return never(step, "step");
  }
}
