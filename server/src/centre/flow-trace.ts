/** What a turn of a dialogue went through, step by step: for traffic on the canvas and for who tries a flow. */
import type { FlowEffect } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import type { Running } from "./flow-kept.ts";
import type { FlowPorts } from "./flow-ports.ts";

export class FlowTrace {
  readonly #ports: FlowPorts;

  constructor(ports: FlowPorts) {
    this.#ports = ports;
  }

  /** `from`: where the turn began; null = before the first step. A step that is left was entered, in this turn or in an earlier one. */
  moved(it: Interaction, running: Running, effects: readonly FlowEffect[], from: string | null): void {
    if (!this.#ports.moved) return;
    let here = from;
    let entered = from !== null;
    for (const effect of effects) {
      if (effect.do !== "step") continue;
      if (!entered) this.#tell(it, running, effect.flowId, effect.stepId, null, null);
      this.#tell(it, running, effect.flowId, effect.stepId, effect.port, null);
      here = effect.stepId;
      // by "human" nothing further is entered
      entered = effect.port === "human";
    }
    const { inFlow, stepId } = running.state;
    if (here === null || !entered) this.#tell(it, running, inFlow, stepId, null, null);
  }

  ended(it: Interaction, running: Running, how: string): void {
    this.#tell(it, running, running.state.inFlow, running.state.stepId, null, how);
  }

  #tell(interaction: Interaction, { state, kept, triedBy }: Running, inFlow: string, stepId: string, port: string | null, ended: string | null): void {
    this.#ports.moved?.({ interaction, flowId: state.flowId, version: inFlow === state.flowId ? state.version : (kept.pins[inFlow] ?? 0), inFlow, stepId, port, ended, triedBy, builtIn: kept.document !== undefined });
  }
}
