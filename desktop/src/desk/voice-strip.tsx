import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { useDeskContext } from "./desk-context.ts";
import { StripIdle } from "./strip-idle.tsx";
import { StripLive } from "./strip-live.tsx";
import { StripRing } from "./strip-ring.tsx";
import { StripWrap } from "./strip-wrap.tsx";

/** 64 px reserved for the voice, whatever happens: ringing, live, hold, wrap-up swap in the same place. A chat's offer uses it while it is free. */
export function VoiceStrip(): ReactNode {
  const t = useT();
  const { voice, offer } = useDeskContext();
  return (
    <section aria-label={t("desk.strip.label")} data-region tabIndex={-1} className="h-16 shrink-0 border-b border-line outline-none max-stack:h-auto max-stack:min-h-16">
      {voice?.state === "offered" && <StripRing interaction={voice} />}
      {voice?.state === "connected" && <StripLive interaction={voice} />}
      {voice?.state === "wrapping" && <StripWrap interaction={voice} />}
      {voice === null && (offer === null ? <StripIdle /> : <StripRing interaction={offer} />)}
    </section>
  );
}
