/** What the browser phone shows, and how it changes. Pure: the SIP user agent and the microphone tell events, the screen reads the state. */

export type Registration = "off" | "connecting" | "registered" | "lost" | "refused";
/** `insecure`: the page is neither HTTPS nor localhost, browsers then have no microphone at all. */
export type MicState = "unknown" | "granted" | "denied" | "missing" | "lost" | "insecure";

export interface PhoneCall {
  readonly interactionId: string;
  /** `answering`: the agent answered, sound is being set up. */
  readonly state: "ringing" | "answering" | "live";
  readonly muted: boolean;
  /** The sound path broke (network); it may come back. */
  readonly audioLost: boolean;
}

export interface PhoneState {
  readonly registration: Registration;
  /** In words, when refused. */
  readonly why: string | null;
  readonly mic: MicState;
  readonly call: PhoneCall | null;
  /** Why the last attempt to answer failed; cleared by the next call. */
  readonly failure: "mic" | "call" | null;
}

export const phoneOff: PhoneState = { registration: "off", why: null, mic: "unknown", call: null, failure: null };

export type PhoneEvent =
  | { type: "registration"; registration: Registration; why?: string }
  | { type: "mic"; mic: MicState }
  | { type: "invited"; interactionId: string }
  | { type: "answering" }
  | { type: "established" }
  | { type: "muted"; muted: boolean }
  | { type: "audio"; lost: boolean }
  | { type: "answerFailed"; cause: "mic" | "call" }
  | { type: "ended"; interactionId: string };

export function step(state: PhoneState, event: PhoneEvent): PhoneState {
  const { call } = state;
  switch (event.type) {
    case "registration":
      return { ...state, registration: event.registration, why: event.why ?? null };
    case "mic":
      return { ...state, mic: event.mic };
    case "invited":
      return { ...state, failure: null, call: { interactionId: event.interactionId, state: "ringing", muted: false, audioLost: false } };
    case "answering":
      return call?.state === "ringing" ? { ...state, call: { ...call, state: "answering" } } : state;
    case "established":
      return call === null ? state : { ...state, call: { ...call, state: "live" } };
    case "muted":
      return call === null ? state : { ...state, call: { ...call, muted: event.muted } };
    case "audio":
      return call === null ? state : { ...state, call: { ...call, audioLost: event.lost } };
    case "answerFailed":
      return { ...state, call: null, failure: event.cause };
    case "ended":
      // The end of a call already replaced by another must not clear that one.
      return call?.interactionId === event.interactionId ? { ...state, call: null } : state;
  }
}

/** line: a call of the house, without a contact. */
export type InviteAnswer = "take" | "replace" | "busy" | "line";

/** What to do with an INVITE: one contact at a time; the same contact ringing again (its first leg was lost) takes the place of the old. */
export function onInvite(state: PhoneState, interactionId: string | undefined): InviteAnswer {
  if (interactionId === undefined || interactionId === "") return "line";
  if (state.call === null) return "take";
  return state.call.interactionId === interactionId ? "replace" : "busy";
}
