/** Walks a definition: (state, input, world) -> (state, effects). The state given is never changed. */
import type { FlowDocument, Step } from "@tandem/protocol/flow/flow";
import { onlyGreets } from "./greetings.ts";
import { HIDDEN_ANSWER } from "./hidden.ts";
import { plain } from "./match-text.ts";
import { asksForHuman } from "./reach-human.ts";
import { Run } from "./run.ts";
import type { FlowContext, FlowEffect, FlowInput, FlowState, FlowWorld } from "./state.ts";
import { behaviourOf } from "./steps/steps.ts";
import { keepAhead } from "./steps/behaviour.ts";

/** Steps entered without a word from the customer: beyond, the flow goes in circles and a person takes over. */
export const MAX_STEPS_ALONE = 60;

export interface Turn {
  state: FlowState;
  effects: FlowEffect[];
}

export function startFlow(definition: FlowDocument, context: FlowContext, world: FlowWorld): Turn {
  const { languages } = definition;
  const { medium, written, from, to, returning, language, customer } = context;
  const state: FlowState = {
    ...blank(definition),
    medium, written, from, to, returning, customer,
    context: context.context,
    data: { ...context.data },
    told: Object.keys(context.data),
    language: language !== null && languages.includes(language) ? language : (languages[0] ?? "fr"),
  };
  const run = new Run(definition, state, world);
  run.initialise(definition);
  run.next = definition.start;
  return settle(run);
}

function blank(definition: FlowDocument): FlowState {
  return {
    flowId: definition.id,
    version: definition.version,
    medium: "",
    written: false,
    from: "",
    to: "",
    returning: false,
    context: {},
    language: "fr",
    inFlow: definition.id,
    stepId: definition.start,
    stack: [],
    phase: "",
    memo: {},
    slots: [],
    saying: null,
    sayCount: 0,
    asked: null,
    askCount: 0,
    expects: null,
    digits: "",
    failures: 0,
    ahead: "",
    sinceInput: 0,
    priority: definition.priority,
    reason: null,
    data: {},
    told: [],
    customer: null,
    reached: null,
    done: false,
  };
}

export function stepFlow(definition: FlowDocument, before: FlowState, input: FlowInput, world: FlowWorld): Turn {
  if (before.done) return { state: before, effects: [] };
  if (isLate(before, input)) return late(before, world);
  const state = copy(before);
  const run = new Run(definition, state, world);
  const step = stepAt(run);
  // The definition changed under a flow that a restart resumed: a person, rather than a guess.
  if (!step) {
    run.toHuman("flow");
    return settle(run);
  }
  const behaviour = behaviourOf(step);
  switch (input.kind) {
    case "said":
      state.saying = null;
      break;
    case "answered":
      state.asked = null;
      break;
    case "silence":
      state.expects = null;
      break;
    case "key":
    case "text": {
      state.sinceInput = 0;
      const asking = behaviour.asking?.(run, step) ?? { zeroIsDigit: false, starIsComma: false, labels: [] };
      // Heard once a step, as nothing said: it is no wrong answer, and no wish. Who only greets all the same is heard as ever, and comes to a person.
      if (input.kind === "text" && state.memo["greeted"] !== true && step.kind !== "assistant" && onlyGreets(input.text) && !asking.labels.some((label) => plain(label).startsWith(plain(input.text)))) {
        return late({ ...before, sinceInput: 0, memo: { ...before.memo, greeted: true } }, world);
      }
      if (asksForHuman(input, asking, run.definition.reachHuman)) {
        // who asks for a person at a hidden question may have given the answer in the same breath, a word or spoken digits too
        const hidden = step.kind === "collect" && step.sensitive === "hidden";
        run.toHuman(input.kind === "key" ? input.key : hidden ? HIDDEN_ANSWER : input.text);
        return settle(run);
      }
      // Heard to the end, or an answer is under way: what comes meanwhile is kept for the next question.
      if (state.asked !== null || (state.saying !== null && !behaviour.interruptible(step, run))) {
        if (state.asked?.ask.kind !== "record") keepAhead(run, input);
        return settle(run);
      }
      run.stopSaying();
      break;
    }
  }
  behaviour.hear(run, step, input);
  return settle(run);
}

