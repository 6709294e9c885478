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
  /** Below both cards: where a way goes back to the left. */
  under: number;
}
export type WayEdgeType = Edge<WayData, "way">;

export const WayEdge = memo(function WayEdge({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps<WayEdgeType>): ReactNode {
  const { weight = 0, tone = null, near = false, under = 0 } = data ?? {};
  const path = targetX < sourceX ? around(sourceX, sourceY, targetX, targetY, under) : getBezierPath({ sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition })[0];
  const colour = tone === "alert" ? "var(--alert)" : tone === "acc" ? "var(--acc)" : near ? "var(--ink-3)" : "var(--edge)";
  return <BaseEdge path={path} interactionWidth={12} style={{ stroke: colour, strokeWidth: (tone === null ? 1.5 : 2.25) + 5.5 * weight, ...(tone === "alert" ? { strokeDasharray: "7 4" } : {}) }} />;
});

/** Back to the left: out, down under both cards, and in again; straight across it would run over them. */
function around(fromX: number, fromY: number, toX: number, toY: number, under: number): string {
  const out = 46;
  return `M${fromX} ${fromY} C${fromX + out} ${fromY} ${fromX + out} ${under} ${fromX} ${under} L${toX} ${under} C${toX - out} ${under} ${toX - out} ${toY} ${toX} ${toY}`;
}
