/**
 * Whether a queue takes a contact now, and where it goes if not: the matrix of hours, capacity, shares and virtual agents, by channel. Pure. The
 * order: the virtual agent, closed, too busy, shared out. Another queue is judged in its turn; who comes round in a circle
 * leaves a message (docs/en/hours.md has the whole table).
 */
import type { ByChannel, ChosenOption, ContactChannel, DeflectionWhy, HoursNow } from "@tandem/protocol/hours";
import { whenClosed as closedWay } from "@tandem/protocol/hours-closed";
import type { ClosedWay } from "@tandem/protocol/hours-closed";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { QueueSetting, QueueSettingKind } from "@tandem/protocol/queue-settings";
import { deflectionFlow, type FlowOf } from "./deflection-flow.ts";

export type Language = "fr" | "en";

/** Of a queue, now. `staffed`: agents of it who are there; `freeAgents`: who could take one more. */
export interface QueueLive {
  waiting: number;
  longestWaitMs: number;
  freeAgents: number;
  staffed: number;
}

/** What the room reads to decide: everything in memory. */
export interface Ground {
  hours(queueId: string, channel: ContactChannel, language: Language, nowMs: number): HoursNow;
  get<K extends QueueSettingKind>(kind: K, queueId: string): QueueSetting<K>;
  own<K extends QueueSettingKind>(kind: K, queueId: string): QueueSetting<K> | null;
  queue(id: string): { name: string } | null;
  /** Dated callbacks are offered for this queue. */
  schedules(queueId: string): boolean;
  /** Flows are written in both; this one first. */
  language: Language;
  /** Where the same is asked of thousands of states (the proof): flows that were made, by what they are made of. */
  made?: Map<string, FlowDocument>;
}

/** That a contact was deflected before: its flow's data carries it (`deflected`), so that nobody goes round for ever. */
export interface Passed {
  queueId: string;
  why: DeflectionWhy;
  atMs: number;
}

/** A draw that falls into no share, unless everybody is shared out: for what is told without a contact. */
export const LAST_DRAW = 1 - 1e-9;

export interface Question {
  queueId: string;
  channel: ContactChannel;
  language: Language;
  nowMs: number;
  live(queueId: string): QueueLive;
  /** 0..1, of this contact: draws its share. */
  dice: number;
  passed?: readonly Passed[];
  /** They wait for a person already: no virtual agent is met and no share drawn again. */
  waits?: boolean;
  /** Chosen on the page already: goes there without a menu. */
  chosen?: ChosenOption | null;
}

/** Another queue, or a flow that runs instead: one of the two. `by`: the queue that they stay with: whose message it is. */
export type Decision = { why: DeflectionWhy; queueId: string; flow?: never } | { why: DeflectionWhy; queueId?: never; flow: FlowDocument; goes: FlowTarget["kind"]; by: string };

/** Where somebody is sent; `from` settings, in the words of the settings. */
export type Target = ClosedWay | { kind: "assistant"; assistantId: string };

/** Played by a flow. */
export type FlowTarget = Exclude<Target, { kind: "queue" }>;

/** Null = the queue takes them. */
export function decide(ground: Ground, question: Question): Decision | null {
  const { live, passed = [] } = question;
  const seen: string[] = [];
  let { queueId, dice } = question;
  let why: DeflectionWhy | null = null;
  for (;;) {
    if (why !== null && seen.includes(queueId)) return flowFor(ground, question, question.queueId, why, lastResort(question.channel)); // a circle: what saving refuses may come by hours that changed
    seen.push(queueId);
    const before = passed.filter((one) => one.queueId === queueId && one.why !== "assistant");
    if (before.length > 0) {
      // They were told already, and are back: by 0, by a word for a person, or because what was offered failed. Whoever is there takes them.
      if (live(queueId).staffed > 0 || !isCall(question.channel)) return why === null ? null : { why, queueId };
      // Nobody waits on an open line where nobody is: a message, as often as they ask, and where none can be taken words and the end.
      return flowFor(ground, question, queueId, before[0]!.why, lastResort(question.channel), before.length > 1);
    }
    const judged = judge(ground, { ...question, queueId, dice });
    if (judged === null) return why === null ? null : { why, queueId };
    why ??= judged.why;
    const { target } = judged;
    if (target.kind !== "queue") return flowFor(ground, question, ownerOf(ground, question, queueId, judged.why), judged.why, target);
    if (!ground.queue(target.queueId)) return flowFor(ground, question, queueId, judged.why, lastResort(question.channel));
    ({ queueId } = target);
    ({ dice } = judged);
  }
}

/** Whose the message or the callback is: of the queue that was called, unless another one that it led to has a word of its own for it. */
export function ownerOf(ground: Ground, { queueId: called, channel }: Pick<Question, "queueId" | "channel">, queueId: string, why: DeflectionWhy): string {
  const own = ground.own("queue-deflection", queueId);
  const word = (channel === "mobile" ? own?.mobile : channel === "ivr" ? own?.ivr : null) ?? null;
  return word === null && (why === "closed" || why === "holiday") ? called : queueId;
}

const isCall = (channel: ContactChannel): boolean => channel === "ivr" || channel === "web" || channel === "mobile";
/** A caller leaves a message; who writes has written already, and reads the closing words. */
const lastResort = (channel: ContactChannel): FlowTarget => (isCall(channel) ? { kind: "voicemail" } : { kind: "message" });

