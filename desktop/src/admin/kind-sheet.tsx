import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { inWords, useAdminRemove, useAdminSave, useNewPassword } from "../data/data.ts";
import type { AdminBodies, AdminKind, AdminRows } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { toast } from "../kit/toast.tsx";
import { DraftSheet } from "./draft-sheet.tsx";
import type { KindPage, Look } from "./kind-page.ts";
import { OncePassword } from "./once-secret.tsx";
import { useDraft } from "./use-draft.ts";

/** The form of one row, and what is done to it. */
export function KindSheet<K extends AdminKind>({ page, row, rows, look, onClose }: { page: KindPage<K>; row: AdminRows[K] | null; rows: readonly AdminRows[K][]; look: Look; onClose: () => void }): ReactNode {
  const { t } = look;
  const [initial] = useState<AdminBodies[K]>(() => row ?? page.blank(look, rows));
  const [once, setOnce] = useState<{ title: string; body: ReactNode } | null>(null);
  const save = useAdminSave(page.kind);
  const remove = useAdminRemove(page.kind);
  const draft = useDraft({ schema: page.schema, initial, errors: page.errors, failed: save.error });

  const showPassword = (of: string, password: string): void => setOnce({ title: t("admin.once.title", { name: of }), body: <OncePassword password={password} /> });
  const name = page.nameOf(draft.values, look).trim();
  const submit = (): void => {
    if (row !== null && !draft.changed) return onClose();
    draft.submit((body, refused) =>
      save.mutate(
        { id: row?.id ?? null, body },
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
          onError: refused,
        },
      ),
    );
  };
  const gone = (): void => {
    toast("good", t("admin.deleted", { name: page.nameOf(initial, look) }));
    onClose();
  };

  return (
    <DraftSheet
      draft={draft}
      width={page.wide ? "record" : "form"}
      title={once !== null ? once.title : row === null ? t(`admin.${page.kind}.new`) : page.nameOf(row, look)}
      {...(row === null || once !== null ? {} : { subtitle: t(`admin.${page.kind}.edit`) })}
      send={t(row === null ? "everywhere.create" : "everywhere.save")}
      busy={save.isPending}
      onSend={submit}
      onClose={onClose}
      once={once?.body ?? null}
      {...(row === null ? {} : { aside: <Removal page={page} row={row} look={look} onConfirm={() => remove.mutate(row.id, { onSuccess: gone, onError: (why) => toast("alert", inWords(why)) })} /> })}
      {...(row === null || page.More === undefined ? {} : { below: <page.More row={row} look={look} show={(title, body) => setOnce({ title, body })} /> })}
    >
      <page.Form draft={draft.values} set={draft.set} error={draft.error} row={row} look={look} />
      {row !== null && page.password !== undefined && (page.kind === "users" || page.kind === "phones") && (
        <NewPassword kind={page.kind} id={row.id} name={page.nameOf(row, look)} effect={t(page.password.effect)} look={look} onMade={(password) => showPassword(page.nameOf(row, look), password)} />
      )}
    </DraftSheet>
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
