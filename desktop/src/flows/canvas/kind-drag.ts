/** A kind of step dragged from the rail to the canvas. */
import type { StepKind } from "@tandem/protocol/flow/flow";
import { kindIcons } from "../kinds.ts";

const TYPE = "application/x-tandem-step";

export function dragKind(data: DataTransfer, kind: StepKind): void {
  data.setData(TYPE, kind);
  data.effectAllowed = "copy";
}

export function kindOfDrag(data: DataTransfer): StepKind | null {
  const kind = data.getData(TYPE);
  return Object.hasOwn(kindIcons, kind) ? (kind as StepKind) : null;
}
