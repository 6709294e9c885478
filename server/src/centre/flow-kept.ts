/** A dialogue as the hub keeps it: opaque there, plain JSON in the log, what a restart and a redial go on from. */
import type { FlowDocument, SkillNeed } from "@tandem/protocol/flow/flow";
import type { FlowState } from "../flow/flow.ts";
import type { Interaction, QueuePlace, TrailStep } from "../hub/hub.ts";
import type { Standing } from "./promise-standing.ts";

export interface Kept {
  /** Null: ordered, not begun. */
  state: FlowState | null;
  /** Seq of the last message that the flow has read: none is read twice, none is missed, also over a restart. */
  readSeq: number;
  /** The flow itself where no published one is it: a deflection, the question to who rings again. */
  document?: FlowDocument;
  /** Versions of sub-flows, as when the contact began. */
  pins: Readonly<Record<string, number>>;
  /** Where it was led, or waited, before it was deflected: whoever comes back there keeps it. */
  place?: Place;
  /** When a callback is promised for; null = in order. */
  dueMs?: number | null;
  /** What is asked about: an earlier call that was cut. */
  redial?: { of: string; kept: Kept };
  /** What is asked about: a call that is promised to them. */
  standing?: Standing;
  /** Of a call that was asked what proves who it is. */
  before?: Before;
}

/** What a call had told. */
export type Told = Pick<Interaction, "trail" | "data" | "labels" | "language" | "reason">;

/** As a call stood before it was asked a PIN or the like: who rings again goes on there and no further, for a caller's number proves nothing. */
export interface Before extends Told {
  kept: Kept;
}

export interface Place {
  queueId: string;
  needs: readonly SkillNeed[];
  priority: number;
  reason: string | null;
  preferredAgentId: string | null;
  whisper?: string;
  /** Null: never waited. */
  sinceMs: number | null;
}

/** A dialogue that is under way. */
export interface Running {
  definition: FlowDocument;
  state: FlowState;
  kept: Omit<Kept, "state">;
  /** Whose try-it this is: no published flow, no agent disturbed, nothing counted. */
  triedBy: string | null;
  cancelTimer: () => void;
  /** What the timer that runs was set to. */
  silenceMs: number | null;
}

/** Who comes back within so long comes back about the same matter: the agent who knows it is preferred. */
export const SAME_MATTER_MS = 3 * 24 * 3_600_000;

/** Null: nothing that this version can go on from. */
export function keptOf(flow: unknown): Kept | null {
  if (typeof flow !== "object" || flow === null || !("readSeq" in flow)) return null;
  const kept = flow as Kept;
  // states of before format 2 know no sub-flows
  return kept.state === null || typeof kept.state.inFlow === "string" ? { ...kept, pins: kept.pins ?? {} } : null;
}

/** How a dialogue goes on when nobody takes whom it handed over. */
export function handedOverOf(flow: unknown): { failedStep: string | null; kept: Kept } | null {
  if (typeof flow !== "object" || flow === null || !("kept" in flow) || !("failedStep" in flow)) return null;
  const kept = keptOf(flow.kept);
  return kept && { failedStep: typeof flow.failedStep === "string" ? flow.failedStep : null, kept };
}

/** The dialogue that a redial may go on with, and what it had told: of a call that was cut after it had told something. */
export function unfinishedOf(it: Interaction): { of: string; kept: Kept; told: Told } | null {
  const kept = keptOf(it.unfinished);
  // who left a message and hung up was not cut off
  if (!kept || it.flowEnd) return null;
  if (kept.redial) return { ...kept.redial, told: it };
  const { before } = kept;
  if (before) return before.trail.length > 0 ? { of: it.id, kept: before.kept, told: before } : null;
  // in a dialogue after the one that asked for it: nobody goes on behind it
  if (it.trail.some(({ sensitive }) => sensitive)) return null;
  return kept.state !== null && it.trail.length > 0 ? { of: it.id, kept, told: it } : null;
}

export function placeOf({ queueId, needs, priority, sinceMs, preferredAgentId, whisper }: QueuePlace, reason: string | null): Place {
  return { queueId, needs, priority, reason, preferredAgentId, sinceMs, ...(whisper !== undefined && { whisper }) };
}

/** What a turn told, all of it or until some point. */
export interface TurnTold {
  trail: readonly TrailStep[];
  data: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
}

/** `state`: before the step that asks; `more`: what this turn told until then. */
export function beforeOf(it: Interaction, { kept }: Running, state: FlowState, more: TurnTold): Before {
  return {
    kept: { ...kept, state },
    trail: [...it.trail, ...more.trail], data: { ...it.data, ...more.data }, labels: { ...it.labels, ...more.labels }, language: state.language, reason: it.reason,
  };
}

/** A variable without a label is the flow's own business. */
export function labelOf({ variables }: FlowDocument, name: string): Record<string, string> {
  const label = variables[name]?.label;
  return label === undefined ? {} : { [name]: label };
}
