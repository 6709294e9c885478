import { MeetingRoom } from "@tandem/protocol";
import { Presentation } from "lucide-react";
import type { ReactNode } from "react";
import type { FormProps, KindPage } from "../admin/kind-page.ts";
import { NumberField, TextField } from "../kit/field.tsx";
import { NumberAndName } from "./groups.tsx";

export const roomsPage: KindPage<"rooms"> = {
  kind: "rooms",
  icon: Presentation,
  schema: MeetingRoom,
  columns: [
    { id: "number", label: "admin.short.number", width: { rem: 6 }, sort: (row) => Number(row.number), cell: (row) => row.number },
    { id: "name", label: "admin.named", width: { share: 40 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "pin", label: "admin.rooms.pin", width: { share: 25 }, sort: (row) => (row.pin === null ? 1 : 0), cell: (row, { t }) => t(row.pin === null ? "admin.rooms.pin.none" : "admin.rooms.pin.asked") },
    { id: "moderator", label: "admin.rooms.moderator", width: { share: 25 }, sort: (row) => (row.moderatorPin === null ? 1 : 0), cell: (row, { t }) => t(row.moderatorPin === null ? "admin.rooms.moderator.all" : "admin.rooms.moderator.pin") },
    { id: "max", label: "admin.rooms.max", width: { rem: 8 }, align: "right", sort: (row) => row.maxMembers, cell: (row) => row.maxMembers },
  ],
  nameOf: (row) => `${row.number} ${row.name}`,
  searchText: (row) => `${row.number} ${row.name}`,
  blank: () => ({ number: "", name: "", pin: null, moderatorPin: null, maxMembers: 20 }),
  errors: { number: "admin.error.short.number", name: "admin.error.named", pin: "admin.error.pin", moderatorPin: "admin.error.pin", maxMembers: "admin.error.rooms.max" },
  removal: (_, { t }) => ({ effect: t("admin.rooms.delete.effect"), blocked: null }),
  Form: RoomForm,
};

function RoomForm({ draft, set, error, look: { t } }: FormProps<"rooms">): ReactNode {
  const pinOf = (typed: string): string | null => (typed === "" ? null : typed.trim());
  return (
    <>
      <NumberAndName draft={draft} set={set} error={error} t={t} />
      <div className="grid grid-cols-2 items-start gap-3">
        <TextField mono inputMode="numeric" label={t("admin.rooms.pin")} hint={t("admin.rooms.pin.hint")} error={error("pin")} value={draft.pin ?? ""} onChange={(pin) => set({ pin: pinOf(pin) })} autoComplete="off" />
        <TextField mono inputMode="numeric" label={t("admin.rooms.moderatorPin")} hint={t("admin.rooms.moderatorPin.hint")} error={error("moderatorPin")} value={draft.moderatorPin ?? ""} onChange={(pin) => set({ moderatorPin: pinOf(pin) })} autoComplete="off" />
      </div>
      <NumberField label={t("admin.rooms.max")} error={error("maxMembers")} minValue={2} maxValue={100} value={draft.maxMembers} onChange={(maxMembers) => set({ maxMembers })} />
    </>
  );
}
