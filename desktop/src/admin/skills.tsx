import { AdminSkill } from "@tandem/protocol";
import { GraduationCap } from "lucide-react";
import type { ReactNode } from "react";
import { TextField } from "../kit/field.tsx";
import { list } from "./kind-page.ts";
import type { FormProps, KindPage, Look } from "./kind-page.ts";

const holders = (id: string, { users }: Look): number => users.filter((user) => user.skills.some((has) => has.skillId === id)).length;
const askers = (id: string, { queues }: Look): string[] => queues.filter((queue) => queue.needs.some((need) => need.skillId === id)).map((queue) => queue.name);

export const skillsPage: KindPage<"skills"> = {
  kind: "skills",
  icon: GraduationCap,
  schema: AdminSkill,
  columns: [
    { id: "name", label: "admin.skills.name", width: { share: 30 }, sort: (skill) => skill.name, cell: (skill) => skill.name },
    { id: "queues", label: "admin.skills.queues", width: { share: 60 }, sort: (skill, look) => askers(skill.id, look).length, cell: (skill, look) => list(askers(skill.id, look)) },
    { id: "agents", label: "admin.skills.agents", width: { rem: 6 }, align: "right", sort: (skill, look) => holders(skill.id, look), cell: (skill, look) => holders(skill.id, look) },
  ],
  nameOf: (skill) => skill.name,
  searchText: (skill) => skill.name,
  blank: () => ({ name: "" }),
  errors: { name: "admin.error.skills.name" },
  removal(skill, look) {
    const agents = holders(skill.id, look);
    const queues = askers(skill.id, look).length;
    const blocked = agents + queues === 0 ? null : look.t("admin.skills.inUse", { agents, queues, both: agents > 0 && queues > 0 ? "yes" : "no" });
    return { effect: look.t("admin.skills.delete.effect"), blocked };
  },
  Form: SkillForm,
};

function SkillForm({ draft, set, error, look: { t } }: FormProps<"skills">): ReactNode {
  return <TextField label={t("admin.skills.name")} hint={t("admin.skills.name.hint")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />;
}
