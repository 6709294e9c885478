/** A function that stays the same in each round, for what would draw everything again for another one. */
import { useCallback, useLayoutEffect, useRef } from "react";

/** Does what it was last given. */
export function useSteady<A extends unknown[]>(does: (...given: A) => void): (...given: A) => void {
  const latest = useRef(does);
  useLayoutEffect(() => {
    latest.current = does;
  });
  return useCallback((...given: A) => latest.current(...given), []);
}