/**
 * Goes on with a stored state after a restart (written media): what was being said counts as delivered, timers are asked for
 * again, an ask is made again under its id. Effects that were carried out before are not repeated.
 */
export function resumeFlow(definition: FlowDocument, before: FlowState, world: FlowWorld): Turn {
  if (before.done) return { state: before, effects: [] };
  // Written before format 2: the question is asked again.
  if (!Object.hasOwn(before, "inFlow")) return continueFlow(definition, { ...blank(definition), ...before }, before.stepId, world);
  if (before.saying !== null) return stepFlow(definition, before, { kind: "said", sayId: before.saying }, world);
  const run = new Run(definition, copy(before), world);
  const step = stepAt(run);
  if (!step) run.toHuman("flow");
  else if (before.asked) run.effects.push({ do: "ask", ...before.asked });
  else if (step.kind === "wait") run.expect(Math.max(1, (before.expects?.untilMs ?? 0) - world.nowMs));
  else run.expect(before.expects?.ms);
  return settle(run);
}

/** Goes on at a step of the flow that it was in (nobody took a hand-over; a caller is back and wants the same question again); null = a person. */
export function continueFlow(definition: FlowDocument, before: FlowState, stepId: string | null, world: FlowWorld): Turn {
  // steps without a word of theirs are counted on: numbers that nobody takes, each leading to the next, end with a person
  const run = new Run(definition, { ...copy(before), done: false, saying: null, asked: null, expects: null, ahead: "" }, world);
  // in the place of a sub-flow that is gone another flow's step of that name would be a guess
  if (stepId === null || run.definition.id !== run.state.inFlow) run.toHuman("flow");
  else run.next = stepId;
  return settle(run);
}

/** Nothing about now: the end of something stopped or replaced, a timer that ran on while we speak, an answer nobody waits for. */
function isLate(before: FlowState, input: FlowInput): boolean {
  if (input.kind === "said") return input.sayId !== before.saying;
  if (input.kind === "silence") return before.saying !== null || before.asked !== null;
  return input.kind === "answered" && input.askId !== before.asked?.askId;
}

/** The caller's timer died with the input: without a new one a quiet customer would wait for ever. */
function late(before: FlowState, world: FlowWorld): Turn {
  const { expects } = before;
  if (before.saying !== null || before.asked !== null || expects === null) return { state: before, effects: [] };
  return { state: before, effects: [{ do: "expect", timeoutMs: Math.min(expects.ms, Math.max(1, expects.untilMs - world.nowMs)) }] };
}

function stepAt(run: Run): Step | undefined {
  const { state } = run;
  // a sub-flow that is gone
  return run.definition.id === state.inFlow ? stepOf(run.definition, state.stepId) : undefined;
}

/** Ids come from the database, too: none finds what every object of JavaScript's has. */
function stepOf(definition: FlowDocument, stepId: string): Step | undefined {
  return Object.hasOwn(definition.steps, stepId) ? definition.steps[stepId] : undefined;
}

function settle(run: Run): Turn {
  const { state } = run;
  while (run.next !== null && !state.done) {
    const stepId: string = run.next;
    run.next = null;
    const step = stepOf(run.definition, stepId);
    if (!step || ++state.sinceInput > MAX_STEPS_ALONE) {
      run.problem(step ? "the flow goes in circles" : `there is no step "${stepId}"`);
      run.toHuman("flow");
      break;
    }
    state.stepId = stepId;
    state.phase = "";
    state.memo = {};
    state.slots = [];
    state.asked = null;
    state.digits = "";
    state.failures = 0;
    behaviourOf(step).enter(run, step);
  }
  return { state, effects: run.effects };
}

/** What a turn may change is copied; what it only reads is shared. */
function copy(before: FlowState): FlowState {
  return { ...before, data: { ...before.data }, memo: { ...before.memo } };
}
