import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

const BARS = 15;

/**
 * The voice level as moving bars. `read` gives the levels now (0..1, theirs and mine); drawn outside
 * React. Decoration; stands still for those who want less motion.
 */
export function SoundBars({ read, muted }: { read: () => { remote: number; local: number }; muted: boolean }): ReactNode {
  const group = useRef<SVGGElement | null>(null);
  useEffect(() => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const history: number[] = Array.from({ length: BARS }, () => 0);
    const draw = (): void => {
      const { remote, local } = read();
      history.shift();
      history.push(Math.max(remote, muted ? 0 : local));
      const bars = group.current?.children;
      if (bars === undefined) return;
      for (const [i, level] of history.entries()) {
        const height = 2 + Math.min(1, level * 1.6) * 12;
        bars[i]?.setAttribute("height", height.toFixed(1));
        bars[i]?.setAttribute("y", (7 - height / 2).toFixed(1));
      }
    };
    // Twelve steps a second read as speech; more only costs battery, and so would sixty frames that draw nothing.
    const timer = setInterval(draw, still ? 500 : 80);
    return () => clearInterval(timer);
  }, [read, muted]);
  return (
    <svg width={BARS * 4} height={14} aria-hidden className="shrink-0 text-acc">
      <g ref={group} fill="currentColor">
        {Array.from({ length: BARS }, (_, i) => (
          <rect key={i} x={i * 4} y={6} width={2} height={2} rx={1} opacity={0.35 + (0.65 * i) / BARS} />
        ))}
      </g>
    </svg>
  );
}
