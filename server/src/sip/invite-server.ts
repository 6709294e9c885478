import { T1, T2, T4, transactionLifeMs } from "./limits.ts";
import { nothing, type Action, type Facts, type ServerInput } from "./transaction.ts";

/** INVITE server transaction: RFC 3261 17.2.1 as corrected by RFC 6026 section 7.1. */
export function inviteServer(facts: Facts, input: ServerInput): Action[] {
  switch (facts.state) {
    case "proceeding": return proceeding(facts, input);
    case "accepted": return accepted(input);
    case "completed": return completed(facts, input);
    case "confirmed": return confirmed(input);
    default: return nothing;
  }
}

function proceeding(facts: Facts, input: ServerInput): Action[] {
  // "If a request retransmission is received while in the "Proceeding" state, the most recent provisional response that was
  // received from the TU MUST be passed to the transport layer for retransmission."
  if (input.on === "request") return [{ do: "sendLastResponse" }];
  if (input.on !== "respond") return nothing;
  if (input.status < 200) return [{ do: "sendLastResponse" }];
  // RFC 6026: "If, while in the "Proceeding" state, the TU passes a 2xx response to the server transaction, the server
  // transaction MUST pass this response to the transport layer for transmission ... MUST then transition to "Accepted"", timer L
  if (input.status < 300) {
    return [{ do: "become", state: "accepted" }, { do: "sendLastResponse" }, { do: "start", timer: "L", afterMs: transactionLifeMs }];
  }
  // "While in the "Proceeding" state, if the TU passes a response with status code from 300 to 699 ... the state machine MUST
  // enter the "Completed" state. For unreliable transports, timer G is set to fire in T1 seconds"; timer H for all transports
  const actions: Action[] = [{ do: "become", state: "completed" }, { do: "sendLastResponse" }, { do: "start", timer: "H", afterMs: transactionLifeMs }];
  if (!facts.reliable) actions.push({ do: "interval", ms: T1 }, { do: "start", timer: "G", afterMs: T1 });
  return actions;
}

function accepted(input: ServerInput): Action[] {
  // RFC 6026 8.7: "any retransmissions of the INVITE received ... will match this transaction and will not be passed to the TU"
  // and "the server transaction MUST pass any 2xx from the TU to the transport layer"
  if (input.on === "respond" && input.status >= 200 && input.status < 300) return [{ do: "sendLastResponse" }];
  // "When Timer L fires and the state machine is in the "Accepted" state, the machine MUST transition to the "Terminated" state"
  if (input.on === "timer" && input.name === "L") return [{ do: "become", state: "terminated" }];
  return nothing;
}

function completed(facts: Facts, input: ServerInput): Action[] {
  // "If a request retransmission is received while in the "Completed" state, the server SHOULD pass the response to the transport"
  if (input.on === "request") return [{ do: "sendLastResponse" }];
  // "If an ACK is received while the server transaction is in the "Completed" state, the server transaction MUST transition to
  // the "Confirmed" state. As Timer G is ignored in this state, any retransmissions of the response will cease"; timer I = T4 or 0
  if (input.on === "ack") {
    if (facts.reliable) return [{ do: "become", state: "terminated" }];
    return [{ do: "become", state: "confirmed" }, { do: "stop", timer: "G" }, { do: "stop", timer: "H" }, { do: "start", timer: "I", afterMs: T4 }];
  }
  if (input.on !== "timer") return nothing;
  // "If timer G fires, the response is passed to the transport layer once more for retransmission, and timer G is set to fire
  // in MIN(2*T1, T2) seconds" and so on, doubling
  if (input.name === "G") {
    const ms = Math.min(facts.intervalMs * 2, T2);
    return [{ do: "sendLastResponse" }, { do: "interval", ms }, { do: "start", timer: "G", afterMs: ms }];
  }
  // "If timer H fires while in the "Completed" state, it implies that the ACK was never received": the user has ended already
  if (input.name === "H") return [{ do: "become", state: "terminated" }];
  return nothing;
}

function confirmed(input: ServerInput): Action[] {
  // "The purpose of the "Confirmed" state is to absorb any additional ACK messages that arrive"
  if (input.on === "timer" && input.name === "I") return [{ do: "become", state: "terminated" }];
  return nothing;
}
