import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Keys pressed anywhere inside an element, whatever its role: Escape, arrows, a telephone's digits. */
export function useKeys(box: RefObject<HTMLElement>, onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const element = box.current;
    const listen = (event: KeyboardEvent): void => latest.current(event);
    element?.addEventListener("keydown", listen);
    return () => element?.removeEventListener("keydown", listen);
  }, [box]);
}
