import { SpeedDial } from "@tandem/protocol";
import { BookMarked } from "lucide-react";
import type { ReactNode } from "react";
import type { FormProps, KindPage } from "../admin/kind-page.ts";
import { TextField } from "../kit/field.tsx";

export const speedDialsPage: KindPage<"speedDials"> = {
  kind: "speedDials",
  icon: BookMarked,
  schema: SpeedDial,
  columns: [
    { id: "name", label: "admin.named", width: { share: 45 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "number", label: "admin.speedDials.number", width: { share: 35 }, sort: (row) => row.number, cell: (row, { format }) => format.phone(row.number) },
    { id: "code", label: "admin.speedDials.code", width: { share: 20 }, sort: (row) => Number(row.code ?? Infinity), cell: (row) => (row.code === null ? "—" : <span className="font-mono text-meta">*0{row.code}</span>) },
  ],
  nameOf: (row) => row.name,
  searchText: (row, { format }) => `${row.name} ${row.number} ${format.phone(row.number)}`,
  blank: () => ({ code: null, name: "", number: "", userId: null }),
  errors: { code: "admin.error.speedDials.code", name: "admin.error.named", number: "admin.error.destination" },
  removal: (_, { t }) => ({ effect: t("admin.speedDials.delete.effect"), blocked: null }),
  Form: SpeedDialForm,
};

function SpeedDialForm({ draft, set, error, look: { t } }: FormProps<"speedDials">): ReactNode {
  return (
    <>
      <TextField label={t("admin.named")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />
      <TextField mono type="tel" label={t("admin.speedDials.number")} hint={t("admin.speedDials.number.hint")} error={error("number")} value={draft.number} onChange={(number) => set({ number: number.replace(/[\s.()-]/g, "") })} />
      <TextField mono inputMode="numeric" label={t("admin.speedDials.code")} hint={t("admin.speedDials.code.hint")} error={error("code")} value={draft.code ?? ""} onChange={(code) => set({ code: code.trim() === "" ? null : code.trim() })} autoComplete="off" />
    </>
  );
}
