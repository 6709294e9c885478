import type { ReactNode } from "react";
import type { Level } from "../kit/level.ts";

const fills: Record<Level, string> = { ok: "var(--ink-3)", watch: "var(--amber)", breach: "var(--alert)" };

/** A share as a bar, its limit as a tick across it. The number stands beside it, so it is hidden from assistive technology. */
export function LimitBar({ share, limit, level, width = 56 }: { share: number; limit: number; level: Level; width?: number }): ReactNode {
  const at = (part: number): number => Math.max(0, Math.min(1, part)) * width;
  return (
    <svg width={width} height={12} viewBox={`0 0 ${width} 12`} aria-hidden className="shrink-0">
      <rect x="0" y="4" width={width} height="4" rx="2" fill="var(--fill-2)" />
      <rect x="0" y="4" width={Math.max(4, at(share))} height="4" rx="2" fill={fills[level]} />
      <rect x={Math.min(width - 2, at(limit) - 1)} y="0.5" width="2" height="11" fill="var(--ink)" />
    </svg>
  );
}
