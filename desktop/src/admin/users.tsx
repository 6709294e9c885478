import { AdminUser } from "@tandem/protocol";
import type { Role } from "@tandem/protocol";
import { UsersRound } from "lucide-react";
import type { ReactNode } from "react";
import { Avatar } from "../kit/avatar.tsx";
import { NumberField, TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { StGlyph } from "../kit/st-glyph.tsx";
import { Switch } from "../kit/switch.tsx";
import { CheckList, Group, SkillLevels } from "./fields.tsx";
import { list, nameIn } from "./kind-page.ts";
import { loginFrom } from "./login-from.ts";
import type { FormProps, KindPage } from "./kind-page.ts";

const roles: readonly Role[] = ["agent", "supervisor", "administrator"];

export const usersPage: KindPage<"users"> = {
  kind: "users",
  icon: UsersRound,
  schema: AdminUser,
  wide: true,
  password: { effect: "admin.users.password.effect" },
  columns: [
    {
      id: "name", label: "admin.users.name", width: { share: 22 }, sort: (user) => user.name,
      cell: (user) => (
        <span className="flex items-center gap-2">
          <Avatar name={user.name} size="xs" />
          <span className="truncate">{user.name}</span>
        </span>
      ),
    },
    { id: "login", label: "admin.users.login", width: { share: 17 }, sort: (user) => user.login, cell: (user) => <span className="font-mono text-meta">{user.login}</span> },
    { id: "team", label: "admin.users.team", width: { share: 12 }, sort: (user) => user.team, cell: (user) => user.team || "—" },
    { id: "roles", label: "admin.users.roles", width: { share: 16 }, sort: (user) => user.roles.length, cell: (user, { t }) => list(roles.filter((role) => user.roles.includes(role)).map((role) => t(`everywhere.role.${role}`))) },
    { id: "queues", label: "admin.users.queues", width: { share: 18 }, sort: (user) => user.queueIds.length, cell: (user, { queues, t }) => (user.queueIds.length === 0 ? t("admin.users.queues.all") : list(user.queueIds.map((id) => nameIn(queues, id)))) },
    { id: "skills", label: "admin.users.skills", width: { share: 18 }, sort: (user) => user.skills.length, cell: (user, { skills }) => list(user.skills.map((has) => `${nameIn(skills, has.skillId)} ${has.level}`)) },
    {
      id: "state", label: "admin.users.state", width: { rem: 7 }, sort: (user) => (user.active ? 0 : 1),
      cell: (user, { t }) => (
        <span className="flex items-center gap-1.5">
          <StGlyph state={user.active ? "available" : "offline"} size={10} />
          {t(user.active ? "admin.users.state.active" : "admin.users.state.off")}
        </span>
      ),
    },
  ],
  nameOf: (user) => user.name,
  searchText: (user, { queues, t }) => [user.name, user.login, user.team, ...user.roles.map((role) => t(`everywhere.role.${role}`)), ...user.queueIds.map((id) => nameIn(queues, id))].join(" "),
  blank: ({ language }) => ({ login: "", name: "", team: "", roles: ["agent"], language, skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true }),
  errors: { name: "admin.error.users.name", login: "admin.error.users.login", team: "admin.error.users.team", roles: "admin.error.users.roles", skills: "admin.error.users.skills", capacity: "admin.error.users.capacity" },
  removal: (_, { t }) => ({ effect: t("admin.users.delete.effect"), blocked: null }),
  Form: UserForm,
};

function UserForm({ draft, set, error, row, look }: FormProps<"users">): ReactNode {
  const { t, queues } = look;
  return (
    <>
      <TextField
        label={t("admin.users.name")}
        hint={t("admin.users.name.hint")}
        error={error("name")}
        value={draft.name}
        // A new colleague's login follows the name until it is typed.
        onChange={(name) => set({ name, ...(row === null && draft.login === loginFrom(draft.name) ? { login: loginFrom(name) } : {}) })}
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField mono label={t("admin.users.login")} hint={t("admin.users.login.hint")} error={error("login")} value={draft.login} onChange={(login) => set({ login })} autoComplete="off" />
        <TextField label={t("admin.users.team")} hint={t("admin.users.team.hint")} error={error("team")} value={draft.team} onChange={(team) => set({ team })} />
      </div>
      <Group label={t("admin.users.roles")} hint={draft.roles.length === 0 ? t("admin.users.roles.none") : undefined} error={error("roles")}>
        <CheckList options={roles.map((role) => ({ id: role, label: t(`everywhere.role.${role}`), hint: t(`admin.users.roles.${role}`) }))} chosen={draft.roles} onChange={(chosen) => set({ roles: chosen })} />
      </Group>
      <Group label={t("admin.users.queues")} hint={t(queues.length === 0 ? "admin.users.queues.none" : "admin.users.queues.hint")}>
        <CheckList options={queues.map((queue) => ({ id: queue.id, label: queue.name }))} chosen={draft.queueIds} onChange={(queueIds) => set({ queueIds })} />
      </Group>
      <Group label={t("admin.users.skills")} hint={t("admin.users.skills.hint")} error={error("skills")}>
        <SkillLevels skills={draft.skills} onChange={(skills) => set({ skills })} look={look} />
      </Group>
      <Group label={t("admin.users.capacity")} error={error("capacity")}>
        <div className="flex items-end gap-6">
          <div className="w-36">
            <NumberField label={t("admin.users.capacity.chat")} minValue={0} maxValue={12} value={draft.capacity.chat} onChange={(chat) => set({ capacity: { ...draft.capacity, chat } })} />
          </div>
          <div className="pb-1">
            <Switch isSelected={draft.capacity.voice === 1} onChange={(on) => set({ capacity: { ...draft.capacity, voice: on ? 1 : 0 } })}>
              {t("admin.users.capacity.voice")}
            </Switch>
          </div>
        </div>
      </Group>
      <div className="flex items-center justify-between gap-4">
        <Switch isSelected={draft.active} onChange={(active) => set({ active })}>
          {t("admin.users.active")}
        </Switch>
        <Segmented label={t("admin.users.language")} value={draft.language} options={[{ id: "fr", label: t("everywhere.language.fr") }, { id: "en", label: t("everywhere.language.en") }]} onChange={(language) => set({ language })} />
      </div>
    </>
  );
}
