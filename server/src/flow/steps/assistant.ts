/** A pluggable assistant talks with the customer, turn by turn. A person is one word away at any of them; too many turns lead to one. */
import type { Says, StepOf } from "@tandem/protocol/flow/flow";
import type { Run } from "../run.ts";
import { resolved } from "../sentences.ts";
import type { FlowInput } from "../state.ts";
import { takeAhead } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

/** Longer than any pause that a caller bears. */
const ANSWER_MS = 10_000;

type Assistant = StepOf<"assistant">;

export const assistant: Behaviour<"assistant"> = {
  enter(run, step) {
    if (!run.state.written && !run.world.hears) {
      // Nobody could talk with it.
      run.goTo(step.failed, "failed");
      return;
    }
    run.state.memo = { turn: 0, goes: "on" };
    const early = takeAhead(run);
    if (early?.kind === "text") tell(run, step, early.text);
    else ask(run, [step.says]);
  },
  hear(run, step, input) {
    switch (input.kind) {
      case "said":
        return said(run, step);
      case "silence":
        return run.retry("silence", (before) => ask(run, [before]));
      case "key":
        // who is there has not gone
        run.state.memo.goes = "on";
        return run.retry("wrong", (before) => ask(run, [before]));
      case "text":
        // What ended with the assistant's last words begins anew with the customer's.
        run.state.memo.goes = "on";
        return tell(run, step, input.text);
      case "answered":
        return answered(run, step, input);
    }
  },
  interruptible: () => true,
};

function ask(run: Run, says: readonly (Says | ReturnType<Run["sentence"]>)[]): void {
  run.ask({ says, choices: [], speech: true, free: true, interruptible: true });
}

function tell(run: Run, step: Assistant, text: string): void {
  const turn = Number(run.state.memo.turn) + 1;
  if (turn > step.maxTurns) {
    run.goTo(step.person, "person");
    return;
  }
  if (text.trim() === "") {
    run.retry("wrong", (before) => ask(run, [before]));
    return;
  }
  run.state.memo.turn = turn;
  if (turn === 1) run.trail(run.ownWords(step.label), text);
  run.asks({ kind: "assistant", assistantId: step.assistantId, text: text.slice(0, 400), turn }, ANSWER_MS);
}

function answered(run: Run, step: Assistant, input: Extract<FlowInput, { kind: "answered" }>): void {
  const { answer } = input;
  if (!answer.ok || answer.goes === undefined) {
    run.goTo(step.failed, "failed");
    return;
  }
  run.state.failures = 0;
  run.state.memo.goes = answer.goes;
  const says = answer.says?.trim() ?? "";
  if (says !== "") ask(run, [run.sentence(says.slice(0, 1200))]);
  else if (answer.goes === "on") run.goTo(step.failed, "failed");
  else said(run, step);
}

/** Heard to the end: on to what the assistant decided. */
function said(run: Run, step: Assistant): void {
  const early = takeAhead(run);
  if (early?.kind === "text") {
    run.state.memo.goes = "on";
    tell(run, step, early.text);
    return;
  }
  switch (run.state.memo.goes) {
    case "resolved":
      run.state.reached = "resolved";
      run.trail(run.ownWords(step.label), run.ownWords(resolved));
      return run.goTo(step.resolved, "resolved");
    case "person":
      return run.goTo(step.person, "person");
    default:
      return run.expect();
  }
}
