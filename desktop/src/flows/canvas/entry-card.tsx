/** Where contacts come in: the numbers of this flow, before its first step. */
import { Handle, Position } from "@xyflow/react";
import type { Node, NodeProps } from "@xyflow/react";
import { Phone } from "lucide-react";
import { memo } from "react";
import type { ReactNode } from "react";
import { ENTRY_Y } from "../model/geometry.ts";

export const ENTRY = "@entry";
export const ENTRY_HEIGHT = 46;
export const ENTRY_WIDTH = 168;

export interface EntryData extends Record<string, unknown> {
  title: string;
  subtitle: string;
}
export type EntryNode = Node<EntryData, "entry">;

export const EntryCard = memo(function EntryCard({ data }: NodeProps<EntryNode>): ReactNode {
  return (
    <div style={{ height: ENTRY_HEIGHT }} className="relative flex items-center gap-2 rounded-card border border-line bg-raised px-2 text-ink shadow-2">
      <span className="flex size-[1.625rem] shrink-0 items-center justify-center rounded-control bg-acc-soft text-acc">
        <Phone size={14} aria-hidden />
      </span>
      <span className="min-w-0 grow leading-tight">
        <span className="block truncate text-control font-semibold">{data.title}</span>
        <span className="block truncate text-floor text-ink-3">{data.subtitle}</span>
      </span>
      <Handle type="source" position={Position.Right} id="start" style={{ top: ENTRY_Y }} className="way-end" />
    </div>
  );
});
