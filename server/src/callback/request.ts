/** A promised call as data, and the rules of what follows an attempt. Pure. */
import type { AttemptOutcome, CallbackAttempt, CallbackEnd, CallbackSettings, CallbackState, CallbackView } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import type { Interaction, Language, TrailStep } from "../hub/hub.ts";

export interface CallbackRequest {
  id: string;
  state: CallbackState;
  queueId: string;
  /** E.164, or an extension of the house. */
  number: string;
  name: string;
  customerId: string | null;
  language: Language;
  reason: string | null;
  priority: number;
  needs: readonly { skillId: string; minLevel: number }[];
  trail: readonly TrailStep[];
  data: Readonly<Record<string, string>>;
  /** Where the link goes when no text can; as whoever asked typed it. Absent = not given. */
  email?: string;
  agentId: string | null;
  by: CallbackView["by"];
  byName: string;
  /** The visitor or user who asked; "" = the caller. */
  byId: string;
  /** The number of ours that they called; "" = none. */
  to: string;
  createdAtMs: number;
  sinceMs: number;
  /** Null = in order. */
  slot: Slot | null;
  /** What was announced: the slot's end, or now and the estimate; null = "in your turn". */
  dueMs: number | null;
  /** Not before; null = as soon as somebody is free. */
  nextAtMs: number | null;
  attempts: readonly CallbackAttempt[];
  /** The contact that waits for an agent, or has one. */
  interactionId: string | null;
  /** They are on the line with us: that contact. Nobody is dialled meanwhile. */
  heldBy: string | null;
  /** The contact whose customer an answering machine was. */
  machineOf: string | null;
  endedAtMs: number | null;
  end: CallbackEnd | null;
  /** Only looks like a promise (echoes.ts). */
  echo?: true;
}

/** By somebody to whom the number was not known to belong: a page's visitor, who writes, who calls from another number. */
export const isStrangers = ({ by, byId }: CallbackRequest): boolean => by === "page" || ((by === "flow" || by === "waiting") && byId !== "");

/** A promise with a time is dearer than whoever waits without one: at its time it is next. */
const DATED_PRIORITY = 8;

export const isOpen = ({ state }: CallbackRequest): boolean => state === "waiting" || state === "calling";
export const priorityOf = ({ slot, priority }: CallbackRequest): number => (slot ? Math.max(priority, DATED_PRIORITY) : priority);
/** Since when its contact waits: a dated one not before its time. */
export const waitsSince = ({ slot, sinceMs }: CallbackRequest): number => (slot ? slot.startMs : sinceMs);

/** In this contact their telephone is in use, or about to ring: who dials them besides finds them busy. */
export function isOnTheLine({ traits, state, calledBack }: Interaction): boolean {
  if (traits.written || state === "closed" || state === "wrapping") return false;
  return !calledBack || state === "connected" || calledBack.dialledAtMs !== null || calledBack.reachedAtMs !== null;
}

/**
 * What became of the try that this closed contact was; null: they were served. "cut" is our failing and no try; `ended-by-staff`: a
 * supervisor ended it while nobody had it.
 */
export function outcomeOf({ calledBack, closed, agentId, connectedAtMs }: Interaction, machine: boolean): AttemptOutcome | "ended-by-staff" {
  if (!calledBack || closed?.why === "failed") return "cut";
  if (calledBack.notReached) return calledBack.notReached.why;
  if (calledBack.reachedAtMs === null) return agentId === null ? "ended-by-staff" : "agent-ended";
  if (machine) return "machine";
  // they answered and hung up before an agent had them (customer first): called, and not served
  return connectedAtMs === null ? (closed?.why === "agent-ended" ? "ended-by-staff" : "refused") : "reached";
}

/** Of one promise. A mistake of ours that comes again with each call must not ring somebody's telephone without end. */
const MAX_CUTS = 20;

/** After an attempt: over (and how), or when it is tried again. `opensMs`: the queue is open at that instant or opens then; null = never soon. */
export function after(request: CallbackRequest, attempt: CallbackAttempt, settings: Pick<CallbackSettings, "attempts" | "pauseMinutes">, nowMs: number, opens: (fromMs: number) => number | null): CallbackRequest {
  const { outcome } = attempt;
  const attempts = [...request.attempts, attempt];
  const tried: CallbackRequest = { ...request, attempts, interactionId: null, heldBy: null, machineOf: null };
  if (outcome === "reached") return { ...tried, state: "served", end: outcome, endedAtMs: nowMs, nextAtMs: null };
  const counted = attempts.filter((one) => one.outcome !== "cut").length;
  if (counted >= settings.attempts || attempts.length - counted >= MAX_CUTS) return { ...tried, state: "broken", end: outcome, endedAtMs: nowMs, nextAtMs: null };
  const fromMs = outcome === "cut" && request.attempts.at(-1)?.outcome !== "cut" ? nowMs : nowMs + settings.pauseMinutes * 60_000;
  return { ...tried, state: "waiting", nextAtMs: opens(fromMs) ?? fromMs };
}
