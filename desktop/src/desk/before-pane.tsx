import type { InteractionView } from "@tandem/protocol";
import { UserRoundSearch } from "lucide-react";
import type { ReactNode } from "react";
import { useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { Empty } from "../kit/notice.tsx";
import { StGlyph } from "../kit/st-glyph.tsx";
import { clueWords } from "./clues.ts";
import { PaneHead } from "./pane.tsx";
import { RoutingButton } from "./routing-popover.tsx";

/** Who, why, what just happened: to be read while it rings. */
export function BeforePane({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { clues, reason } = interaction;
  return (
    <>
      <PaneHead icon={<StGlyph state="ringing" size={13} />} title={t(interaction.medium === "voice" ? "desk.before.call" : "desk.before.chat")} focused={false} tools={<RoutingButton interaction={interaction} />} />
      <div className="min-h-0 grow overflow-auto">
        {reason === null && clues.length === 0 && (
          <Empty icon={UserRoundSearch} title={t("desk.before.nothing")}>
            {t("desk.before.nothingExplain")}
          </Empty>
        )}
        {(reason !== null || clues.length > 0) && (
          <div className="px-4 pt-4 pb-4">
            <p lang={reason === null ? undefined : interaction.language} className="text-[1.0625rem] leading-6 font-semibold text-balance">
              {reason ?? t("desk.before.noReason")}
            </p>
            <p className="mt-1.5 text-meta text-ink-3">{t(interaction.medium === "voice" ? "desk.before.sourceCall" : "desk.before.sourceChat")}</p>
          </div>
        )}
        <ul>
          {clues.map((clue, i) => {
            const { icon: Icon, kind, text, stress } = clueWords(clue, t, format, now);
            const tint = clue.tone === "alert" ? "bg-alert-soft text-alert" : clue.tone === "watch" ? "bg-amber-soft text-amber-ink" : clue.tone === "good" ? "bg-jade-soft text-jade-ink" : "bg-fill text-ink-2";
            return (
              <li key={i} className="flex gap-3 border-t border-line px-4 py-3">
                <span className={cx("mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-control", tint)}>
                  <Icon size={15} aria-hidden />
                </span>
                <div className="min-w-0">
                  <p className="text-meta text-ink-3">{kind}</p>
                  <p className="text-body text-ink">
                    {text}
                    {stress !== null && <span className={cx("ml-1", clue.tone === "alert" ? "font-semibold text-alert-ink" : "text-ink-3")}>· {stress}</span>}
                  </p>
                </div>
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}
