import type { InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { clueWords } from "./clues.ts";

/** What was known before answering, pinned for the length of the contact. */
export function KnownCard({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { medium, reason } = interaction;
  // A chat pane has its own line for the page, kept while it changes.
  const clues = medium === "voice" ? interaction.clues : interaction.clues.filter((clue) => clue.key !== "page");
  if (clues.length === 0 && reason === null) return null;
  return (
    <section className="rounded-card border border-line bg-sunken px-3 pt-2 pb-2.5">
      <div className="flex items-baseline gap-2 text-meta text-ink-2">
        <h3 className="grow">{t(medium === "voice" ? "desk.known.call" : "desk.known.chat")}</h3>
        <span className="text-ink-3">{format.clock(interaction.createdAtMs)}</span>
      </div>
      {reason !== null && (
        <p lang={interaction.language} className="mt-1.5 text-body font-medium text-ink">
          {reason}
        </p>
      )}
      <ul className="mt-1 flex flex-col gap-0.5">
        {clues.map((clue, i) => {
          const { icon: Icon, kind, text, stress } = clueWords(clue, t, format, now);
          return (
            <li key={i} className="flex min-h-[1.375rem] items-start gap-2.5">
              <Icon size={15} aria-hidden className={cx("mt-0.5", clue.tone === "alert" ? "text-alert" : clue.tone === "watch" ? "text-amber" : clue.tone === "good" ? "text-jade" : "text-ink-3")} />
              <p className="min-w-0 text-ink">
                <span className="sr-only">{kind} : </span>
                {text}
                {stress !== null && <span className={cx("ml-1", clue.tone === "alert" ? "font-semibold text-alert-ink" : clue.tone === "watch" ? "font-semibold text-amber-ink" : "text-ink-3")}>· {stress}</span>}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
