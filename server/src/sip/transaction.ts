/**
 * What the four transaction machines share. A machine is one function per state: input in, actions out, nothing else.
 * Letters and states are those of RFC 3261 section 17 with RFC 6026.
 */
export type TimerName = "A" | "B" | "D" | "E" | "F" | "G" | "H" | "I" | "J" | "K" | "L" | "M";

export type State = "calling" | "trying" | "proceeding" | "accepted" | "completed" | "confirmed" | "terminated";

/** What a machine looks at; the layer owns the rest of the transaction. */
export interface Facts {
  state: State;
  /** TCP, WebSocket: nothing is repeated and nothing lingers. */
  reliable: boolean;
  /** Current interval of the retransmission timer A, E or G. */
  intervalMs: number;
}

export type ServerInput =
  /** The request again. */
  | { on: "request" }
  | { on: "ack" }
  /** The user of the transaction answers; the layer has kept the bytes as the last response. */
  | { on: "respond"; status: number }
  | { on: "timer"; name: TimerName };

export type ClientInput =
  | { on: "response"; status: number }
  | { on: "timer"; name: TimerName }
  | { on: "transportError" };

export type Action =
  | { do: "sendRequest" }
  | { do: "sendLastResponse" }
  | { do: "sendAck" }
  | { do: "start"; timer: TimerName; afterMs: number }
  | { do: "stop"; timer: TimerName }
  | { do: "interval"; ms: number }
  | { do: "become"; state: State }
  /** To the user of a client transaction: this response, no answer in time, no way to the peer. */
  | { do: "tell"; what: "response" | "timeout" | "transportError" };

export type Machine<Input> = (facts: Facts, input: Input) => Action[];

export const nothing: Action[] = [];
