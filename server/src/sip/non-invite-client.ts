import { T2, T4 } from "./limits.ts";
import { nothing, type Action, type ClientInput, type Facts } from "./transaction.ts";

/** Non-INVITE client transaction: RFC 3261 17.1.2. The layer sends the request and starts E and F. */
export function nonInviteClient(facts: Facts, input: ClientInput): Action[] {
  switch (facts.state) {
    case "trying": return waiting(facts, input);
    case "proceeding": return waiting(facts, input);
    case "completed": return completed(input);
    default: return nothing;
  }
}

function waiting(facts: Facts, input: ClientInput): Action[] {
  if (input.on === "transportError") return [{ do: "become", state: "terminated" }, { do: "tell", what: "transportError" }];
  if (input.on === "timer") {
    // "when timer E fires ... it MUST be reset with a value of MIN(2*T1, T2)", doubling; in "Proceeding" always T2
    if (input.name === "E") {
      const ms = facts.state === "proceeding" ? T2 : Math.min(facts.intervalMs * 2, T2);
      return [{ do: "sendRequest" }, { do: "interval", ms }, { do: "start", timer: "E", afterMs: ms }];
    }
    // "If Timer F fires while the client transaction is still in the "Trying" state, the client transaction SHOULD inform the TU"
    if (input.name === "F") return [{ do: "become", state: "terminated" }, { do: "tell", what: "timeout" }];
    return nothing;
  }
  if (input.status < 200) return [{ do: "become", state: "proceeding" }, { do: "tell", what: "response" }];
  // "Once the client transaction enters the "Completed" state, it MUST set Timer K to fire in T4 seconds for unreliable
  // transports, and zero seconds for reliable transports. The "Completed" state exists to buffer any additional responses"
  const quiet: Action[] = [{ do: "stop", timer: "E" }, { do: "stop", timer: "F" }];
  if (facts.reliable) return [...quiet, { do: "become", state: "terminated" }, { do: "tell", what: "response" }];
  return [...quiet, { do: "become", state: "completed" }, { do: "start", timer: "K", afterMs: T4 }, { do: "tell", what: "response" }];
}

function completed(input: ClientInput): Action[] {
  return input.on === "timer" && input.name === "K" ? [{ do: "become", state: "terminated" }] : nothing;
}
