import { CASE_LIMITS, type CaseState } from "@tandem/protocol";
import type { Clock } from "../base/clock.ts";
import type { Db, Sql } from "../db/db.ts";

/** A matter of one customer that outlives a contact. `notes`: newest first, the newest `CASE_LIMITS.notesShown`. */
export interface Case {
  number: string;
  customerId: string;
  subject: string;
  state: CaseState;
  fields: Readonly<Record<string, string>>;
  openedAtMs: number;
  changedAtMs: number;
  /** Who opened it, or changed more than its notes last. */
  changedBy: string;
  notes: readonly { atMs: number; byName: string; text: string }[];
}

/** What is asked of a case. */
export interface CaseChange {
  subject?: string;
  state?: CaseState;
  fields?: Readonly<Record<string, string>>;
  note?: string | null;
}
/** What stood there when a change was written; "" = no such field. */
export type CaseWas = Readonly<{ subject?: string | undefined; fields?: Readonly<Record<string, string>> | undefined }>;

/** Who does it (`id` null: no user, a flow), and the deed: the same one asked again, after a restart or a lost answer, is not done again. */
export interface CaseDeed {
  by: { id: string | null; name: string };
  deed: string;
}

/**
 * Texts that are too long are cut, field names that cannot be and fields past the fiftieth are left out: what a flow collected must not
 * fail on its length (people's forms are judged by the schema before). Everything throws DbError.
 */
export interface Cases {
  /** `number`: as said or typed; "n° 1001", "#1001", "dossier 10 01" are 1001. */
  find(number: string): Promise<Case | null>;
  /** The newest that is not closed. */
  newestOf(customerId: string): Promise<Case | null>;
  /** Those that are not closed first, then by change; at most `CASE_LIMITS.perCustomer`. */
  ofCustomer(customerId: string): Promise<Case[]>;
  /** The same deed again opens no second case and answers the one that it was done to. Null: no such customer. */
  open(customerId: string, given: CaseDeed & { subject: string; state?: CaseState; fields: Readonly<Record<string, string>>; note: string | null }): Promise<Case | null>;
  /** What is absent, or an empty subject, stays; an empty text takes a field away. The same deed again changes nothing and answers the case that it was done to, as it is now. Null: no such case. */
  change(number: string, change: CaseDeed & CaseChange): Promise<Case | null>;
  /** As `change`, while everything named is as it was when it was written: else `changed` is false, the case is as it is now, and nothing is done. */
  changeFrom(number: string, was: CaseWas, change: CaseDeed & CaseChange): Promise<{ changed: boolean; case: Case } | null>;
  /** Hears of cases that were opened or changed, once it is durable. */
  onChange(hear: (one: Case) => void): void;
}

