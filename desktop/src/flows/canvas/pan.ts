/**
 * Panning by hand, which must keep up with the hand at 500 steps: a frame moves one layer that is already drawn, and nothing else. The canvas
 * library would ask every card, way and handle in view at each pointer event whether it moved; here it is told of the view only every few
 * dozen pixels, and then of a larger one on the side that comes into sight, so that cards are drawn before they are seen.
 *
 * That side may be the left or the top: then the library's layer begins so much further out, and `translate` takes it back. Everything else
 * that moves the view (wheel, pinch, keys, fitting, a card held at the edge) goes to the library directly.
 */
import { useStoreApi } from "@xyflow/react";
import type { OnMove, Viewport } from "@xyflow/react";
import { useState } from "react";

/** Drawn beyond the view on the sides that it moves to. */
const AHEAD_PX = 160;
/** How far the view moves before the library is told: well within what is drawn ahead. */
const TELL_PX = 48;

export interface Pan {
  /** Makes the view ours to tell (the library calls this controlled); never another object. */
  readonly viewport: Viewport;
  readonly onViewportChange: (viewport: Viewport) => void;
  readonly onMoveStart: OnMove;
  readonly onMoveEnd: OnMove;
}

/** A hand pans the canvas now. */
export const inHand = (store: ReturnType<typeof useStoreApi>): boolean => store.getState().domNode?.classList.contains("panning") === true;

export function usePan(): Pan {
  const store = useStoreApi();
  const [pan] = useState(() => {
    // Sizes and ways are known (geometry.ts): a card that comes into view need not be measured, which would lay out everything once more.
    store.setState({ updateNodeInternals: () => undefined });
    return createPan(store);
  });
  return pan;
}

/** Drawn ahead on one axis: before and after the view. */
interface Ahead {
  before: number;
  after: number;
}
const NONE: Ahead = { before: 0, after: 0 };
/** Moved to higher numbers, what is before comes into sight. */
const aheadOf = (moved: number, was: Ahead): Ahead => (moved > 0 ? { before: AHEAD_PX, after: 0 } : moved < 0 ? { before: 0, after: AHEAD_PX } : was);

/** The ground's dots: as large at every zoom, and never closer than twelve pixels of the screen. */
function dots(layer: HTMLElement | null, zoom: number): void {
  let gap = 20;
  while (gap * zoom < 12 && gap < 160) gap *= 2;
  layer?.style.setProperty("--dots-gap", `${gap}px`);
  layer?.style.setProperty("--dots-size", `${1.25 / zoom}px`);
}

function createPan(store: ReturnType<typeof useStoreApi>): Pan {
  const first: Viewport = { x: 0, y: 0, zoom: 1 };
  let at = first;
  let told = at;
  let held: { width: number; height: number; canvas: HTMLElement; layer: HTMLElement } | null = null;
  let across = NONE;
  let down = NONE;
  let frame = 0;

  const tell = (): void => {
    if (held !== null) {
      across = aheadOf(at.x - told.x, across);
      down = aheadOf(at.y - told.y, down);
      held.layer.style.translate = `${-across.before}px ${-down.before}px`;
    }
    if (told.zoom !== at.zoom) dots(store.getState().domNode?.querySelector<HTMLElement>(".react-flow__viewport") ?? null, at.zoom);
    told = at;
    store.setState({
      transform: [at.x + across.before, at.y + down.before, at.zoom],
      ...(held === null ? {} : { width: held.width + across.before + across.after, height: held.height + down.before + down.after }),
    });
  };
  const draw = (): void => {
    frame = 0;
    if (held === null) return;
    if (told.zoom === at.zoom && (Math.abs(at.x - told.x) >= TELL_PX || Math.abs(at.y - told.y) >= TELL_PX)) tell();
    held.layer.style.transform = `translate(${at.x + across.before}px, ${at.y + down.before}px) scale(${at.zoom})`;
  };

  return {
    viewport: first,
    onViewportChange(viewport) {
      at = viewport;
      // Not before it moves: what lies over the canvas then (canvas.css) would take a mere press from the card or the ground under it.
      held?.canvas.classList.add("panning");
      // Once a frame: written at each event, the next event's target could only be found by laying out again.
      if (held !== null && viewport.zoom === told.zoom) frame ||= requestAnimationFrame(draw);
      else tell();
    },
    onMoveStart(event) {
      if (held !== null || (event?.type !== "mousedown" && event?.type !== "touchstart")) return;
      const { domNode: canvas, width, height } = store.getState();
      const layer = canvas?.querySelector<HTMLElement>(".react-flow__viewport") ?? null;
      if (canvas === null || layer === null) return;
      held = { width, height, canvas, layer };
    },
    onMoveEnd() {
      if (held === null) return;
      const { width, height, canvas, layer } = held;
      cancelAnimationFrame(frame);
      frame = 0;
      held = null;
      across = NONE;
      down = NONE;
      canvas.classList.remove("panning");
      layer.style.translate = "";
      layer.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.zoom})`;
      // What the canvas itself became meanwhile (a window made smaller) counts.
      store.setState({ width: canvas.offsetWidth || width, height: canvas.offsetHeight || height });
      tell();
    },
  };
}
