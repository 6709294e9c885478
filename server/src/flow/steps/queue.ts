/** Leads to a queue. Its words are heard while the contact already waits: no second is lost. */
import { never } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const queue: Behaviour<"queue"> = {
  ...never,
  enter(run, step) {
    const live = run.world.queue(step.queueId, run.state.language);
    if (live && !live.open && step.ifClosed !== undefined) {
      run.goTo(step.ifClosed, "ifClosed");
      return;
    }
    if (live?.open && live.full && step.ifFull !== undefined) {
      run.goTo(step.ifFull, "ifFull");
      return;
    }
    if (step.priority !== undefined) run.raisePriority(step.priority);
    const named = step.preferredAgent === undefined ? null : run.evaluate(step.preferredAgent);
    const preferredAgentId = typeof named === "string" && named !== "" ? run.world.agent(named) : null;
    const whisper = step.whisper && run.fill(run.ownWords(step.whisper));
    if (step.says) run.say([step.says]);
    run.toQueue(step.queueId, step.needs, { ...(preferredAgentId === null ? {} : { preferredAgentId }), ...(whisper ? { whisper } : {}) });
  },
};
