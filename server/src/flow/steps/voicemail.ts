/** A message that the queue's people own. A hidden number is asked for first: who hangs up after the message has left it already. Voice only; writing goes to `failed`. */
import type { StepOf } from "@tandem/protocol/flow/flow";
import type { Run } from "../run.ts";
import { messageTaken } from "../sentences.ts";
import { askingInNumber, callableNumber, enterNumber, hearNumber, inNumber } from "./ask-number.ts";
import type { NumberQuestion } from "./ask-number.ts";
import type { Behaviour } from "./behaviour.ts";

/** Beyond the longest message: the beep, and the file's writing. */
const MARGIN_MS = 30_000;

type Voicemail = StepOf<"voicemail">;

export const voicemail: Behaviour<"voicemail"> = {
  enter(run, step) {
    if (run.state.written) fail(run, step, "written");
    else if (callableNumber(run) === null) enterNumber(run, questionOf(run, step));
    else greet(run, step);
  },
  hear(run, step, input) {
    if (inNumber(run)) {
      hearNumber(run, questionOf(run, step), input);
      return;
    }
    if (run.state.phase === "taken") {
      if (input.kind === "said" || input.kind === "silence") run.end("voicemail", String(run.state.memo.messageId));
      return;
    }
    if (input.kind === "answered") {
      const { answer } = input;
      if (!answer.ok || answer.messageId === undefined) {
        fail(run, step, answer.ok ? "message" : answer.why);
        return;
      }
      run.state.phase = "taken";
      run.state.reached = "voicemail";
      run.state.memo = { messageId: answer.messageId };
      run.say([run.sentence(messageTaken[run.state.language])]);
      return;
    }
    // heard, or cut off by a key
    const { number } = run.state.memo;
    run.asks({ kind: "record", queueId: step.queueId, maxSeconds: step.maxSeconds, number: typeof number === "string" ? number : null }, step.maxSeconds * 1000 + MARGIN_MS);
  },
  interruptible: (_step, run) => run.state.phase !== "taken",
  asking: (run) => askingInNumber(run),
};

function questionOf(run: Run, step: Voicemail): NumberQuestion {
  return { says: step.askNumber, back: step.numberTaken, own: null, optional: true, done: (number) => {
    run.state.memo = { number };
    greet(run, step);
  } };
}

function greet(run: Run, step: Voicemail): void {
  run.state.phase = "greeting";
  run.state.ahead = "";
  run.say([step.says]);
}

function fail(run: Run, step: Voicemail, why: string): void {
  if (step.failed === undefined) run.toHuman(why);
  else run.goTo(step.failed, "failed");
}
