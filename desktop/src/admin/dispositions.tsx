import { AdminDisposition } from "@tandem/protocol";
import { Tag } from "lucide-react";
import type { ReactNode } from "react";
import { TextField } from "../kit/field.tsx";
import type { FormProps, KindPage } from "./kind-page.ts";

export const dispositionsPage: KindPage<"dispositions"> = {
  kind: "dispositions",
  icon: Tag,
  schema: AdminDisposition,
  columns: [
    { id: "fr", label: "admin.dispositions.fr", width: { share: 50 }, sort: (row) => row.label.fr, cell: (row) => <span lang="fr">{row.label.fr}</span> },
    { id: "en", label: "admin.dispositions.en", width: { share: 50 }, sort: (row) => row.label.en, cell: (row) => <span lang="en">{row.label.en}</span> },
  ],
  nameOf: (row, { language }) => row.label[language],
  searchText: (row) => `${row.label.fr} ${row.label.en}`,
  blank: () => ({ label: { fr: "", en: "" } }),
  errors: { label: "admin.error.dispositions.labelled" },
  removal: (_, { t }) => ({ effect: t("admin.dispositions.delete.effect"), blocked: null }),
  Form: DispositionForm,
};

function DispositionForm({ draft, set, error, look: { t } }: FormProps<"dispositions">): ReactNode {
  const wrong = (words: string): string | null => (words.trim() === "" || words.length > 80 ? error("label") : null);
  const { label } = draft;
  return (
    <>
      <TextField label={t("admin.dispositions.fr")} hint={t("admin.dispositions.hint")} error={wrong(label.fr)} value={label.fr} onChange={(fr) => set({ label: { ...label, fr } })} />
      <TextField label={t("admin.dispositions.en")} error={wrong(label.en)} value={label.en} onChange={(en) => set({ label: { ...label, en } })} />
    </>
  );
}
