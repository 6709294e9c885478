/** How the customers of promised calls are dialled: inside the house by their devices, outside by the routes and rules of any call of the house. */
import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";
import type { Clock } from "../base/clock.ts";
import { normalAddress } from "../crm/crm.ts";
import type { SipEvent } from "../sip/sip.ts";
import type { TrunkAttempt, Trunks } from "../trunk/trunk.ts";
import type { Way, WaysOut } from "../voice/voice.ts";

/** Whose spend it is in the fraud rules: the house's own. */
const ACCOUNT = "house";
/** Attack: a page (or a caller) that asks to be called back on a number which costs us and pays them. */
const NEVER = new Set(["PREMIUM_RATE", "SHARED_COST", "UAN", "PAGER", "VOICEMAIL", "PERSONAL_NUMBER"]);

export interface DiallingOptions {
  clock: Clock;
  trunks(): Pick<Trunks, "plan" | "started" | "ended" | "failed">;
  /** Devices of an extension that are there; null = no extension of the house has that number. */
  devicesAt(number: string): readonly { account: string; kind: "browser" | "phone" }[] | null;
  /** ISO 3166, of numbers without a prefix. */
  country(): string;
}

export interface Dialling {
  /** As it will be dialled. `abroad`: numbers of other countries may be. */
  dialable(number: string, abroad: boolean): { ok: true; number: string } | { ok: false; why: "not-a-number" | "not-allowed" };
  /** A text can go there. */
  isMobile(number: string): boolean;
  /** What the customer's telephone shows, as people write it; null = the network decides, or nobody can say now. */
  shown(number: string, shown: { number: string | null; name: string }, abroad: boolean): string | null;
  ways(number: string, shown: { number: string | null; name: string }, abroad: boolean): WaysOut | null;
  hear(event: SipEvent): void;
  /** Calls outside that are there now, for the limits on what they cost. */
  outsideLegs(): { ref: string; number: string }[];
}

export function createDialling({ clock, trunks, devicesAt, country }: DiallingOptions): Dialling {
  const outside = new Map<string, string>();

  // a short number of ours says nothing outside: the trunk's own is shown in its place
  const plan = (number: string, shown: { number: string | null; name: string }, abroad: boolean, onlyAsked = false): ReturnType<Trunks["plan"]> =>
    trunks().plan({ dialled: number, callClass: abroad ? "international" : "national", callerNumber: shown.number?.startsWith("+") === true ? shown.number : null, callerName: shown.name, account: ACCOUNT, anonymous: false, onlyAsked }, clock.now());

  /** One trunk after another, as the exchange does; keys that were offered and not wanted are left out the second time. */
  function byTrunk(e164: string, attempts: readonly TrunkAttempt[]): WaysOut {
    const left = [...attempts];
    let current: TrunkAttempt | null = null;
    const way = (attempt: TrunkAttempt): Way => {
      const { trunkId, srtp, target, from, headers, auth, via, noReplyMs } = attempt;
      current = attempt;
      return {
        invitation: { kind: srtp === "off" ? "rtp" : "srtp", target, from, headers, noReplyMs, ...(auth && { auth }), via },
        began(ref) {
          outside.set(ref, e164);
          trunks().started(trunkId, ref, e164, ACCOUNT, clock.now());
        },
      };
    };
    return {
      next(failed) {
        if (failed && current) {
          if (current.srtp === "offered" && (failed.status === 488 || failed.status === 415)) return [way({ ...current, srtp: "off" })];
          // the callee's own word is final; so is that of a network which knows the number better than we
          if (failed.why === "busy" || failed.why === "declined" || failed.why === "hung-up" || !trunks().failed(current.trunkId, failed.status)) return null;
        }
        const attempt = left.shift();
        return attempt ? [way(attempt)] : null;
      },
    };
  }

  return {
    dialable(number, abroad) {
      if (devicesAt(number) !== null) return { ok: true, number };
      const read = parsePhoneNumberFromString(number, country() as CountryCode);
      if (!read?.isValid()) return { ok: false, why: "not-a-number" };
      if (NEVER.has(read.getType() ?? "")) return { ok: false, why: "not-allowed" };
      // Attack: a page that asks for calls, and so uses up the calls that the house may begin in a minute
      const planned = plan(read.number, { number: null, name: "" }, abroad, true);
      // lines that are all taken are free again when it is called
      if (planned.ok || planned.why === "busy") return { ok: true, number: read.number };
      return { ok: false, why: planned.why === "not-a-number" ? "not-a-number" : "not-allowed" };
    },
    isMobile(number) {
      const type = number.startsWith("+") ? parsePhoneNumberFromString(number)?.getType() : undefined;
      return type === "MOBILE" || type === "FIXED_LINE_OR_MOBILE";
    },
    shown(number, shown, abroad) {
      const planned = devicesAt(number) === null ? plan(number, shown, abroad, true) : null;
      const read = planned?.ok === true ? parsePhoneNumberFromString(planned.attempts[0]?.from.user ?? "", country() as CountryCode) : undefined;
      return read?.isValid() === true ? read.formatInternational() : null;
    },
    ways(number, shown, abroad) {
      const devices = devicesAt(number);
      if (devices) {
        let asked = false;
        const from = { user: shown.number ?? "anonymous", display: shown.name };
        return { next() {
          if (asked) return null;
          asked = true;
          return devices.map(({ account, kind }): Way => ({ invitation: { kind: kind === "browser" ? "webrtc" : "rtp", target: { account, only: kind }, from, headers: {} } }));
        } };
      }
      const planned = plan(number, shown, abroad);
      if (!planned.ok) return planned.why === "busy" ? { next: () => null } : null;
      return byTrunk(planned.e164, planned.attempts);
    },
    hear(event) {
      if ((event.type === "ended" || event.type === "failed" || event.type === "cancelled") && outside.delete(event.ref)) trunks().ended(event.ref, clock.now());
    },
    outsideLegs: () => [...outside].map(([ref, number]) => ({ ref, number })),
  };
}

/** The form in which numbers are compared. */
export const sameForm = (number: string): string => normalAddress("voice", number).value;
