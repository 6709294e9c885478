/** The size of a card and where its ways leave, from the step alone: nothing has to be drawn to be laid out, and 500 steps are not measured. */
import type { Step } from "@tandem/protocol/flow/flow";
import { shownPorts } from "./ports.ts";
import { quoteOf } from "./words.ts";

export const CARD_WIDTH = 180;
export const HEAD_HEIGHT = 46;
export const QUOTE_HEIGHT = 48;
export const ROW_HEIGHT = 23;
export const ROWS_PAD = 5;
export const FOOT_HEIGHT = 26;
/** From the top of the card to the middle of the circle where ways come in. */
export const ENTRY_Y = 23;

export interface Box {
  width: number;
  height: number;
  /** The middle of each way's circle, from the card's top. */
  ports: ReadonlyMap<string, number>;
}

const boxes = new WeakMap<Step, Box>();

export function boxOf(step: Step): Box {
  let box = boxes.get(step);
  if (box === undefined) boxes.set(step, (box = measure(step)));
  return box;
}

function measure(step: Step): Box {
  let y = HEAD_HEIGHT + (quoteOf(step) === null ? 0 : QUOTE_HEIGHT);
  const ports = new Map<string, number>();
  const shown = shownPorts(step);
  if (shown.length > 0) {
    y += ROWS_PAD;
    for (const port of shown) {
      ports.set(port.id, y + ROW_HEIGHT / 2);
      y += ROW_HEIGHT;
    }
    y += ROWS_PAD;
  }
  return { width: CARD_WIDTH, height: y + (hasFoot(step) ? FOOT_HEIGHT : 0), ports };
}

/** Under the ways: what the queue is like now, or what a step promises. */
export const hasFoot = (step: Step): boolean => step.kind === "queue";

/** Steps that nobody placed yet stand to the right of all others, one under another. */
export function placeOf(step: Step, index: number): { x: number; y: number } {
  return step.at ?? { x: 80 + (index % 5) * 240, y: 80 + Math.floor(index / 5) * 220 };
}
