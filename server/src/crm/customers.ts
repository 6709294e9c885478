import { createHash } from "node:crypto";
import type { CustomerHit, CustomerView, Language, TimelineEntry } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId, newSecret } from "../base/ids.ts";
import type { Db } from "../db/db.ts";
import type { Interaction, LastContact } from "../hub/hub.ts";
import { normalAddress } from "./address.ts";
import { caseNumber } from "./cases.ts";

export interface Identified {
  customerId: string;
  name: string;
  known: boolean;
  language: Language | null;
  last: LastContact | null;
}

export interface Visitor {
  id: string;
  name: string;
  token: string;
}

export interface Crm {
  /** Finds the customer by address, or makes one, so that the next contact finds this one. Throws DbError. */
  identify(medium: string, from: string, fromName: string, language: Language): Promise<Identified>;
  /** The customer who has that address, when there is one; nobody is made. Throws DbError. */
  find(medium: string, from: string): Promise<string | null>;
  customer(id: string, names: TimelineNames): Promise<CustomerView | null>;
  search(text: string): Promise<CustomerHit[]>;
  /** Who has exactly that number, address or order: what a flow may look up. Throws DbError. */
  lookUp(value: string): Promise<string | null>;
  /** What flows may know of a customer: name, city, language, tier, and every field of their own. Null = gone. Throws DbError. */
  card(id: string): Promise<CustomerCard | null>;
  /** Of their record; null = none, or several: nobody says which is meant. */
  emailOf(id: string): Promise<string | null>;
  /** Their latest contact that is over; null = none. Throws DbError. */
  lastContact(id: string): Promise<LastContact | null>;
  setNameAndLanguage(id: string, change: { name?: string; language?: Language }): Promise<void>;
  /** Keeps what another system says of the customer; the last word on a field stays. */
  putFields(id: string, fields: Readonly<Record<string, string>>): Promise<void>;
  edit(id: string, change: { name: string; notes: string }): Promise<boolean>;
  /** UNA-01: an anonymous visitor gets a temporary identity "Web User MM/DD HH:MM". */
  newVisitor(language: Language, timeZone: string): Promise<Visitor>;
  visitorByToken(token: string): Promise<Visitor | null>;
}

export type CustomerCard = Readonly<Record<string, string | null>>;

export interface TimelineNames {
  queue(id: string): string | null;
  agent(id: string): string | null;
}

const TIMELINE_LENGTH = 50;
/** Longest thing that somebody types to be found by. */
const MAX_LOOKUP_CHARS = 100;

