/** What is typed and not sent yet: a message of each conversation, a note of each case; kept over a reload of the page and gone with the tab. */
import { createStore, useSelect } from "../data/data.ts";

const KEY = "tandem.drafts";
const drafts = createStore<Readonly<Record<string, string>>>(read());

function read(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}

export function useDraft(id: string): string {
  return useSelect(drafts, (all) => all[id] ?? "");
}

/** As it stands now, for what ends later. */
export const draftNow = (id: string): string => drafts.get()[id] ?? "";

export function setDraft(id: string, text: string): void {
  drafts.update((all) => {
    const { [id]: _old, ...rest } = all;
    return text === "" ? rest : { ...rest, [id]: text };
  });
  sessionStorage.setItem(KEY, JSON.stringify(drafts.get()));
}

/** It was sent: gone, unless something else stands there by now. */
export function draftSent(id: string, text: string): void {
  if (draftNow(id) === text) setDraft(id, "");
}
