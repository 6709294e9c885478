import type { CustomerView } from "@tandem/protocol";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useEditCustomer } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";

export function CustomerForm({ customer, onDone }: { customer: CustomerView; onDone: () => void }): ReactNode {
  const t = useT();
  const save = useEditCustomer(customer.id);
  const [name, setName] = useState(customer.name);
  const [notes, setNotes] = useState(customer.notes);
  const nameMissing = name.trim() === "";
  return (
    <form
      className="flex min-h-0 grow flex-col gap-4 overflow-auto p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!nameMissing) save.mutate({ name: name.trim(), notes }, { onSuccess: onDone });
      }}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the form just opened by the user takes the focus */}
      <TextField autoFocus label={t("desk.customer.name")} value={name} onChange={setName} maxLength={120} error={nameMissing ? t("desk.customer.nameMissing") : null} />
      <TextField label={t("desk.customer.about")} hint={t("desk.customer.notesHint")} rows={6} value={notes} onChange={setNotes} maxLength={10_000} />
      {save.error !== null && (
        <Notice tone="alert" icon={CircleAlert} role="alert">
          {save.error.message}
        </Notice>
      )}
      <div className="flex justify-end gap-2">
        <Button onPress={onDone}>{t("everywhere.cancel")}</Button>
        <Button type="submit" tone="primary" isPending={save.isPending}>
          {t("everywhere.save")}
        </Button>
      </div>
    </form>
  );
}
