/** What a dialled number means, for whom. Pure: nothing happens by asking. */
import type { Extension } from "@tandem/protocol";
import type { ExchangeConfig, ExtensionRow, GroupRow, PageRow, RoomRow } from "./config.ts";
import { readFeatureCode, type FeatureCode } from "./feature-codes.ts";
import { isParkSlot } from "./number-plan.ts";

export type Target =
  | { to: "extension"; extension: ExtensionRow }
  | { to: "group"; group: GroupRow }
  | { to: "room"; room: RoomRow }
  | { to: "page"; page: PageRow }
  | { to: "slot"; slot: string }
  | { to: "voicemail" }
  | { to: "code"; code: FeatureCode }
  /** An outside number as the person dialled it, without the prefix for an outside line. */
  | { to: "outside"; number: string; emergency: boolean; withheld: boolean }
  /** One of the centre's own numbers: a contact. */
  | { to: "centre"; number: string }
  | { to: "nobody" };

/** What the dial plan reads. */
export type Plan = Pick<ExchangeConfig, "extensionOf" | "groupOf" | "roomOf" | "pageOf" | "settings"> & {
  /** One of the centre's own, as dialled. */
  isCentre(number: string): boolean;
  /** A user's login or a phone's account, as in sip:lea@house. */
  extensionNamed(name: string): ExtensionRow | null;
};

/** Longest thing that a person dials. Attack: a user part of 60,000 characters against the forms below. */
const MAX_DIALLED_CHARS = 64;

/** Numbers are typed as they are written: 01 23-45, (0)1.23. */
export function asDialled(user: string): string {
  const short = user.slice(0, MAX_DIALLED_CHARS).replaceAll("%23", "#");
  return /^[(+0-9*#][-+0-9*# ().]*$/.test(short) ? short.replaceAll(/[- ().]/g, "") : short;
}

export function readTarget(user: string, plan: Plan): Target {
  const dialled = asDialled(user);
  const settings = plan.settings();
  // Help first: no setting may stand in its way, with or without the digit for an outside line.
  const bare = settings.outsidePrefix !== "" && dialled.startsWith(settings.outsidePrefix) ? dialled.slice(settings.outsidePrefix.length) : null;
  if (settings.emergencyNumbers.includes(dialled)) return { to: "outside", number: dialled, emergency: true, withheld: false };
  if (bare !== null && settings.emergencyNumbers.includes(bare)) return { to: "outside", number: bare, emergency: true, withheld: false };
  const inside = insideTarget(dialled, plan);
  if (inside) return inside;
  const code = readFeatureCode(dialled);
  if (code?.code === "withheld") {
    const target = readTarget(code.number, plan);
    return target.to === "outside" ? { ...target, withheld: true } : target;
  }
  if (code) return { to: "code", code };
  if (plan.isCentre(dialled)) return { to: "centre", number: dialled };
  const number = outsideNumber(dialled, settings.outsidePrefix === "" ? dialled : bare);
  if (number !== null) return { to: "outside", number, emergency: false, withheld: false };
  const named = plan.extensionNamed(dialled);
  return named ? { to: "extension", extension: named } : { to: "nobody" };
}

function insideTarget(dialled: string, plan: Plan): Target | null {
  const extension = plan.extensionOf(dialled);
  if (extension) return { to: "extension", extension };
  const group = plan.groupOf(dialled);
  if (group) return { to: "group", group };
  const room = plan.roomOf(dialled);
  if (room) return { to: "room", room };
  const page = plan.pageOf(dialled);
  if (page) return { to: "page", page };
  const settings = plan.settings();
  if (dialled === settings.voicemailNumber) return { to: "voicemail" };
  return isParkSlot(settings, dialled) ? { to: "slot", slot: dialled } : null;
}

/** With a prefix for outside lines, what lacks it is outside only when written with its country. */
function outsideNumber(dialled: string, bare: string | null): string | null {
  if (/^\+[1-9][0-9]{3,14}$/.test(dialled)) return dialled;
  // Short numbers that are nobody's are a mistake, not a call that costs money; four digits are services (3631).
  return bare !== null && /^\+?[0-9]{4,20}$/.test(bare) ? bare : null;
}

/** May somebody with this class call that number at all? Prices and countries are the trunks' and the fraud rules' matter. */
export function mayCallOut(callClass: Extension["callClass"], emergency: boolean): boolean {
  return emergency || callClass !== "internal";
}
