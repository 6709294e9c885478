/** Small flows for this room's tests: one step "a" under test, and places to end up in. */
import type { FlowDocumentInput, Says } from "@tandem/protocol/flow/flow";
import { flowDefinition, readFlowDefinition } from "./definition.ts";
import type { FlowDefinition } from "./definition.ts";
import { play } from "./play.ts";
import type { Act } from "./play.ts";
import type { FlowContext, FlowWorld } from "./state.ts";

export const both = (text: string): Says => ({ sounds: { fr: text, en: text } });
export const label = { fr: "Libellé", en: "Label" };

export type Steps = FlowDocumentInput["steps"];
export type Variables = NonNullable<FlowDocumentInput["variables"]>;

export function flow(steps: Steps, variables: Variables = {}, more: Partial<FlowDocumentInput> = {}): FlowDefinition {
  return flowDefinition({
    format: 2, id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a", variables,
    reachHuman: { queueId: "q_human", says: both("Une personne"), label: { fr: "Un conseiller", en: "An adviser" } },
    retry: { wrong: both("Faux"), silence: both("Silence"), times: 2 },
    steps: { ok: { kind: "end" }, no: { kind: "end", says: both("Non") }, failed: { kind: "queue", queueId: "q_failed" }, ...steps },
    ...more,
  });
}

/** Where it ended: a queue, a number, how. */
export function ended(definition: FlowDefinition, written: boolean, acts: readonly Act[], given: Partial<FlowContext> = {}, world: Partial<FlowWorld> = {}): string | null {
  const { outcome } = play(definition, written, acts, given, world);
  return outcome === null ? null : outcome.type === "queue" ? outcome.queueId : outcome.type === "hand-over" ? `-> ${outcome.number}` : outcome.how;
}

export const media = [["by voice", false], ["in writing", true]] as const;
export const languages = ["fr", "en"] as const;

/** The reasons why it is not valid. */
export function reasons(steps: Steps, variables: Variables = {}): string {
  const result = readFlowDefinition({ ...flow({ a: { kind: "end" } }), variables, steps: { ok: { kind: "end" }, ...steps } });
  return result.ok ? "" : result.why.join("; ");
}
