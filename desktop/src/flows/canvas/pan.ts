/**
 * Panning by hand, which must keep up with the hand at 500 steps: a frame moves one layer that is already drawn (`drawn.ts`), and nothing else. The
 * canvas library would ask every card, way and handle at each pointer event whether it moved; here it is told of the view when the hand lets go.
 * Everything else that moves the view (wheel, pinch, keys, fitting, a card held at the edge) goes to the library directly.
 */
import { useStoreApi } from "@xyflow/react";
import type { OnMove, Viewport } from "@xyflow/react";
import { useState } from "react";
import type { Sight } from "./drawn.ts";

export interface Pan {
  /** Makes the view ours to tell (the library calls this controlled); never another object. */
  readonly viewport: Viewport;
  readonly onViewportChange: (viewport: Viewport) => void;
  readonly onMoveStart: OnMove;
  readonly onMoveEnd: OnMove;
}

export function usePan(sight: Sight): Pan {
  const store = useStoreApi();
  const [pan] = useState(() => {
    // Sizes and ways are known (geometry.ts): a card that comes into view need not be measured, which would lay out everything once more.
    store.setState({ updateNodeInternals: () => undefined });
    return createPan(store, sight);
  });
  return pan;
}

/** The ground's dots: as large at every zoom, and never closer than twelve pixels of the screen. */
function dots(ground: HTMLElement | null, zoom: number): void {
  let gap = 20;
  while (gap * zoom < 12 && gap < 160) gap *= 2;
  ground?.style.setProperty("--dots-gap", `${gap}px`);
  ground?.style.setProperty("--dots-size", `${1.25 / zoom}px`);
}

/**
 * Chromium writes another `transform` straight to its compositor only for what is being animated; for everything else it goes through all parts of the
 * picture to find their layers anew, in every frame (27 ms for 270 cards, by its trace). So the layer has an animation for good that stands still
 * and adds nothing. It is not drawn otherwise for that (sharp at every zoom), and no frame is asked for while nothing moves.
 */
function moveLightly(layer: HTMLElement): void {
  layer.animate({ transform: ["translate(0px)", "translate(0px)"] }, { duration: 1e9, composite: "add" }).pause();
}

function createPan(store: ReturnType<typeof useStoreApi>, sight: Sight): Pan {
  const first: Viewport = { x: 0, y: 0, zoom: 1 };
  let at = first;
  let told = at;
  let held: { canvas: HTMLElement; layer: HTMLElement } | null = null;
  let light: HTMLElement | null = null;
  let toward = { x: 0, y: 0 };
  let frame = 0;

  const look = (): void => {
    const { width, height } = store.getState();
    sight.look({ left: -at.x / at.zoom, top: -at.y / at.zoom, right: (width - at.x) / at.zoom, bottom: (height - at.y) / at.zoom }, held === null ? null : toward);
  };
  const tell = (): void => {
    const layer = store.getState().domNode?.querySelector<HTMLElement>(".react-flow__viewport") ?? null;
    if (layer !== null && layer !== light) moveLightly((light = layer));
    if (told.zoom !== at.zoom) dots(layer?.querySelector<HTMLElement>(".ground") ?? null, at.zoom);
    told = at;
    store.setState({ transform: [at.x, at.y, at.zoom] });
    look();
  };
  const draw = (): void => {
    frame = 0;
    if (held === null) return;
    held.layer.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.zoom})`;
    look();
  };

  // A window made larger shows more. Before the view is first placed nothing is seen.
  store.subscribe(({ width, height }, before) => {
    if (told === first) return;
    if (width !== before.width || height !== before.height) look();
  });

  return {
    viewport: first,
    onViewportChange(viewport) {
      // The view goes where the picture does not: to the right as it is pulled to the left.
      toward = { x: Math.sign(at.x - viewport.x) || toward.x, y: Math.sign(at.y - viewport.y) || toward.y };
      at = viewport;
      // Not before it moves: what lies over the canvas then (canvas.css) would take a mere press from the card or the ground under it.
      held?.canvas.classList.add("panning");
      // Once a frame: written at each event, the next event's target could only be found by laying out again.
      if (held !== null && viewport.zoom === told.zoom) frame ||= requestAnimationFrame(draw);
      else tell();
    },
    onMoveStart(event) {
      if (held !== null || (event?.type !== "mousedown" && event?.type !== "touchstart")) return;
      const { domNode: canvas } = store.getState();
      const layer = canvas?.querySelector<HTMLElement>(".react-flow__viewport") ?? null;
      if (canvas === null || layer === null) return;
      held = { canvas, layer };
      toward = { x: 0, y: 0 };
    },
    onMoveEnd() {
      if (held === null) return;
      const { canvas, layer } = held;
      cancelAnimationFrame(frame);
      frame = 0;
      held = null;
      canvas.classList.remove("panning");
      layer.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.zoom})`;
      tell();
    },
  };
}
