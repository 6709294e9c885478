/** What a dialogue sees of its contact and of the centre. */
import { CONTEXT_NUMBERS } from "@tandem/protocol/device";
import type { Value, Values } from "@tandem/protocol/flow/flow";
import type { FlowContext, FlowWorld } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import { SAME_MATTER_MS, type Running } from "./flow-kept.ts";
import type { FlowLibrary } from "./flow-library.ts";
import type { FlowRunnerOptions } from "./flow-runner.ts";

/** Longest value that a flow reads of a device or a trunk. */
const MAX_VALUE_CHARS = 400;

/** What a dialogue begins with. `card`: what is known of the customer. */
export function contextOf(it: Interaction, card: Values | null, nowMs: number): FlowContext {
  const { customer } = it;
  const firstName = customer.known ? { firstName: customer.name.split(" ")[0] ?? "" } : {};
  return {
    medium: it.traits.medium,
    written: it.traits.written,
    from: it.from,
    to: it.to,
    language: it.language,
    // what a trunk's headers said is the flow's under its own name
    data: Object.fromEntries(Object.entries(it.context).flatMap(([name, value]) => (/^(?:data|crm)\./.test(name) ? [[name.replace(/^(?:data|crm)\./, ""), value.slice(0, MAX_VALUE_CHARS)]] : []))),
    customer: customer.id === null ? null : { ...card, name: customer.name, ...firstName, known: customer.known },
    context: Object.fromEntries(Object.entries(it.context).map(([name, value]) => [name, typed(name, value)])),
    returning: customer.last !== null && nowMs - customer.last.atMs < SAME_MATTER_MS,
  };
}

/** What is true outside the dialogue at this turn; without a port for it, everything is open. */
export function worldOf({ channelOf, clock, ports, queueLive, setup }: Pick<FlowRunnerOptions, "channelOf" | "clock" | "ports" | "queueLive" | "setup">, library: FlowLibrary, it: Interaction, { kept, definition }: Pick<Running, "kept" | "definition">): FlowWorld {
  const given = ports.world?.(it) ?? {
    centre: { zone: "UTC", country: "FR", email: null },
    hours: () => "open" as const,
    queue(id: string) {
      if (!setup.queue(id)) return null;
      const { count, oldestSinceMs, freeAgents, staffed } = queueLive(id);
      return { open: true, full: false, waiting: count, longestWaitMs: oldestSinceMs === null ? 0 : clock.now() - oldestSinceMs, freeAgents, staffed };
    },
  };
  return {
    ...given,
    nowMs: clock.now(),
    hears: channelOf(it).hears === "freely",
    spots: channelOf(it).hears === "words",
    flow: (id) => (id === definition.id ? definition : library.pinned(kept.pins, id)),
    agent: (idOrLogin) => {
      const found = setup.transferTarget(idOrLogin);
      return found?.kind === "agent" ? found.agentId : setup.agent(idOrLogin) ? idOrLogin : null;
    },
  };
}

/** A contact keeps text; positions and sizes are numbers for expressions, and so is what a page says of itself and looks like one. */
function typed(name: string, value: string): Value {
  const plain = value.slice(0, MAX_VALUE_CHARS);
  if (!CONTEXT_NUMBERS.has(name) && !name.startsWith("about.")) return plain;
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,17})?$/.test(plain) ? Number(plain) : plain;
}
