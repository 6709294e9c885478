/** Reading a definition from outside: its shape is the protocol's, its sense `validate.ts`; older formats are upgraded. */
import { FlowDocument } from "@tandem/protocol/flow/flow";
import type { FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { z } from "zod";
import { upgradeFlow } from "./upgrade.ts";
import { problemsOf } from "./validate.ts";

export type FlowDefinition = FlowDocument;
/** What an author writes: defaults may be left out. */
export type FlowDefinitionInput = FlowDocumentInput;

/** From outside (database, import): a definition that cannot fail later, or every reason why not. */
export function readFlowDefinition(value: unknown): { ok: true; definition: FlowDefinition } | { ok: false; why: string[] } {
  const read = FlowDocument.safeParse(upgradeFlow(value).document);
  if (!read.success) return { ok: false, why: read.error.issues.map((issue) => `${issue.path.join(".") || "flow"}: ${issue.message}`) };
  const problems = problemsOf(read.data);
  return problems.length > 0 ? { ok: false, why: problems.map(({ path, why }) => `${path.join(".") || "flow"}: ${why}`) } : { ok: true, definition: read.data };
}

/** Of ours (templates, the demo): wrong is a mistake of the code. */
export function flowDefinition(input: FlowDefinitionInput): FlowDefinition {
  const read = readFlowDefinition(input);
  if (!read.ok) throw new Error(`flow ${input.id}: ${read.why.join("; ")}`);
  return read.definition;
}

/** JSON Schema (2020-12) of what an author writes. */
export function flowJsonSchema(): object {
  return { title: "Tandem flow", ...z.toJSONSchema(FlowDocument, { io: "input" }) };
}
