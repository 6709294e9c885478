/** A small centre for the tests of the proof: everything served, deflections as they are by default. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition } from "../definition.ts";
import { roughSeconds } from "./prompts.ts";
import type { Deflected, ProofQueue, Site } from "./site.ts";

export function voicemailFlow(queueId: string): FlowDocument {
  return flowDefinition({
    id: "deflection", name: "Fermé", version: 1, languages: ["fr", "en"], start: "closed",
    reachHuman: { queueId, says: { sounds: { fr: "Nous cherchons une personne.", en: "We are looking for a person." } }, label: { fr: "Une personne", en: "A person" } },
    retry: { wrong: { sounds: { fr: "Pardon.", en: "Sorry." } }, silence: { sounds: { fr: "Êtes-vous là ?", en: "Are you there?" } } },
    steps: {
      closed: { kind: "say", says: { sounds: { fr: "Nous sommes fermés.", en: "We are closed." } }, next: "message" },
      message: { kind: "voicemail", queueId, says: { sounds: { fr: "Laissez un message.", en: "Leave a message." } }, failed: "bye" },
      bye: { kind: "end", says: { sounds: { fr: "Au revoir.", en: "Goodbye." } }, exception: "closed and in writing" },
    },
  });
}

const flows = new Map<string, FlowDocument>();
function deflection(queueId: string): FlowDocument {
  let flow = flows.get(queueId);
  if (!flow) flows.set(queueId, (flow = voicemailFlow(queueId)));
  return flow;
}

export function testQueue(id: string, more: Partial<ProofQueue> = {}): ProofQueue {
  return {
    id, name: id, everOpen: true, everClosed: true, skilledAgents: () => 3, voicemailOwners: 2, callbacks: { inOrder: true, dated: true }, offersCallback: false, mayWait: { voice: null, written: null },
    // who was sent away and comes back waits where somebody is, and leaves a message elsewhere
    deflect: ({ found, before }): Deflected[] => (found === "served" || found === "full" ? [{ to: "taken" }] : [before === null ? { to: "flow", flow: deflection(id), memory: "once" } : { to: "flow", flow: messageOnly(id), memory: "again" }]),
    ...more,
  };
}

const lasts = new Map<string, FlowDocument>();
function messageOnly(queueId: string): FlowDocument {
  let flow = lasts.get(queueId);
  if (!flow) lasts.set(queueId, (flow = { ...voicemailFlow(queueId), start: "bye" }));
  return flow;
}

export function testSite(more: Partial<Site> = {}, queues: Readonly<Record<string, Partial<ProofQueue>>> = {}): Site {
  const known = new Map<string, ProofQueue>();
  const queue = (id: string): ProofQueue | null => {
    if (id.startsWith("gone")) return null;
    let found = known.get(id);
    if (!found) known.set(id, (found = testQueue(id, queues[id])));
    return found;
  };
  return {
    channels: [], queue, hours: () => ({ everOpen: true, everClosed: true }), flow: () => null, recorded: () => true, seconds: ({ text }) => roughSeconds(text), hears: true,
    zone: "Europe/Paris", country: "FR", email: "aide@exemple.fr", ...more,
  };
}
