/** What a fork rings for a caller: the devices of an extension, or one way outside. */
import type { Language } from "@tandem/protocol";
import type { SipDiversion } from "../sip/contract.ts";
import type { Invitation } from "../voice/voice.ts";
import type { ExtensionRow } from "./config.ts";
import type { Line } from "./fork.ts";
import type { Ground, SetupOrder } from "./ground.ts";
import type { Party } from "./party.ts";
import type { TrunkAttempt } from "./ports.ts";

/** The caller's words go into a header of ours: no line ends or control characters, a bounded length. */
const MAX_HEADER_CHARS = 60;

/** How a telephone that rings is told who calls. */
export function shownAs(number: string, name: string): Invitation["from"] {
  return {
    user: number.replaceAll(/[^\w.+-]/g, "").slice(0, MAX_HEADER_CHARS) || "anonymous",
    display: (name || number).replaceAll(/[\p{Cc}"<>\\]/gu, " ").trim().slice(0, MAX_HEADER_CHARS),
  };
}

/** `to`: what was dialled, when it came by SIP. */
export function extensionLines({ devicesOf, whoOf }: Ground, extension: ExtensionRow, caller: Party, o: { to: NonNullable<SetupOrder["incoming"]>["to"] | undefined; headers: Readonly<Record<string, string>>; diversions: readonly SipDiversion[] }): Line[] {
  const { who } = caller;
  const source = who.extensionId === null ? "external" : "internal";
  const devices = devicesOf(extension);
  // who was called by the address of one device (GRUU) is rung there only
  const named = o.to?.instance !== undefined && devices.some(({ account }) => account === o.to?.user) ? { account: o.to.user, instance: o.to.instance } : null;
  return devices.filter(({ account }) => named === null || account === named.account).map(({ account, kind }) => ({
    who: whoOf(extension),
    far: { number: who.number, name: who.name },
    invitation: {
      kind: kind === "browser" ? "webrtc" : "rtp",
      target: named ?? { account, only: kind },
      from: shownAs(who.number, who.name),
      // RFC 7462: a phone may ring differently for calls of the house
      headers: { "Alert-Info": `<urn:alert:source:${source}>`, ...o.headers },
      maxForwards: hopsLeft(caller),
      like: caller.ref,
      ...(o.diversions.length > 0 && { history: o.diversions }),
    },
  }));
}

export function outsideLine({ trunkId, target, from, headers, auth, via, noReplyMs, srtp }: TrunkAttempt, e164: string, caller: Party, language: Language, diversions: readonly SipDiversion[]): Line {
  return {
    who: { number: e164, name: "", anonymous: false, extensionId: null, userId: null, trunkId, language },
    far: { number: caller.who.number, name: caller.who.name },
    invitation: {
      kind: srtp === "off" ? "rtp" : "srtp", target, from, headers, noReplyMs, like: caller.ref, maxForwards: hopsLeft(caller),
      ...(auth && { auth }), ...(via && { via }), ...(diversions.length > 0 && { history: diversions }),
    },
  };
}

/** For a leg that goes on with the caller's call (RFC 3261 16.6, step 3). */
export function hopsLeft(caller: Party): number {
  return Math.max(0, caller.maxForwards - 1);
}
