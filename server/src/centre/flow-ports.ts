/** What a dialogue asks of the world outside the centre, and what is told of its way. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Answer, Ask, FlowWorld } from "../flow/flow.ts";
import type { HandOverTarget, Interaction, Language } from "../hub/hub.ts";
import type { Standing } from "./promise-standing.ts";

/** Whose ask it is. `deedId` is the same when the same ask is made again after a restart: a deed is done once. */
export interface AskAbout {
  deedId: string;
  interactionId: string;
  medium: string;
  customerId: string | null;
  from: string;
  fromName: string;
  to: string;
  language: Language;
  /** Since when they wait, or are here: an in-order callback keeps this place. */
  sinceMs: number;
}

/** Nobody waits for the answer any more: the time was over, or the customer went (`gone`). What a voicemail has so far is kept. */
export type Forget = (why: "timeout" | "gone") => void;

/** Answers once; never throws; may be forgotten. One a kind: a kind without one fails, and the flow goes on by its way for that. */
export type FlowAsks = { readonly [K in Ask["kind"]]?: (ask: Extract<Ask, { kind: K }>, about: AskAbout, answer: (answer: Answer) => void) => Forget | undefined };

/** Where a contact goes that a queue does not take: to another one, or through a flow. */
export type Deflected = { queueId: string; flow?: never } | { queueId?: never; flow: FlowDocument };

/** A step of a dialogue, as it happened: `port` null = entered, else left by it; `ended`: over here, and how ("person", "number", or the end). */
export interface FlowMove {
  interaction: Interaction;
  /** The flow that the contact runs, and the one that the step belongs to (a sub-flow). */
  flowId: string;
  inFlow: string;
  /** Of `inFlow`. */
  version: number;
  stepId: string;
  port: string | null;
  ended: string | null;
  /** Whose try-it this is; null: a customer's. */
  triedBy: string | null;
  /** No flow of an administrator's: a deflection, a redial's question. */
  builtIn: boolean;
}

/** All from memory, at once. What is absent: flows as they are, everything open, nothing deflected, no ask answered. */
export interface FlowPorts {
  /** A published version as it was; null = it is gone. */
  version?(id: string, version: number): unknown;
  /** What is published under that id now. */
  published?(id: string): unknown;
  /** Null: no try-it. Else reads the draft: null = there is none, or not for them. */
  tried?(it: Pick<Interaction, "to" | "context">): null | ((done: (draft: { document: unknown; by: string } | null) => void) => void);
  world?(it: Interaction): Pick<FlowWorld, "centre" | "hours" | "queue">;
  asks?: FlowAsks;
  /** The next call that is promised to the number which rings; null = none. */
  standing?(it: Interaction): Standing | null;
  /** Its caller takes it back. */
  cancelStanding?(callbackId: string): void;
  /** Something can be promised to who waits in that queue, now. */
  canCallBack?(queueId: string, language: Language): boolean;
  /** Asked when a flow ends at a queue and when an agent transfers to one; `waits`: of who waits already, and may wait there too. Null = the queue takes them. */
  deflect?(it: Interaction, queueId: string, waits?: boolean): Deflected | null;
  /** What the customer chose on the page that they call from, of that queue: it runs in the place of the number's flow. */
  chosen?(it: Interaction): { queueId: string; flow: FlowDocument } | null;
  /** Whom a flow may hand a caller to: an extension, a group, an outside number. */
  handOverTarget?(number: string): { ok: true; to: HandOverTarget } | { ok: false; code: string };
  /** Where a person waits for those whose flow cannot run at all. */
  lastResort?(): string | null;
  moved?(move: FlowMove): void;
  /** Keeps what a contact in writing hides over a restart, with the next facts of it; null = nothing more. Absent: in memory only. */
  hidden?: { keep(id: string, text: string | null): void; of(id: string): string | null };
}
