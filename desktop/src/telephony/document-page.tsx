/** A page of settings that is read and written whole: its sections, and a bar that saves them. */
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { check, differs } from "../admin/draft.ts";
import type { Look } from "../admin/kind-page.ts";
import { ApiFailure, documentSchema, inWords, useMe, useSaveTelephonyDocument, useTelephonyDocument } from "../data/data.ts";
import type { TelephonyDocument, TelephonyDocuments } from "../data/data.ts";
import type { Key } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Notice } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
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
  const { which, look: { t } } = props;
  const stored = useTelephonyDocument(which);
  if (stored.isPending) return <Skeleton rows={8} className="p-4" />;
  if (stored.isError)
    return (
      <div className="p-4">
        <Notice tone="alert" icon={CircleAlert} actions={<Button onPress={() => void stored.refetch()}>{t("everywhere.retry")}</Button>}>
          {inWords(stored.error)}
        </Notice>
      </div>
    );
  // What was saved elsewhere meanwhile begins the form anew.
  return <Loaded key={JSON.stringify(stored.data)} {...props} stored={stored.data} />;
}

function Loaded<D extends TelephonyDocument>({ which, errors, Form, look, stored }: DocumentProps<D> & { stored: TelephonyDocuments[D] }): ReactNode {
  const { t } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const [draft, setDraft] = useState(stored);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<TelephonyDocuments[D] | null>(null);
  const save = useSaveTelephonyDocument(which);
  const checked = check(documentSchema(which), draft);
  const wrong = tried && !checked.ok ? checked.fields : [];
  const failure = refused === draft && save.error !== null ? save.error : null;
  const failedField = failure instanceof ApiFailure ? failure.field : null;
  const error = (field: keyof TelephonyDocuments[D] & string): string | null => {
    if (failure !== null && failedField === field) return inWords(failure);
    const key = wrong.includes(field) ? errors[field] : undefined;
    return key === undefined ? null : t(key);
  };
  const changed = differs(draft, stored);
  const submit = (): void => {
    setTried(true);
    if (checked.ok) save.mutate(checked.body, { onSuccess: () => toast("good", t("admin.document.saved")), onError: () => setRefused(draft) });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (mayEdit) submit();
      }}
    >
      <fieldset disabled={!mayEdit} className="flex max-w-[44rem] flex-col gap-6 p-4">
        {failure !== null && failedField === null && (
          <Notice tone="alert" icon={CircleAlert} role="alert">
            {inWords(failure)}
          </Notice>
        )}
        <Form draft={draft} set={(change) => setDraft((before) => ({ ...before, ...change }))} error={error} look={look} />
        {mayEdit && (
          <div className="flex items-center gap-2">
            {/* Not disabled while nothing has changed: a number typed last is only read as the press takes the focus away. */}
            <Button size="l" tone="primary" isDisabled={save.isPending} onPress={submit}>
              {t("everywhere.save")}
            </Button>
            {changed && (
              <Button size="l" tone="ghost" onPress={() => setDraft(stored)}>
                {t("admin.document.undo")}
              </Button>
            )}
          </div>
        )}
      </fieldset>
    </form>
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
