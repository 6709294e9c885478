/**
 * The hub: one engine for all media, as one pure function. `step(interaction, fact, now)` gives the new state and the orders.
 *
 * Invariants, proved by the seeded days: every interaction ends; it has one owner at a time; an agent ordered in (ring,
 * connect, wrap) is always ordered out (offerEnded, release); a late fact is undone, never an error.
 * Absent on purpose: any protocol, SQL, timer or branch on a medium's name (media differ by `traits`), and choosing agents (acd).
 */
export * from "./channel.ts";
export { newInteraction } from "./interaction.ts";
export type { ClosedWhy, Interaction, InteractionState, LastContact, Message, QueuePlace, Segment, TrailStep } from "./interaction.ts";
export type { Fact, FlowEnd, FlowOutcome, HandedBack, HandOverTarget, RecordedFact, ReturnedWhy, TransferTarget } from "./fact.ts";
export type { Order } from "./order.ts";
export { deadline, step } from "./step.ts";
