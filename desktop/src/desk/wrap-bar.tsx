import type { InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { run } from "../actions/run.ts";
import { validateWrap } from "../actions/validate-wrap.ts";
import { useMyAgent } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { useLeftMs } from "../kit/num.tsx";
import { chordLabel } from "../kit/platform.ts";
import { focusConversation } from "../shell/ui.ts";
import { useDeskContext } from "./desk-context.ts";

/** The wrap-up of a chat, above its form; a call's stands in the voice strip. */
export function WrapBar({ interaction }: { interaction: InteractionView }): ReactNode {
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-end gap-3 border-b border-line bg-sky-soft px-4 py-2">
      <WrapLeft interaction={interaction} />
      <ValidateButton interaction={interaction} />
    </div>
  );
}

export function WrapLeft({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const left = useLeftMs(interaction.wrapUntilMs ?? 0);
  if (interaction.wrapUntilMs === null) return null;
  return (
    <span className="text-body whitespace-nowrap text-ink-2">
      {t("desk.wrap.left")} <b className={left < 15_000 ? "font-semibold text-amber-ink" : "font-semibold text-ink"}>{format.timer(left)}</b>
    </span>
  );
}

export function ValidateButton({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const context = useDeskContext();
  const agent = useMyAgent();
  return (
    <Button
      tone="primary"
      size="l"
      chord="↵"
      onPress={() => {
        focusConversation(interaction.id);
        run(validateWrap, { ...context, focused: interaction });
      }}
    >
      {t(agent?.wish === "available" ? "desk.wrap.validateAvailable" : "desk.wrap.validate")}
      <Kbd on="ink">{chordLabel("↵")}</Kbd>
    </Button>
  );
}
