/** A flow as it stands in the database, whatever its format. */
import { FlowDocument } from "@tandem/protocol/flow/flow";
import { upgradeFlow } from "../flow/flow.ts";

/** Null = not a flow. */
export function documentOf(stored: unknown): FlowDocument | null {
  const read = FlowDocument.safeParse(upgradeFlow(stored).document);
  return read.success ? read.data : null;
}
