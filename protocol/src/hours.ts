/**
 * Opening hours and deflection: what happens to who comes when a queue is closed, too busy, or shares its contacts. The source of the
 * options is the seed "Déviation des appels et des chats en dehors des heures de travail"; docs/en/hours.md says what each does.
 */
import { z } from "zod";
import { FlowLanguage, QueueId, Says } from "./flow/words.ts";

/** How a contact comes: by telephone, from a page (its wide or its telephone shape), in writing. */
export const ContactChannel = z.enum(["ivr", "web", "mobile", "chat", "sms", "email"]);
export type ContactChannel = z.infer<typeof ContactChannel>;

// --- Calendars -------------------------------------------------------------------------------------------------

const from = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time is HH:MM");
const to = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time is HH:MM, 24:00 the day's end");
/** Wall time of the calendar's zone. `to` at or before `from` means the next morning. */
export const Opening = z.object({ from, to });
export type Opening = z.infer<typeof Opening>;

const LocalDate = z.iso.date();
const openingsOfDay = z.array(Opening).max(10);

/** Public holidays of a country, of a part of it (ISO 3166-2 without the country: DE-BY is DE, BY) or of a region of that part. */
export const HolidayPlace = z.object({
  country: z.string().regex(/^[A-Z]{2}$/),
  state: z.string().min(1).max(20).optional(),
  region: z.string().min(1).max(20).optional(),
});
export type HolidayPlace = z.infer<typeof HolidayPlace>;

/** A holiday that does not close: the week's openings hold, or its own. `year` null = every year. `rule`: the holiday's stable name, as the preview says it. */
export const KeptHoliday = z.object({ rule: z.string().min(1).max(120), year: z.int().min(1970).max(2200).nullable().default(null), openings: openingsOfDay.nullable().default(null) });
export type KeptHoliday = z.infer<typeof KeptHoliday>;

/** An exceptional day or span of days (inclusive): no openings = closed. It beats holidays and the week. */
export const CalendarException = z.object({ from: LocalDate, to: LocalDate, name: z.string().trim().min(1).max(80), openings: openingsOfDay.default([]) }).refine((e) => e.to >= e.from, { path: ["to"], message: "ends before it begins" });
export type CalendarException = z.infer<typeof CalendarException>;

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false; // Intl's word for an unknown zone
    throw error;
  }
}

export const Calendar = z.object({
  name: z.string().trim().min(1).max(80),
  zone: z.string().max(60).refine(isZone, "not an IANA time zone"),
  /** Days: 1 Monday .. 7 Sunday; several openings a day. */
  weekly: z.array(Opening.extend({ days: z.array(z.int().min(1).max(7)).min(1).max(7) })).max(50),
  holidays: z.object({ places: z.array(HolidayPlace).max(5).default([]), kept: z.array(KeptHoliday).max(100).default([]) }).prefault({}),
  exceptions: z.array(CalendarException).max(500).default([]),
});
export type Calendar = z.infer<typeof Calendar>;
export type CalendarInput = z.input<typeof Calendar>;

/** The calendar of the whole centre; it is always there. */
export const GLOBAL_CALENDAR = "global";

/** Which calendar holds for whom. Null = any. The most specific wins: queue before channel before language (docs/en/hours.md). */
export const HoursRule = z.object({ queueId: QueueId.nullable().default(null), channel: ContactChannel.nullable().default(null), language: FlowLanguage.nullable().default(null), calendarId: z.string().min(1).max(60) });
export type HoursRule = z.infer<typeof HoursRule>;

export const HolidayView = z.object({
  date: LocalDate,
  /** Last day, inclusive. */
  until: LocalDate,
  name: z.object({ fr: z.string(), en: z.string() }),
  rule: z.string(),
  /** The day off that stands for a holiday which fell on a free day. */
  substitute: z.boolean(),
  kept: z.boolean(),
});
export type HolidayView = z.infer<typeof HolidayView>;

