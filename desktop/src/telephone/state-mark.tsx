import type { PhoneState } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { StGlyph } from "../kit/st-glyph.tsx";
import type { ShownState } from "../kit/st-glyph.tsx";

const shapes: Record<PhoneState, ShownState> = { free: "available", ringing: "ringing", busy: "on-contact", away: "break", offline: "offline" };

/** Free, ringing, on a call, do not disturb, no telephone there: a shape, and its word. */
export function StateMark({ state, quiet = false }: { state: PhoneState; quiet?: boolean }): ReactNode {
  const t = useT();
  const word = t(`admin.phoneState.${state}`);
  return (
    <span className="inline-flex shrink-0 items-center gap-1.5 text-meta text-ink-2">
      <StGlyph state={shapes[state]} size={11} />
      <span className={quiet ? "sr-only" : ""}>{word}</span>
    </span>
  );
}
