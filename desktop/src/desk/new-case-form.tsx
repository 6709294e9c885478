import { CASE_LIMITS } from "@tandem/protocol";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { inWords, useOpenCase } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { draftSent, setDraft, useDraft } from "./drafts.ts";

interface NewCaseDraft {
  subject: string;
  note: string;
  begun: boolean;
  set: (part: "subject" | "note", text: string) => void;
  /** Given up, or `sent`: then what was changed since stays. */
  clear: (sent?: { subject: string; note?: string | undefined }) => void;
}

/** Kept by customer: another conversation may come in the middle of it. */
export function useNewCaseDraft(customerId: string): NewCaseDraft {
  const key = (part: string): string => `new-case:${part}:${customerId}`;
  const subject = useDraft(key("subject"));
  const note = useDraft(key("note"));
  return {
    subject,
    note,
    begun: subject !== "" || note !== "",
    set: (part, text) => setDraft(key(part), text),
    clear(sent) {
      draftSent(key("subject"), sent?.subject ?? subject);
      draftSent(key("note"), sent?.note ?? note);
    },
  };
}

/** `onDone`: with the new number, or null when it was given up. */
export function NewCaseForm({ customerId, onDone }: { customerId: string; onDone: (number: string | null) => void }): ReactNode {
  const t = useT();
  const { subject, note, set, clear } = useNewCaseDraft(customerId);
  const open = useOpenCase(customerId, ({ number }, sent) => {
    clear(sent);
    onDone(number);
  });
  const [tried, setTried] = useState(false);
  const missing = subject.trim() === "";
  return (
    <form
      aria-label={t("desk.case.newTitle")}
      className="flex flex-col gap-4 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (missing || open.isPending) return;
        open.mutate({ subject, note });
      }}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the form just opened by the user takes the focus */}
      <TextField autoFocus label={t("desk.case.subject")} placeholder={t("desk.case.subjectPlaceholder")} value={subject} onChange={(text) => set("subject", text)} maxLength={CASE_LIMITS.subjectChars} error={tried && missing ? t("desk.case.subjectMissing") : null} />
      <TextField label={t("desk.case.firstNote")} hint={t("desk.case.firstNoteHint")} rows={4} value={note} onChange={(text) => set("note", text)} maxLength={CASE_LIMITS.noteChars} />
      {open.error !== null && (
        <Notice tone="alert" icon={CircleAlert} role="alert">
          {inWords(open.error)}
        </Notice>
      )}
      <div className="flex justify-end gap-2">
        <Button
          onPress={() => {
            clear();
            onDone(null);
          }}
        >
          {t("everywhere.cancel")}
        </Button>
        <Button type="submit" tone="primary" isPending={open.isPending}>
          {t("desk.case.create")}
        </Button>
      </div>
    </form>
  );
}
