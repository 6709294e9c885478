import { ChevronDown, CircleAlert } from "lucide-react";
import { useRef } from "react";
import type { ReactNode } from "react";
import type { ActionContext } from "../actions/action.ts";
import { useMe } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Avatar, ChannelIcon } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { Timer } from "../kit/num.tsx";
import { Popover } from "../kit/popover.tsx";
import { shownState, StGlyph, stateWord } from "../kit/st-glyph.tsx";
import { capacities } from "./capacities.ts";
import { useHealth } from "./health.ts";
import { StatusMenu } from "./status-menu.tsx";
import { openLayer, useLayer } from "./ui.ts";

/** The one place for status: state and its time, what each medium can receive, and whether something keeps contacts from coming. */
export function StatusPill({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const me = useMe();
  const { agent } = context;
  const open = useLayer("status");
  const button = useRef<HTMLButtonElement | null>(null);
  const trouble = useHealth().some((line) => line.tone === "alert");
  if (agent === null)
    return (
      <span className="flex h-[2.125rem] items-center gap-2 rounded-card border border-line bg-raised px-3 text-body font-semibold">
        {me.name}
        <Avatar name={me.name} size="s" />
      </span>
    );
  const state = shownState(agent);
  const word = t(stateWord(state));
  return (
    <>
      <Button
        ref={button}
        chord="S"
        aria-haspopup="dialog"
        aria-expanded={open}
        onPress={() => openLayer(open ? null : { what: "status" })}
        className="h-[2.125rem] gap-2 rounded-card border-line px-2.5"
      >
        <StGlyph state={state} />
        <span className="sr-only">{t("shell.status.open")} – </span>
        <span className="font-semibold">{word}</span>
        <Timer sinceMs={agent.sinceMs} className="font-normal text-ink-2" />
        <span className="mx-0.5 h-4 w-px bg-line-2 max-fold:hidden" />
        {capacities(agent).map(({ medium, used, of }) => (
          <span key={medium} className="flex items-center gap-1 font-normal text-ink-2 max-fold:hidden">
            <ChannelIcon medium={medium} size={14} />
            <span className="font-medium text-ink">
              {used}/{of}
            </span>
          </span>
        ))}
        {trouble && <CircleAlert size={15} aria-hidden className="text-alert" />}
        <ChevronDown size={14} aria-hidden className="text-ink-3" />
        <span className="max-stack:hidden">
          <Avatar name={me.name} size="s" />
        </span>
      </Button>
      <Popover label={t("shell.status.open")} triggerRef={button} placement="bottom end" isOpen={open} onOpenChange={(next) => openLayer(next ? { what: "status" } : null)} className="w-84">
        <StatusMenu context={context} />
      </Popover>
    </>
  );
}
