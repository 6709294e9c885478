/** What crosses the edge of the interpreter: the world of a turn, state (plain JSON, survives a restart), inputs, effects. */
import type { FlowDocument, HoursOf, SkillNeed, Value, Values, VariableType } from "@tandem/protocol/flow/flow";
import type { Language, LastContact, Utterance } from "../hub/hub.ts";

/** What is true outside the flow at this turn: an argument, so that the interpreter stays pure. All answers are from memory, at once. */
export interface FlowWorld {
  nowMs: number;
  centre: {
    /** IANA zone of the centre: `contact.hour`, dates and slots are told in it. */
    zone: string;
    /** ISO 3166 country of numbers typed without a prefix: `FR`. */
    country: string;
    /** The support address of the help centre's details; null = none is set, and a deflection to e-mail fails. */
    email: string | null;
    /** Public address of this site, for links; absent or null = none is set, and a text that names it is not sent. */
    site?: string | null;
  };
  /** A recogniser can listen to this contact: what cannot be keyed may be asked by voice. */
  hears: boolean;
  /** A recogniser knows the words of a question, no more: questions that have some are listened to. */
  spots?: boolean;
  hours(of: HoursOf, medium: string, language: Language): "open" | "closed" | "holiday";
  /** Null = no such queue. `language`: as spoken now, a choice of this turn too; hours may differ by it. */
  queue(id: string, language: Language): { open: boolean; full: boolean; waiting: number; longestWaitMs: number; freeAgents: number; staffed: number } | null;
  /** A published sub-flow, as pinned when the contact began. */
  flow(id: string): FlowDocument | null;
  /** The id of an agent, by id or login. */
  agent(idOrLogin: string): string | null;
}

/** What the flow knows when it starts. */
export interface FlowContext {
  medium: string;
  /** The medium's trait: choices are read as buttons, silence is patient. */
  written: boolean;
  /** Empty or "anonymous" = a hidden number. */
  from: string;
  to: string;
  language: Language | null;
  /** Values that the flow begins with (from a trunk's headers, a redial), over the variables' `initial`. */
  data: Values;
  /** The customer's card when already known (then a lookup step does not ask again). `known: false` = a card without a name. */
  customer: Values | null;
  /** What the customer's device sent: `latitude`, `page`, `terminal` ... */
  context: Values;
  /** Was here not long ago (about the same matter). */
  returning: boolean;
}

export interface Slot {
  startMs: number;
  endMs: number;
}

/** A question to the world that takes time. Asked again with the same `askId` after a restart: it identifies the deed, so that a callback is not booked twice. */
export type Ask =
  /** -> customer, or case. `of` `newest-case`: `value` is the customer's id, "" = the contact's. */
  | { kind: "lookup"; of?: "case" | "newest-case"; value: string }
  /** Changes of the customer's card or of a case (-> customer, or case), and a note on the timeline or in the case. `customerId`: whose case is opened; "" = the contact's. */
  | { kind: "update"; of?: undefined; fields: Values; note: string | null }
  | { kind: "update"; of: "case"; number: string; fields: Values; note: string | null }
  | { kind: "update"; of: "new-case"; customerId: string; fields: Values; note: string | null }
  /** -> values, by the pointers of `saves` into the JSON answer. `{secret.x}` stands in url, headers and body for the runner to fill; values are already escaped. */
  | { kind: "http"; method: "GET" | "POST" | "PUT" | "PATCH"; url: string; headers: Record<string, string>; body: string | null; saves: readonly { name: string; pointer: string; type: VariableType }[] }
  /** -> says, goes. `turn` counts from 1. */
  | { kind: "assistant"; assistantId: string; text: string; turn: number }
  /** -> slots (the first six), inOrder */
  | { kind: "slots"; queueId: string }
  /** -> callbackId, dueMs. `slot` null = in order, keeping the place. `number` is E.164 where it can be, else as dialled. */
  | { kind: "callback"; queueId: string; number: string; slot: Slot | null; reason: string | null; priority: number }
  /** -> messageId, seconds. Beep, then sound until #, silence or hang-up, which keeps what was said. `number`: to call back when the caller's own is hidden. */
  | { kind: "record"; queueId: string; maxSeconds: number; number: string | null }
  | { kind: "sms"; to: string; text: string };

/** What an ask brought; each kind fills what is listed above. A failure is any reason, "timeout" among them, which the runner feeds itself. */
export type Answer =
  | { ok: false; why: string }
  | {
      ok: true;
      /** lookup: null = nobody known. */
      customer?: Values | null;
      /** Whom a lookup found had this contact before, for the agent. */
      last?: LastContact | null;
      /** lookup: null = no such case. */
      case?: Values | null;
      values?: Values;
      says?: string;
      goes?: "on" | "resolved" | "person";
      slots?: readonly Slot[];
      inOrder?: { position: number; estimatedWaitMs: number | null } | null;
      callbackId?: string;
      dueMs?: number | null;
      messageId?: string;
      seconds?: number;
    };

