/** The three numbers at the head of a customer's record. Pure. */
import type { CustomerView } from "@tandem/protocol";

const YEAR_MS = 365 * 24 * 3_600_000;

export interface CustomerFacts {
  orders: number;
  /** Spent over the last twelve months, in the currency most used; null without orders. */
  spent: { cents: number; currency: string } | null;
  /** Mean of the ratings given, 1..5; null when none. */
  rating: number | null;
  contacts: number;
}

export function customerFacts({ orders, timeline }: CustomerView, nowMs: number): CustomerFacts {
  const recent = orders.filter((order) => order.atMs > nowMs - YEAR_MS);
  const currency = recent[0]?.currency;
  const ratings = timeline.flatMap((entry) => (entry.rating === null ? [] : [entry.rating]));
  return {
    orders: orders.length,
    spent: currency === undefined ? null : { currency, cents: recent.filter((order) => order.currency === currency).reduce((sum, order) => sum + order.totalCents, 0) },
    rating: ratings.length === 0 ? null : ratings.reduce((a, b) => a + b, 0) / ratings.length,
    contacts: timeline.length,
  };
}
