/**
 * crm: who the customer is (identities of every medium), their timeline over all media, and their cases.
 *
 * Invariants: one address belongs to one customer; a person known by one medium is known by all; identifying never blocks a
 * contact (a failing look-up gives an unknown customer, said in the log); a deed on a case is done once, however often it is asked.
 * Absent on purpose: live call state; connectors (later).
 */
export { createCrm } from "./customers.ts";
export type { Crm, Identified, Visitor } from "./customers.ts";
export { normalAddress } from "./address.ts";
export { importDemoCustomers } from "./demo-customers.ts";
export { createCases } from "./cases.ts";
export type { Case, CaseDeed, Cases } from "./cases.ts";
