import { transactionLifeMs } from "./limits.ts";
import { nothing, type Action, type ClientInput, type Facts } from "./transaction.ts";

/** INVITE client transaction: RFC 3261 17.1.1 as corrected by RFC 6026 section 7.2. The layer sends the request and starts A and B. */
export function inviteClient(facts: Facts, input: ClientInput): Action[] {
  switch (facts.state) {
    case "calling": return calling(facts, input);
    case "proceeding": return proceeding(facts, input);
    case "accepted": return accepted(input);
    case "completed": return completed(input);
    default: return nothing;
  }
}

function calling(facts: Facts, input: ClientInput): Action[] {
  if (input.on === "timer") {
    // "When timer A fires, the client transaction MUST retransmit the request by passing it to the transport layer, and MUST
    // reset the timer with a value of 2*T1" and so on, doubling
    if (input.name === "A") {
      const ms = facts.intervalMs * 2;
      return [{ do: "sendRequest" }, { do: "interval", ms }, { do: "start", timer: "A", afterMs: ms }];
    }
    // "If the client transaction is still in the "Calling" state when timer B fires, the client transaction SHOULD inform the TU"
    if (input.name === "B") return [{ do: "become", state: "terminated" }, { do: "tell", what: "timeout" }];
    return nothing;
  }
  return heard(facts, input);
}

function proceeding(facts: Facts, input: ClientInput): Action[] {
  return input.on === "timer" ? nothing : heard(facts, input);
}

function heard(facts: Facts, input: Exclude<ClientInput, { on: "timer" }>): Action[] {
  // "the client transaction SHOULD inform the TU ... and SHOULD transition directly to the "Terminated" state" (17.1.4)
  if (input.on === "transportError") return [{ do: "become", state: "terminated" }, { do: "tell", what: "transportError" }];
  const quiet: Action[] = [{ do: "stop", timer: "A" }, { do: "stop", timer: "B" }];
  // "If the client transaction receives a provisional response while in the "Calling" state, it transitions to the
  // "Proceeding" state. In the "Proceeding" state, the client transaction SHOULD NOT retransmit the request any longer"
  if (input.status < 200) return [...quiet, { do: "become", state: "proceeding" }, { do: "tell", what: "response" }];
  // RFC 6026: "When a 2xx response is received while in either the "Calling" or "Proceeding" states ... MUST transition to the
  // "Accepted" state, and Timer M is started"
  if (input.status < 300) return [...quiet, { do: "become", state: "accepted" }, { do: "start", timer: "M", afterMs: transactionLifeMs }, { do: "tell", what: "response" }];
  // "reception of a response with status code from 300-699 MUST cause the client transaction to transition to "Completed" ...
  // and the client transaction MUST generate an ACK request"; timer D is at least 32 s for UDP, zero for reliable transports
  if (facts.reliable) return [...quiet, { do: "sendAck" }, { do: "become", state: "terminated" }, { do: "tell", what: "response" }];
  return [...quiet, { do: "become", state: "completed" }, { do: "sendAck" }, { do: "start", timer: "D", afterMs: transactionLifeMs }, { do: "tell", what: "response" }];
}

function accepted(input: ClientInput): Action[] {
  // RFC 6026: "any 2xx ... received while in the "Accepted" state ... MUST be passed to the TU"; the TU answers each with an ACK
  if (input.on === "response" && input.status >= 200 && input.status < 300) return [{ do: "tell", what: "response" }];
  if (input.on === "timer" && input.name === "M") return [{ do: "become", state: "terminated" }];
  return nothing;
}

function completed(input: ClientInput): Action[] {
  // "Any retransmissions of the final response that are received while in the "Completed" state MUST cause the ACK to be
  // re-passed to the transport layer for retransmission, but the newly received response MUST NOT be passed up to the TU"
  if (input.on === "response" && input.status >= 300) return [{ do: "sendAck" }];
  if (input.on === "timer" && input.name === "D") return [{ do: "become", state: "terminated" }];
  return nothing;
}
