/** Which sound a change calls for. Pure: state before and after, and the frame between. */
import type { InteractionView, ServerFrame } from "@tandem/protocol";
import type { CentreState } from "../data/state.ts";
import type { Connection } from "../data/stream.ts";
import type { SoundName } from "./tones.ts";

const offeredTo = (i: InteractionView | undefined, agentId: string): boolean => i?.state === "offered" && i.offer?.agentId === agentId;

/** True while a call rings for me here. A desk phone alone rings by itself. */
export function rings(state: CentreState, agentId: string): boolean {
  const devices = state.agents.get(agentId)?.devices ?? [];
  if (devices.length > 0 && !devices.includes("browser")) return false;
  for (const interaction of state.interactions.values()) if (interaction.medium === "voice" && offeredTo(interaction, agentId)) return true;
  return false;
}

/** Supervisors are told of every queue's messages, and hear those of their own only. */
function serves({ agents }: CentreState, agentId: string, queueId: string): boolean {
  const me = agents.get(agentId);
  return me !== undefined && me.wish !== "offline" && (me.queueIds.length === 0 || me.queueIds.includes(queueId));
}

export function cueOf(before: CentreState, after: CentreState, frame: ServerFrame, agentId: string): SoundName | null {
  if (frame.t === "promisedWork") return frame.changed?.kind === "message" && frame.changed.fresh && serves(after, agentId, frame.queueId) ? "message" : null;
  if (frame.t !== "event") return null;
  if (frame.kind === "interaction") {
    const was = before.interactions.get(frame.value.id);
    const written = frame.value.medium !== "voice";
    return written && offeredTo(frame.value, agentId) && !offeredTo(was, agentId) ? "conversation" : null;
  }
  if (frame.kind === "message" && frame.value.author === "customer") {
    const interaction = after.interactions.get(frame.value.interactionId);
    return interaction?.state === "connected" && interaction.agentId === agentId ? "message" : null;
  }
  return null;
}

/** The line is told lost only when it stays so: a hiccup of the network is no news. */
export const LOST_AFTER_MS = 3000;

export function lineIsLost(connection: Connection, wasLive: boolean, nowMs: number): boolean {
  return wasLive && connection.phase !== "live" && connection.phase !== "ended" && nowMs - connection.sinceMs >= LOST_AFTER_MS;
}
