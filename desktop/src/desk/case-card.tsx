import { CASE_LIMITS } from "@tandem/protocol";
import type { CaseState, CaseView } from "@tandem/protocol";
import { Pencil } from "lucide-react";
import { Fragment, useEffect, useId, useRef, useState } from "react";
import type { ReactNode } from "react";
import { inWords, useChangeCase, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { CaseEditForm, caseEditDraft } from "./case-edit-form.tsx";
import { CaseChip, useSubject } from "./case-words.tsx";
import { draftSent, setDraft, useDraft } from "./drafts.ts";

const states: readonly CaseState[] = ["open", "pending", "closed"];

/** One case: its line, and when it is open what is known of it, where it stands, and what was noted. */
export function CaseCard({ one, isOpen, onToggle }: { one: CaseView; isOpen: boolean; onToggle: () => void }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const id = useId();
  const subject = useSubject(one);
  const head = useRef<HTMLButtonElement | null>(null);
  // Opened from elsewhere (a line of the overview, the form of a new case): what was pressed is gone, the focus is not.
  useEffect(() => {
    if (isOpen && document.activeElement === document.body) head.current?.focus();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when it comes
  }, []);
  return (
    <article>
      <h3>
        <button ref={head} type="button" aria-expanded={isOpen} aria-controls={id} onClick={onToggle} className="flex w-full flex-col gap-1 px-4 py-3 text-left outline-offset-[-2px] hover:bg-sunken">
          <span className="flex w-full items-center gap-2">
            <span className="text-body font-semibold">
              {t("desk.case.title")} <span className="font-mono text-control">{one.number}</span>
            </span>
            <CaseChip state={one.state} />
            <span className="grow text-right text-meta whitespace-nowrap text-ink-2">{format.when(one.changedAtMs, now)}</span>
          </span>
          <span className={cx("w-full text-body", isOpen ? "[overflow-wrap:anywhere]" : "truncate", one.state === "closed" && !isOpen && "text-ink-2")}>{subject}</span>
        </button>
      </h3>
      <div id={id} hidden={!isOpen} className="flex flex-col gap-3 px-4 pt-1 pb-4">
        {isOpen && <Inside one={one} />}
      </div>
    </article>
  );
}

function Inside({ one }: { one: CaseView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const draftId = `case:${one.number}`;
  const note = useDraft(draftId);
  const move = useChangeCase(one);
  const add = useChangeCase(one, (_kept, sent) => draftSent(draftId, sent.note ?? ""));
  const error = add.error ?? move.error;
  const fields = Object.entries(one.fields);
  // What was typed and not kept is still there when the agent comes back from another conversation.
  const [edits, setEdits] = useState(useDraft(caseEditDraft(one.number)) !== "");
  const [edited, setEdited] = useState(false);
  // Where it is going, while the server has not said so yet.
  const state = (move.isPending ? move.variables.state : undefined) ?? one.state;
  return (
    <>
      {edits ? (
        <CaseEditForm
          one={one}
          onDone={() => {
            setEdits(false);
            setEdited(true);
          }}
        />
      ) : (
        fields.length > 0 && (
          <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-meta">
            {fields.map(([field, value]) => (
              <Fragment key={field}>
                <dt className="text-ink-3">{field}</dt>
                <dd className="[overflow-wrap:anywhere]">{value}</dd>
              </Fragment>
            ))}
          </dl>
        )
      )}
      <div className="flex items-center gap-2">
        <Segmented label={t("desk.case.stateOf", { number: one.number })} options={states.map((each) => ({ id: each, label: t(`desk.case.${each}`) }))} value={state} onChange={(next) => next !== one.state && move.mutate({ state: next })} />
        {!edits && (
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the focus was in the form that was left
          <Button autoFocus={edited} size="s" tone="ghost" icon={Pencil} className="ml-auto" aria-label={t("desk.case.editOf", { number: one.number })} onPress={() => setEdits(true)}>
            {t("everywhere.edit")}
          </Button>
        )}
      </div>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (note.trim() !== "" && !add.isPending) add.mutate({ note });
        }}
      >
        <TextField label={t("desk.case.note")} hideLabel placeholder={t("desk.case.notePlaceholder")} rows={2} value={note} onChange={(text) => setDraft(draftId, text)} maxLength={CASE_LIMITS.noteChars} isReadOnly={add.isPending} />
        <div className="flex items-center justify-end gap-2">
          {error !== null && (
            <p role="alert" className="grow text-meta text-alert-ink">
              {inWords(error)}
            </p>
          )}
          <Button type="submit" tone={note.trim() === "" ? "soft" : "primary"} isDisabled={note.trim() === ""} isPending={add.isPending}>
            {t("desk.case.addNote")}
          </Button>
        </div>
      </form>
      {one.notes.length > 0 && (
        <ol aria-label={t("desk.case.notesOf", { number: one.number })} className="flex flex-col gap-2.5">
          {one.notes.map((written, i) => (
            <li key={`${written.atMs}-${one.notes.length - i}`} className="border-l-2 border-line-2 pl-2.5">
              <p className="flex items-baseline gap-2 text-meta text-ink-2">
                <span className="min-w-0 grow truncate">{written.byName}</span>
                <span className="whitespace-nowrap">{format.when(written.atMs, now)}</span>
              </p>
              <p className="text-body [overflow-wrap:anywhere] whitespace-pre-wrap">{written.text}</p>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
