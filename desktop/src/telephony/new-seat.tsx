/** A person who can be called, in one form; then what their telephone must be told, once. */
import { NewSeat } from "@tandem/protocol";
import type { SeatMade } from "@tandem/protocol";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { DraftSheet } from "../admin/draft-sheet.tsx";
import type { Look } from "../admin/kind-page.ts";
import { loginFrom } from "../admin/login-from.ts";
import { OnceSecret } from "../admin/once-secret.tsx";
import { useDraft } from "../admin/use-draft.ts";
import { useAdminList, useNewSeat } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import { callClasses } from "./call-class.ts";
import { SoftphoneCard } from "./softphone-card.tsx";

const SOMEBODY_NEW = "-";
const errors = { name: "admin.error.users.name", login: "admin.error.users.login", extension: "admin.error.short.number", email: "admin.error.email", userId: "admin.error.extensions.userId" } as const;

export function NewSeatButton({ look }: { look: Look }): ReactNode {
  const [open, setOpen] = useState(false);
  // which number is free is known once those in use are
  const read = useAdminList("extensions", false).data !== undefined;
  return (
    <>
      <Button tone="primary" icon={UserPlus} isDisabled={!read} onPress={() => setOpen(true)}>
        {look.t("admin.seat.new")}
      </Button>
      {open && <NewSeatSheet look={look} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The first number after the highest extension in use: what most people would type. */
export function nextNumber(extensions: readonly { number: string }[]): string {
  const numbers = extensions.map((row) => row.number);
  const highest = Math.max(200, ...numbers.filter((number) => number.length === 3 && number < "700").map(Number));
  return String(highest + 1);
}

function NewSeatSheet({ look, onClose }: { look: Look; onClose: () => void }): ReactNode {
  const { t, users, extensions } = look;
  const [initial] = useState<NewSeat>(() => ({ name: "", login: "", userId: null, extension: nextNumber(extensions), callClass: "national", language: look.language, email: null, agent: false }));
  const make = useNewSeat();
  const made = make.data;
  const draft = useDraft({ schema: NewSeat, initial, errors, failed: make.error });
  const { values, set } = draft;
  // Those who have no extension yet: a seat gives them one.
  const without = users.filter((user) => user.active && !extensions.some((row) => row.userId === user.id)).toSorted((a, b) => look.format.compare(a.name, b.name));

  return (
    <DraftSheet
      draft={draft}
      width="record"
      title={made === undefined ? t("admin.seat.new") : t("admin.seat.made", { name: values.name })}
      {...(made === undefined ? { subtitle: t("admin.seat.subtitle") } : {})}
      send={t("admin.seat.create")}
      busy={make.isPending}
      onSend={() => draft.submit((body, refused) => make.mutate(body, { onError: refused }))}
      onClose={onClose}
      once={made === undefined ? null : <Made made={made} login={values.login} look={look} />}
    >
      {without.length > 0 && (
        <Select
          label={t("admin.seat.user")}
          error={draft.error("userId")}
          value={values.userId ?? SOMEBODY_NEW}
          options={[{ id: SOMEBODY_NEW, label: t("admin.seat.user.new") }, ...without.map((user) => ({ id: user.id, label: user.name }))]}
          onChange={(id) => {
            const user = users.find((one) => one.id === id);
            set(user === undefined ? { userId: null, name: "", login: "" } : { userId: user.id, name: user.name, login: user.login, language: user.language });
          }}
        />
      )}
      {values.userId === null && (
        <>
          <TextField label={t("admin.users.name")} hint={t("admin.users.name.hint")} error={draft.error("name")} value={values.name} onChange={(name) => set({ name, ...(values.login === loginFrom(values.name) ? { login: loginFrom(name) } : {}) })} />
          <TextField mono label={t("admin.users.login")} hint={t("admin.users.login.hint")} error={draft.error("login")} value={values.login} onChange={(login) => set({ login })} autoComplete="off" />
        </>
      )}
      <div className="grid grid-cols-[7rem_1fr] items-start gap-3">
        <TextField mono inputMode="numeric" label={t("admin.seat.extension")} error={draft.error("extension")} value={values.extension} onChange={(extension) => set({ extension: extension.trim() })} autoComplete="off" />
        <Select label={t("admin.extensions.callClass")} value={values.callClass} options={callClasses.map((id) => ({ id, label: t(`admin.callClass.${id}`) }))} onChange={(callClass) => set({ callClass })} />
      </div>
      <TextField type="email" label={t("admin.seat.email")} hint={t("admin.seat.email.hint")} error={draft.error("email")} value={values.email ?? ""} onChange={(email) => set({ email: email.trim() === "" ? null : email.trim() })} autoComplete="off" />
      <div className="flex items-center justify-between gap-4">
        {values.userId === null ? (
          <Switch isSelected={values.agent} onChange={(agent) => set({ agent })}>
            {t("admin.seat.agent")}
          </Switch>
        ) : (
          <span />
        )}
        <Segmented label={t("admin.extensions.language")} value={values.language} options={[{ id: "fr", label: t("everywhere.language.fr") }, { id: "en", label: t("everywhere.language.en") }]} onChange={(language) => set({ language })} />
      </div>
    </DraftSheet>
  );
}

function Made({ made, login, look }: { made: SeatMade; login: string; look: Look }): ReactNode {
  const { t } = look;
  return (
    <div className="flex flex-col gap-5">
      <p className="text-body text-ink-2">{t("admin.seat.once")}</p>
      {made.password !== null && <OnceSecret label={t("admin.seat.signIn", { login })} secret={made.password} />}
      <SoftphoneCard made={made} />
    </div>
  );
}
