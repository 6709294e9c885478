/** A page of settings that is read and written whole: its sections, and a bar that saves them. */
import { useState } from "react";
import type { ReactNode } from "react";
import { DraftFoot, DraftForm, Newer } from "../admin/draft-form.tsx";
import type { Look } from "../admin/kind-page.ts";
import { useUnsaved } from "../admin/unsaved.tsx";
import { useBase, useFollow } from "../admin/use-base.ts";
import type { Base } from "../admin/use-base.ts";
import { useDraft } from "../admin/use-draft.ts";
import { documentSchema, useMe, useSaveTelephonyDocument, useTelephonyDocument } from "../data/data.ts";
import type { TelephonyDocument, TelephonyDocuments } from "../data/data.ts";
import type { Key } from "../i18n/i18n.ts";
import { NotRead } from "../kit/not-read.tsx";
import { toast } from "../kit/toast.tsx";

export interface DocumentFormProps<D extends TelephonyDocument> {
  draft: TelephonyDocuments[D];
  set: (change: Partial<TelephonyDocuments[D]>) => void;
  error: (field: keyof TelephonyDocuments[D] & string) => string | null;
  look: Look;
}

export interface DocumentProps<D extends TelephonyDocument> {
  which: D;
  errors: Partial<Record<keyof TelephonyDocuments[D] & string, Key>>;
  Form: (props: DocumentFormProps<D>) => ReactNode;
  look: Look;
}

export function DocumentForm<D extends TelephonyDocument>(props: DocumentProps<D>): ReactNode {
  const stored = useTelephonyDocument(props.which);
  // A look that fails later takes no form away.
  if (stored.data === undefined) return <NotRead query={stored} rows={8} />;
  return <Loaded {...props} stored={stored.data} />;
}

function Loaded<D extends TelephonyDocument>(props: DocumentProps<D> & { stored: TelephonyDocuments[D] }): ReactNode {
  const from = useBase(props.stored);
  return <Begun key={JSON.stringify(from.base)} {...props} from={from} />;
}

function Begun<D extends TelephonyDocument>({ which, errors, Form, look, from }: DocumentProps<D> & { from: Base<TelephonyDocuments[D]> }): ReactNode {
  const { t } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const save = useSaveTelephonyDocument(which);
  /** Counts what was undone: fields that keep what is typed as it was typed begin anew. */
  const [undone, setUndone] = useState(0);
  const draft = useDraft({ schema: documentSchema(which), initial: from.base, errors, failed: save.error });
  const { unsaved, asks, saved: done, saveButton } = useFollow(from, draft.values, mayEdit && draft.changed, save.isPending);
  useUnsaved(unsaved);
  const saved = (): void => {
    toast("good", t("admin.document.saved"));
    done();
  };
  const submit = (): void => draft.submit((body, refused) => save.mutate(body, { onSuccess: saved, onError: refused }));
  return (
    <DraftForm draft={draft} onSend={() => mayEdit && submit()} className="flex max-w-[44rem] flex-col gap-6 p-4">
      {asks && <Newer onTake={from.take} />}
      <fieldset disabled={!mayEdit} className="contents">
        <Form key={undone} draft={draft.values} set={draft.set} error={draft.error} look={look} />
        {mayEdit && <DraftFoot draft={draft} label="everywhere.save" isSaving={save.isPending} saveButton={saveButton} onSave={submit} onUndone={() => setUndone((n) => n + 1)} />}
      </fieldset>
    </DraftForm>
  );
}

/** A page's title, and what it says under it. */
export function DocumentPage({ title, readOnly, children }: { title: string; readOnly: string | null; children: ReactNode }): ReactNode {
  return (
    <section aria-labelledby="admin-title" className="flex min-h-0 min-w-0 grow flex-col">
      <header className="flex min-h-12 shrink-0 items-center border-b border-line px-4 py-2">
        <h2 id="admin-title" className="text-sub font-semibold">
          {title}
        </h2>
      </header>
      {readOnly !== null && <p className="border-b border-line bg-sunken px-4 py-1.5 text-meta text-ink-2">{readOnly}</p>}
      <div className="min-h-0 grow overflow-auto">{children}</div>
    </section>
  );
}

/** A titled part of a document. */
export function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }): ReactNode {
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h3 className="text-body font-semibold">{title}</h3>
        {hint !== undefined && <p className="mt-0.5 max-w-[38rem] text-control text-ink-2">{hint}</p>}
      </div>
      {children}
    </section>
  );
}