export function createCrm(db: Db, clock: Clock, chance: Chance): Crm {
  const hash = (token: string): Buffer => createHash("sha256").update(token).digest();

  const lastContact = async (customerId: string): Promise<LastContact | null> => {
    const [row] = await db.query<{ body: Interaction }>(
      "SELECT body FROM interaction WHERE body -> 'customer' ->> 'id' = $1 AND closed ORDER BY (body ->> 'createdAtMs')::bigint DESC LIMIT 1",
      [customerId],
    );
    const was = row?.body;
    if (!was?.closed) return null;
    return { atMs: was.createdAtMs, medium: shownMedium(was), reason: was.reason, closedWhy: was.closed.why, agentId: was.agentId };
  };

  return {
    async identify(medium, from, fromName, language) {
      const { kind, value } = normalAddress(medium, from);
      // a withheld number recognises nobody: each such call is somebody else's
      if (medium === "voice" && from === "anonymous") {
        const customerId = newId("cus", clock.now(), chance);
        await db.query("INSERT INTO customer (id, name, language, created_at) VALUES ($1, $2, $3, $4)", [customerId, fromName || from, language, new Date(clock.now())]);
        return { customerId, name: fromName || from, known: false, language: null, last: null };
      }
      const [found] = await db.query<{ id: string; name: string; language: Language | null }>(
        "SELECT c.id, c.name, c.language FROM customer_identity i JOIN customer c ON c.id = i.customer_id WHERE i.kind = $1 AND i.value = $2",
        [kind, value],
      );
      if (found) return { customerId: found.id, name: found.name, known: true, language: found.language, last: await lastContact(found.id) };
      const customerId = newId("cus", clock.now(), chance);
      const name = fromName || from;
      // Two first contacts of one address at once: the second insert of the identity loses and takes the first one's customer.
      const winner = await db.transaction(async (tx) => {
        await tx.query("INSERT INTO customer (id, name, language, created_at) VALUES ($1, $2, $3, $4)", [customerId, name, language, new Date(clock.now())]);
        const [made] = await tx.query<{ customer_id: string }>("INSERT INTO customer_identity (kind, value, customer_id) VALUES ($1, $2, $3) ON CONFLICT (kind, value) DO UPDATE SET value = $2 RETURNING customer_id", [kind, value, customerId]);
        if (made!.customer_id !== customerId) await tx.query("DELETE FROM customer WHERE id = $1", [customerId]);
        return made!.customer_id;
      });
      return { customerId: winner, name, known: false, language: null, last: null };
    },

    async find(medium, from) {
      const { kind, value } = normalAddress(medium, from);
      const [found] = await db.query<{ customer_id: string }>("SELECT customer_id FROM customer_identity WHERE kind = $1 AND value = $2", [kind, value]);
      return found?.customer_id ?? null;
    },

    async customer(id, names) {
      const [row] = await db.query<{ id: string; name: string; city: string | null; language: Language | null; tier: string | null; notes: string; created_at: Date }>(
        "SELECT id, name, city, language, tier, notes, created_at FROM customer WHERE id = $1",
        [id],
      );
      if (!row) return null;
      const [fields, identities, orders, contacts] = await Promise.all([
        db.query<{ field: string; value: string; at: Date }>("SELECT field, value, at FROM customer_field WHERE customer_id = $1 ORDER BY field LIMIT 100", [id]),
        db.query<{ kind: string; value: string }>("SELECT kind, value FROM customer_identity WHERE customer_id = $1 ORDER BY kind, value", [id]),
        db.query<{ number: string; title: string; detail: string; total_cents: number; currency: string; status: string; placed_at: Date }>(
          "SELECT number, title, detail, total_cents, currency, status, placed_at FROM shop_order WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT 20",
          [id],
        ),
        db.query<{ body: Interaction }>(
          "SELECT body FROM interaction WHERE body -> 'customer' ->> 'id' = $1 ORDER BY (body ->> 'createdAtMs')::bigint DESC LIMIT $2",
          [id, TIMELINE_LENGTH],
        ),
      ]);
      const valuesOf = (kind: string): string[] => identities.filter((i) => i.kind === kind).map((i) => i.value);
      return {
        id: row.id,
        name: row.name,
        phones: [...valuesOf("phone"), ...valuesOf("sip")],
        emails: valuesOf("email"),
        city: row.city,
        sinceMs: row.created_at.getTime(),
        language: row.language,
        tier: row.tier,
        notes: row.notes,
        fields: fields.map(({ field, value, at }) => ({ field, value, atMs: at.getTime() })),
        orders: orders.map((o) => ({ number: o.number, title: o.title, detail: o.detail, totalCents: o.total_cents, currency: o.currency, status: o.status, atMs: o.placed_at.getTime() })),
        timeline: contacts.map(({ body }) => timelineEntry(body, names)),
      };
    },

    async search(text) {
      const like = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
      const digits = text.replace(/\D/g, "").replace(/^0/, "");
      // whose order or case it is comes first: the digits are also in others' telephone numbers
      const rows = await db.query<{ id: string; name: string; city: string | null; phones: string[] | null; case_number: number | null }>(
        `WITH owner AS (SELECT customer_id AS id, NULL AS case_number FROM shop_order WHERE number = $3 UNION ALL SELECT customer_id, number FROM customer_case WHERE number = $4)
         SELECT c.id, c.name, c.city, array_agg(i.value) FILTER (WHERE i.kind = 'phone') AS phones, (SELECT max(owner.case_number) FROM owner WHERE owner.id = c.id) AS case_number
         FROM customer c LEFT JOIN customer_identity i ON i.customer_id = c.id
         WHERE c.name ILIKE $1 OR ($2 <> '' AND i.value LIKE '%' || $2 || '%') OR i.value ILIKE $1
            OR c.id IN (SELECT id FROM owner)
         GROUP BY c.id ORDER BY c.id IN (SELECT id FROM owner) DESC, c.name LIMIT 20`,
        [like, digits, text.trim(), caseNumber(text)],
      );
      return rows.map((r) => ({ id: r.id, name: r.name, city: r.city, phones: r.phones ?? [], ...(r.case_number !== null && { caseNumber: String(r.case_number) }) }));
    },

    async lookUp(value) {
      const text = value.trim().slice(0, MAX_LOOKUP_CHARS);
      const phone = normalAddress("voice", text).value;
      const [row] = await db.query<{ customer_id: string }>(
        `SELECT customer_id FROM customer_identity WHERE (kind = 'phone' AND value = $1) OR (kind = 'email' AND value = lower($2))
         UNION ALL SELECT customer_id FROM shop_order WHERE number = $2 LIMIT 1`,
        [phone, text],
      );
      return row?.customer_id ?? null;
    },

    async card(id) {
      const [row] = await db.query<{ name: string; city: string | null; language: string | null; tier: string | null }>("SELECT name, city, language, tier FROM customer WHERE id = $1", [id]);
      if (!row) return null;
      const fields = await db.query<{ field: string; value: string }>("SELECT field, value FROM customer_field WHERE customer_id = $1 ORDER BY field LIMIT 100", [id]);
      const own = Object.fromEntries(fields.filter(({ field }) => /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(field)).map(({ field, value }) => [field, value]));
      return { ...own, id, name: row.name, firstName: row.name.split(" ")[0] ?? "", city: row.city, language: row.language, tier: row.tier };
    },

    async emailOf(id) {
      const [row, other] = await db.query<{ value: string }>("SELECT value FROM customer_identity WHERE customer_id = $1 AND kind = 'email' LIMIT 2", [id]);
      return row === undefined || other !== undefined ? null : row.value;
    },

    lastContact,

    async setNameAndLanguage(id, { name, language }) {
      await db.query("UPDATE customer SET name = coalesce($2, name), language = coalesce($3, language) WHERE id = $1", [id, name ?? null, language ?? null]);
    },

    async putFields(id, fields) {
      const names = Object.keys(fields);
      await db.query(
        `INSERT INTO customer_field (customer_id, field, value, at) SELECT $1, f, v, $4 FROM unnest($2::text[], $3::text[]) AS t (f, v)
         ON CONFLICT (customer_id, field) DO UPDATE SET value = excluded.value, at = excluded.at`,
        [id, names, names.map((name) => fields[name]!), new Date(clock.now())],
      );
    },

    async edit(id, change) {
      const rows = await db.query("UPDATE customer SET name = $2, notes = $3 WHERE id = $1 RETURNING id", [id, change.name, change.notes]);
      return rows.length > 0;
    },

    async newVisitor(language, timeZone) {
      const now = clock.now();
      const visitor = { id: newId("vis", now, chance), name: visitorName(language, timeZone, now), token: newSecret(40, chance) };
      await db.query("INSERT INTO visitor (id, token_hash, name, created_at) VALUES ($1, $2, $3, $4)", [visitor.id, hash(visitor.token), visitor.name, new Date(now)]);
      return visitor;
    },

    async visitorByToken(token) {
      const [row] = await db.query<{ id: string; name: string }>("SELECT id, name FROM visitor WHERE token_hash = $1", [hash(token)]);
      return row ? { ...row, token } : null;
    },
  };
}

