import { OutboundRoute } from "@tandem/protocol";
import { Waypoints } from "lucide-react";
import type { ReactNode } from "react";
import { list, nameIn } from "../admin/kind-page.ts";
import type { FormProps, KindPage } from "../admin/kind-page.ts";
import { NumberField, TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { Select } from "../kit/select.tsx";
import { LinesField, Rows } from "./fields.tsx";

const byPriority = (a: { priority: number; weight: number }, b: { priority: number; weight: number }): number => a.priority - b.priority || b.weight - a.weight;

export const routesPage: KindPage<"routes"> = {
  kind: "routes",
  icon: Waypoints,
  schema: OutboundRoute,
  columns: [
    { id: "name", label: "admin.named", width: { share: 22 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "prefixes", label: "admin.routes.prefixes", width: { share: 34 }, sort: (row) => row.prefixes.join(), cell: (row, { t }) => <span className="font-mono text-meta">{row.prefixes.map((prefix) => (prefix === "+" ? t("admin.routes.everything") : prefix)).join(" ")}</span> },
    { id: "trunks", label: "admin.trunks", width: { share: 44 }, sort: (row) => row.trunks.length, cell: (row, { trunks, t }) => list(row.trunks.toSorted(byPriority).map(({ trunkId, priority, weight }) => t("admin.routes.row", { trunk: nameIn(trunks, trunkId), priority, weight }))) },
  ],
  nameOf: (row) => row.name,
  searchText: (row, { trunks }) => [row.name, ...row.prefixes, ...row.trunks.map(({ trunkId }) => nameIn(trunks, trunkId))].join(" "),
  blank: ({ trunks }) => ({ name: "", prefixes: ["+"], trunks: trunks.slice(0, 1).map(({ id }) => ({ trunkId: id, priority: 1, weight: 1 })) }),
  errors: { name: "admin.error.named", prefixes: "admin.error.routes.prefixes", trunks: "admin.error.routes.trunks" },
  removal: (_, { t }) => ({ effect: t("admin.routes.delete.effect"), blocked: null }),
  Form: RouteForm,
  wide: true,
};

function RouteForm({ draft, set, error, look }: FormProps<"routes">): ReactNode {
  const { t, trunks } = look;
  const [first] = trunks;
  return (
    <>
      <TextField label={t("admin.named")} hint={t("admin.routes.name.hint")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />
      <LinesField label={t("admin.routes.prefixes")} hint={t("admin.routes.prefixes.hint")} error={error("prefixes")} lines={draft.prefixes} onChange={(prefixes) => set({ prefixes })} placeholder="+33" />
      {first === undefined ? (
        <Notice tone="watch" icon={Waypoints} role="note">
          {t("admin.routes.noTrunk")}
        </Notice>
      ) : (
        <Rows label={t("admin.trunks")} hint={t("admin.routes.trunks.hint")} error={error("trunks")} rows={draft.trunks} onChange={(next) => set({ trunks: next })} blank={() => ({ trunkId: first.id, priority: (draft.trunks.at(-1)?.priority ?? 0) + 1, weight: 1 })} add={t("admin.add")} nameOf={(row) => nameIn(trunks, row.trunkId)} look={look}>
          {(row, change, at) => (
            <div className="grid min-w-0 grow grid-cols-[1fr_6rem_6rem] gap-2">
              <Select hideLabel={at > 0} label={t("admin.routes.trunk")} value={row.trunkId} options={trunks.map(({ id, name }) => ({ id, label: name }))} onChange={(trunkId) => change({ trunkId })} />
              <NumberField hideLabel={at > 0} label={t("admin.routes.priority")} minValue={1} maxValue={100} value={row.priority} onChange={(priority) => change({ priority })} />
              <NumberField hideLabel={at > 0} label={t("admin.routes.weight")} minValue={1} maxValue={100} value={row.weight} onChange={(weight) => change({ weight })} />
            </div>
          )}
        </Rows>
      )}
    </>
  );
}
