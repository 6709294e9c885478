/** What the proof must know of the centre around the flow: an argument, made from the directory and the settings of the moment. */
import type { FlowDocument, HoursOf, SkillNeed } from "@tandem/protocol/flow/flow";
import type { Language } from "../../hub/hub.ts";

/** How a contact comes; `written` flows are those of chat and sms. */
export type ProofChannel = "ivr" | "web" | "mobile" | "chat" | "sms";
export const WRITTEN_CHANNELS: readonly ProofChannel[] = ["chat", "sms"];

/** How a queue may be found. `served`: somebody is there; `closed`: outside its hours, holidays too; `empty`: open, nobody signed in; `full`: over its capacity. */
export type QueueFound = "served" | "closed" | "empty" | "full";

/**
 * Where a queue sends a contact. `taken`: nowhere, they wait in it. A flow should be the same object for the same question: each is walked once.
 * `memory`: what is asked again with when the contact comes back to this queue; few different ones, each is proved apart.
 */
export type Deflected = { to: "taken" } | { to: "queue"; queueId: string } | { to: "flow"; flow: FlowDocument; memory: string };

export interface ProofQueue {
  id: string;
  name: string;
  /** Its hours, over every channel and language, within the horizon of the calendars. */
  everOpen: boolean;
  everClosed: boolean;
  /** Agents of the queue who have all of these skills, signed in or not. */
  skilledAgents(needs: readonly SkillNeed[]): number;
  /** People who are told of a message left here, and may hear it. */
  voicemailOwners: number;
  /** Callbacks it can promise at all: in order, and at slots. */
  callbacks: { inOrder: boolean; dated: boolean };
  /** Whoever waits is offered to be called back, whatever the queue's state: a promise. */
  offersCallback: boolean;
  /** Why contacts may wait where nobody is, in the administrator's words; null = they may not. Who writes may wait where who calls may not. */
  mayWait: { voice: string | null; written: string | null };
  /** Every way that the settings may send a contact of this channel, found so (a share of contacts and a virtual agent are further ways). `before`: the memory of the last time that it sent this contact away; null = never. */
  deflect(of: { found: QueueFound; channel: ProofChannel; before: string | null }): readonly Deflected[];
}

export interface Site {
  /** Channels by which contacts of this flow come; empty = every one. */
  channels: readonly ProofChannel[];
  queue(id: string): ProofQueue | null;
  /** Null = there is no such calendar. */
  hours(of: HoursOf): { everOpen: boolean; everClosed: boolean } | null;
  /** Published sub-flows. */
  flow(id: string): FlowDocument | null;
  /** A file of this prompt in this language. */
  recorded(promptId: string, language: Language): boolean;
  /** Seconds of a text as it will sound, or of the recording where there is one. */
  seconds(said: { text: string; recordingId?: string | undefined }, language: Language): number;
  /** A recogniser may listen, and may be down too. */
  hears: boolean;
  /** Of the centre, for dates and numbers in prompts and test cases. */
  zone: string;
  country: string;
  /** The support address; null = none is set. */
  email: string | null;
  /** Milliseconds that run: what the proof says it took. */
  clockMs?(): number;
}
