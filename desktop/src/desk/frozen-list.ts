/** A list that does not move while a hand or the focus is on it: gone rows stay as ghosts, new ones wait behind a button. Pure. */
export interface FrozenList {
  readonly shown: readonly string[];
  /** Shown, but no longer there. */
  readonly ghosts: ReadonlySet<string>;
  /** There, but not yet shown. */
  readonly waiting: readonly string[];
}

/** @param shown what is on screen; @param current what is true now, in order of arrival. */
export function freeze(shown: readonly string[], current: readonly string[], frozen: boolean): FrozenList {
  if (!frozen) return { shown: current, ghosts: new Set(), waiting: [] };
  const there = new Set(current);
  const seen = new Set(shown);
  return { shown, ghosts: new Set(shown.filter((id) => !there.has(id))), waiting: current.filter((id) => !seen.has(id)) };
}
