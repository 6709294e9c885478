/**
 * Bodies of the REST commands. Every error answer is an `ApiError`. Routes (all JSON, cookie session, under /api):
 *
 *   POST   /session                        SignIn -> SessionView      anyone
 *   GET    /session                        -> SessionView             signed in
 *   DELETE /session                                                   signed in
 *   POST   /session/phone                  -> BrowserPhone            agent: fresh SIP account for this browser
 *   PUT    /me/wish                        SetWish                    agent
 *   POST   /me/back                        clears missed/unresponsive agent
 *   PUT    /me/language                    { language }
 *   POST   /interactions/:id/accept                                   agent it is offered to (written media; voice is accepted by answering the SIP call)
 *   POST   /interactions/:id/decline                                  agent it is offered to
 *   POST   /interactions/:id/hold | resume                            its agent
 *   POST   /interactions/:id/end                                      its agent; supervisor
 *   POST   /interactions/:id/transfer      Transfer                   its agent
 *   POST   /interactions/:id/recording     { paused }                 its agent
 *   PATCH  /interactions/:id/notes         Notes (autosave)           its agent
 *   POST   /interactions/:id/wrap          Notes: validates and closes the wrap-up
 *   POST   /interactions/:id/messages      SendMessage -> MessageView its agent; idempotent by clientId
 *   GET    /interactions/:id/messages?after=seq -> MessageView[]      its agent; supervisor
 *   GET    /interactions/:id/routing       -> RoutingView[]           its agent; supervisor
 *   GET    /interactions/:id/recording.wav?channels=mixed|stereo      its agent; supervisor
 *   GET    /customers?q=                   -> CustomerHit[]
 *   GET    /customers/:id                  -> CustomerView
 *   PATCH  /customers/:id                  EditCustomer
 *   (cases of customers: case.ts)
 *   GET    /admin/{users,queues,skills,numbers,phones,dispositions}   administrator (supervisor may read)
 *   POST   /admin/<kind>, PUT /admin/<kind>/:id, DELETE /admin/<kind>/:id
 *   PUT    /agents/:id/wish                SetWish                    supervisor
 */
import { z } from "zod";
import { Language, Role, Wish } from "./words.ts";
import { UserView } from "./views.ts";

export const ApiError = z.object({
  /** Stable code for programs, e.g. "not-yours", "bad-input", "not-found", "too-late". */
  code: z.string(),
  /** One sentence for a person, in the request's language. */
  why: z.string(),
  /** The offending field, when there is one. */
  field: z.string().optional(),
});
export type ApiError = z.infer<typeof ApiError>;

export const SignIn = z.object({ login: z.string().min(1).max(64), password: z.string().min(1).max(256) });
export type SignIn = z.infer<typeof SignIn>;

export const SessionView = z.object({ user: UserView, centreName: z.string(), mainNumber: z.string() });
export type SessionView = z.infer<typeof SessionView>;

/** The browser's own SIP account, valid for this session; register over `ws(s)://<this host><wsPath>` (RFC 7118). */
export const BrowserPhone = z.object({ account: z.string(), password: z.string(), domain: z.string(), wsPath: z.string() });
export type BrowserPhone = z.infer<typeof BrowserPhone>;

export const SetWish = z.object({ wish: Wish });
export const Transfer = z.object({
  to: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("queue"), queueId: z.string().max(64) }),
    z.object({ kind: z.literal("agent"), agentId: z.string().max(64) }),
    /** Somebody of the company or outside, as dialled: calls only. */
    z.object({ kind: z.literal("number"), number: z.string().min(1).max(64) }),
  ]),
  /** What the next person must know; shown to them before answering. */
  note: z.string().max(2000).default(""),
});
export type Transfer = z.infer<typeof Transfer>;
export const Notes = z.object({ disposition: z.string().max(64).nullable(), notes: z.string().max(10_000) });
export type Notes = z.infer<typeof Notes>;
export const SendMessage = z.object({ clientId: z.string().min(8).max(64), text: z.string().trim().min(1).max(4000) });
export type SendMessage = z.infer<typeof SendMessage>;
export const PauseRecording = z.object({ paused: z.boolean() });
export const SetLanguage = z.object({ language: Language });
export const EditCustomer = z.object({ name: z.string().trim().min(1).max(120), notes: z.string().max(10_000) });

