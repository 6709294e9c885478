import type { InteractionView } from "@tandem/protocol";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { Dispositions } from "./dispositions.tsx";
import { notebook, useNotes } from "./notebook.ts";
import type { Page } from "./notebook.ts";

/** Wrap-up starts during the contact: disposition and notes, saved as they are typed. */
export function NotesBox({ interaction, className }: { interaction: InteractionView; className?: string }): ReactNode {
  const t = useT();
  const page = useNotes(interaction);
  return (
    <section aria-label={t("desk.notes.label")} className={cx("@container flex flex-col rounded-card border border-line-2 bg-raised focus-within:border-field", className)}>
      <div className="flex items-start gap-2 px-2.5 pt-2">
        <span aria-hidden className="flex h-7 items-center text-meta text-ink-3 @max-[21rem]:hidden">
          {t("desk.notes.disposition")}
        </span>
        <div className="min-w-0 grow">
          <Dispositions folds value={page.disposition} onChange={(disposition) => notebook.edit(interaction, { disposition })} />
        </div>
        <Saved page={page} />
      </div>
      <NotesText interaction={interaction} page={page} rows={3} className="min-h-16 grow px-2.5 py-2" />
    </section>
  );
}

export function NotesText({ interaction, page, rows, className }: { interaction: InteractionView; page: Page; rows: number; className: string }): ReactNode {
  const t = useT();
  return (
    <textarea
      aria-label={t("desk.notes.notes")}
      placeholder={t("desk.notes.placeholder")}
      rows={rows}
      maxLength={10_000}
      value={page.notes}
      onChange={(event) => notebook.edit(interaction, { notes: event.target.value })}
      onBlur={() => void notebook.flush(interaction.id)}
      className={cx("w-full resize-none rounded-card bg-transparent text-body text-ink outline-none", className)}
    />
  );
}

export function Saved({ page }: { page: Page }): ReactNode {
  const t = useT();
  if (page.state === "failed")
    return (
      <output title={page.why ?? ""} className="flex h-7 shrink-0 items-center gap-1 text-meta font-medium text-alert-ink">
        <CircleAlert size={13} aria-hidden />
        {t("desk.notes.failed")}
      </output>
    );
  const words = page.state === "saved" ? (page.notes === "" && page.disposition === null ? "" : t("desk.notes.saved")) : t("desk.notes.saving");
  return <span className="flex h-7 shrink-0 items-center text-meta text-ink-3">{words}</span>;
}
