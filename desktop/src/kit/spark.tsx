import type { ReactNode } from "react";
import type { Level } from "./level.ts";

export interface SparkProps {
  values: readonly number[];
  /** Drawn as a dotted line. */
  limit?: number;
  level?: Level;
  width?: number;
  height?: number;
  /** A light area under the line. */
  filled?: boolean;
}

const strokes: Record<Level, string> = { ok: "var(--ink-3)", watch: "var(--amber)", breach: "var(--alert)" };

/** A trend without axes; the number beside it carries the meaning, so it is hidden from assistive technology. */
export function Spark({ values, limit, level = "ok", width = 44, height = 16, filled = false }: SparkProps): ReactNode {
  if (values.length < 2) return <svg width={width} height={height} aria-hidden />;
  const top = Math.max(...values, limit ?? 0, 1);
  const inset = 2.5;
  const x = (i: number): number => inset + (i / (values.length - 1)) * (width - 2 * inset);
  const y = (v: number): number => height - inset - (v / top) * (height - 2 * inset);
  const line = values.map((v, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const stroke = strokes[level];
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden className="shrink-0">
      {filled && <path d={`${line}L${x(values.length - 1)} ${height}L${x(0)} ${height}Z`} fill={stroke} opacity={0.12} />}
      {limit !== undefined && <path d={`M0 ${y(limit)}H${width}`} stroke="var(--ink-3)" strokeDasharray="2 2" />}
      <path d={line} fill="none" stroke={stroke} strokeWidth="1.4" strokeLinejoin="round" strokeLinecap="round" />
      <circle cx={x(values.length - 1)} cy={y(values.at(-1) ?? 0)} r="2" fill={stroke} />
    </svg>
  );
}
