import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import type { Who } from "./party.ts";
import type { OutsidePlan } from "./ports.ts";

/** Whose right to call outside counts. */
export type Right = Pick<ExtensionRow, "id" | "callClass" | "callerNumber" | "label" | "language">;
/** The house itself: where an administrator sent a group's overflow or a caller, and help for a phone without an extension. */
export const HOUSE: Right = { id: "house", callClass: "international", callerNumber: null, label: "", language: "fr" };

/** The ways outside for a caller at that right; null = not known yet who it will be. Nothing happens by asking. */
export function planOutside({ clock, trunks }: Ground, right: Right, who: Who | null, { number, emergency, withheld }: { number: string; emergency: boolean; withheld: boolean }): OutsidePlan {
  const outsider = who?.extensionId === null ? who : null;
  return trunks.plan(
    {
      dialled: number, callClass: right.callClass, callerNumber: right.callerNumber, callerName: right.label, account: right.id, anonymous: withheld || (outsider?.anonymous ?? false), emergency,
      ...(outsider && !outsider.anonymous && outsider.number.startsWith("+") && { onBehalfOf: { e164: outsider.number, name: outsider.name } }),
    },
    clock.now(),
  );
}
