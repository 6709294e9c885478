/** What holds for a queue outside hours, for tables that show it at a glance. Pure; judged as the server does (protocol/hours-closed). */
import type { ContactChannel, Deflection, HoursRule, QueueDeflection } from "@tandem/protocol/hours";
import { whenClosed } from "@tandem/protocol/hours-closed";
import type { ClosedWay } from "@tandem/protocol/hours-closed";

/** `waits`: not deflected. */
export type Way = ClosedWay | { kind: "assistant" } | { kind: "waits" };
export interface Effective {
  way: Way;
  /** Whose word it is. */
  from: "queue" | "centre";
}

export function effectiveOf(channel: ContactChannel, centre: Deflection, own: QueueDeflection | null, queueId: string): Effective {
  // A virtual agent who is there at all hours answers before any hours are looked at.
  if (own?.virtualAgent?.availability === "always" && channel !== "email") return { way: { kind: "assistant" }, from: "queue" };
  const { way, from } = whenClosed(channel, centre, own, queueId);
  return { way: way ?? { kind: "waits" }, from };
}

type Who = Pick<HoursRule, "queueId" | "channel" | "language">;
/** The eight levels that may hold for somebody, the most specific first, each with its rule where there is one. */
export function levelsOf(rules: readonly HoursRule[], { queueId, channel, language }: { [K in keyof Who]: NonNullable<Who[K]> }): { who: Who; rule: HoursRule | null }[] {
  return [7, 6, 5, 4, 3, 2, 1, 0].map((weight) => {
    const who: Who = { queueId: weight & 4 ? queueId : null, channel: weight & 2 ? channel : null, language: weight & 1 ? language : null };
    return { who, rule: rules.find((rule) => rule.queueId === who.queueId && rule.channel === who.channel && rule.language === who.language) ?? null };
  });
}
