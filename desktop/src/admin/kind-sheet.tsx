import { CircleAlert, KeyRound, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { ApiFailure, inWords, useAdminRemove, useAdminSave, useNewPassword } from "../data/data.ts";
import type { AdminBodies, AdminKind, AdminRows } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { Notice } from "../kit/notice.tsx";
import { SideSheet } from "../kit/side-sheet.tsx";
import { toast } from "../kit/toast.tsx";
import { check, differs } from "./draft.ts";
import type { KindPage, Look } from "./kind-page.ts";
import { OncePassword } from "./once-password.tsx";

/** The form of one row: checked against the wire's schema before it is sent, the server's complaints shown at their field. */
export function KindSheet<K extends AdminKind>({ page, row, look, onClose }: { page: KindPage<K>; row: AdminRows[K] | null; look: Look; onClose: () => void }): ReactNode {
  const { t } = look;
  const [initial] = useState<AdminBodies[K]>(() => row ?? page.blank(look));
  const [draft, setDraft] = useState<AdminBodies[K]>(initial);
  /** Complaints are shown once saving was tried, then follow the typing. */
  const [tried, setTried] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [once, setOnce] = useState<{ title: string; body: ReactNode } | null>(null);
  /** The draft that the server complained about: its complaint goes with the first change. */
  const [refused, setRefused] = useState<AdminBodies[K] | null>(null);
  const save = useAdminSave(page.kind);
  const remove = useAdminRemove(page.kind);

  const showPassword = (of: string, password: string): void => setOnce({ title: t("admin.once.title", { name: of }), body: <OncePassword password={password} /> });
  const form = useRef<HTMLFormElement | null>(null);
  /** Counts the attempts that failed: each brings the focus to the first field that is wrong. */
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    if (failures > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failures]);

  const checked = check(page.schema, draft);
  const wrong = tried && !checked.ok ? checked.fields : [];
  const failure = refused === draft && save.error !== null ? save.error : null;
  const failedField = failure instanceof ApiFailure ? failure.field?.split(".")[0] : undefined;
  const error = (field: keyof AdminBodies[K] & string): string | null => {
    if (failure !== null && failedField === field) return inWords(failure);
    const key = wrong.includes(field) ? page.errors[field] : undefined;
    return key === undefined ? null : t(key);
  };
  const shownAtField = failedField !== undefined && page.errors[failedField as keyof AdminBodies[K] & string] !== undefined;
  const name = page.nameOf(draft, look).trim();

  const submit = (): void => {
    if (row !== null && !differs(draft, initial)) return onClose();
    setTried(true);
    if (!checked.ok) {
      setFailures((n) => n + 1);
      return;
    }
    save.mutate(
      { id: row?.id ?? null, body: checked.body },
      {
        onSuccess(done) {
          // With a password to show, the sheet itself says that it was created.
          if (done.password !== undefined) {
            showPassword(name, done.password);
            return;
          }
          toast("good", t(row === null ? "admin.created" : "admin.saved", { name }));
          onClose();
        },
        onError() {
          setRefused(draft);
          setFailures((n) => n + 1);
        },
      },
    );
  };
  const gone = (): void => {
    toast("good", t("admin.deleted", { name: page.nameOf(initial, look) }));
    onClose();
  };
  const close = (): void => {
    if (once === null && differs(draft, initial) && !leaving) setLeaving(true);
    else onClose();
  };

  return (
    <SideSheet
      isOpen
      onClose={close}
      width={page.wide ? "record" : "form"}
      title={once !== null ? once.title : row === null ? t(`admin.${page.kind}.new`) : page.nameOf(row, look)}
      {...(row === null || once !== null ? {} : { subtitle: t(`admin.${page.kind}.edit`) })}
      foot={
        once !== null ? (
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
            {row !== null && <Removal page={page} row={row} look={look} onConfirm={() => remove.mutate(row.id, { onSuccess: gone, onError: (why) => toast("alert", inWords(why)) })} />}
            <span className="grow" />
            <Button size="l" onPress={close}>
              {t("everywhere.cancel")}
            </Button>
            {/* Not disabled while nothing has changed: a number typed last is only read as the press takes the focus away. */}
            <Button size="l" tone="primary" isDisabled={save.isPending} onPress={submit}>
              {t(row === null ? "everywhere.create" : "everywhere.save")}
            </Button>
          </>
        )
      }
    >
      {once !== null ? (
        once.body
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
          {failure !== null && !shownAtField && (
            <Notice tone="alert" icon={CircleAlert} role="alert">
              {inWords(failure)}
            </Notice>
          )}
          {wrong.length > 0 && (
            <p role="alert" className="sr-only">
              {t("admin.fix", { n: wrong.length })}
            </p>
          )}
          <page.Form draft={draft} set={(change) => setDraft((before) => ({ ...before, ...change }))} error={error} row={row} look={look} />
          {row !== null && page.password !== undefined && (page.kind === "users" || page.kind === "phones") && (
            <NewPassword kind={page.kind} id={row.id} name={page.nameOf(row, look)} effect={t(page.password.effect)} look={look} onMade={(password) => showPassword(page.nameOf(row, look), password)} />
          )}
          {/* Enter in a field saves, as people expect of a form. */}
          <input type="submit" hidden />
        </form>
      )}
      {/* Outside the form: Enter there must not save the row. */}
      {once === null && row !== null && page.More !== undefined && (
        <div className="mt-4">
          <page.More row={row} look={look} show={(title, body) => setOnce({ title, body })} />
        </div>
      )}
    </SideSheet>
  );
}

function Removal<K extends AdminKind>({ page, row, look, onConfirm }: { page: KindPage<K>; row: AdminRows[K]; look: Look; onConfirm: () => void }): ReactNode {
  const { t } = look;
  const { effect, blocked } = page.removal(row, look);
  if (blocked !== null) return <p className="text-meta text-ink-2">{blocked}</p>;
  return (
    <ConfirmPopover
      placement="top start"
      trigger={
        <Button size="l" tone="ghost" icon={Trash2} className="-ml-2 text-alert-ink! data-hovered:bg-alert-soft!">
          {t("admin.delete")}
        </Button>
      }
      question={t(`admin.${page.kind}.delete.question`, { name: page.nameOf(row, look) })}
      effect={effect}
      keepLabel={t("admin.delete.keep")}
      confirmLabel={t("everywhere.delete")}
      onConfirm={onConfirm}
    />
  );
}

function NewPassword({ kind, id, name, effect, look, onMade }: { kind: "users" | "phones"; id: string; name: string; effect: string; look: Look; onMade: (password: string) => void }): ReactNode {
  const { t } = look;
  const make = useNewPassword(kind);
  return (
    <div className="border-t border-line pt-4">
      <ConfirmPopover
        placement="top start"
        tone="primary"
        trigger={
          <Button icon={KeyRound} isDisabled={make.isPending}>
            {t("admin.users.password")}
          </Button>
        }
        question={t("admin.users.password.question", { name })}
        effect={effect}
        confirmLabel={t("admin.users.password.confirm")}
        onConfirm={() => make.mutate(id, { onSuccess: (done) => onMade(done.password), onError: (why) => toast("alert", inWords(why)) })}
      />
    </div>
  );
}
