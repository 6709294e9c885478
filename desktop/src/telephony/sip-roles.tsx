import { SipRole } from "@tandem/protocol";
import { Split } from "lucide-react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { list } from "../admin/kind-page.ts";
import type { FormProps, KindPage } from "../admin/kind-page.ts";
import { NumberField, TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import { Rows } from "./fields.tsx";

export const sipRolesPage: KindPage<"sipRoles"> = {
  kind: "sipRoles",
  icon: Split,
  schema: SipRole,
  columns: [
    { id: "match", label: "admin.sipRoles.match", width: { share: 26 }, sort: (row) => row.match, cell: (row) => <span className="font-mono text-meta">{row.match}</span> },
    { id: "role", label: "admin.sipRoles.role", width: { share: 22 }, sort: (row) => row.role, cell: (row, { t }) => (row.role === "proxy" ? t("admin.sipRoles.role.proxy") : t("admin.sipRoles.role.redirect.status", { status: row.status })) },
    { id: "targets", label: "admin.sipRoles.targets", width: { share: 52 }, sort: (row) => row.targets.length, cell: (row, { t }) => (row.targets.length === 0 ? t("admin.sipRoles.targets.registered") : <span className="font-mono text-meta">{list(row.targets.map(({ uri, q }) => `${uri};q=${q}`))}</span>) },
  ],
  nameOf: (row) => row.match,
  searchText: (row) => [row.match, row.role, ...row.targets.map(({ uri }) => uri)].join(" "),
  blank: () => ({ match: "", role: "proxy", targets: [], status: 302, recordRoute: true }),
  errors: { match: "admin.error.sipRoles.match", targets: "admin.error.sipRoles.targets", status: "admin.error.sipRoles.status" },
  removal: (_, { t }) => ({ effect: t("admin.sipRoles.delete.effect"), blocked: null }),
  Form: SipRoleForm,
  wide: true,
};

function SipRoleForm({ draft, set, error, look }: FormProps<"sipRoles">): ReactNode {
  const { t } = look;
  return (
    <>
      <p className="text-body text-ink-2">{t("admin.sipRoles.about")}</p>
      <TextField mono label={t("admin.sipRoles.match")} hint={t("admin.sipRoles.match.hint")} error={error("match")} value={draft.match} onChange={(match) => set({ match: match.trim() })} autoComplete="off" />
      <Group label={t("admin.sipRoles.role")} hint={t(`admin.sipRoles.role.${draft.role}.hint`)}>
        <div>
          <Segmented label={t("admin.sipRoles.role")} value={draft.role} options={(["proxy", "redirect"] as const).map((id) => ({ id, label: t(`admin.sipRoles.role.${id}`) }))} onChange={(role) => set({ role, ...(role === "redirect" && draft.targets.length === 0 ? { targets: [{ uri: "sip:", q: 1 }] } : {}) })} />
        </div>
      </Group>
      <Rows label={t("admin.sipRoles.targets")} hint={t(draft.role === "proxy" ? "admin.sipRoles.targets.proxy" : "admin.sipRoles.targets.hint")} error={error("targets")} rows={draft.targets} onChange={(targets) => set({ targets })} blank={() => ({ uri: "sip:", q: 1 })} add={t("admin.add")} nameOf={(target) => target.uri} look={look}>
        {(target, change, at) => (
          <div className="grid min-w-0 grow grid-cols-[1fr_5rem] gap-2">
            <TextField mono hideLabel={at > 0} label={t("admin.sipRoles.uri")} value={target.uri} onChange={(uri) => change({ uri: uri.trim() })} />
            <NumberField hideLabel={at > 0} label="q" minValue={0} maxValue={1} step={0.1} value={target.q} onChange={(q) => change({ q })} />
          </div>
        )}
      </Rows>
      {draft.role === "redirect" ? (
        <Select label={t("admin.sipRoles.status")} error={error("status")} value={String(draft.status)} options={(["301", "302", "305"] as const).map((id) => ({ id, label: t(`admin.sipRoles.status.${id}`) }))} onChange={(status) => set({ status: Number(status) })} />
      ) : (
        <Switch isSelected={draft.recordRoute} onChange={(recordRoute) => set({ recordRoute })}>
          {t("admin.sipRoles.recordRoute")}
        </Switch>
      )}
    </>
  );
}
