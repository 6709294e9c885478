import type { ReactNode } from "react";
import { useNow } from "../data/data.ts";
import { useFormat } from "../i18n/i18n.ts";
import { cx } from "./classes.ts";
import { levelUnder } from "./level.ts";
import type { Level } from "./level.ts";

/** Counts up from `sinceMs` (server time). Silent for assistive technology: a ticking live region would never stop talking. */
export function Timer({ sinceMs, className }: { sinceMs: number; className?: string }): ReactNode {
  const format = useFormat();
  const now = useNow();
  return <span className={cx("tabular-nums", className)}>{format.timer(now - sinceMs)}</span>;
}

/** Seconds left until `untilMs`, not below zero. */
export function useLeftMs(untilMs: number): number {
  return Math.max(0, untilMs - useNow());
}

/** The overshoot of a breached number, or the amber mark of a watched one. */
export function LevelMark({ level, children }: { level: Level; children?: ReactNode }): ReactNode {
  if (level === "ok") return null;
  return level === "watch" ? (
    <span className="inline-flex items-center gap-1 rounded-tag bg-amber-soft px-1.5 py-0.5 text-meta font-medium text-amber-ink">
      <Triangle />
      {children}
    </span>
  ) : (
    <span className="inline-flex items-center rounded-tag bg-alert px-1.5 py-0.5 text-meta font-semibold text-on-alert">{children}</span>
  );
}

export function Triangle({ size = 9 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 10 10" aria-hidden className="shrink-0">
      <path d="M5 .8 9.6 9.2H.4Z" fill="var(--amber)" />
    </svg>
  );
}

/** A value with its level's form: plain, amber with ▲, or a filled pill. */
export function Num({ level, children, className }: { level: Level; children: ReactNode; className?: string }): ReactNode {
  if (level === "breach") return <span className={cx("inline-flex rounded-tag bg-alert px-1.5 font-semibold text-on-alert", className)}>{children}</span>;
  if (level === "watch")
    return (
      <span className={cx("inline-flex items-center gap-1 font-semibold text-amber-ink", className)}>
        <Triangle />
        {children}
      </span>
    );
  return <span className={className}>{children}</span>;
}

/** A wait with its limit as a filling ring: `0:54 / 1:30`. */
export function Wait({ sinceMs, limitMs, showLimit = false, className }: { sinceMs: number; limitMs: number; showLimit?: boolean; className?: string }): ReactNode {
  const format = useFormat();
  const waited = useNow() - sinceMs;
  const level = levelUnder(waited, limitMs);
  return (
    <span className={cx("inline-flex items-center gap-1 text-meta tabular-nums", className)}>
      {level !== "breach" && <WaitRing share={waited / limitMs} level={level} />}
      <span className={cx(level === "watch" && "font-semibold text-amber-ink", level === "breach" && "rounded-tag bg-alert px-1.5 font-semibold text-on-alert", level === "ok" && "text-ink-2")}>{format.wait(waited)}</span>
      {showLimit && <span className="text-ink-2">/ {format.timer(limitMs)}</span>}
    </span>
  );
}

function WaitRing({ share, level }: { share: number; level: Level }): ReactNode {
  const length = 2 * Math.PI * 4.5;
  return (
    <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden className="shrink-0 -rotate-90">
      <circle cx="6" cy="6" r="4.5" fill="none" stroke={level === "watch" ? "var(--amber-soft)" : "var(--fill-2)"} strokeWidth="2" />
      <circle cx="6" cy="6" r="4.5" fill="none" stroke={level === "watch" ? "var(--amber)" : "var(--ink-3)"} strokeWidth="2" strokeDasharray={`${Math.min(1, Math.max(0, share)) * length} ${length}`} />
    </svg>
  );
}