export const HoursState = z.enum(["open", "closed", "holiday"]);
export type HoursState = z.infer<typeof HoursState>;
export const HoursNow = z.object({
  state: HoursState,
  /** When it opens next; null = open now, or never within the horizon. */
  nextOpenMs: z.number().nullable(),
  /** When open becomes closed or closed open; null = never within the horizon. */
  nextChangeMs: z.number().nullable(),
  /** The holiday or exception that closes (or opens) it today. */
  why: z.string().nullable(),
});
export type HoursNow = z.infer<typeof HoursNow>;

// --- Deflection ------------------------------------------------------------------------------------------------

/** A number as dialled, or a SIP user of the house. */
export const DialledNumber = z.string().regex(/^\+?[0-9*#]{2,20}$/, "a number is digits, with + before an international one");

/** A call: one way. Greetings absent = the centre's. */
export const CallDeflection = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("queue"), queueId: QueueId }),
  z.object({ kind: z.literal("number"), number: DialledNumber, greeting: Says.optional() }),
  z.object({ kind: z.literal("voicemail"), greeting: Says.optional() }),
  z.object({ kind: z.literal("message"), greeting: Says.optional() }),
]);
export type CallDeflection = z.infer<typeof CallDeflection>;

/** What a page offers in the place of calling: the only things it offers. */
export const WebOptions = z.object({ scheduledCall: z.boolean().default(false), email: z.boolean().default(false) });
export type WebOptions = z.infer<typeof WebOptions>;
/** `number`: "Call now" dials it. */
export const MobileOptions = WebOptions.extend({ number: DialledNumber.nullable().default(null), voicemail: z.boolean().default(false) });
export type MobileOptions = z.infer<typeof MobileOptions>;
const offersSomething = (o: MobileOptions): boolean => o.scheduledCall || o.email || o.voicemail || o.number !== null;

/** A queue, or options: never both. */
export const MobileDeflection = z.discriminatedUnion("to", [
  z.object({ to: z.literal("queue"), queueId: QueueId }),
  z.object({ to: z.literal("options"), options: MobileOptions.refine(offersSomething, "choose at least one option") }),
]);
export type MobileDeflection = z.infer<typeof MobileDeflection>;

const says = (fr: string, en: string): Says => ({ sounds: { fr, en } });
/** The general words; a queue's own greeting comes first. Texts are spoken, or a recording of the prompt table is played. */
export const DeflectionWords = z.object({
  /** « Redirection hors horaires d’ouverture ». */
  message: Says.default(says("Nos bureaux sont fermés pour le moment. Nous vous répondrons dès la réouverture.", "Our offices are closed at the moment. We will answer you when we open again.")),
  /** Too many wait, or nobody is there. */
  busy: Says.default({ ...says("Nous recevons beaucoup d’appels en ce moment.", "We are receiving many calls at the moment."), reads: { fr: "Nous recevons beaucoup de demandes en ce moment.", en: "We are receiving many requests at the moment." } }),
  /** After it, where nothing else is offered and the contact ends. */
  callAgain: Says.default({ ...says("Merci de rappeler un peu plus tard. Au revoir.", "Please call again a little later. Goodbye."), reads: { fr: "Merci de réessayer un peu plus tard.", en: "Please try again a little later." } }),
  /** « Message de messagerie vocale ». */
  voicemail: Says.default(says("Laissez votre message et votre nom après le bip, puis appuyez sur dièse : nous vous rappellerons.", "Leave your message and your name after the tone, then press hash: we will call you back.")),
  /** « Message vocal : numéro de téléphone bloqué » and « demander un numéro de téléphone ». */
  askNumber: Says.default(says("Votre numéro est masqué. Composez le numéro auquel vous rappeler, puis dièse.", "Your number is hidden. Key in the number to call you back on, then hash.")),
  /** « saisie du numéro de téléphone réussie »: `{value}` is the number; 1 and 2 confirm it. */
  numberTaken: Says.default(says("Nous vous rappellerons au {value}.", "We will call you back on {value}.")),
  /** Before a call goes on to a number. */
  number: Says.default(says("Nous vous mettons en relation avec un autre numéro.", "We are putting you through to another number.")),
  /** `{email}` is the support address. */
  email: Says.default(says("Écrivez-nous à {email}.", "Write to us at {email}.")),
  scheduledCall: Says.default(says("Choisissez quand nous vous rappellerons.", "Choose when we call you back.")),
  /** The first words of a queue's virtual agent. */
  assistant: Says.default({ ...says("Bonjour, je suis l’assistant. Dites-moi ce que vous souhaitez. Dites « conseiller » à tout moment.", "Hello, I am the assistant. Tell me what you would like. Say “agent” at any time."), reads: { fr: "Bonjour, je suis l’assistant. Que souhaitez-vous ? Écrivez « conseiller » à tout moment.", en: "Hello, I am the assistant. What would you like? Write “agent” at any time." } }),
});
export type DeflectionWords = z.infer<typeof DeflectionWords>;

