import type { Trunk } from "@tandem/protocol";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { Rows } from "./fields.tsx";

/** SIP headers removed or set on what comes in or goes out. */
export function HeaderRules({ rules, onChange, error, look }: { rules: Trunk["headerRules"]; onChange: (rules: Trunk["headerRules"]) => void; error: string | null; look: Look }): ReactNode {
  const { t } = look;
  return (
    <Rows label={t("admin.trunks.headerRules")} hint={t("admin.trunks.headerRules.hint")} error={error} rows={rules} onChange={onChange} blank={() => ({ when: "out" as const, header: "", do: "set" as const, value: "" })} add={t("admin.add")} nameOf={(rule, i) => rule.header || t("admin.trunks.headerRules.name", { n: i + 1 })} look={look}>
      {(rule, change, at) => (
        <div className="grid min-w-0 grow grid-cols-[5.5rem_6rem_1fr_1fr] gap-2">
          <Select hideLabel={at > 0} label={t("admin.trunks.when")} value={rule.when} options={(["in", "out"] as const).map((id) => ({ id, label: t(`admin.trunks.when.${id}`) }))} onChange={(when) => change({ when })} />
          <Select hideLabel={at > 0} label={t("admin.trunks.do")} value={rule.do} options={(["set", "remove"] as const).map((id) => ({ id, label: t(`admin.trunks.do.${id}`) }))} onChange={(what) => change({ do: what, ...(what === "remove" ? { value: "" } : {}) })} />
          <TextField mono hideLabel={at > 0} label={t("admin.trunks.header")} value={rule.header} onChange={(header) => change({ header: header.trim() })} placeholder="X-Account" />
          <TextField mono hideLabel={at > 0} label={t("admin.trunks.value")} isDisabled={rule.do === "remove"} value={rule.value} onChange={(value) => change({ value })} />
        </div>
      )}
    </Rows>
  );
}

/** SIP headers that the operator or another system fills with what it knows of the caller. */
export function DataHeaders({ headers, onChange, error, look }: { headers: Trunk["dataHeaders"]; onChange: (headers: Trunk["dataHeaders"]) => void; error: string | null; look: Look }): ReactNode {
  const { t } = look;
  return (
    <Rows label={t("admin.trunks.dataHeaders")} hint={t("admin.trunks.dataHeaders.hint")} error={error} rows={headers} onChange={onChange} blank={() => ({ header: "", field: "", to: "metadata" as const })} add={t("admin.add")} nameOf={(row, i) => row.header || t("admin.trunks.headerRules.name", { n: i + 1 })} look={look}>
      {(row, change, at) => (
        <div className="grid min-w-0 grow grid-cols-[1fr_1fr_9rem] gap-2">
          <TextField mono hideLabel={at > 0} label={t("admin.trunks.header")} value={row.header} onChange={(header) => change({ header: header.trim() })} placeholder="X-Customer-Id" />
          <TextField mono hideLabel={at > 0} label={t("admin.trunks.field")} value={row.field} onChange={(field) => change({ field: field.trim() })} placeholder="customerId" />
          <Select hideLabel={at > 0} label={t("admin.trunks.to")} value={row.to} options={(["metadata", "crm-record"] as const).map((id) => ({ id, label: t(`admin.trunks.to.${id}`) }))} onChange={(to) => change({ to })} />
        </div>
      )}
    </Rows>
  );
}

