/** Flows as they run: read once each, in the version that a contact began with, with the sub-flows of that moment. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Log } from "../base/log.ts";
import { readFlowDefinition } from "../flow/flow.ts";
import type { FlowPorts } from "./flow-ports.ts";
import type { Setup } from "./ports.ts";

/** Sub-flows within sub-flows; the interpreter enters no more either. */
const MAX_PINS = 50;

/** What was read, by what it was read from (never changed in place): ten thousand days of the simulator read their flow once. */
const READ = new WeakMap<object, ReturnType<typeof readFlowDefinition>>();

export class FlowLibrary {
  readonly #setup: Pick<Setup, "flowFor">;
  readonly #ports: FlowPorts;
  readonly #log: Log;
  /** A flow is parsed once; a broken one is said once and runs nothing. */
  readonly #read = new WeakMap<object, FlowDocument | null>();

  constructor(setup: Pick<Setup, "flowFor">, ports: FlowPorts, log: Log) {
    this.#setup = setup;
    this.#ports = ports;
    this.#log = log;
  }

  /** What is not valid is null. */
  read(value: unknown): FlowDocument | null {
    if (typeof value !== "object" || value === null) return null;
    let definition = this.#read.get(value);
    if (definition === undefined) {
      const read = READ.get(value) ?? readFlowDefinition(value);
      READ.set(value, read);
      if (!read.ok) this.#log.error({ why: read.why }, "a flow is not valid and cannot run");
      definition = read.ok ? read.definition : null;
      this.#read.set(value, definition);
    }
    return definition;
  }

  forNumber(to: string): FlowDocument | null {
    return this.read(this.#setup.flowFor(to)?.definition);
  }

  /** The version that a contact began with; the number's own of today where that one is gone. */
  version(id: string, version: number, to: string): FlowDocument | null {
    return this.read(this.#ports.version?.(id, version)) ?? this.forNumber(to);
  }

  published(id: string): FlowDocument | null {
    return this.read(this.#ports.published?.(id));
  }

  pinned(pins: Readonly<Record<string, number>>, id: string): FlowDocument | null {
    const version = pins[id];
    return (version === undefined ? null : this.read(this.#ports.version?.(id, version))) ?? this.published(id);
  }

  /** The versions now of every flow that this one can enter. */
  pinsOf(definition: FlowDocument): Record<string, number> {
    const pins: Record<string, number> = {};
    const enter = (flow: FlowDocument): void => {
      for (const step of Object.values(flow.steps)) {
        if (step.kind !== "subflow" || pins[step.flowId] !== undefined || Object.keys(pins).length >= MAX_PINS) continue;
        const inner = this.published(step.flowId);
        if (!inner) continue;
        pins[step.flowId] = inner.version;
        enter(inner);
      }
    };
    enter(definition);
    return pins;
  }
}