/** Of the whole centre. */
export const Deflection = z.object({
  calls: z.object({
    enabled: z.boolean().default(false),
    /** Transfer lists show closed queues, by the 4+1 cases. */
    transferToClosed: z.boolean().default(false),
    ivr: CallDeflection.default({ kind: "voicemail" }),
    web: WebOptions.prefault({ email: true }),
    mobile: MobileOptions.prefault({ email: true }),
  }).prefault({}),
  chats: z.object({
    enabled: z.boolean().default(false),
    /** The same box for chats: it counts while chat deflection is off. */
    transferToClosedWhenOff: z.boolean().default(false),
    email: z.boolean().default(true),
  }).prefault({}),
  words: DeflectionWords.prefault({}),
});
export type Deflection = z.infer<typeof Deflection>;

/** A virtual agent of the queue: an assistant that answers before people do. `always`: also when the queue is closed. */
export const VirtualAgent = z.object({ assistantId: z.string().min(1).max(60), availability: z.enum(["always", "hours"]) });
export type VirtualAgent = z.infer<typeof VirtualAgent>;

/** Null = as the whole centre; "off" = this queue is never deflected outside hours. There is nothing for the web: it always follows the centre. */
export const QueueDeflection = z.object({
  ivr: z.union([CallDeflection, z.literal("off")]).nullable().default(null),
  mobile: z.union([MobileDeflection, z.literal("off")]).nullable().default(null),
  sms: z.object({ enabled: z.boolean(), message: Says }).nullable().default(null),
  virtualAgent: VirtualAgent.nullable().default(null),
});
export type QueueDeflection = z.infer<typeof QueueDeflection>;

/** Where those go whom a queue does not take now, by how they come. Null = they wait like everybody. */
export const ByChannel = z.object({
  ivr: CallDeflection.nullable().default(null),
  web: WebOptions.nullable().default(null),
  mobile: MobileDeflection.nullable().default(null),
  /** The support address, or another queue. */
  chat: z.discriminatedUnion("kind", [z.object({ kind: z.literal("email") }), z.object({ kind: z.literal("queue"), queueId: QueueId })]).nullable().default(null),
  sms: z.discriminatedUnion("kind", [z.object({ kind: z.literal("message"), message: Says }), z.object({ kind: z.literal("queue"), queueId: QueueId })]).nullable().default(null),
});
export type ByChannel = z.infer<typeof ByChannel>;

export const OverCapacity = z.object({
  enabled: z.boolean().default(false),
  /** The longest has waited this long; null = not looked at. */
  longestWaitMs: z.int().min(1_000).max(86_400_000).nullable().default(null),
  /** So many wait already. */
  length: z.int().min(1).max(100_000).nullable().default(null),
  /** Nobody of the queue is there, or nobody is free. */
  agents: z.enum(["none-there", "none-free"]).nullable().default(null),
  then: ByChannel.prefault({}),
});
export type OverCapacity = z.infer<typeof OverCapacity>;

/** x % of a queue's contacts go elsewhere, open or not busy as it may be. */
export const Redirection = z.object({
  shares: z
    .array(z.object({ percent: z.number().min(0.1).max(100), channels: z.array(ContactChannel).max(6).default([]), queueId: QueueId }))
    .max(20)
    .default([])
    .refine((shares) => ContactChannel.options.every((c) => shares.reduce((sum, s) => sum + (s.channels.length === 0 || s.channels.includes(c) ? s.percent : 0), 0) <= 100.0001), "more than 100 % of a channel"),
});
export type Redirection = z.infer<typeof Redirection>;

