import { RingGroup } from "@tandem/protocol";
import { BellRing } from "lucide-react";
import type { ReactNode } from "react";
import { Group, SecondsField } from "../admin/fields.tsx";
import { list } from "../admin/kind-page.ts";
import type { FormProps, KindPage } from "../admin/kind-page.ts";
import { TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { DestinationField, destinationWords, extensionName, Members } from "./fields.tsx";

const strategies = ["all", "hunt", "round"] as const;

export const groupsPage: KindPage<"groups"> = {
  kind: "groups",
  icon: BellRing,
  schema: RingGroup,
  columns: [
    { id: "number", label: "admin.short.number", width: { rem: 6 }, sort: (row) => Number(row.number), cell: (row) => row.number },
    { id: "name", label: "admin.named", width: { share: 20 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "strategy", label: "admin.groups.strategy", width: { share: 16 }, sort: (row) => strategies.indexOf(row.strategy), cell: (row, { t }) => t(`admin.groups.strategy.${row.strategy}`) },
    { id: "members", label: "admin.members", width: { share: 36 }, sort: (row) => row.extensionIds.length, cell: (row, { extensions }) => list(row.extensionIds.map((id) => extensionName(extensions, id))) },
    { id: "otherwise", label: "admin.groups.otherwise", width: { share: 28 }, sort: (row, look) => destinationWords(row.otherwise, look), cell: (row, look) => destinationWords(row.otherwise, look) },
  ],
  nameOf: (row) => `${row.number} ${row.name}`,
  searchText: (row, { extensions }) => [row.number, row.name, ...row.extensionIds.map((id) => extensionName(extensions, id))].join(" "),
  blank: () => ({ number: "", name: "", strategy: "all", extensionIds: [], ringMs: 20_000, otherwise: { to: "hang-up" } }),
  errors: { number: "admin.error.short.number", name: "admin.error.named", extensionIds: "admin.error.members", ringMs: "admin.error.ring", otherwise: "admin.error.destination" },
  removal: (_, { t }) => ({ effect: t("admin.short.delete.effect"), blocked: null }),
  Form: GroupForm,
};

function GroupForm({ draft, set, error, look }: FormProps<"groups">): ReactNode {
  const { t } = look;
  return (
    <>
      <NumberAndName draft={draft} set={set} error={error} t={t} />
      <Group label={t("admin.groups.strategy")} hint={t(`admin.groups.strategy.${draft.strategy}.hint`)}>
        <div>
          <Segmented label={t("admin.groups.strategy")} value={draft.strategy} options={strategies.map((id) => ({ id, label: t(`admin.groups.strategy.${id}`) }))} onChange={(strategy) => set({ strategy })} />
        </div>
      </Group>
      <Members label={t("admin.members")} hint={t("admin.groups.members.hint")} error={error("extensionIds")} ids={draft.extensionIds} onChange={(extensionIds) => set({ extensionIds })} ordered={draft.strategy !== "all"} look={look} />
      <SecondsField label={t("admin.ring")} hint={t(draft.strategy === "all" ? "admin.groups.ring.all" : "admin.groups.ring.each")} error={error("ringMs")} min={5} ms={draft.ringMs} onChange={(ringMs) => set({ ringMs })} look={look} />
      <DestinationField label={t("admin.groups.otherwise")} error={error("otherwise")} value={draft.otherwise} onChange={(otherwise) => otherwise !== null && set({ otherwise })} look={look} />
    </>
  );
}

/** The first line of whatever has a short number and a name. */
export function NumberAndName({ draft, set, error, t }: { draft: { number: string; name: string }; set: (change: { number?: string; name?: string }) => void; error: (field: "number" | "name") => string | null; t: FormProps<"groups">["look"]["t"] }): ReactNode {
  return (
    <div className="grid grid-cols-[7rem_1fr] items-start gap-3">
      <TextField mono inputMode="numeric" label={t("admin.short.number")} error={error("number")} value={draft.number} onChange={(number) => set({ number: number.trim() })} autoComplete="off" />
      <TextField label={t("admin.named")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />
    </div>
  );
}
