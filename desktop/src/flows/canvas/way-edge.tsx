/** A way between two steps; its width is how many went along it, its colour the path that is shown. */
import { BaseEdge, getBezierPath } from "@xyflow/react";
import type { Edge, EdgeProps } from "@xyflow/react";
import { memo } from "react";
import type { ReactNode } from "react";

export interface WayData extends Record<string, unknown> {
  /** 0..1: of the busiest way of the flow. */
  weight: number;
  tone: "alert" | "acc" | null;
  /** Belongs to a chosen step. */
  near: boolean;
}
export type WayEdgeType = Edge<WayData, "way">;

export const WayEdge = memo(function WayEdge({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps<WayEdgeType>): ReactNode {
  const [path] = getBezierPath({ sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition });
  const { weight = 0, tone = null, near = false } = data ?? {};
  const colour = tone === "alert" ? "var(--alert)" : tone === "acc" ? "var(--acc)" : near ? "var(--ink-3)" : "var(--edge)";
  return <BaseEdge path={path} interactionWidth={12} style={{ stroke: colour, strokeWidth: (tone === null ? 1.5 : 2.25) + 5.5 * weight, ...(tone === "alert" ? { strokeDasharray: "7 4" } : {}) }} />;
});
