import { Extension } from "@tandem/protocol";
import type { PhoneState } from "@tandem/protocol";
import { BookUser } from "lucide-react";
import type { ReactNode } from "react";
import { Group, SecondsField } from "../admin/fields.tsx";
import type { FormProps, KindPage, Look } from "../admin/kind-page.ts";
import type { AdminRows } from "../data/data.ts";
import { TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { StGlyph } from "../kit/st-glyph.tsx";
import type { ShownState } from "../kit/st-glyph.tsx";
import { Switch } from "../kit/switch.tsx";
import { Choices } from "./choices.tsx";
import { Fold } from "./fields.tsx";
import { callClasses } from "./call-class.ts";
import { NewSeatButton } from "./new-seat.tsx";

/** The desk's shapes for a telephone's states. */
export const glyphOf: Record<PhoneState, ShownState> = { free: "available", ringing: "ringing", busy: "on-contact", away: "break", offline: "offline" };
const NOBODY = "-";


const holder = (row: Extension, { users, phones, t }: Look): string =>
  row.userId !== null ? (users.find((user) => user.id === row.userId)?.name ?? "—") : row.phoneId !== null ? (phones.find((phone) => phone.id === row.phoneId)?.label ?? "—") : t("admin.extensions.nobody");

export const extensionsPage: KindPage<"extensions"> = {
  kind: "extensions",
  icon: BookUser,
  schema: Extension,
  columns: [
    { id: "number", label: "admin.short.number", width: { rem: 6 }, sort: (row) => Number(row.number), cell: (row) => row.number },
    { id: "label", label: "admin.extensions.labelled", width: { share: 24 }, sort: (row) => row.label, cell: (row) => row.label },
    { id: "holder", label: "admin.extensions.rings", width: { share: 24 }, sort: (row, look) => holder(row, look), cell: (row, look) => holder(row, look) },
    { id: "class", label: "admin.extensions.callClass", width: { share: 18 }, sort: (row) => callClasses.indexOf(row.callClass), cell: (row, { t }) => t(`admin.callClass.${row.callClass}`) },
    { id: "pickup", label: "admin.extensions.pickupGroup", width: { share: 14 }, sort: (row) => row.pickupGroup, cell: (row) => row.pickupGroup || "—" },
    { id: "state", label: "admin.extensions.state", width: { share: 20 }, sort: (row) => row.state, cell: (row, look) => <State row={row} look={look} /> },
  ],
  nameOf: (row) => `${row.number} ${row.label}`,
  searchText: (row, look) => [row.number, row.label, holder(row, look), row.pickupGroup, row.callerNumber ?? ""].join(" "),
  blank: ({ language }) => ({ number: "", label: "", userId: null, phoneId: null, language, callClass: "national", callerNumber: null, pickupGroup: "", ringMs: 25_000, listed: true }),
  errors: { number: "admin.error.short.number", label: "admin.error.labelled", userId: "admin.error.extensions.userId", phoneId: "admin.error.extensions.phoneId", callerNumber: "admin.error.extensions.callerNumber", pickupGroup: "admin.error.extensions.pickupGroup", ringMs: "admin.error.ring" },
  removal: (_, { t }) => ({ effect: t("admin.extensions.delete.effect"), blocked: null }),
  Form: ExtensionForm,
  Beside: NewSeatButton,
  More: ({ row, look }) => <Choices extensionId={row.id} look={look} />,
};

function State({ row, look: { t } }: { row: AdminRows["extensions"]; look: Look }): ReactNode {
  const notes = [row.doNotDisturb && row.state !== "away" ? t("admin.extensions.dnd") : null, row.forwarded ? t("admin.extensions.forwarded") : null].filter((note) => note !== null);
  return (
    <span className="flex items-center gap-1.5">
      <StGlyph state={glyphOf[row.state]} size={10} />
      <span className="truncate">{[t(`admin.phoneState.${row.state}`), ...notes].join(" · ")}</span>
    </span>
  );
}

function ExtensionForm({ draft, set, error, row, look }: FormProps<"extensions">): ReactNode {
  const { t, users, phones } = look;
  const isHouse = draft.phoneId !== null;
  const freePhones = phones.filter((phone) => phone.userId === null);
  const [firstPhone] = freePhones;
  return (
    <>
      <div className="grid grid-cols-[7rem_1fr] gap-3">
        <TextField mono label={t("admin.short.number")} error={error("number")} value={draft.number} onChange={(number) => set({ number: number.trim() })} inputMode="numeric" autoComplete="off" />
        <TextField label={t("admin.extensions.labelled")} error={error("label")} value={draft.label} onChange={(label) => set({ label })} />
      </div>
      <Group label={t("admin.extensions.rings")} error={error("phoneId")}>
        <div>
          <Segmented
            label={t("admin.extensions.rings")}
            value={isHouse ? "house" : "person"}
            options={[{ id: "person", label: t("admin.extensions.rings.person") }, ...(firstPhone === undefined && !isHouse ? [] : [{ id: "house" as const, label: t("admin.extensions.rings.house") }])]}
            onChange={(to) => set(to === "house" ? { userId: null, phoneId: firstPhone?.id ?? null } : { phoneId: null })}
          />
        </div>
        {isHouse ? (
          <Select label={t("admin.extensions.phone")} value={draft.phoneId} options={freePhones.map((phone) => ({ id: phone.id, label: `${phone.label} (${phone.account})` }))} onChange={(phoneId) => set({ phoneId })} />
        ) : (
          <Select
            label={t("admin.extensions.user")}
            hint={t("admin.extensions.user.hint")}
            error={error("userId")}
            value={draft.userId ?? NOBODY}
            options={[{ id: NOBODY, label: t("admin.extensions.nobody") }, ...users.toSorted((a, b) => look.format.compare(a.name, b.name)).map((user) => ({ id: user.id, label: user.name }))]}
            onChange={(id) => {
              const user = users.find((one) => one.id === id);
              // A new extension takes its holder's name and language until something else is typed.
              set({ userId: user?.id ?? null, ...(row === null && user !== undefined && draft.label === "" ? { label: user.name, language: user.language } : {}) });
            }}
          />
        )}
      </Group>
      <Select label={t("admin.extensions.callClass")} hint={t("admin.extensions.callClass.hint")} value={draft.callClass} options={callClasses.map((id) => ({ id, label: t(`admin.callClass.${id}`) }))} onChange={(callClass) => set({ callClass })} />
      <Fold label={t("admin.more")} hint={t("admin.extensions.more")} wrong={error("callerNumber") !== null || error("pickupGroup") !== null || error("ringMs") !== null}>
        <TextField mono type="tel" label={t("admin.extensions.callerNumber")} hint={t("admin.extensions.callerNumber.hint")} error={error("callerNumber")} value={draft.callerNumber ?? ""} onChange={(typed) => set({ callerNumber: typed.trim() === "" ? null : typed.replace(/[\s.()-]/g, "") })} />
        <div className="grid grid-cols-2 gap-3">
          <TextField label={t("admin.extensions.pickupGroup")} hint={t("admin.extensions.pickupGroup.hint")} error={error("pickupGroup")} value={draft.pickupGroup} onChange={(pickupGroup) => set({ pickupGroup })} />
          <SecondsField label={t("admin.ring")} hint={t("admin.extensions.ring.hint")} error={error("ringMs")} min={5} ms={draft.ringMs} onChange={(ringMs) => set({ ringMs })} look={look} />
        </div>
        <div className="flex items-center justify-between gap-4">
          <Switch isSelected={draft.listed} onChange={(listed) => set({ listed })}>
            {t("admin.extensions.listed")}
          </Switch>
          <Segmented label={t("admin.extensions.language")} value={draft.language} options={[{ id: "fr", label: t("everywhere.language.fr") }, { id: "en", label: t("everywhere.language.en") }]} onChange={(language) => set({ language })} />
        </div>
      </Fold>
    </>
  );
}
