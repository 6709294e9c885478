import type { ReactNode } from "react";
import { Tooltip, TooltipTrigger } from "react-aria-components";
import { chordLabel } from "./platform.ts";

export interface TipProps {
  label: string;
  chord?: string | null;
  placement?: "top" | "bottom" | "left" | "right";
  /** One focusable element of the kit. */
  children: ReactNode;
}

/** What an icon means, on hover and on focus; the element must carry the same name itself. */
export function Tip({ label, chord = null, placement = "bottom", children }: TipProps): ReactNode {
  return (
    <TooltipTrigger delay={450} closeDelay={80}>
      {children}
      <Tooltip placement={placement} offset={6} className="animate-appear z-50 flex items-center gap-2 rounded-control bg-btn px-2 py-1 text-meta font-medium text-on-ink shadow-2">
        {label}
        {chord !== null && <span className="opacity-70">{chordLabel(chord)}</span>}
      </Tooltip>
    </TooltipTrigger>
  );
}