/** Names of fields: what an expression of a flow can say. */
const FIELD = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
/** `number` is a bigint and comes back as an exact number: what somebody types is shorter. */
const NUMBER = /^(?:dossier|case)?\s*(?:n[°ºo.]*|#)?\s*(\d[\d\s]{0,30})[.,;]?$/i;
const MAX_DIGITS = 15;

const COLUMNS = "c.number, c.customer_id, c.subject, c.state, c.fields, c.opened_at, c.changed_at";

type CaseRow = { number: number; customer_id: string; subject: string; state: CaseState; fields: Record<string, string>; opened_at: Date; changed_at: Date };

/** The number of a case in what somebody said or typed; null when it can be none. */
export function caseNumber(text: string): number | null {
  const digits = NUMBER.exec(text.trim())?.[1]?.replace(/\s/g, "");
  return digits === undefined || digits.length > MAX_DIGITS ? null : Number(digits);
}

/** Text that PostgreSQL keeps, of so many characters at most; null when nothing is left. */
function fit(text: string, maxChars: number): string | null {
  const kept = text.replaceAll("\0", "").toWellFormed().trim();
  return kept === "" ? null : kept.slice(0, maxChars).replace(/[\ud800-\udbff]$/, ""); // not half a character
}

export function createCases(db: Db, clock: Pick<Clock, "now">): Cases {
  const hearers: ((one: Case) => void)[] = [];
  const told = <C extends Case | null>(one: C): C => {
    if (one) for (const hear of hearers) hear(one);
    return one;
  };
  const withNotes = async (sql: Sql, rows: readonly CaseRow[]): Promise<Case[]> => {
    const notes = await sql.query<{ number: number; at: Date; by_name: string; note: string }>(
      `SELECT c.number, n.at, n.by_name, n.note FROM unnest($1::bigint[]) AS c (number)
       CROSS JOIN LATERAL (SELECT at, by_name, note FROM case_deed WHERE case_deed.number = c.number AND note IS NOT NULL ORDER BY seq DESC LIMIT $2) n`,
      [rows.map(({ number }) => number), CASE_LIMITS.notesShown],
    );
    // a deed with a note is hardly ever more than the note, but for the opening
    const last = await sql.query<{ number: number; by_name: string }>(
      `SELECT c.number, d.by_name FROM unnest($1::bigint[]) AS c (number)
       CROSS JOIN LATERAL (SELECT by_name FROM case_deed WHERE case_deed.number = c.number ORDER BY note IS NULL DESC, CASE WHEN note IS NULL THEN -seq ELSE seq END LIMIT 1) d`,
      [rows.map(({ number }) => number)],
    );
    return rows.map((row) => ({
      number: String(row.number),
      customerId: row.customer_id,
      subject: row.subject,
      state: row.state,
      fields: row.fields,
      openedAtMs: row.opened_at.getTime(),
      changedAtMs: row.changed_at.getTime(),
      changedBy: last.find(({ number }) => number === row.number)?.by_name ?? "",
      notes: notes.filter((note) => note.number === row.number).map(({ at, by_name, note }) => ({ atMs: at.getTime(), byName: by_name, text: note })),
    }));
  };
  const one = async (sql: Sql, where: string, params: readonly unknown[]): Promise<Case | null> => {
    const rows = await sql.query<CaseRow>(`SELECT ${COLUMNS} FROM customer_case c ${where}`, params);
    return (await withNotes(sql, rows))[0] ?? null;
  };
  const done = (sql: Sql, deed: string): Promise<Case | null> => one(sql, "JOIN case_deed d ON d.number = c.number WHERE d.deed = $1", [deed]);

  return {
    async find(text) {
      const number = caseNumber(text);
      return number === null ? null : one(db, "WHERE c.number = $1", [number]);
    },

    newestOf: (customerId) => one(db, "WHERE c.customer_id = $1 AND c.state <> 'closed' ORDER BY c.number DESC LIMIT 1", [customerId]),

    async ofCustomer(customerId) {
      const rows = await db.query<CaseRow>(
        `SELECT ${COLUMNS} FROM customer_case c WHERE c.customer_id = $1 ORDER BY c.state = 'closed', c.changed_at DESC, c.number DESC LIMIT $2`,
        [customerId, CASE_LIMITS.perCustomer],
      );
      return withNotes(db, rows);
    },

    async open(customerId, { subject, state = "open", fields, note, by, deed }) {
      const before = await done(db, deed); // asking again costs no number
      if (before) return before;
      // One statement: of two that ask at once, the second waits at the deed's key and then makes nothing.
      await db.query(
        `WITH new AS (
           INSERT INTO case_deed (deed, number, at, by_id, by_name, note)
           SELECT $1, nextval('customer_case_number'), $2, $3, $4, $5 FROM (SELECT FROM customer WHERE id = $6 FOR KEY SHARE) who
           ON CONFLICT (deed) DO NOTHING RETURNING number)
         INSERT INTO customer_case (number, customer_id, subject, state, fields, opened_at, changed_at) SELECT number, $6, $7, $8, $9, $2, $2 FROM new`,
        [deed, new Date(clock.now()), by.id, by.name, fit(note ?? "", CASE_LIMITS.noteChars), customerId, fit(subject, CASE_LIMITS.subjectChars) ?? "", state, JSON.stringify(merged({}, fields))],
      );
      return told(await done(db, deed));
    },

    async change(text, change) {
      return (await changeFrom(text, {}, change))?.case ?? null;
    },
    changeFrom: (text, was, change) => changeFrom(text, was, change),
    onChange: (hear) => void hearers.push(hear),
  };

  async function changeFrom(text: string, was: CaseWas, { subject, state, fields = {}, note, by, deed }: CaseDeed & CaseChange): Promise<{ changed: boolean; case: Case } | null> {
    const number = caseNumber(text);
    const answer = await db.transaction(async (tx) => {
      // Held until the end, so that two changes at once do not lose each other's fields.
      const [row] = await tx.query<CaseRow>(`SELECT ${COLUMNS} FROM customer_case c WHERE c.number = $1 FOR UPDATE`, [number]);
      if (!row) return null;
      const before = await done(tx, deed);
      if (before) return { changed: true, first: false, case: before };
      if (differs(row, was)) return { changed: false, first: false, case: (await withNotes(tx, [row]))[0]! };
      const now = new Date(clock.now());
      const [first] = await tx.query(
        "INSERT INTO case_deed (deed, number, at, by_id, by_name, note) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (deed) DO NOTHING RETURNING deed",
        [deed, number, now, by.id, by.name, fit(note ?? "", CASE_LIMITS.noteChars)],
      );
      if (first) {
        await tx.query("UPDATE customer_case SET subject = coalesce($2, subject), state = coalesce($3, state), fields = $4, changed_at = $5 WHERE number = $1", [
          number, subject === undefined ? null : fit(subject, CASE_LIMITS.subjectChars), state ?? null, JSON.stringify(merged(row.fields, fields)), now,
        ]);
      }
      const after = await done(tx, deed);
      return after && { changed: true, first: first !== undefined, case: after };
    });
    if (answer?.first) told(answer.case);
    return answer && { changed: answer.changed, case: answer.case };
  }
}

/** Something of what somebody saw is not so any more. */
function differs(row: Pick<CaseRow, "subject" | "fields">, { subject, fields = {} }: CaseWas): boolean {
  return (subject !== undefined && subject !== row.subject) || Object.entries(fields).some(([name, value]) => (Object.hasOwn(row.fields, name) ? row.fields[name] : "") !== value);
}

/** The fields that were, with those given; a name known already always finds its place. */
function merged(was: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): Record<string, string> {
  const fields = new Map(Object.entries(was));
  for (const [name, text] of Object.entries(given)) {
    const value = fit(text, CASE_LIMITS.valueChars);
    if (value === null) fields.delete(name);
    else if (fields.has(name) || (FIELD.test(name) && fields.size < CASE_LIMITS.fields)) fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
