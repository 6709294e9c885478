import { useEffect, useState } from "react";
import { differs } from "./draft.ts";

export interface Base<S> {
  /** What the form begins with; with another one it begins anew. */
  base: S;
  /** Something else was saved since, here or elsewhere. */
  newer: boolean;
  /** Begins anew with what is stored now. */
  take: () => void;
}

/** What is stored, for a form that never loses typing to it (`useFollow`, in the form). */
export function useBase<S>(stored: S): Base<S> {
  const [base, setBase] = useState(stored);
  return { base, newer: differs(base, stored), take: () => setBase(stored) };
}

export interface Followed {
  /** Typed, and not what was saved last. */
  unsaved: boolean;
  /** Something newer waits for the person's word: theirs, or what is typed here. */
  asks: boolean;
  /** To be called when saving ended well. */
  saved: () => void;
}

/** Takes what is newer at once while nothing is typed. */
export function useFollow({ newer, take }: Pick<Base<unknown>, "newer" | "take">, values: unknown, changed: boolean, saving: boolean): Followed {
  const [sent, setSent] = useState<unknown>(null);
  const unsaved = changed && differs(values, sent);
  useEffect(() => {
    if (newer && !unsaved && !saving) take();
  });
  return { unsaved, asks: newer && unsaved && !saving, saved: () => setSent(values) };
}
