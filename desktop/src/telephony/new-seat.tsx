/** A person who can be called, in one form; then what their telephone must be told, once. */
import { NewSeat } from "@tandem/protocol";
import type { SeatMade } from "@tandem/protocol";
import { CircleAlert, UserPlus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { check, differs } from "../admin/draft.ts";
import type { Look } from "../admin/kind-page.ts";
import { loginFrom } from "../admin/login-from.ts";
import { ApiFailure, inWords, useNewSeat } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { SideSheet } from "../kit/side-sheet.tsx";
import { Switch } from "../kit/switch.tsx";
import { callClasses } from "./call-class.ts";
import { OnceSecret, SoftphoneCard } from "./softphone-card.tsx";

const SOMEBODY_NEW = "-";
const errors = { name: "admin.error.users.name", login: "admin.error.users.login", extension: "admin.error.short.number", email: "admin.error.email", userId: "admin.error.extensions.userId" } as const;

export function NewSeatButton({ look }: { look: Look }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button tone="primary" icon={UserPlus} onPress={() => setOpen(true)}>
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
  const [draft, setDraft] = useState(initial);
  const [tried, setTried] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [refused, setRefused] = useState<NewSeat | null>(null);
  const make = useNewSeat();
  const made = make.data;
  const form = useRef<HTMLFormElement | null>(null);
  /** Counts the attempts that failed: each brings the focus to the first field that is wrong. */
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    if (failures > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failures]);
  const set = (change: Partial<NewSeat>): void => setDraft((before) => ({ ...before, ...change }));

  const checked = check(NewSeat, draft);
  const wrong = tried && !checked.ok ? checked.fields : [];
  const failure = refused === draft && make.error !== null ? make.error : null;
  const failedField = failure instanceof ApiFailure ? failure.field : null;
  const error = (field: keyof typeof errors): string | null => (failure !== null && failedField === field ? inWords(failure) : wrong.includes(field) ? t(errors[field]) : null);
  const submit = (): void => {
    setTried(true);
    if (!checked.ok) return setFailures((n) => n + 1);
    make.mutate(checked.body, {
      onError() {
        setRefused(draft);
        setFailures((n) => n + 1);
      },
    });
  };
  const close = (): void => {
    if (made === undefined && differs(draft, initial) && !leaving) setLeaving(true);
    else onClose();
  };
  // Those who have no extension yet: a seat gives them one.
  const without = users.filter((user) => user.active && !extensions.some((row) => row.userId === user.id)).toSorted((a, b) => look.format.compare(a.name, b.name));

  return (
    <SideSheet
      isOpen
      onClose={close}
      width="record"
      title={made === undefined ? t("admin.seat.new") : t("admin.seat.made", { name: draft.name })}
      {...(made === undefined ? { subtitle: t("admin.seat.subtitle") } : {})}
      foot={
        made !== undefined ? (
          <Button tone="primary" size="l" className="ml-auto" onPress={onClose}>
            {t("admin.once.done")}
          </Button>
        ) : leaving ? (
          <>
            <p role="alert" className="grow text-control">
              {t("admin.unsaved")}
            </p>
            <Button size="l" onPress={() => setLeaving(false)}>
              {t("admin.unsaved.keep")}
            </Button>
            <Button size="l" tone="danger-soft" onPress={onClose}>
              {t("admin.unsaved.drop")}
            </Button>
          </>
        ) : (
          <>
            <span className="grow" />
            <Button size="l" onPress={close}>
              {t("everywhere.cancel")}
            </Button>
            <Button size="l" tone="primary" isDisabled={make.isPending} onPress={submit}>
              {t("admin.seat.create")}
            </Button>
          </>
        )
      }
    >
      {made !== undefined ? (
        <Made made={made} login={draft.login} look={look} />
      ) : (
        <form
          ref={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
          className="flex flex-col gap-4"
        >
          {failure !== null && (failedField === null || !(failedField in errors)) && (
            <Notice tone="alert" icon={CircleAlert} role="alert">
              {inWords(failure)}
            </Notice>
          )}
          {without.length > 0 && (
            <Select
              label={t("admin.seat.user")}
              error={error("userId")}
              value={draft.userId ?? SOMEBODY_NEW}
              options={[{ id: SOMEBODY_NEW, label: t("admin.seat.user.new") }, ...without.map((user) => ({ id: user.id, label: user.name }))]}
              onChange={(id) => {
                const user = users.find((one) => one.id === id);
                set(user === undefined ? { userId: null, name: "", login: "" } : { userId: user.id, name: user.name, login: user.login, language: user.language });
              }}
            />
          )}
          {draft.userId === null && (
            <>
              <TextField label={t("admin.users.name")} hint={t("admin.users.name.hint")} error={error("name")} value={draft.name} onChange={(name) => set({ name, ...(draft.login === loginFrom(draft.name) ? { login: loginFrom(name) } : {}) })} />
              <TextField mono label={t("admin.users.login")} hint={t("admin.users.login.hint")} error={error("login")} value={draft.login} onChange={(login) => set({ login })} autoComplete="off" />
            </>
          )}
          <div className="grid grid-cols-[7rem_1fr] items-start gap-3">
            <TextField mono inputMode="numeric" label={t("admin.seat.extension")} error={error("extension")} value={draft.extension} onChange={(extension) => set({ extension: extension.trim() })} autoComplete="off" />
            <Select label={t("admin.extensions.callClass")} value={draft.callClass} options={callClasses.map((id) => ({ id, label: t(`admin.callClass.${id}`) }))} onChange={(callClass) => set({ callClass })} />
          </div>
          <TextField type="email" label={t("admin.seat.email")} hint={t("admin.seat.email.hint")} error={error("email")} value={draft.email ?? ""} onChange={(email) => set({ email: email.trim() === "" ? null : email.trim() })} autoComplete="off" />
          <div className="flex items-center justify-between gap-4">
            {draft.userId === null ? (
              <Switch isSelected={draft.agent} onChange={(agent) => set({ agent })}>
                {t("admin.seat.agent")}
              </Switch>
            ) : (
              <span />
            )}
            <Segmented label={t("admin.extensions.language")} value={draft.language} options={[{ id: "fr", label: t("everywhere.language.fr") }, { id: "en", label: t("everywhere.language.en") }]} onChange={(language) => set({ language })} />
          </div>
          <input type="submit" hidden />
        </form>
      )}
    </SideSheet>
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