function flowFor(ground: Ground, question: Question, queueId: string, why: DeflectionWhy, target: FlowTarget, last = false): Decision {
  const { words } = ground.get("deflection", queueId);
  const email = ground.get("details", queueId).supportEmail;
  const passed = [...(question.passed ?? []), { queueId, why, atMs: question.nowMs }];
  const of = { queueId, why, target, words, email, passed, chosen: question.chosen ?? null, schedules: ground.schedules(queueId), language: ground.language, last };
  return { why, goes: target.kind, by: queueId, flow: ground.made ? once(ground.made, of) : deflectionFlow(of) };
}

function once(made: Map<string, FlowDocument>, of: FlowOf): FlowDocument {
  const key = JSON.stringify(of);
  const flow = made.get(key) ?? deflectionFlow(of);
  made.set(key, flow);
  return flow;
}

export interface Judged {
  why: DeflectionWhy;
  target: Target;
  /** What is left of the draw: as good as a new one. */
  dice: number;
}

/** One queue, by its settings. */
export function judge(ground: Ground, question: Omit<Question, "passed" | "chosen"> & { passed?: readonly Passed[] }): Judged | null {
  const { queueId, channel, language, nowMs, dice, passed = [], waits = false } = question;
  const hours = ground.hours(queueId, channel, language, nowMs);
  const virtualAgent = ground.own("queue-deflection", queueId)?.virtualAgent ?? null;
  const metIt = waits || passed.some((one) => one.queueId === queueId && one.why === "assistant");
  if (virtualAgent && !metIt && channel !== "email" && (virtualAgent.availability === "always" || hours.state === "open")) return { why: "assistant", target: { kind: "assistant", assistantId: virtualAgent.assistantId }, dice };
  if (hours.state !== "open") {
    const target = whenClosed(ground, queueId, channel);
    if (target) return { why: hours.state, target, dice };
  }
  return tooBusy(ground, question) ?? (waits ? null : shared(ground, question));
}

/** Outside hours: the queue's own word, else the whole centre's; null = deflection is off, they wait. */
export function whenClosed(ground: Ground, queueId: string, channel: ContactChannel): Target | null {
  return closedWay(channel, ground.get("deflection", queueId), ground.own("queue-deflection", queueId), queueId).way;
}

/** Over capacity: where they go then; null = they wait. */
export function whenBusy(ground: Pick<Ground, "get">, queueId: string, channel: ContactChannel): Target | null {
  const rule = ground.get("over-capacity", queueId);
  return rule.enabled ? byChannel(rule.then, channel) : null;
}

/** The queue that is there for all the others by the whole centre's word: it has nobody to pass them to. */
export const isForTheOthers = (ground: Pick<Ground, "own">, queueId: string, target: Target | null): boolean => target?.kind === "queue" && target.queueId === queueId && ground.own("over-capacity", queueId) === null;

function tooBusy(ground: Ground, { queueId, channel, live, dice }: Omit<Question, "passed">): Judged | null {
  const rule = ground.get("over-capacity", queueId);
  const wanted = whenBusy(ground, queueId, channel);
  if (wanted === null) return null;
  const now = live(queueId);
  const forOthers = isForTheOthers(ground, queueId, wanted);
  if (forOthers && (now.staffed > 0 || !isCall(channel))) return null;
  const why = beyond(rule, now);
  return why && { why, target: forOthers ? { kind: "voicemail" } : wanted, dice };
}

/** Which of its limits a queue is over; null = none, or none holds. A flow's `ifFull` asks the same: what the one lets pass the other does too. */
export function beyond(rule: QueueSetting<"over-capacity">, { longestWaitMs, waiting, staffed, freeAgents }: QueueLive): "wait" | "length" | "no-agent" | null {
  if (!rule.enabled) return null;
  if (rule.longestWaitMs !== null && longestWaitMs >= rule.longestWaitMs) return "wait";
  if (rule.length !== null && waiting >= rule.length) return "length";
  return rule.agents !== null && (rule.agents === "none-there" ? staffed : freeAgents) === 0 ? "no-agent" : null;
}

export function byChannel(then: ByChannel, channel: ContactChannel): Target | null {
  switch (channel) {
    case "ivr":
      return then.ivr;
    case "web":
      return then.web && { kind: "options", options: { ...then.web, number: null, voicemail: false } };
    case "mobile":
      return then.mobile && (then.mobile.to === "queue" ? { kind: "queue", queueId: then.mobile.queueId } : { kind: "options", options: then.mobile.options });
    case "chat":
      return then.chat;
    case "sms":
      return then.sms && (then.sms.kind === "message" ? { kind: "text", message: then.sms.message } : then.sms);
    case "email":
      return null;
  }
}

function shared(ground: Ground, { queueId, channel, dice }: Pick<Question, "queueId" | "channel" | "dice">): Judged | null {
  let low = 0;
  for (const share of ground.get("redirection", queueId).shares) {
    if (share.channels.length > 0 && !share.channels.includes(channel)) continue;
    const width = share.percent / 100;
    if (dice >= low && dice < low + width) return { why: "share", target: { kind: "queue", queueId: share.queueId }, dice: (dice - low) / width };
    low += width;
  }
  return null;
}
