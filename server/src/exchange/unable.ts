/** Why an extension cannot take a call, before it rings and after: as its holder's forwards name it, as it is told on, as the caller hears it. */
import type { ExtensionChoices } from "@tandem/protocol";
import type { SipDiversion } from "../sip/contract.ts";
import type { ExtensionRow } from "./config.ts";
import type { WhyFailed } from "./fork.ts";
import type { Ground } from "./ground.ts";
import type { Party } from "./party.ts";

/** Calls that one extension has at a time; the next caller finds it busy. Two: one talks, one waits. */
const MAX_CALLS_AT_ONCE = 2;

export interface Unable {
  /** Whose forward counts. */
  forward: Exclude<keyof ExtensionChoices["forward"], "always">;
  why: SipDiversion["why"];
  status: number;
}

/** Null: it can be rung. `disturb`: also against its holder's will (a parked call that comes back). */
export function unableToRing({ config, devicesOf, states }: Ground, extension: ExtensionRow, caller: Party, disturb: boolean): Unable | null {
  if (!disturb && config.choices(extension.id).doNotDisturb) return { forward: "busy", why: "do-not-disturb", status: 486 };
  if (states.callsOf(extension.id, caller) >= MAX_CALLS_AT_ONCE) return { forward: "busy", why: "user-busy", status: 486 };
  if (devicesOf(extension).length === 0) return { forward: "unreachable", why: "unavailable", status: 480 };
  return null;
}

/** It rang, or was to, and nobody took the call. */
export function notTaken(why: WhyFailed, status: number): Unable {
  if (why === "busy" || why === "declined") return { forward: "busy", why: "user-busy", status: why === "declined" ? 603 : 486 };
  if (why === "no-answer") return { forward: "noAnswer", why: "no-answer", status: 480 };
  return { forward: "unreachable", why: "unavailable", status: status >= 400 ? status : 480 };
}