export interface FlowState {
  readonly flowId: string;
  readonly version: number;
  readonly medium: string;
  readonly written: boolean;
  readonly from: string;
  readonly to: string;
  readonly returning: boolean;
  readonly context: Values;
  language: Language;
  /** The flow that `stepId` belongs to: `flowId`, or a sub-flow of it. */
  inFlow: string;
  stepId: string;
  /** The steps that entered sub-flows, outermost first. */
  stack: { flowId: string; stepId: string; next: string }[];
  /** Where the customer is within the step ("" = its first question), and what the step remembers until it is left. */
  phase: string;
  memo: Record<string, Value>;
  slots: Slot[];
  /** The sayId being heard, null when quiet. */
  saying: string | null;
  sayCount: number;
  /** The ask that is under way, null when none. */
  asked: { askId: string; ask: Ask; timeoutMs: number } | null;
  askCount: number;
  /** What the last `expect` waits for, null when it waits for nothing. */
  expects: { ms: number; untilMs: number } | null;
  /** Keys of a question of several so far. */
  digits: string;
  /** Wrong answers and silences at this step. */
  failures: number;
  /** Typed ahead of the question: keys (voice) or one text (written). */
  ahead: string;
  /** Steps entered since the customer's last input: a loop without a person in it ends with one. */
  sinceInput: number;
  priority: number;
  reason: string | null;
  data: Record<string, Value>;
  /** Variables whose value comes from the customer or their device: none of them chooses what we dial. */
  told: string[];
  /** Variables with a hidden answer, and what is computed of them: never told to the centre. */
  secrets?: readonly string[];
  /** What is hidden is kept elsewhere (`apart`): it goes on with that only. */
  hides?: true;
  customer: Values | null;
  /** The case that was looked up or opened. */
  case?: Values;
  /** What was reached without a person on the way to an end: a text sent, an assistant's answer, a promise, a message left. */
  reached: FlowEnd | null;
  done: boolean;
}

export type FlowInput =
  | { kind: "said"; sayId: string }
  | { kind: "key"; key: string }
  /** Written, or heard by a recogniser. */
  | { kind: "text"; text: string }
  /** The timer of the last `expect` ran out. */
  | { kind: "silence" }
  | { kind: "answered"; askId: string; answer: Answer };

export type FlowEnd = "callback" | "voicemail" | "email" | "sms" | "message" | "resolved" | "ended";

export type FlowOutcome =
  | { type: "queue"; queueId: string; needs: readonly SkillNeed[]; priority: number; reason?: string; language: Language; preferredAgentId?: string; whisper?: string }
  /** To a number or extension; nobody there: `continueFlow` at `failedStep` (null = a person). */
  | { type: "hand-over"; number: string; failedStep: string | null }
  /** `ref`: the callback's or message's id. `exception`: the administrator's reason for an end without a person. */
  | { type: "end"; how: FlowEnd; ref: string | null; exception: string | null };

export type FlowEffect =
  | { do: "say"; sayId: string; utterances: readonly Utterance[] }
  /** The customer spoke over what is said. */
  | { do: "stopSaying" }
  /** Wait for an input; without one in time feed `silence`. The timer dies with the next input or effect. */
  | { do: "expect"; timeoutMs: number }
  /** Voice: a recogniser may listen to this question, from now until the next say, ask or done (`Listening` of the hub). `key` names what a phrase means; `free`: any sentence is an answer. */
  | { do: "listen"; words: readonly { key: string; phrases: readonly string[] }[]; free: boolean; interrupts: boolean }
  /** Feed `answered` back, `{ ok: false, why: "timeout" }` after `timeoutMs`. Keys and texts may come meanwhile; they do not end the ask, a new ask or `done` does. */
  | { do: "ask"; askId: string; ask: Ask; timeoutMs: number }
  /** What the customer did, in the centre's own language, for the screen pop. */
  | { do: "trail"; step: string; label: string; answer: string; sensitive?: true }
  | { do: "set"; name: string; value: Value }
  /** A sensitive step is entered: `state` is as it stood before. Who only has the customer's number goes on from before the first one, and no further. */
  | { do: "guard"; state: FlowState }
  /** Left a step along that edge: a port of `waysOf`, or "human" when a person was asked for or needed. */
  | { do: "step"; flowId: string; stepId: string; port: string }
  /** The flow itself failed here (an expression, a missing sub-flow); it went on. For the log and for try-it. */
  | { do: "problem"; flowId: string; stepId: string; why: string }
  /** Over. For a queue a `say` may stand before it in the same list: it is heard while the contact already waits. */
  | { do: "done"; outcome: FlowOutcome };
