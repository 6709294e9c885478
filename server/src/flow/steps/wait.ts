/** Lets time pass. What is typed meanwhile is kept for the next question. */
import { keepAhead } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const wait: Behaviour<"wait"> = {
  enter(run, step) {
    if (step.says) run.say([step.says]);
    else begin(run, step.ms);
  },
  hear(run, step, input) {
    const { memo } = run.state;
    const untilMs = typeof memo.untilMs === "number" ? memo.untilMs : null;
    if (untilMs === null) {
      begin(run, step.ms);
      return;
    }
    keepAhead(run, input);
    const leftMs = untilMs - run.world.nowMs;
    if (input.kind === "silence" || leftMs <= 0) run.goTo(step.next, "next");
    else run.expect(leftMs);
  },
  interruptible: () => false,
};

function begin(run: Parameters<Behaviour<"wait">["enter"]>[0], ms: number): void {
  run.state.memo = { untilMs: run.world.nowMs + ms };
  run.expect(ms);
}
