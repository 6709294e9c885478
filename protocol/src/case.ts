/**
 * Cases of customers: a matter that outlives a contact.
 *
 *   GET  /customers/:id/cases              -> CaseView[]: open first, then by change     agent, supervisor
 *   POST /customers/:id/cases              NewCase -> CaseView                           agent, supervisor
 *   PUT  /cases/:number                    ChangeCase -> CaseView: what it names changes agent, supervisor
 *                                          409 CaseConflict: it is not as `was` says any more
 *
 * The stream says when a case was opened or changed (`caseChanged`).
 */
import { z } from "zod";

export const CaseState = z.enum(["open", "pending", "closed"]);
export type CaseState = z.infer<typeof CaseState>;

/** What a case can hold: beyond it nobody reads, and a record becomes a store for strangers. */
export const CASE_LIMITS = { subjectChars: 160, fields: 50, valueChars: 400, noteChars: 4_000, notesShown: 100, perCustomer: 50 } as const;

export const CaseFieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "a field's name is letters, digits and _, first a letter");
const fields = z.record(CaseFieldName, z.string().trim().max(CASE_LIMITS.valueChars)).refine((all) => Object.keys(all).length <= CASE_LIMITS.fields, `a case has at most ${CASE_LIMITS.fields} fields`);
const subject = z.string().trim().min(1).max(CASE_LIMITS.subjectChars);
const note = z.string().trim().max(CASE_LIMITS.noteChars);

/** As listed: its notes newest first. `number` is digits: it is said and keyed by telephone. */
export const CaseView = z.object({
  number: z.string(),
  customerId: z.string(),
  subject: z.string(),
  state: CaseState,
  fields: z.record(z.string(), z.string()),
  openedAtMs: z.number(),
  changedAtMs: z.number(),
  /** Who opened it, or changed more than its notes last. */
  changedBy: z.string(),
  notes: z.array(z.object({ atMs: z.number(), byName: z.string(), text: z.string() })).readonly(),
});
export type CaseView = z.infer<typeof CaseView>;

/** `clientId`: sent again with the same one (the answer was lost), it is the same deed and is done once. */
const clientId = z.string().min(8).max(64);
export const NewCase = z.object({ clientId, subject, state: CaseState.default("open"), fields: fields.default({}), note: note.default("") });
export type NewCase = z.input<typeof NewCase>;
/**
 * What is absent stays; a field with an empty text is taken away; a note is added to those before. `was`: what stood there when it was
 * written ("" = no such field): where something else stands by now, nothing is changed.
 */
export const ChangeCase = z.object({
  clientId, subject: subject.optional(), state: CaseState.optional(), fields: fields.optional(), note: note.optional(),
  was: z.object({ subject: z.string().max(CASE_LIMITS.subjectChars).optional(), fields: fields.optional() }).optional(),
});
export type ChangeCase = z.input<typeof ChangeCase>;
export const CaseConflict = z.object({ code: z.literal("case-changed"), why: z.string(), case: CaseView });
export type CaseConflict = z.infer<typeof CaseConflict>;
/** A frame of the desktop's stream, not sequenced: whoever shows the cases of that customer reads them again. */
export const CaseChanged = z.object({ t: z.literal("caseChanged"), customerId: z.string(), number: z.string() });