/** `caseNumber`: whose case has the number that was asked. */
export const CustomerHit = z.object({ id: z.string(), name: z.string(), phones: z.array(z.string()), city: z.string().nullable(), caseNumber: z.string().optional() });
export type CustomerHit = z.infer<typeof CustomerHit>;

export const RoutingView = z.object({
  atMs: z.number(),
  queueName: z.string(),
  ring: z.number(),
  strategy: z.enum(["longest-idle", "best-skill"]),
  waitedMs: z.number(),
  candidates: z.number(),
  chosen: z.object({ agentId: z.string(), name: z.string(), by: z.enum(["preferred", "longest-idle", "best-skill"]) }).nullable(),
  best: z.array(z.object({ agentId: z.string(), name: z.string(), score: z.number(), idleMs: z.number(), level: z.number() })),
  exclusions: z.record(z.string(), z.number()),
  excluded: z.array(z.object({ agentId: z.string(), name: z.string(), cause: z.string() })),
  outcome: z.enum(["waiting", "offered", "answered", "missed", "declined", "left"]),
});
export type RoutingView = z.infer<typeof RoutingView>;

// Administration: each kind's body; a view is the body with its id.
const id = z.string().max(64);
export const SkillNeed = z.object({ skillId: id, minLevel: z.number().int().min(1).max(10) });
export const AdminUser = z.object({
  login: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/),
  name: z.string().trim().min(1).max(80),
  team: z.string().trim().max(80),
  /** None: somebody who telephones, and takes no contacts. */
  roles: z.array(Role),
  language: Language,
  skills: z.array(z.object({ skillId: id, level: z.number().int().min(1).max(10) })),
  queueIds: z.array(id),
  capacity: z.object({ voice: z.number().int().min(0).max(1), chat: z.number().int().min(0).max(12) }),
  active: z.boolean(),
});
export type AdminUser = z.infer<typeof AdminUser>;
/** POST /admin/users and POST /admin/users/:id/password answer with the generated password, shown once. */
export const OncePassword = z.object({ id, password: z.string() });
export const AdminQueue = z.object({
  name: z.string().trim().min(1).max(80),
  needs: z.array(SkillNeed),
  rings: z.array(z.object({ afterMs: z.number().int().min(1000), lower: z.number().int().min(1).max(9) })),
  strategy: z.enum(["longest-idle", "best-skill"]),
  priority: z.number().int().min(0).max(10),
  ageingMs: z.number().int().min(0),
  overflow: z.object({ afterMs: z.number().int().min(1000), toQueueId: id }).nullable(),
  target: z.object({ percent: z.number().int().min(1).max(100), withinMs: z.number().int().min(1000) }),
  maxWaitMs: z.number().int().min(10_000),
  ringMs: z.number().int().min(5000).max(120_000),
  wrapMs: z.number().int().min(0).max(3_600_000),
});
export type AdminQueue = z.infer<typeof AdminQueue>;
export const AdminSkill = z.object({ name: z.string().trim().min(1).max(80) });
export type AdminSkill = z.infer<typeof AdminSkill>;
export const AdminNumber = z.object({
  /** What callers dial: E.164 (+33...), or a short extension. */
  number: z.string().regex(/^(\+[1-9][0-9]{4,14}|[0-9]{2,6})$/),
  label: z.string().trim().min(1).max(80),
  flowId: id,
  language: Language,
});
export type AdminNumber = z.infer<typeof AdminNumber>;
export const AdminPhone = z.object({
  /** The phone's user name (SIP account). */
  account: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/),
  label: z.string().trim().min(1).max(80),
  userId: id.nullable(),
});
export type AdminPhone = z.infer<typeof AdminPhone>;
/** A phone as listed: with what is registered now. */
export const AdminPhoneLive = z.object({ registered: z.array(z.object({ contact: z.string(), userAgent: z.string(), expiresAtMs: z.number() })) });
export const AdminDisposition = z.object({ label: z.object({ fr: z.string().trim().min(1).max(80), en: z.string().trim().min(1).max(80) }) });
export type AdminDisposition = z.infer<typeof AdminDisposition>;
/** GET /admin/flows -> { id, name }[] for the number form. */
export const FlowHit = z.object({ id, name: z.string() });
