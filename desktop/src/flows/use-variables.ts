/** What texts and expressions can name: the flow's own variables, the customer's card, their case, the contact, what the device sent. */
import { useMemo } from "react";
import { useT } from "../i18n/i18n.ts";
import { useEditor } from "./designer-context.ts";

export interface VariableHit {
  path: string;
  label: string;
}

const contact = ["medium", "from", "to", "language", "written", "hidden", "hour", "time", "weekday", "date", "returning"] as const;
const customer = ["name", "known", "language"] as const;
const matter = ["number", "subject", "state", "known", "mine"] as const;
const context = ["latitude", "longitude", "device", "page", "terminal"] as const;

export function useVariables(): VariableHit[] {
  const t = useT();
  const variables = useEditor((s) => s.document.variables);
  return useMemo(
    () => [
      ...Object.entries(variables).map(([name, { type, label }]) => ({ path: `data.${name}`, label: label ?? t(`flows.type.${type}`) })),
      ...customer.map((name) => ({ path: `customer.${name}`, label: t(`flows.customer.${name}`) })),
      ...matter.map((name) => ({ path: `case.${name}`, label: t(`flows.case.${name}`) })),
      ...contact.map((name) => ({ path: `contact.${name}`, label: t(`flows.contact.${name}`) })),
      { path: "centre.email", label: t("flows.centre.email") },
      { path: "centre.site", label: t("flows.centre.site") },
      ...context.map((name) => ({ path: `context.${name}`, label: t(`flows.context.${name}`) })),
    ],
    [variables, t],
  );
}
