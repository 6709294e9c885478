import { transactionLifeMs } from "./limits.ts";
import { nothing, type Action, type Facts, type ServerInput } from "./transaction.ts";

/** Non-INVITE server transaction: RFC 3261 17.2.2. */
export function nonInviteServer(facts: Facts, input: ServerInput): Action[] {
  switch (facts.state) {
    case "trying": return trying(facts, input);
    case "proceeding": return proceeding(facts, input);
    case "completed": return completed(input);
    default: return nothing;
  }
}

function trying(facts: Facts, input: ServerInput): Action[] {
  // "Once in the "Trying" state, any further request retransmissions are discarded"
  if (input.on !== "respond") return nothing;
  if (input.status < 200) return [{ do: "become", state: "proceeding" }, { do: "sendLastResponse" }];
  return finish(facts);
}

function proceeding(facts: Facts, input: ServerInput): Action[] {
  // "If a retransmission of the request is received while in the "Proceeding" state, the most recently sent provisional
  // response MUST be passed to the transport layer for retransmission"
  if (input.on === "request") return [{ do: "sendLastResponse" }];
  if (input.on !== "respond") return nothing;
  return input.status < 200 ? [{ do: "sendLastResponse" }] : finish(facts);
}

function finish(facts: Facts): Action[] {
  // "When the server transaction enters the "Completed" state, it MUST set Timer J to fire in 64*T1 seconds for unreliable
  // transports, and zero seconds for reliable transports"
  if (facts.reliable) return [{ do: "sendLastResponse" }, { do: "become", state: "terminated" }];
  return [{ do: "become", state: "completed" }, { do: "sendLastResponse" }, { do: "start", timer: "J", afterMs: transactionLifeMs }];
}

function completed(input: ServerInput): Action[] {
  // "While in the "Completed" state, the server transaction MUST pass the final response to the transport layer for
  // retransmission whenever a retransmission of the request is received. Any other final responses ... MUST be discarded"
  if (input.on === "request") return [{ do: "sendLastResponse" }];
  if (input.on === "timer" && input.name === "J") return [{ do: "become", state: "terminated" }];
  return nothing;
}