function visitorName(language: Language, timeZone: string, nowMs: number): string {
  const part = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...options }).format(nowMs);
  const [day, month, time] = [part({ day: "2-digit" }), part({ month: "2-digit" }), part({ hour: "2-digit", minute: "2-digit" })];
  return language === "fr" ? `Visiteur ${day}/${month} ${time}` : `Web User ${month}/${day} ${time}`;
}

/** A promised call that was made is a call to who reads of it. */
const shownMedium = (it: Interaction): string => (it.calledBack ? (it.traits.countsAs ?? it.traits.medium) : it.traits.medium);

function timelineEntry(it: Interaction, names: TimelineNames): TimelineEntry {
  return {
    interactionId: it.id,
    medium: shownMedium(it) as TimelineEntry["medium"],
    atMs: it.createdAtMs,
    endedAtMs: it.closed?.atMs ?? null,
    state: it.state,
    reason: it.reason,
    queueName: it.queue ? names.queue(it.queue.queueId) : null,
    agentName: it.agentId ? names.agent(it.agentId) : null,
    disposition: it.disposition,
    notes: it.notes,
    closedWhy: it.closed?.why ?? null,
    hasRecording: it.recordings.length > 0,
    rating: it.rating?.score ?? null,
    ...(it.flowEnd && { flowEnd: { how: it.flowEnd.how, dueMs: it.flowEnd.dueMs ?? null } }),
    ...(it.handedTo && { handedTo: { name: it.handedTo.name, number: it.handedTo.number, returned: it.handedTo.returned !== undefined } }),
  };
}
