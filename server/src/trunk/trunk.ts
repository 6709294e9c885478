/**
 * Room `trunk`: the ways outside. Trunks to operators and gateways, which numbers go by which, numbers in each operator's form, who the
 * caller is said to be and who is believed, and which trunks live.
 *
 * Invariants
 * - An emergency number always has a plan when any trunk is active: no class, fraud rule, limit or state stands in its way.
 * - A number goes to a trunk only by a route; the class of the caller and the fraud rules are asked before any trunk.
 * - A password leaves this room only inside an attempt or a registration for its own trunk; it is sealed at rest.
 * - What a stranger's headers say is believed only from a trunk (by address, or by the secret user of our Contact): identities from
 *   trusted ones, data from any.
 *
 * Deliberately absent: calls themselves (room `exchange`), SIP, who may speak to us (room `border`), price lists.
 */
export { createTrunks } from "./trunks.ts";
export { createTrunkStore, type RouteRow, type TrunkRefusal, type TrunkRow, type TrunkStore, type TrunkWritten } from "./store.ts";
export { createSeal, type Seal } from "./sealed.ts";
export { readNumber } from "./numbers.ts";
export type { FraudPort, InboundCall, OutboundCall, TrunkAttempt, TrunkOptions, TrunkPlan, Trunks, TrunkState, TrunkWhy } from "./ports.ts";
