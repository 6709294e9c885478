import { CASE_LIMITS, CaseFieldName } from "@tandem/protocol";
import type { CaseView } from "@tandem/protocol";
import { Plus, TriangleAlert, X } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { inWords, useChangeCase, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { beginEdit, changeOf, contentOf, keptEdit, rebase, sentStands, settle, theirsOf } from "./case-edit.ts";
import type { CaseEdit } from "./case-edit.ts";
import { draftNow, setDraft, useDraft } from "./drafts.ts";

export const caseEditDraft = (number: string): string => `case-edit:${number}`;

/** A case's subject and own fields, kept as typed while another conversation comes in between. What somebody else writes there meanwhile is shown beside it. */
export function CaseEditForm({ one, onDone }: { one: CaseView; onDone: () => void }): ReactNode {
  const t = useT();
  const draftId = caseEditDraft(one.number);
  const kept = keptEdit(useDraft(draftId));
  const [first] = useState(() => beginEdit(contentOf(one)));
  const { edit, theirs } = rebase(kept ?? first, contentOf(one));
  const [tried, setTried] = useState(false);
  const [name, setName] = useState("");
  const leave = (): void => {
    setDraft(draftId, "");
    onDone();
  };
  const put = (next: CaseEdit): void => setDraft(draftId, JSON.stringify(next));
  const save = useChangeCase(one, (_kept, sent) => {
    const typed = keptEdit(draftNow(draftId));
    const since = typed === null ? null : sentStands(typed, sent);
    // what was typed while it was on its way is neither lost nor a conflict with oneself
    if (since === null || changeOf(since) === null) leave();
    else put(since);
  });
  const form = useRef<HTMLFormElement | null>(null);
  /** Where the focus goes when what had it is gone, or something is wrong: the subject is 0, then the fields in their order, then the name of another. */
  const focusAt = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (focusAt.current !== null) form.current?.querySelectorAll("input")[focusAt.current]?.focus();
    focusAt.current = null;
  });
  const conflicts = theirs.subject !== undefined || Object.keys(theirs.fields).length > 0;
  const missing = edit.subject.trim() === "" && edit.was.subject !== "";
  const fits = CaseFieldName.safeParse(name).success;
  const there = edit.fields.some((field) => field.name === name);
  const room = edit.fields.length < CASE_LIMITS.fields;
  const nameError = name === "" ? null : there ? t("desk.case.field.there") : fits ? null : t("desk.case.field.name.wrong");
  const add = (): void => {
    if (!fits || there || !room) return;
    focusAt.current = edit.fields.length + 1;
    put({ ...edit, fields: [...edit.fields, { name, value: "" }] });
    setName("");
  };
  // Gone from the form while somebody wrote something else there: it is asked about all the same.
  const others = Object.keys(theirs.fields).filter((field) => !edit.fields.some((shown) => shown.name === field));
  const newer = (field: string | null, value: string): ReactNode => (
    <Newer
      one={one}
      value={value}
      onSettle={(take) => {
        const settled = settle(edit, field, value, take);
        focusAt.current = settled.fields.findIndex((shown) => shown.name === field) + 1;
        put(settled);
      }}
    />
  );
  return (
    <form
      ref={form}
      aria-label={t("desk.case.editOf", { number: one.number })}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (missing || name !== "") focusAt.current = missing ? 0 : edit.fields.length + 1;
        if (missing || conflicts || save.isPending || name !== "") return;
        const change = changeOf(edit);
        if (change === null) leave();
        else save.mutate(change);
      }}
    >
      <div className="flex flex-col gap-1.5">
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the form just opened by the user takes the focus */}
        <TextField autoFocus label={t("desk.case.subject")} value={edit.subject} onChange={(subject) => put({ ...edit, subject })} maxLength={CASE_LIMITS.subjectChars} error={tried && missing ? t("desk.case.subjectMissing") : null} />
        {theirs.subject !== undefined && newer(null, theirs.subject)}
      </div>
      {edit.fields.map((field, i) => {
        const other = theirsOf(theirs, field.name);
        return (
          <div key={field.name} className="flex flex-col gap-1.5">
            <div className="flex items-end gap-1.5">
              <div className="min-w-0 grow">
                <TextField label={field.name} value={field.value} onChange={(value) => put({ ...edit, fields: edit.fields.with(i, { ...field, value }) })} maxLength={CASE_LIMITS.valueChars} />
              </div>
              <IconButton
                icon={X}
                label={t("desk.case.field.remove", { name: field.name })}
                onPress={() => {
                  focusAt.current = i + 1;
                  put({ ...edit, fields: edit.fields.filter((_, at) => at !== i) });
                }}
                className="mb-0.5"
              />
            </div>
            {other !== null && newer(field.name, other)}
          </div>
        );
      })}
      {others.map((field) => (
        <div key={field} className="flex flex-col gap-1.5">
          <span className="text-control text-ink-2">{field}</span>
          {newer(field, theirsOf(theirs, field) ?? "")}
        </div>
      ))}
      {room && (
        <div className="flex items-start gap-1.5">
          <div className="min-w-0 grow">
            <TextField
              label={t("desk.case.field.name")}
              placeholder={t("desk.case.field.namePlaceholder")}
              value={name}
              onChange={setName}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || name === "") return;
                event.preventDefault();
                add();
              }}
              maxLength={40}
              error={nameError ?? (tried && name !== "" ? t("desk.case.field.notAdded") : null)}
            />
          </div>
          <Button size="l" icon={Plus} className="mt-6" isDisabled={!fits || there} onPress={add}>
            {t("desk.case.field.add")}
          </Button>
        </div>
      )}
      {tried && conflicts && (
        <p role="alert" className="text-meta text-alert-ink">
          {t("desk.case.newer.first")}
        </p>
      )}
      {save.error !== null && !conflicts && (
        <p role="alert" className="text-meta text-alert-ink">
          {inWords(save.error)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onPress={leave}>{t("everywhere.cancel")}</Button>
        <Button type="submit" tone="primary" isPending={save.isPending}>
          {t("everywhere.save")}
        </Button>
      </div>
    </form>
  );
}

/** What stands there by now, whose it is, and which is to stay. */
function Newer({ one, value, onSettle }: { one: CaseView; value: string; onSettle: (take: "theirs" | "mine") => void }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <Notice
      tone="watch"
      icon={TriangleAlert}
      role="alert"
      actions={
        <>
          <Button size="s" onPress={() => onSettle("theirs")}>
            {t("desk.case.newer.theirs")}
          </Button>
          <Button size="s" onPress={() => onSettle("mine")}>
            {t("desk.case.newer.mine")}
          </Button>
        </>
      }
    >
      {t(value === "" ? "desk.case.newer.gone" : "desk.case.newer", { name: one.changedBy, when: format.when(one.changedAtMs, now), value })}
    </Notice>
  );
}
