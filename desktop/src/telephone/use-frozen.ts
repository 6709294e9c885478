import { useState } from "react";
import type { FocusEvent, PointerEvent } from "react";
import { freeze } from "../desk/frozen-list.ts";
import type { FrozenList } from "../desk/frozen-list.ts";

export interface Frozen extends FrozenList {
  /** Shows what waits. */
  release(): void;
  bind: { onPointerEnter(event: PointerEvent): void; onPointerLeave(): void; onFocus(): void; onBlur(event: FocusEvent): void };
}

/** Rows keep their places while the mouse or the focus is on the list; what came meanwhile is announced. */
export function useFrozen(ids: readonly string[]): Frozen {
  const [kept, setKept] = useState<readonly string[] | null>(null);
  const [by, setBy] = useState({ pointer: false, focus: false });
  const hold = (change: Partial<typeof by>): void => {
    const next = { ...by, ...change };
    setBy(next);
    setKept((before) => (next.pointer || next.focus ? (before ?? ids) : null));
  };
  return {
    ...freeze(kept ?? ids, ids, kept !== null),
    release: () => setKept(ids),
    bind: {
      // A finger leaves no pointer behind.
      onPointerEnter: ({ pointerType }) => pointerType === "mouse" && hold({ pointer: true }),
      onPointerLeave: () => hold({ pointer: false }),
      onFocus: () => hold({ focus: true }),
      onBlur: ({ currentTarget, relatedTarget }) => !currentTarget.contains(relatedTarget) && hold({ focus: false }),
    },
  };
}
