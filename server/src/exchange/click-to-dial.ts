/** Rings one's own phone first, then whoever was asked for: click to dial (RFC 5359 2.18), automatic redial (2.17). */
import type { ExtensionRow } from "./config.ts";
import { asDialled, readTarget } from "./dial-plan.ts";
import { Fork } from "./fork.ts";
import type { Ground, Outcome } from "./ground.ts";
import { shownAs } from "./lines.ts";

/** Legs that ring one extension at a time. Attack: a user's program that asks to dial a thousand times a second takes every media port. */
const MAX_RINGING = 20;

/** `only`: that device of theirs alone. False: none of their devices is there or they ring enough already, or what was asked is no number. */
export function clickToDial(ground: Ground, by: ExtensionRow, wanted: string, only: string | null, outcome: Outcome = {}): boolean {
  const dialled = asDialled(wanted);
  const target = readTarget(dialled, ground.plan);
  if (target.to === "nobody" || target.to === "code") return false;
  const devices = ground.devicesOf(by).filter(({ account }) => only === null || account === only);
  const ringing = Array.from(ground.parties.all()).filter(({ who, direction, phase }) => who.extensionId === by.id && direction === "out" && phase !== "up").length;
  if (devices.length === 0 || ringing + devices.length > MAX_RINGING) return false;
  const far = { number: dialled, name: target.to === "extension" ? target.extension.label : "" };
  const fork = new Fork(ground, by.ringMs, (event) => {
    if (event.type === "failed") outcome.failed?.(event.status);
    if (event.type !== "answered") return;
    ground.setUp({ caller: event.party, target, dialled, right: by, by: null, outcome });
  });
  fork.start(devices.map(({ account, kind }) => ({
    who: ground.whoOf(by), far,
    invitation: { kind: kind === "browser" ? ("webrtc" as const) : ("rtp" as const), target: { account, only: kind }, from: shownAs(far.number, far.name), headers: {} },
  })));
  return true;
}
