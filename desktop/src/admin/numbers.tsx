import { AdminNumber } from "@tandem/protocol";
import { Hash } from "lucide-react";
import type { ReactNode } from "react";
import { TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Group } from "./fields.tsx";
import { nameIn } from "./kind-page.ts";
import type { FormProps, KindPage } from "./kind-page.ts";

export const numbersPage: KindPage<"numbers"> = {
  kind: "numbers",
  icon: Hash,
  schema: AdminNumber,
  columns: [
    { id: "number", label: "admin.numbers.number", width: { share: 22 }, sort: (row) => row.number, cell: (row, { format }) => format.phone(row.number) },
    { id: "label", label: "admin.numbers.labelled", width: { share: 32 }, sort: (row) => row.label, cell: (row) => row.label },
    { id: "flow", label: "admin.numbers.flow", width: { share: 32 }, sort: (row, { flows }) => nameIn(flows, row.flowId), cell: (row, { flows }) => nameIn(flows, row.flowId) },
    { id: "language", label: "admin.numbers.language", width: { share: 18 }, sort: (row) => row.language, cell: (row, { t }) => t(`everywhere.language.${row.language}`) },
  ],
  nameOf: (row, { format }) => format.phone(row.number),
  searchText: (row, { flows, format }) => [row.number, format.phone(row.number), row.label, nameIn(flows, row.flowId)].join(" "),
  blank: ({ language, flows }) => ({ number: "", label: "", flowId: flows[0]?.id ?? "", language }),
  errors: { number: "admin.error.numbers.number", label: "admin.error.numbers.labelled", flowId: "admin.error.numbers.flow" },
  removal: (_, { t }) => ({ effect: t("admin.numbers.delete.effect"), blocked: null }),
  Form: NumberForm,
};

function NumberForm({ draft, set, error, look: { t, flows } }: FormProps<"numbers">): ReactNode {
  return (
    <>
      {/* People write numbers with spaces; the wire has none. */}
      <TextField mono label={t("admin.numbers.number")} hint={t("admin.numbers.number.hint")} error={error("number")} value={draft.number} onChange={(number) => set({ number: number.replace(/[\s.()-]/g, "") })} type="tel" />
      <TextField label={t("admin.numbers.labelled")} hint={t("admin.numbers.labelled.hint")} error={error("label")} value={draft.label} onChange={(label) => set({ label })} />
      <Select label={t("admin.numbers.flow")} error={error("flowId")} placeholder={t("admin.choose")} value={draft.flowId === "" ? null : draft.flowId} options={flows.map((flow) => ({ id: flow.id, label: flow.name }))} onChange={(flowId) => set({ flowId })} />
      <Group label={t("admin.numbers.language")}>
        <div>
          <Segmented label={t("admin.numbers.language")} value={draft.language} options={[{ id: "fr", label: t("everywhere.language.fr") }, { id: "en", label: t("everywhere.language.en") }]} onChange={(language) => set({ language })} />
        </div>
      </Group>
    </>
  );
}
