/**
 * callback: calls that were promised (in one's turn or at a time), messages that a queue's people own, and the ledger of every promise
 * to somebody who waits.
 *
 * Invariants: a promise is durable before it is announced; one open promise a number and queue; a slot holds no more than its capacity,
 * whoever books at once; a promise ends once, as kept, late, broken with a reason, or released by the customer; it outlives the server.
 * Absent on purpose: dialling (voice), choosing agents (acd), hours (deflection gives openings), who may ask (api).
 */
export { createCallbacks } from "./callbacks.ts";
export type { Booked, Booking, Callbacks, CallbackOptions, CallNow, QueueFacts } from "./contract.ts";
export { Ledger, type PromiseMade } from "./ledger.ts";
export { createMessages, MAX_OPEN_MESSAGES, type Messages, type NewMessage } from "./messages.ts";
export { isOnTheLine, type CallbackRequest } from "./request.ts";
export { createLinks, type Links, type Sent } from "./links.ts";
export { followWaits } from "./waits.ts";
export { MAX_SLOTS, slotsOf } from "./slots.ts";
