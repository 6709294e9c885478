/**
 * Routing: who serves whom, and why. Pure and deterministic: time comes with every call, nothing is drawn, and the same
 * commands give the same decisions. A clock that steps back is read as standing still.
 *
 * Invariants
 * - After `decide` no waiting item and free agent are left that could be brought together.
 * - An offer never takes an agent over capacity (the rule: `Agent.status`). `engage` may: it restores what is.
 * - Turn: effective priority (queue + item + waited / ageing, pro rata), then age. Items that came back (`returned`) go
 *   before all others of their queue. An agent who becomes free takes the first turn over every queue they serve.
 * - Longest idle: the fewest in hand, and among these the one to whom nothing was given longest. An offer withdrawn by
 *   the customer costs no turn. Best skill: the highest sum of levels in the needed skills, then as longest idle.
 * - Rings add up: after each ring's `afterMs` of waiting the needed levels drop by its `lower` more.
 * - Preferred agent: chosen when free, whatever the strategy. For `preferredForMs` from enqueueing nobody else is
 *   considered, as long as the agent is at work for the medium; neither membership in the queue nor skills are asked then
 *   (who transfers to a person knows better). Otherwise at once anybody who serves the queue.
 * - `avoid` holds while somebody else is at work for the item, and for AVOID_PAUSE_MS from enqueueing in any case; then,
 *   when there is nobody else, the avoided are asked again.
 * - Overflow: `afterMs` after entering a queue (for the first: of waiting) the item waits in both; its age is kept. A queue that does not take it then
 *   (`overflowTo`) is asked again every OVERFLOW_AGAIN_MS.
 * - A lease that ran out makes the agent offline for new offers at once, and shown so when nothing is in hand. The wish
 *   is kept and holds again at the next renewal. Without any renewal there is no lease.
 * - Nobody is lost: items of a removed (or unknown) queue stay known and are told once as `waitExceeded`.
 *
 * Late news (an agent or item that is gone) changes nothing: commands and customers cross on the way.
 * Deliberately absent: media, timeouts of ringing and wrap-up (the centre tells), re-enqueueing after `notAnswered` (the
 * centre enqueues with `returned` and `avoid`, or the customer is gone), persistence (rebuilt from the fact log).
 */
import type { Acd, OverflowTo } from "./contract.ts";
import { Routing } from "./routing.ts";

export type * from "./contract.ts";

/**
 * `unresponsiveAfter`: misses in a row after which an agent is shown unresponsive rather than missed. `overflowTo`: where an item waits too that is due to
 * overflow into a queue: that one, another in its place, or nowhere now (null); absent = that one.
 */
export function createAcd({ unresponsiveAfter = 3, overflowTo = (_itemId, queueId) => queueId }: { unresponsiveAfter?: number; overflowTo?: OverflowTo } = {}): Acd {
  return new Routing(unresponsiveAfter, overflowTo);
}
