/**
 * Queues that send each other on in a circle. Refused when saved, unless hours alone lead round it and somebody on it is always open in the year to
 * come (a day's queue and a night's): then nobody ever comes round. What hours that changed make of it, `decide` ends in a voicemail.
 */
import { ContactChannel } from "@tandem/protocol/hours";
import { QUEUE_SETTINGS, type QueueSetting, type QueueSettingKind } from "@tandem/protocol/queue-settings";
import { isForTheOthers, whenBusy, whenClosed, type Ground, type Language } from "./decide.ts";
import { DAY, joined, type Span } from "./zone.ts";

export interface Redirect {
  from: string;
  to: string;
  channel: ContactChannel;
  by: "closed" | "busy" | "share";
}

export interface LoopGround extends Ground {
  queueIds(): readonly string[];
  /** `language` absent: the centre's own. */
  openings(queueId: string, channel: ContactChannel, fromMs: number, toMs: number, language?: Language): readonly Span[];
}

/** Every way from a queue to another, of one channel. */
function redirectsOf(ground: LoopGround, channel: ContactChannel): Redirect[] {
  return ground.queueIds().flatMap((from) => {
    const found: Redirect[] = [];
    const closed = whenClosed(ground, from, channel);
    if (closed?.kind === "queue") found.push({ from, to: closed.queueId, channel, by: "closed" });
    const busy = whenBusy(ground, from, channel);
    if (busy?.kind === "queue" && !isForTheOthers(ground, from, busy)) found.push({ from, to: busy.queueId, channel, by: "busy" });
    for (const share of ground.get("redirection", from).shares) if (share.channels.length === 0 || share.channels.includes(channel)) found.push({ from, to: share.queueId, channel, by: "share" });
    return found;
  });
}

/** The first circle found, as the redirects that make it; null = none. */
export function findLoop(ground: LoopGround, nowMs: number): Redirect[] | null {
  for (const channel of ContactChannel.options) {
    const redirects = redirectsOf(ground, channel);
    const from = Map.groupBy(redirects, (r) => r.from);
    for (const redirect of redirects) {
      if (redirect.by === "closed") continue;
      const back = wayTo(redirect.to, redirect.from, from);
      if (back) return [redirect, ...back];
    }
    // Hours lead from a queue to one other at most: a circle of them is found by following it.
    const closed = new Map(redirects.filter(({ by }) => by === "closed").map((r) => [r.from, r]));
    for (const start of closed.values()) {
      const circle = [start];
      for (let next = closed.get(start.to); next && next !== start && circle.length <= closed.size; next = closed.get(next.to)) circle.push(next);
      if (circle.at(-1)?.to === start.from && !alwaysOpen(ground, circle, nowMs)) return circle;
    }
  }
  return null;
}

/** The shortest way from one queue to another; null = none; [] when they are the same. */
function wayTo(start: string, goal: string, from: ReadonlyMap<string, readonly Redirect[]>): Redirect[] | null {
  const reached = new Map<string, Redirect[]>([[start, []]]);
  for (const [queueId, path] of reached) {
    if (queueId === goal) return path;
    for (const redirect of from.get(queueId) ?? []) if (!reached.has(redirect.to)) reached.set(redirect.to, [...path, redirect]);
  }
  return null;
}

const HORIZON_MS = 366 * DAY;

/** At every instant of the year to come one of them is open. */
function alwaysOpen(ground: LoopGround, circle: readonly Redirect[], nowMs: number): boolean {
  const open = joined(circle.flatMap(({ from, channel }) => [...ground.openings(from, channel, nowMs, nowMs + HORIZON_MS)]));
  return open.length === 1 && open[0]!.startMs <= nowMs && open[0]!.endMs >= nowMs + HORIZON_MS;
}

/** The ground as it would be with one setting changed, or removed (null): what is judged before it is kept. */
export function withSetting<K extends QueueSettingKind>(ground: LoopGround, kind: K, queueId: string, body: QueueSetting<K> | null): LoopGround {
  const otherwise: unknown = QUEUE_SETTINGS[kind].schema.parse({});
  const own = <J extends QueueSettingKind>(asked: J, of: string): QueueSetting<J> | null => ((asked as string) === kind && of === queueId ? (body as unknown as QueueSetting<J> | null) : ground.own(asked, of));
  const get = <J extends QueueSettingKind>(asked: J, of: string): QueueSetting<J> => ((asked as string) === kind ? (own(asked, of) ?? own(asked, "") ?? (otherwise as QueueSetting<J>)) : ground.get(asked, of));
  return { ...ground, own, get };
}
