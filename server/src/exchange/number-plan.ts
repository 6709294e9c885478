import type { TelephonySettings } from "@tandem/protocol";

export const DEFAULT_SETTINGS: TelephonySettings = {
  park: { from: "701", to: "719", returnAfterMs: 120_000 },
  outsidePrefix: "",
  voicemailNumber: "700",
  voicemailMaxMs: 180_000,
  region: "FR",
  emergencyNumbers: ["15", "17", "18", "112", "114", "115", "119", "191", "196", "197"],
};

/** The slots in which a call waits. Both ends have the same length (checked when written). */
export function isParkSlot(settings: TelephonySettings, number: string): boolean {
  const { from, to } = settings.park;
  return number.length === from.length && /^[0-9]+$/.test(number) && number >= from && number <= to;
}

/**
 * Why a short number cannot be somebody's: dialling it must not be ambiguous, and never keep anybody from help. Null = it can.
 * A number that begins with the digit for an outside line would be unreachable or would swallow outside calls.
 */
export function reservedFor(settings: TelephonySettings, number: string): "park" | "voicemailNumber" | "emergencyNumbers" | "outsidePrefix" | null {
  if (settings.emergencyNumbers.includes(number)) return "emergencyNumbers";
  if (number === settings.voicemailNumber) return "voicemailNumber";
  if (isParkSlot(settings, number)) return "park";
  if (settings.outsidePrefix !== "" && number.startsWith(settings.outsidePrefix)) return "outsidePrefix";
  return null;
}

/** More slots than this is a typing error. */
const MAX_PARK_SLOTS = 1_000;

/** Which field of the settings contradicts itself or another; null = none. */
export function contradiction(settings: TelephonySettings): keyof TelephonySettings | null {
  const { from, to } = settings.park;
  if (from.length !== to.length || from > to || Number(to) - Number(from) >= MAX_PARK_SLOTS) return "park";
  if (isParkSlot(settings, settings.voicemailNumber) || settings.emergencyNumbers.includes(settings.voicemailNumber)) return "voicemailNumber";
  if (settings.emergencyNumbers.some((number) => isParkSlot(settings, number))) return "park";
  // Help must be a call away, whatever else somebody cleared.
  if (settings.emergencyNumbers.length === 0) return "emergencyNumbers";
  const prefix = settings.outsidePrefix;
  if (prefix !== "" && (settings.voicemailNumber.startsWith(prefix) || from.startsWith(prefix) || to.startsWith(prefix))) return "outsidePrefix";
  return null;
}
