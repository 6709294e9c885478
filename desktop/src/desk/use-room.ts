import { useSyncExternalStore } from "react";
import type { Room } from "./layout.ts";

/** Below this there is room for one conversation: the worklist says which. */
const TWO = "(min-width: 62rem)";

export function useRoom(): Room {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(TWO);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => (matchMedia(TWO).matches ? "two" : "one"),
  );
}
