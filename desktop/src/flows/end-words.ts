import type { FlowTest } from "@tandem/protocol/flow/flow";
import type { T } from "../i18n/i18n.ts";

/** How a contact ends, in words. */
export function endWords(end: FlowTest["expect"]["end"], queue: string | null, t: T): string {
  return queue === null ? t(`flows.end.${end}`) : t("flows.end.at", { end: t(`flows.end.${end}`), queue });
}
