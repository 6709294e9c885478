import { parsePhoneNumberFromString } from "libphonenumber-js/min";

export type IdentityKind = "phone" | "email" | "visitor" | "sip";

/** The form under which an address is stored: E.164 for numbers (national ones read as French), lower case for the rest. */
export function normalAddress(medium: string, from: string): { kind: IdentityKind; value: string } {
  if (medium === "chat" || from.startsWith("vis_")) return { kind: "visitor", value: from };
  if (from.includes("@")) return { kind: medium === "message" ? "sip" : "email", value: from.toLowerCase() };
  if (/^\+?[0-9 ().-]{6,20}$/.test(from)) {
    const parsed = parsePhoneNumberFromString(from, "FR");
    if (parsed?.isPossible()) return { kind: "phone", value: parsed.number };
  }
  return { kind: "sip", value: from.toLowerCase() };
}
