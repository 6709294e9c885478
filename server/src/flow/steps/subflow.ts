/** Another flow as a part of this one, and the way back. */
import { never } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const subflow: Behaviour<"subflow"> = {
  ...never,
  enter: (run, step) => run.enterFlow(step.flowId, step.next),
};

export const back: Behaviour<"return"> = {
  ...never,
  enter: (run) => run.leaveFlow(),
};
