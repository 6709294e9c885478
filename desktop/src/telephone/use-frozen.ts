import { useEffect, useEffectEvent, useState } from "react";
import type { FocusEvent, PointerEvent } from "react";
import { freeze } from "../desk/frozen-list.ts";
import type { FrozenList } from "../desk/frozen-list.ts";

export interface Frozen extends FrozenList {
  /** Shows what waits. */
  release(): void;
  bind: { onPointerEnter(event: PointerEvent): void; onPointerLeave(): void; onFocus(event: FocusEvent): void; onBlur(event: FocusEvent): void };
}

/** Rows keep their places while the mouse or the focus is on the list; what came meanwhile is announced. */
export function useFrozen(ids: readonly string[]): Frozen {
  const [kept, setKept] = useState<readonly string[] | null>(null);
  /** `focus`: the list that has it. */
  const [by, setBy] = useState<{ pointer: boolean; focus: Element | null }>({ pointer: false, focus: null });
  const hold = (change: Partial<typeof by>): void => {
    const next = { ...by, ...change };
    setBy(next);
    setKept((before) => (next.pointer || next.focus !== null ? (before ?? ids) : null));
  };
  const elsewhere = useEffectEvent(() => hold({ focus: null }));
  // A button that goes with its row takes the focus away without a word: whoever goes on elsewhere tells.
  useEffect(() => {
    const { focus } = by;
    if (focus === null) return undefined;
    const look = ({ target }: Event): void => {
      if (target instanceof Node && !focus.contains(target)) elsewhere();
    };
    document.addEventListener("focusin", look);
    document.addEventListener("pointerdown", look);
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("pointerdown", look);
    };
  }, [by]);
  return {
    ...freeze(kept ?? ids, ids, kept !== null),
    release: () => setKept(ids),
    bind: {
      // A finger leaves no pointer behind.
      onPointerEnter: ({ pointerType }) => pointerType === "mouse" && hold({ pointer: true }),
      onPointerLeave: () => hold({ pointer: false }),
      onFocus: ({ currentTarget }) => hold({ focus: currentTarget }),
      onBlur: ({ currentTarget, relatedTarget }) => !currentTarget.contains(relatedTarget) && hold({ focus: null }),
    },
  };
}
