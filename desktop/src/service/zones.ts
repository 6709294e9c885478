/** Time zones by their IANA names, and the clock of one. */

/** All that this browser knows, and `kept`, which another one may have chosen. */
export function zones(kept: string): { id: string; label: string }[] {
  const known = Intl.supportedValuesOf("timeZone");
  const ids = known.includes(kept) ? known : [kept, ...known];
  return ids.map((id) => ({ id, label: id.replaceAll("_", " ") }));
}

/** Of that zone; of this computer's own where this browser does not know it. */
function inZone(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  } catch (error) {
    if (error instanceof RangeError) return new Intl.DateTimeFormat(locale, options); // Intl's word for an unknown zone
    throw error;
  }
}
const TIME: Intl.DateTimeFormatOptions = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const localeOf = (language: "fr" | "en"): string => (language === "fr" ? "fr-FR" : "en-GB");

/** "lun. 14:32" */
export const zoneClock = (zone: string, atMs: number, language: "fr" | "en"): string => inZone(localeOf(language), zone, TIME).format(atMs);
/** "lun. 23 nov., 14:32" */
export const zoneMoment = (zone: string, atMs: number, language: "fr" | "en"): string => inZone(localeOf(language), zone, { ...TIME, day: "numeric", month: "short" }).format(atMs);
/** "2026-11-23" */
export const zoneDay = (zone: string, atMs: number): string => inZone("sv-SE", zone, {}).format(atMs);
