/** What the inspector shows. Kept outside the page, so that a visit to the desk and back finds it again. */
import { createStore, useSelect } from "../data/data.ts";

export type Selection =
  | { what: "agent"; id: string }
  | { what: "queue"; id: string }
  /** `from`: where to go back to. */
  | { what: "contact"; id: string; from: { what: "agent" | "queue"; id: string } };

const selection = createStore<Selection | null>(null);

export function select(next: Selection | null): void {
  selection.set(next);
}

export function useSelection(): Selection | null {
  return useSelect(selection, (now) => now);
}

/** Is this agent or queue chosen, itself or through one of its contacts? */
export function useSelected(what: "agent" | "queue", id: string): boolean {
  return useSelect(selection, (now) => {
    if (now === null) return false;
    const root = now.what === "contact" ? now.from : now;
    return root.what === what && root.id === id;
  });
}
