/** Whom we give the keys of a leg's sound (SDES): whoever reads them has the sound. */
import type { Invitation } from "./leg.ts";
import type { SipPort } from "./ports.ts";

/** How a device says that it cannot do with SRTP. */
export const NO_SRTP: ReadonlySet<number> = new Set([406, 415, 488, 606]);

export interface InvitedDevice {
  /** Reached by TLS only. */
  isPrivate?: boolean;
  address?: string | null;
}

/** Known devices that the invitation rings; none for browsers (DTLS) and peers that are only an address. */
export function devicesOf(sip: SipPort, { kind, target, via }: Invitation): readonly InvitedDevice[] {
  if (kind === "webrtc" || via || !("account" in target)) return [];
  return sip.contacts(target.account).filter((contact) => target.only === undefined || contact.kind === target.only);
}

/** They go by TLS, or where the administrator says that nobody listens. */
export function mayGiveKeys(sip: SipPort, { target, via }: Invitation, devices: readonly InvitedDevice[]): boolean {
  if (sip.keysInTheOpen === true || via?.transport === "tls") return true;
  if ("account" in target) return areAllPrivate(devices);
  return !via && (/^sips:/i.test(target.uri) || /;transport=tls(?:[;?]|$)/i.test(target.uri));
}

/** There are some, and TLS leads to each of them. */
export function areAllPrivate(devices: readonly InvitedDevice[]): boolean {
  return devices.length > 0 && devices.every((device) => device.isPrivate === true);
}
