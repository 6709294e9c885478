import type { InteractionView } from "@tandem/protocol";
import { useFormat, useT } from "../i18n/i18n.ts";

/** To whom outside the centre a contact went, in words; null = to nobody. */
export function useHandedTo({ handedTo }: Pick<InteractionView, "handedTo">): string | null {
  const t = useT();
  const format = useFormat();
  if (!handedTo) return null;
  return t(handedTo.returned ? "desk.timeline.handedBack" : "desk.timeline.handedTo", { name: handedTo.name === "" ? format.phone(handedTo.number) : handedTo.name });
}