/** https, a host, a port if need be: links are made of it. As copied from a browser it ends in a slash. */
const PublicUrl = z.string().trim().overwrite((url) => url.replace(/\/$/, "")).max(200).regex(/^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i, "https:// and the name of a host, nothing after it").refine((url) => URL.canParse(url), "no host has that name");
export const CentreDetails = z.object({
  supportEmail: z.email().max(200).nullable().default(null),
  /** Where customers reach this site: links that they are sent begin with it. Null = none is sent. */
  publicUrl: PublicUrl.nullable().default(null),
});
export type CentreDetails = z.infer<typeof CentreDetails>;

/** Web pages and the queue. `reachable` false: a page that names it is served as if it had named none; other queues may lead pages there still. */
export const QueuePages = z.object({ reachable: z.boolean().default(true) });
export type QueuePages = z.infer<typeof QueuePages>;

// --- What comes of it ------------------------------------------------------------------------------------------

export const Slot = z.object({ startMs: z.number(), endMs: z.number() });
export type Slot = z.infer<typeof Slot>;

/** What a page shows. `call` and `chat` are the ordinary ones; the others replace them. */
export const WebOption = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("call") }),
  z.object({ kind: z.literal("chat") }),
  z.object({ kind: z.literal("scheduled-call"), queueId: z.string(), slots: z.array(Slot) }),
  /** `mailto` (mobile): opens the mail application with the address and what the device said of itself. */
  z.object({ kind: z.literal("email"), address: z.string(), mailto: z.string().nullable() }),
  z.object({ kind: z.literal("number"), number: z.string() }),
  z.object({ kind: z.literal("voicemail"), queueId: z.string() }),
]);
export type WebOption = z.infer<typeof WebOption>;

/** `assistant`: the queue's virtual agent takes them first. */
export const DeflectionWhy = z.enum(["closed", "holiday", "wait", "length", "no-agent", "share", "assistant"]);
export type DeflectionWhy = z.infer<typeof DeflectionWhy>;

/** What a visitor chose among the options of the page, sent along with the call. */
export const ChosenOption = z.enum(["scheduled-call", "email", "number", "voicemail"]);
export type ChosenOption = z.infer<typeof ChosenOption>;

export const DeflectionGoes = z.enum(["queue", "number", "voicemail", "message", "text", "email", "options", "assistant"]);
export type DeflectionGoes = z.infer<typeof DeflectionGoes>;

/** A queue that a contact may be handed to. `goes`: what its customer meets there, for it is closed; null = agents of it who are there. */
export const TransferQueue = z.object({ queueId: z.string(), isOpen: z.boolean(), goes: DeflectionGoes.nullable() });
export type TransferQueue = z.infer<typeof TransferQueue>;

/** What would happen at an instant to who comes that way: `GET /api/hours/preview`. */
export const DeflectionPreview = z.object({
  queueId: z.string(),
  channel: ContactChannel,
  hours: HoursNow,
  calendarId: z.string(),
  /** Null = the queue takes them. */
  deflected: z.object({ why: DeflectionWhy, goes: DeflectionGoes, /** The queue they go to, or the one that they stay with. */ queueId: z.string() }).nullable(),
});
export type DeflectionPreview = z.infer<typeof DeflectionPreview>;

export const DeflectionProblem = z.object({
  code: z.enum(["never-open", "waits-closed", "nobody-reachable", "message-only", "nobody-owns", "no-address", "no-assistant", "redirect-loop"]),
  /** error: it must not stay so; warning: declared, or worth a look. */
  severity: z.enum(["error", "warning"]),
  queueId: z.string(),
  channel: ContactChannel.nullable(),
  words: z.object({ fr: z.string(), en: z.string() }),
});
export type DeflectionProblem = z.infer<typeof DeflectionProblem>;

/** `GET /api/widget/options`: what a page offers now; the options of a deflection are the only ones then. */
export const WidgetOptions = z.object({ why: DeflectionWhy.nullable(), nextOpenMs: z.number().nullable(), queueId: z.string().nullable(), options: z.array(WebOption), /** A promised call is confirmed by e-mail to who gives an address. */ confirmsByMail: z.boolean().optional() });
export type WidgetOptions = z.infer<typeof WidgetOptions>;
