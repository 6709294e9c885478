/** What holds for a queue outside hours and whose word it is, as server/src/deflection/decide.ts judges; for tables that show it at a glance. Pure. */
import type { CallDeflection, ContactChannel, Deflection, HoursRule, MobileOptions, QueueDeflection } from "@tandem/protocol/hours";

/** `waits`: not deflected. */
export type Way = CallDeflection | { kind: "options"; options: MobileOptions } | { kind: "email" } | { kind: "text" } | { kind: "waits" };
export interface Effective {
  way: Way;
  /** Whose word it is. */
  from: "queue" | "centre";
}

export function effectiveOf(channel: ContactChannel, { calls, chats }: Deflection, own: QueueDeflection | null, queueId: string): Effective {
  const centre = (way: Way, on: boolean): Effective => ({ way: on ? way : { kind: "waits" }, from: "centre" });
  switch (channel) {
    case "ivr":
      if (own?.ivr === "off") return { way: { kind: "waits" }, from: "queue" };
      if (own?.ivr) return { way: own.ivr, from: "queue" };
      // The queue that is there for the others has nobody to pass them to.
      return centre(calls.ivr.kind === "queue" && calls.ivr.queueId === queueId ? { kind: "voicemail" } : calls.ivr, calls.enabled);
    case "mobile":
      if (own?.mobile === "off") return { way: { kind: "waits" }, from: "queue" };
      if (own?.mobile) return { way: own.mobile.to === "queue" ? { kind: "queue", queueId: own.mobile.queueId } : { kind: "options", options: own.mobile.options }, from: "queue" };
      return centre({ kind: "options", options: calls.mobile }, calls.enabled);
    case "web":
      return centre({ kind: "options", options: { ...calls.web, number: null, voicemail: false } }, calls.enabled);
    case "sms":
      if (own?.sms?.enabled) return { way: { kind: "text" }, from: "queue" };
      return centre(chats.email ? { kind: "email" } : { kind: "message" }, chats.enabled);
    case "chat":
      return centre(chats.email ? { kind: "email" } : { kind: "message" }, chats.enabled);
    case "email":
      return { way: { kind: "waits" }, from: "centre" };
  }
}

type Who = Pick<HoursRule, "queueId" | "channel" | "language">;
/** The eight levels that may hold for somebody, the most specific first, each with its rule where there is one. */
export function levelsOf(rules: readonly HoursRule[], { queueId, channel, language }: { [K in keyof Who]: NonNullable<Who[K]> }): { who: Who; rule: HoursRule | null }[] {
  return [7, 6, 5, 4, 3, 2, 1, 0].map((weight) => {
    const who: Who = { queueId: weight & 4 ? queueId : null, channel: weight & 2 ? channel : null, language: weight & 1 ? language : null };
    return { who, rule: rules.find((rule) => rule.queueId === who.queueId && rule.channel === who.channel && rule.language === who.language) ?? null };
  });
}
