/** Time zones by their IANA names, and the clock of one. */

/** All that this browser knows, and `kept`, which another one may have chosen. */
export function zones(kept: string): { id: string; label: string }[] {
  const known = Intl.supportedValuesOf("timeZone");
  const ids = known.includes(kept) ? known : [kept, ...known];
  return ids.map((id) => ({ id, label: id.replaceAll("_", " ") }));
}

/** "lun. 14:32"; the zone's name where this browser does not know it. */
export function zoneClock(zone: string, atMs: number, language: "fr" | "en"): string {
  try {
    return new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(atMs);
  } catch (error) {
    if (error instanceof RangeError) return zone; // Intl's word for an unknown zone
    throw error;
  }
}
