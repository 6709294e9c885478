import assert from "node:assert/strict";
import { it } from "node:test";
import type { CustomerView, TimelineEntry } from "@tandem/protocol";
import { customerFacts } from "./customer-facts.ts";

const now = new Date(2026, 10, 24).getTime();
const DAY = 86_400_000;
const order = (totalCents: number, agoDays: number, currency = "EUR") => ({ number: "1", title: "", detail: "", totalCents, currency, status: "delivered", atMs: now - agoDays * DAY });
const entry = (rating: number | null): TimelineEntry => ({
  interactionId: "i", medium: "chat", atMs: now, endedAtMs: null, state: "closed", reason: null, queueName: null, agentName: null, disposition: null, notes: "", closedWhy: null, hasRecording: false, rating,
});
const customer = (more: Partial<CustomerView>): CustomerView => ({ id: "c", name: "C", phones: [], emails: [], city: null, sinceMs: 0, language: null, tier: null, notes: "", fields: [], orders: [], timeline: [], ...more });

it("counts twelve months, never adds two currencies, and averages only given ratings", () => {
  const facts = customerFacts(customer({ orders: [order(18_900, 6), order(25_800, 120), order(9900, 100, "CHF"), order(99_900, 400)], timeline: [entry(5), entry(null), entry(4)] }), now);
  assert.deepEqual(facts, { orders: 4, spent: { cents: 44_700, currency: "EUR" }, rating: 4.5, contacts: 3 });
});

it("says nothing of what is not known", () => {
  assert.deepEqual(customerFacts(customer({}), now), { orders: 0, spent: null, rating: null, contacts: 0 });
});
