import type { InteractionView } from "@tandem/protocol";
import { useEffect } from "react";
import type { ReactNode } from "react";
import { useDispositions, useMyAgent } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { StGlyph } from "../kit/st-glyph.tsx";
import { useUi } from "../shell/ui.ts";
import { Dispositions } from "./dispositions.tsx";
import { notebook, useNotes } from "./notebook.ts";
import { NotesText, Saved } from "./notes-box.tsx";
import { KnownCard } from "./known-card.tsx";
import { PaneHead } from "./pane.tsx";
import { WrapBar } from "./wrap-bar.tsx";

/** After the contact: read again, correct, validate with one key. */
export function WrapPane({ interaction, withBar }: { interaction: InteractionView; withBar: boolean }): ReactNode {
  const t = useT();
  const format = useFormat();
  const focused = useUi((s) => s.focusedId === interaction.id);
  const page = useNotes(interaction);
  useDigitDispositions(interaction, focused);
  const agent = useMyAgent();
  const { connectedAtMs, wrapUntilMs } = interaction;
  // The wire has no hour of the hang-up; my own wrap-up began then.
  const endedAtMs = interaction.medium === "voice" && agent?.system === "wrap-up" ? agent.sinceMs : null;
  const length = connectedAtMs !== null && endedAtMs !== null ? format.timer(endedAtMs - connectedAtMs) : null;
  return (
    <>
      <PaneHead
        focused={focused}
        icon={<StGlyph state="wrap-up" size={13} />}
        title={t(interaction.medium === "voice" ? "desk.wrap.title" : interaction.medium === "chat" ? "desk.wrap.titleChat" : "desk.wrap.titleMessage", { name: interaction.customer.name })}
        aside={length === null ? t("desk.wrap.over") : t("desk.wrap.overAfter", { time: length })}
      />
      {withBar && wrapUntilMs !== null && <WrapBar interaction={interaction} />}
      <div className="min-h-0 grow overflow-auto">
        <section className="border-b border-line px-4 py-3.5">
          <h3 className="mb-2 text-meta font-medium text-ink-2">{t("desk.notes.disposition")}</h3>
          <Dispositions digits={focused} value={page.disposition} onChange={(disposition) => notebook.edit(interaction, { disposition })} />
        </section>
        <section className="border-b border-line px-4 py-3.5">
          <div className="flex items-center">
            <h3 className="grow text-meta font-medium text-ink-2">{t("desk.notes.notes")}</h3>
            <Saved page={page} />
          </div>
          <NotesText interaction={interaction} page={page} rows={6} className="border border-field/70 bg-raised px-2.5 py-2 focus:border-acc" />
        </section>
        <div className="px-4 py-3.5">
          <KnownCard interaction={interaction} />
        </div>
      </div>
    </>
  );
}

/** 1, 2, 3 choose the disposition, when no text is being typed; by position of the key, so AZERTY needs no shift. */
function useDigitDispositions(interaction: InteractionView, active: boolean): void {
  const dispositions = useDispositions();
  const on = useUi((s) => s.shortcutsOn);
  useEffect(() => {
    if (!active || !on) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      if (event.altKey || event.ctrlKey || event.metaKey || (target instanceof HTMLElement && target.matches("input, textarea, [contenteditable], [role=dialog] *"))) return;
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const chosen = digit === undefined ? undefined : dispositions[Number(digit) - 1];
      if (chosen === undefined) return;
      event.preventDefault();
      notebook.edit(interaction, { disposition: chosen.id });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [interaction, active, on, dispositions]);
}
