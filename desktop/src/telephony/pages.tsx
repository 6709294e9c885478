import { PageGroup } from "@tandem/protocol";
import { Megaphone } from "lucide-react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { list } from "../admin/kind-page.ts";
import type { FormProps, KindPage } from "../admin/kind-page.ts";
import { Segmented } from "../kit/segmented.tsx";
import { extensionName, Members } from "./fields.tsx";
import { NumberAndName } from "./groups.tsx";

export const pagesPage: KindPage<"pages"> = {
  kind: "pages",
  icon: Megaphone,
  schema: PageGroup,
  columns: [
    { id: "number", label: "admin.short.number", width: { rem: 6 }, sort: (row) => Number(row.number), cell: (row) => row.number },
    { id: "name", label: "admin.named", width: { share: 28 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "way", label: "admin.pages.way", width: { share: 22 }, sort: (row) => (row.twoWay ? 1 : 0), cell: (row, { t }) => t(row.twoWay ? "admin.pages.way.two" : "admin.pages.way.one") },
    { id: "members", label: "admin.members", width: { share: 50 }, sort: (row) => row.extensionIds.length, cell: (row, { extensions }) => list(row.extensionIds.map((id) => extensionName(extensions, id))) },
  ],
  nameOf: (row) => `${row.number} ${row.name}`,
  searchText: (row, { extensions }) => [row.number, row.name, ...row.extensionIds.map((id) => extensionName(extensions, id))].join(" "),
  blank: () => ({ number: "", name: "", extensionIds: [], twoWay: false }),
  errors: { number: "admin.error.short.number", name: "admin.error.named", extensionIds: "admin.error.members" },
  removal: (_, { t }) => ({ effect: t("admin.short.delete.effect"), blocked: null }),
  Form: PageForm,
};

function PageForm({ draft, set, error, look }: FormProps<"pages">): ReactNode {
  const { t } = look;
  return (
    <>
      <NumberAndName draft={draft} set={set} error={error} t={t} />
      <Group label={t("admin.pages.way")} hint={t(draft.twoWay ? "admin.pages.way.two.hint" : "admin.pages.way.one.hint")}>
        <div>
          <Segmented label={t("admin.pages.way")} value={draft.twoWay ? "two" : "one"} options={[{ id: "one", label: t("admin.pages.way.one") }, { id: "two", label: t("admin.pages.way.two") }]} onChange={(way) => set({ twoWay: way === "two" })} />
        </div>
      </Group>
      <Members label={t("admin.members")} hint={t("admin.pages.members.hint")} error={error("extensionIds")} ids={draft.extensionIds} onChange={(extensionIds) => set({ extensionIds })} ordered={false} look={look} />
    </>
  );
}
