/** One tab stop for many items: arrows move by where things are on screen, Home and End to the ends. */
import type { FocusEvent, KeyboardEvent } from "react";
import { useState } from "react";

export interface Roving {
  /** For each item: its tab index and how it is found. */
  item(id: string): { tabIndex: 0 | -1; "data-roving": string };
  /** For the element around all of them. */
  container: { onKeyDown(event: KeyboardEvent<HTMLElement>): void; onFocus(event: FocusEvent<HTMLElement>): void };
}

export function useRoving(ids: readonly string[]): Roving {
  const [last, setLast] = useState<string | null>(null);
  // The one that had the focus may be gone: then the first is the way in.
  const current = last !== null && ids.includes(last) ? last : ids[0];
  return {
    item: (id) => ({ tabIndex: id === current ? 0 : -1, "data-roving": id }),
    container: {
      onFocus(event) {
        const id = event.target.dataset["roving"];
        if (id !== undefined) setLast(id);
      },
      onKeyDown(event) {
        const from = event.target instanceof HTMLElement ? event.target : null;
        if (from?.dataset["roving"] === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-roving]")];
        const to = target(all, from, event.key);
        if (to === undefined) return;
        event.preventDefault();
        to.focus();
        to.scrollIntoView({ block: "nearest" });
      },
    },
  };
}

function target(all: HTMLElement[], from: HTMLElement, key: string): HTMLElement | undefined {
  const at = all.indexOf(from);
  switch (key) {
    case "Home":
      return all[0];
    case "End":
      return all.at(-1);
    case "ArrowRight":
      return all[at + 1];
    case "ArrowLeft":
      return all[at - 1];
    case "ArrowDown":
    case "ArrowUp":
      return nearestRow(all, from, key === "ArrowDown");
    default:
      return undefined;
  }
}

/** The item of the next row (down or up) that stands nearest in its column. */
function nearestRow(all: HTMLElement[], from: HTMLElement, down: boolean): HTMLElement | undefined {
  const start = from.getBoundingClientRect();
  const middle = start.left + start.width / 2;
  let best: { element: HTMLElement; dy: number; dx: number } | undefined;
  for (const element of all) {
    const box = element.getBoundingClientRect();
    const dy = down ? box.top - start.bottom : start.top - box.bottom;
    if (dy < -1 || element === from) continue;
    const dx = Math.abs(box.left + box.width / 2 - middle);
    if (best === undefined || dy < best.dy - 1 || (dy <= best.dy + 1 && dx < best.dx)) best = { element, dy, dx };
  }
  return best?.element;
}
