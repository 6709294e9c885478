/**
 * crm: who the customer is (identities of every medium), and their timeline over all media.
 *
 * Invariants: one address belongs to one customer; a person known by one medium is known by all; identifying never blocks a
 * contact (a failing look-up gives an unknown customer, said in the log).
 * Absent on purpose: live call state; cases and connectors (later).
 */
export { createCrm } from "./customers.ts";
export type { Crm, Identified, Visitor } from "./customers.ts";
export { normalAddress } from "./address.ts";
export { importDemoCustomers } from "./demo-customers.ts";
