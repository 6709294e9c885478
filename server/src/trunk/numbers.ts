/** Numbers as people and operators write them, and E.164 (ITU-T E.164, RFC 3966). */
import type { Trunk } from "@tandem/protocol";
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";

/** Longest thing read as a number. Attack: a user part of 60,000 characters. */
const maxChars = 40;

/** Short numbers of a country's own (3639, 118218): dialled as they are, never from another country. */
const SHORT = /^[1-9][0-9]{2,5}$/;

/** What a number is: its E.164 form, and whether it is one of that region's (`national`) or a short one. Null: no number. */
export interface NumberRead {
  e164: string;
  national: boolean;
  short: boolean;
}

export function readNumber(written: string, region: string): NumberRead | null {
  if (written.length > maxChars) return null;
  const plain = written.replace(/[-. ()/]/g, "");
  if (!/^\+?[0-9]{3,20}$/.test(plain)) return null;
  const country = countryOf(region);
  const parsed = parsePhoneNumberFromString(plain, country ?? undefined);
  const home = country === null ? null : getCountryCallingCode(country);
  if (SHORT.test(plain)) return home === null ? null : { e164: `+${home}${plain}`, national: true, short: true };
  if (!parsed?.isPossible()) return null;
  return { e164: parsed.number, national: parsed.countryCallingCode === home, short: false };
}

/** As an operator of that region sends it: in its own format, or any other that is not ambiguous. */
export function readFromTrunk(written: string, trunk: Pick<Trunk, "region" | "numberFormat">): string | null {
  const full = trunk.numberFormat === "digits" && /^[1-9][0-9]{6,14}$/.test(written) ? `+${written}` : written;
  return readNumber(full, trunk.region)?.e164 ?? null;
}

/** As an operator wants it. Short numbers and what is no E.164 (emergency) leave as they are dialled. */
export function writeForTrunk(e164: string, trunk: Pick<Trunk, "region" | "numberFormat">): string {
  if (!e164.startsWith("+")) return e164;
  const country = countryOf(trunk.region);
  const home = country === null ? null : getCountryCallingCode(country);
  const bare = home !== null && e164.startsWith(`+${home}`) ? e164.slice(home.length + 1) : null;
  if (bare !== null && SHORT.test(bare)) return bare;
  switch (trunk.numberFormat) {
    case "e164": return e164;
    case "digits": return e164.slice(1);
    case "international-00": return `00${e164.slice(1)}`;
    case "national": return bare === null ? `00${e164.slice(1)}` : (parsePhoneNumberFromString(e164)?.formatNational().replace(/[^0-9]/g, "") ?? `00${e164.slice(1)}`);
  }
}

/** "+33" for FR; null for a region that is none. */
export function homePrefix(region: string): string | null {
  const country = countryOf(region);
  return country === null ? null : `+${getCountryCallingCode(country)}`;
}

function countryOf(region: string): CountryCode | null {
  return isSupportedCountry(region) ? region : null;
}
