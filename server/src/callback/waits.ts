/** What a waiting contact was told, settled by what happens to it. */
import type { Fact, Interaction } from "../hub/hub.ts";
import type { Ledger } from "./ledger.ts";

/** Minutes are what is said: within one of it is kept. */
const TOLERANCE_MS = 60_000;

export function followWaits(ledger: Ledger, { interaction: it, facts }: { interaction: Interaction; facts: readonly Fact[] }, nowMs: number): void {
  for (const fact of facts) {
    if (fact.type !== "promised") continue;
    const { queueId, waitMs, position, estimateMs = waitMs } = fact;
    // What is measured is the estimate, not the end of the range that was said for its errors: a range would prove itself right, and grow.
    if (estimateMs !== null) ledger.estimated({ queueId, interactionId: it.id, estimateMs });
    if (waitMs === null && position === null) continue;
    ledger.promise({ kind: waitMs === null ? "position" : "wait", queueId, interactionId: it.id, callbackId: null, announcedMs: waitMs === null ? null : estimateMs, dueMs: waitMs === null ? null : nowMs + waitMs, toleranceMs: TOLERANCE_MS });
  }
  if (!ledger.isOpen(it.id)) return;
  if (it.state === "connected") ledger.settleContact(it.id, { type: "done", atMs: it.connectedAtMs ?? nowMs });
  if (it.state !== "closed") return;
  const why = it.closed?.why ?? "failed";
  // also of who hung up before the last words of it were said
  if (it.flowEnd) ledger.settleContact(it.id, { type: "released", why: it.flowEnd.how === "callback" ? "callback" : "flow-ended" });
  else if (why === "abandoned" || why === "customer-left" || why === "idle") ledger.contactGone(it.id, it.closed?.atMs ?? nowMs);
  else if (why === "handed-over" || why === "flow-ended") ledger.settleContact(it.id, { type: "released", why });
  else ledger.settleContact(it.id, { type: "broken", why });
}
