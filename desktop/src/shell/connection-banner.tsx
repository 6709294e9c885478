import { WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useCentreState, useConnection, useNow, useReady } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Notice } from "../kit/notice.tsx";

/** Shorter cuts are not worth a word: the stream is back before it could be read. */
const SAY_AFTER_MS = 2500;

/** The line is down: since when, and what is safe. Floats, so that nothing moves under it. */
export function ConnectionBanner(): ReactNode {
  const t = useT();
  const format = useFormat();
  const connection = useConnection();
  const ready = useReady();
  const offset = useCentreState((s) => s.clockOffsetMs);
  const now = useNow() - offset;
  const pending = useCentreState((s) => [...s.threads.values()].reduce((sum, thread) => sum + thread.pending.filter((p) => p.state === "sending").length, 0));
  if (connection.phase === "live" || connection.phase === "ended") return null;
  const downMs = now - connection.sinceMs;
  if (downMs < SAY_AFTER_MS) return null;
  const words = ready ? t("shell.offline.since", { time: format.duration(downMs) }) : t("shell.offline.never");
  return (
    <div className="pointer-events-none fixed inset-x-0 top-1 z-30 flex justify-center px-4">
      <Notice tone="watch" icon={WifiOff} className="animate-appear pointer-events-auto max-w-[34rem] py-2 border border-amber/40 shadow-3">
        <b className="font-semibold">{words}</b> {pending > 0 ? t("shell.offline.messages", { n: pending }) : t("shell.offline.safe")}
      </Notice>
    </div>
  );
}
