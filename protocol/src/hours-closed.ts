/** Whom a queue's hours are and where its contacts go outside them: one judgement for the server, which sends them there, and the administration, which shows it. Pure. */
import type { CallDeflection, ContactChannel, Deflection, HoursRule, MobileOptions, QueueDeflection } from "./hours.ts";
import type { Says } from "./flow/words.ts";

/** A queue of its own says more than a channel, a channel more than a language: 4, 2, 1. */
export const weightOf = (rule: Pick<HoursRule, "queueId" | "channel" | "language">): number => (rule.queueId === null ? 0 : 4) + (rule.channel === null ? 0 : 2) + (rule.language === null ? 0 : 1);

/** Who asks for hours: null = whoever. */
export type HoursFor = Pick<HoursRule, "queueId" | "channel" | "language">;

/** The most specific rule that fits. Two that fit never weigh the same: they would name the same things. */
export function ruleFor(rules: readonly HoursRule[], who: HoursFor): HoursRule | null {
  const fits = rules.filter((r) => (r.queueId ?? who.queueId) === who.queueId && (r.channel ?? who.channel) === who.channel && (r.language ?? who.language) === who.language);
  return fits.reduce<HoursRule | null>((best, rule) => (best === null || weightOf(rule) > weightOf(best) ? rule : best), null);
}

/** Where somebody goes outside hours. `text`: a message of the queue's own answers. */
export type ClosedWay = CallDeflection | { kind: "options"; options: MobileOptions } | { kind: "email" } | { kind: "text"; message: Says };
/** `way` null: deflection is off, they wait. `from`: whose word it is. */
export interface Closed {
  way: ClosedWay | null;
  from: "queue" | "centre";
}

/** The queue's own word, else the whole centre's. */
export function whenClosed(channel: ContactChannel, { calls, chats }: Pick<Deflection, "calls" | "chats">, own: QueueDeflection | null, queueId: string): Closed {
  const centre = (on: boolean, way: ClosedWay): Closed => ({ way: on ? way : null, from: "centre" });
  const queue = (way: ClosedWay | null): Closed => ({ way, from: "queue" });
  switch (channel) {
    case "ivr":
      if (own?.ivr) return queue(own.ivr === "off" ? null : own.ivr);
      // The queue that is there for the others has nobody to pass them to.
      return centre(calls.enabled, calls.ivr.kind === "queue" && calls.ivr.queueId === queueId ? { kind: "voicemail" } : calls.ivr);
    case "web":
      return centre(calls.enabled, { kind: "options", options: { ...calls.web, number: null, voicemail: false } });
    case "mobile":
      if (own?.mobile) return queue(own.mobile === "off" ? null : own.mobile.to === "queue" ? { kind: "queue", queueId: own.mobile.queueId } : { kind: "options", options: own.mobile.options });
      return centre(calls.enabled, { kind: "options", options: calls.mobile });
    case "sms":
      if (own?.sms?.enabled) return queue({ kind: "text", message: own.sms.message });
      return centre(chats.enabled, { kind: chats.email ? "email" : "message" });
    case "chat":
      return centre(chats.enabled, { kind: chats.email ? "email" : "message" });
    case "email":
      return centre(false, { kind: "message" }); // it waits until somebody reads it
  }
}
