import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { differs } from "./draft.ts";

export interface Base<S> {
  /** What the form begins with; with another one it begins anew. */
  base: S;
  /** Something else was saved since, here or elsewhere. */
  newer: boolean;
  /** Begins anew with what is stored now. */
  take: () => void;
  /** Its form saved, and has not begun anew with that yet. */
  savedHere: RefObject<boolean>;
}

/** What is stored, for a form that never loses typing to it (`useFollow`, in the form). */
export function useBase<S>(stored: S): Base<S> {
  const [base, setBase] = useState(stored);
  const savedHere = useRef(false);
  return { base, newer: differs(base, stored), take: () => setBase(stored), savedHere };
}

export interface Followed {
  /** Typed, and not what was saved last. */
  unsaved: boolean;
  /** Something newer waits for the person's word: theirs, or what is typed here. */
  asks: boolean;
  /** To be called when saving ended well. */
  saved: () => void;
  /** Of the button that saves: it has the focus again after saving, though it waited then and the form began anew. */
  saveButton: RefObject<HTMLButtonElement | null>;
}

/** Takes what is newer at once while nothing is typed. */
export function useFollow({ newer, take, savedHere }: Pick<Base<unknown>, "newer" | "take" | "savedHere">, values: unknown, changed: boolean, saving: boolean): Followed {
  const [sent, setSent] = useState<unknown>(null);
  const unsaved = changed && differs(values, sent);
  useEffect(() => {
    if (newer && !unsaved && !saving) take();
  });
  const saveButton = useRef<HTMLButtonElement | null>(null);
  useEffect(() => {
    if (!saving && savedHere.current && document.activeElement === document.body) saveButton.current?.focus();
  }, [saving, savedHere]);
  useEffect(() => {
    savedHere.current = false;
  }, [savedHere]);
  const saved = (): void => {
    setSent(values);
    savedHere.current = true;
  };
  return { unsaved, asks: newer && unsaved && !saving, saved, saveButton };
}
