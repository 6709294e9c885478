/** Sent elsewhere: a number, our e-mail address, another queue, a text with a link. What cannot be done here (no address, a hidden number, a closed queue) goes to `failed`. */
import type { Says, StepOf } from "@tandem/protocol/flow/flow";
import type { Utterance } from "../../hub/hub.ts";
import { phoneNumber } from "../answers.ts";
import { isHidden } from "../run.ts";
import type { Run } from "../run.ts";
import { callInstead, writeTo } from "../sentences.ts";
import type { FlowEnd } from "../state.ts";
import { inLanguage } from "../words.ts";
import type { Behaviour } from "./behaviour.ts";

const SMS_MS = 5_000;

type Deflect = StepOf<"deflect">;

export const deflect: Behaviour<"deflect"> = {
  enter(run, step) {
    const { to } = step;
    const { centre } = run.world;
    const { language, written, from } = run.state;
    switch (to.kind) {
      case "number":
        // A call is handed over; who writes is told the number.
        if (run.number(to.number) === null) run.goTo(step.failed, "failed");
        else if (written) told(run, "message", step.says ?? run.sentence(callInstead(language, run.fill(to.number))));
        else if (step.says) run.say([step.says]);
        else handOver(run, step, to.number);
        return;
      case "email":
        if (centre.email === null) run.goTo(step.failed, "failed");
        else told(run, "email", step.says ?? run.sentence(writeTo(language, centre.email)));
        return;
      case "queue": {
        const live = run.world.queue(to.queueId, language);
        if (live && !live.open) {
          run.goTo(step.failed, "failed");
          return;
        }
        if (step.says) run.say([step.says]);
        run.toQueue(to.queueId, []);
        return;
      }
      case "sms": {
        const number = isHidden(from) ? null : phoneNumber(from, centre.country);
        const text = inLanguage(to.text, language);
        // a link that begins nowhere is none
        if (number === null || (text.includes("{centre.site}") && !centre.site)) run.goTo(step.failed, "failed");
        else run.asks({ kind: "sms", to: number, text: run.fill(text) }, SMS_MS);
      }
    }
  },
  hear(run, step, input) {
    if (input.kind === "answered") {
      if (!input.answer.ok) run.goTo(step.failed, "failed");
      else if (step.says) told(run, "sms", step.says);
      else leave(run, step, "sms");
      return;
    }
    if (input.kind !== "said" && input.kind !== "silence") return;
    if (step.to.kind === "number" && !run.state.written) handOver(run, step, step.to.number);
    else leave(run, step, step.to.kind === "sms" ? "sms" : step.to.kind === "email" ? "email" : "message");
  },
  interruptible: () => false,
};

function told(run: Run, how: FlowEnd, says: Says | Utterance): void {
  run.state.reached = how;
  run.say([says]);
}

function leave(run: Run, step: Deflect, how: FlowEnd): void {
  run.state.reached = how;
  if (step.next === undefined) run.end(how);
  else run.goTo(step.next, "next");
}

function handOver(run: Run, step: Deflect, template: string): void {
  const number = run.number(template);
  if (number === null) run.goTo(step.failed, "failed");
  else run.done({ type: "hand-over", number, failedStep: step.failed });
}
