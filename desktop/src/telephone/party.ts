/** Names for numbers, from the directory: who is it that calls, or that was called. */
import type { DirectoryEntry } from "@tandem/protocol";
import { useDirectory, useMyTelephone } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";

export interface Named {
  name: string;
  /** As read aloud; empty when the name already is the number, or it is withheld. */
  number: string;
}

/** What the wire said of them, completed by the directory; a number alone is its own name. */
export function useNamed(): (party: { name: string; number: string }) => Named {
  const t = useT();
  const format = useFormat();
  const entries = useDirectory().data ?? [];
  const voicemailNumber = useMyTelephone().data?.voicemailNumber;
  return ({ name, number }) => {
    if (number === "") return { name: name === "" ? t("telephone.card.hidden") : name, number: "" };
    const shown = format.phone(number);
    const known = name !== "" && name !== number ? name : number === voicemailNumber || number === "*97" ? t("telephone.choices.voicemail") : nameOf(entries, number);
    return known === null ? { name: shown, number: "" } : { name: known, number: shown };
  };
}

export function nameOf(entries: readonly DirectoryEntry[], number: string): string | null {
  return entries.find((entry) => entry.number === number)?.name ?? null;
}
