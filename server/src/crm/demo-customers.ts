import type { Db } from "../db/db.ts";
import { createCases } from "./cases.ts";

const DAY_MS = 86_400_000;

/** The people of the demo shop, with orders: so that a newcomer's first call pops a screen that says something. */
const CUSTOMERS = [
  { id: "cus_demo_camille", name: "Camille Rousseau", city: "Nantes · FR", language: "fr", tier: { fr: "Fidélité Or", en: "Gold tier" }, phone: "+33612849047", email: "camille.rousseau@example.fr", sinceDays: 1700 },
  { id: "cus_demo_karim", name: "Karim Benali", city: "Lille · FR", language: "fr", tier: null, phone: "+33639980112", email: "karim.benali@example.fr", sinceDays: 12 },
  { id: "cus_demo_emma", name: "Emma Whitfield", city: "Bristol · GB", language: "en", tier: { fr: "Fidélité Argent", en: "Silver tier" }, phone: "+447700900123", email: "emma.whitfield@example.co.uk", sinceDays: 420 },
  { id: "cus_demo_belrive", name: "Hôtel Belrive", city: "Annecy · FR", language: "fr", tier: { fr: "Fidélité Or", en: "Gold tier" }, phone: "+33450990044", email: "achats@belrive.example.fr", sinceDays: 900 },
] as const;

const ORDERS = [
  { number: "10482", customer: "cus_demo_camille", title: "Lampe Orphée", detail: "Laiton, abat-jour lin · 1", cents: 18_900, status: "delivered", days: 3 },
  { number: "10377", customer: "cus_demo_camille", title: "Applique Lune", detail: "Plâtre · 2", cents: 21_800, status: "delivered", days: 64 },
  { number: "10460", customer: "cus_demo_emma", title: "Suspension Alba", detail: "Noir mat · 1", cents: 24_900, status: "shipped", days: 5 },
  { number: "10401", customer: "cus_demo_belrive", title: "Lampadaire Vega", detail: "Laiton · 14", cents: 434_000, status: "paid", days: 30 },
] as const;

const CASES = [
  {
    customer: "cus_demo_camille", days: 2, state: "open", fields: { order: "10482" },
    fr: { subject: "Lampe Orphée arrivée cassée", note: "Globe fendu, carton intact. Photos demandées ; remplacement proposé." },
    en: { subject: "Orphée lamp arrived broken", note: "Globe cracked, box intact. Photos asked for; a replacement offered." },
  },
  {
    customer: "cus_demo_belrive", days: 21, state: "pending", fields: { order: "10401", rooms: "14" },
    fr: { subject: "Devis pour la rénovation de 14 chambres", note: "Devis envoyé. Réponse attendue après le conseil du 30." },
    en: { subject: "Quote for 14 renovated rooms", note: "Quote sent. Their answer comes after the board of the 30th." },
  },
] as const;

/** Idempotent. `phoneOfDemo` adds the SIP name of the newcomer's own phone to Camille, so that calling oneself pops her record. */
export async function importDemoCustomers(db: Db, nowMs: number, phoneOfDemo: string, language: "fr" | "en"): Promise<void> {
  for (const c of CUSTOMERS) {
    await db.query("INSERT INTO customer (id, name, city, language, tier, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", [c.id, c.name, c.city, c.language, c.tier?.[language] ?? null, new Date(nowMs - c.sinceDays * DAY_MS)]);
    for (const [kind, value] of [["phone", c.phone], ["email", c.email]]) {
      await db.query("INSERT INTO customer_identity (kind, value, customer_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [kind, value, c.id]);
    }
  }
  await db.query("INSERT INTO customer_identity (kind, value, customer_id) VALUES ('sip', $1, 'cus_demo_camille') ON CONFLICT DO NOTHING", [phoneOfDemo]);
  for (const o of ORDERS) {
    await db.query(
      "INSERT INTO shop_order (number, customer_id, title, detail, total_cents, currency, status, placed_at) VALUES ($1, $2, $3, $4, $5, 'EUR', $6, $7) ON CONFLICT DO NOTHING",
      [o.number, o.customer, o.title, o.detail, o.cents, o.status, new Date(nowMs - o.days * DAY_MS)],
    );
  }
  for (const { customer, days, state, fields, [language]: words } of CASES) {
    await createCases(db, { now: () => nowMs - days * DAY_MS }).open(customer, { ...words, state, fields, by: { id: null, name: "Tandem" }, deed: `demo:${customer}` });
  }
}
