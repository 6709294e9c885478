/**
 * The company telephone system on the wire: what an administrator writes (each kind's body; a view is the body with its id) and what
 * people see of it. Routes are under /api/telephony; the server's rooms `exchange` and `trunk` use the same types.
 */
import { z } from "zod";
import { Language } from "./words.ts";

const id = z.string().max(64);
const label = z.string().trim().min(1).max(80);
/** What somebody dials inside: 2 to 6 digits. */
export const ShortNumber = z.string().regex(/^[0-9]{2,6}$/);
/** What a forward or an overflow leads to: a number as dialled (short, E.164 or national) or somebody's voicemail. */
export const Destination = z.discriminatedUnion("to", [
  z.object({ to: z.literal("number"), number: z.string().regex(/^[+0-9*#]{2,20}$/) }),
  z.object({ to: z.literal("voicemail"), extensionId: id }),
  z.object({ to: z.literal("hang-up") }),
]);
export type Destination = z.infer<typeof Destination>;

/** How far an extension may call out. Emergency numbers may always be called. */
export const CallClass = z.enum(["internal", "national", "international"]);
export type CallClass = z.infer<typeof CallClass>;

/** A number of the house that rings the devices of a user (their phones and their browser), or one phone that is nobody's. */
export const Extension = z.object({
  number: ShortNumber,
  label,
  userId: id.nullable(),
  /** A phone of the house (lobby, door): only without a user. */
  phoneId: id.nullable(),
  language: Language,
  callClass: CallClass,
  /** E.164 number shown to the outside; null = the trunk's. */
  callerNumber: z.string().regex(/^\+[1-9][0-9]{4,14}$/).nullable(),
  /** Extensions that share a word may pick up each other's calls (*8). */
  pickupGroup: z.string().trim().max(32),
  ringMs: z.number().int().min(5_000).max(120_000),
  /** In the company directory. */
  listed: z.boolean(),
});
export type Extension = z.infer<typeof Extension>;

/** What the holder of an extension sets, from the desktop or by feature codes. */
export const ExtensionChoices = z.object({
  doNotDisturb: z.boolean(),
  forward: z.object({
    always: Destination.nullable(),
    busy: Destination.nullable(),
    noAnswer: Destination.nullable(),
    unreachable: Destination.nullable(),
  }),
  voicemail: z.object({
    on: z.boolean(),
    /** Told of each message, the sound attached; null = not e-mailed. */
    email: z.email().max(254).nullable(),
    /** Digits to listen from another phone; null = only from one's own. */
    pin: z.string().regex(/^[0-9]{4,8}$/).nullable(),
  }),
});
export type ExtensionChoices = z.infer<typeof ExtensionChoices>;

export const RingGroup = z.object({
  number: ShortNumber,
  name: label,
  /** all: together; hunt: one after another from the top; round: from the one after the last that answered. */
  strategy: z.enum(["all", "hunt", "round"]),
  extensionIds: z.array(id).min(1).max(50),
  ringMs: z.number().int().min(5_000).max(120_000),
  otherwise: Destination,
});
export type RingGroup = z.infer<typeof RingGroup>;

export const MeetingRoom = z.object({
  number: ShortNumber,
  name: label,
  pin: z.string().regex(/^[0-9]{4,8}$/).nullable(),
  /** Enters as moderator (mute all, lock, kick); null = everybody of the house may. */
  moderatorPin: z.string().regex(/^[0-9]{4,8}$/).nullable(),
  maxMembers: z.number().int().min(2).max(100),
});
export type MeetingRoom = z.infer<typeof MeetingRoom>;
/** Only administrators are told the codes; others read "hidden" where there is one. */
const shownPin = z.string().regex(/^(?:[0-9]{4,8}|hidden)$/).nullable();
export const MeetingRoomView = MeetingRoom.extend({ pin: shownPin, moderatorPin: shownPin });
export type MeetingRoomView = z.infer<typeof MeetingRoomView>;

export const PageGroup = z.object({
  number: ShortNumber,
  name: label,
  extensionIds: z.array(id).min(1).max(50),
  /** One phone and two-way is an intercom; else everybody hears the caller only. */
  twoWay: z.boolean(),
});
export type PageGroup = z.infer<typeof PageGroup>;

/** Who is let through to whom. The first rule that fits decides; none = allowed. Checked before anything rings. */
export const CallerRule = z.object({
  position: z.number().int().min(0).max(9_999),
  /** E.164 prefix ("+3389"), a whole number, or "anonymous" (no number, or withheld), or "any". */
  caller: z.string().regex(/^(\+[0-9]{1,15}|[0-9]{2,15}|anonymous|any)$/),
  /** One extension, or null: every call to the house. */
  extensionId: id.nullable(),
  /** Minutes of the centre's local day [from, until) on these weekdays (1 Monday .. 7 Sunday); null = always. */
  hours: z.object({ days: z.array(z.number().int().min(1).max(7)).min(1), fromMinute: z.number().int().min(0).max(1_440), untilMinute: z.number().int().min(0).max(1_440) }).nullable(),
  action: z.discriminatedUnion("do", [
    z.object({ do: z.literal("allow") }),
    z.object({ do: z.literal("block") }),
    z.object({ do: z.literal("send"), destination: Destination }),
  ]),
  note: z.string().trim().max(200),
});
export type CallerRule = z.infer<typeof CallerRule>;

/** The way to an operator or a gateway. */
export const Trunk = z.object({
  name: label,
  active: z.boolean(),
  host: z.string().trim().min(1).max(253).regex(/^[A-Za-z0-9._:[\]-]+$/),
  /** Null: found by DNS (RFC 3263), else 5060 (5061 for TLS). */
  port: z.number().int().min(1).max(65_535).nullable(),
  transport: z.enum(["udp", "tcp", "tls"]),
  /** We register there with these credentials, or the operator knows us by address. */
  registers: z.boolean(),
  username: z.string().max(80),
  /** Domain in From and To; empty = host. */
  domain: z.string().max(253),
  /** Who may call us as this trunk without a password: addresses or CIDR. */
  addresses: z.array(z.string().max(49)).max(64),
  /** Region of numbers written nationally ("FR"). */
  region: z.string().regex(/^[A-Z]{2}$/),
  /** How this operator wants numbers: "+33..." , "0033...", "33...", or national. */
  numberFormat: z.enum(["e164", "international-00", "digits", "national"]),
  /** Shown to the callee: the extension's own number when it has one, else (or always, when fixed) this. */
  callerNumber: z.object({ mode: z.enum(["extension", "fixed"]), number: z.string().regex(/^\+[1-9][0-9]{4,14}$/).nullable() }),
  /** P-Asserted-Identity (RFC 3325) from this peer is believed, and sent to it. */
  trusted: z.boolean(),
  /** STIR (RFC 8224): sign what leaves; what arrives is always verified when signed. */
  signs: z.boolean(),
  srtp: z.enum(["off", "offered", "required"]),
  maxCalls: z.number().int().min(1).max(10_000),
  /** OPTIONS this often; a trunk that does not answer is passed over. 0 = never. */
  keepAliveS: z.number().int().min(0).max(3_600),
  /** Applied in order to what comes in or goes out. */
  headerRules: z.array(z.object({
    when: z.enum(["in", "out"]),
    header: z.string().regex(/^[A-Za-z0-9-]{1,60}$/),
    do: z.enum(["remove", "set"]),
    value: z.string().max(300).regex(/^[^\r\n]*$/),
  })).max(50),
  /** RDP-03: SIP headers read as data of the contact ("X-Customer-Id" -> "customerId"). */
  dataHeaders: z.array(z.object({ header: z.string().regex(/^[A-Za-z0-9-]{1,60}$/), field: z.string().regex(/^[a-z][A-Za-z0-9_]{0,39}$/), to: z.enum(["metadata", "crm-record"]) })).max(50),
});
export type Trunk = z.infer<typeof Trunk>;
/** With the password for the operator, which is never sent back: null keeps the stored one. */
export const TrunkBody = Trunk.extend({ password: z.string().max(128).nullable() });
export type TrunkBody = z.infer<typeof TrunkBody>;
export const TrunkLive = z.object({
  state: z.enum(["off", "unknown", "up", "down"]),
  /** Words for a person about the state: "registered until 14:02", "403 Forbidden". */
  why: z.string(),
  sinceMs: z.number(),
  calls: z.number().int(),
});
export type TrunkLive = z.infer<typeof TrunkLive>;

/** A trunk as GET /api/telephony/trunks lists it. */
export const TrunkRow = Trunk.extend({ id, live: TrunkLive });
export type TrunkRow = z.infer<typeof TrunkRow>;

/** Which trunks carry which outside numbers. The longest prefix wins; trunks of the lowest priority number first, shared by weight. */
export const OutboundRoute = z.object({
  name: label,
  /** E.164 prefixes ("+33", "+"). */
  prefixes: z.array(z.string().regex(/^\+[0-9]{0,15}$/)).min(1).max(200),
  trunks: z.array(z.object({ trunkId: id, priority: z.number().int().min(1).max(100), weight: z.number().int().min(1).max(100) })).min(1).max(20),
});
export type OutboundRoute = z.infer<typeof OutboundRoute>;

/** Signed caller numbers (STIR, RFC 8224-8226): who we are when we sign, and whose signatures we believe. The private key is written with these and never sent back. */
export const StirSettings = z.object({
  /** Where others fetch our certificate (x5u); empty = we sign nothing. */
  certificateUrl: z.string().max(500).regex(/^(https:\/\/[^\s"<>]+)?$/),
  /** Our certificate chain, PEM. */
  certificate: z.string().max(40_000),
  /** Certificates of the authorities that we believe, PEM. */
  roots: z.array(z.string().max(10_000)).max(50),
  /** Hosts that others' certificates may be fetched from; from any other the caller counts as not verified. */
  allowedHosts: z.array(z.string().max(253).regex(/^[A-Za-z0-9.-]+(:[0-9]{1,5})?$/)).max(200),
  /** What we vouch for by our own numbers: A the caller and the number, B the caller, C neither (RFC 8588). */
  attestAs: z.enum(["A", "B", "C"]),
});
export type StirSettings = z.infer<typeof StirSettings>;
export const StirBody = StirSettings.extend({ privateKey: z.string().max(10_000).nullable() });
export type StirBody = z.infer<typeof StirBody>;

/** The rules against toll fraud; what they stop is refused with 403 and told to the administrators. */
export const FraudRules = z.object({
  allowedCountries: z.array(z.string().regex(/^[A-Z]{2}$/)).max(250),
  blockedPrefixes: z.array(z.string().regex(/^\+[0-9]{1,15}$/)).max(500),
  premiumAllowed: z.boolean(),
  callsPerMinutePerAccount: z.number().int().min(1).max(10_000),
  /** Of the whole house, in hundredths of the currency, by the price list; 0 = no limit. Running calls that cost something end with it. */
  spendPerHour: z.number().int().min(0),
  /** Longest prefix wins; per started minute, hundredths. */
  prices: z.array(z.object({ prefix: z.string().regex(/^\+[0-9]{0,15}$/), perMinute: z.number().int().min(0) })).max(1_000),
});
export type FraudRules = z.infer<typeof FraudRules>;

/** The border: who may speak to us at all, and how much. */
export const BorderRules = z.object({
  /** The first rule that fits decides; none = allowed. */
  access: z.array(z.object({ network: z.string().max(49), allow: z.boolean(), note: z.string().max(120) })).max(1_000),
  /** New requests a second from one address that nobody has authenticated from. */
  requestsPerSecondPerSource: z.number().int().min(1).max(100_000),
  requestsPerSecondPerAccount: z.number().int().min(1).max(100_000),
  /** Failed passwords within ten minutes before an address is banned. */
  failuresBeforeBan: z.number().int().min(1).max(1_000),
  banMinutes: z.number().int().min(1).max(10_080),
  maxCalls: z.number().int().min(1).max(100_000),
  maxCallsPerSource: z.number().int().min(1).max(100_000),
  /** The centre's numbers may be called by anybody who reaches this server; false: by trunks and our own phones only. */
  strangersMayCall: z.boolean(),
});
export type BorderRules = z.infer<typeof BorderRules>;
export const BanView = z.object({ address: z.string(), why: z.string(), sinceMs: z.number(), untilMs: z.number(), refused: z.number().int() });
export type BanView = z.infer<typeof BanView>;
/** What administrators are told of the border: who was banned, what fraud rules stopped, floods. */
export const BorderNotice = z.object({
  atMs: z.number(),
  kind: z.enum(["banned", "guessing", "fraud", "flood", "calls"]),
  /** banned, guessing: "passwords", "known-address"; fraud: the rule ("country", "prefix", "premium", "rate", "spend"); calls: "max-calls", "max-calls-source", "unproven". */
  why: z.string(),
  address: z.string(), account: z.string(), number: z.string(), count: z.number().int(),
});
export type BorderNotice = z.infer<typeof BorderNotice>;
/** Since the server started; `calls`, `bans` and `spentLastHour` (hundredths) are of now. */
export const BorderCounts = z.object({
  passed: z.number().int(), denied: z.number().int(), banned: z.number().int(), overRate: z.number().int(), overStrangers: z.number().int(),
  failures: z.number().int(), refusedCalls: z.number().int(), refusedByFraud: z.number().int(),
  calls: z.number().int(), bans: z.number().int(), spentLastHour: z.number(),
});
export type BorderCounts = z.infer<typeof BorderCounts>;

/** What the SIP server is for a domain or a number: back-to-back agent (default), proxy or redirect server (RFC 3261). */
export const SipRole = z.object({
  /** A domain ("branch.example"), or a number or prefix ("4*"). */
  match: z.string().regex(/^([0-9+]{1,16}\*?|[A-Za-z0-9.-]{1,253})$/),
  role: z.enum(["proxy", "redirect"]),
  /** Where to: registered contacts of that user, or these URIs with q (0..1), equal q forks together, lower q comes later. */
  targets: z.array(z.object({ uri: z.string().max(300), q: z.number().min(0).max(1) })).max(20),
  /** 301, 302 or 305, for a redirect. */
  status: z.number().int().min(300).max(399),
  recordRoute: z.boolean(),
});
export type SipRole = z.infer<typeof SipRole>;

export const PhoneState = z.enum(["free", "ringing", "busy", "away", "offline"]);
export type PhoneState = z.infer<typeof PhoneState>;
/** An extension as listed. `devices`: how many of its phones are registered now. */
export const ExtensionLive = z.object({ state: PhoneState, devices: z.number().int(), doNotDisturb: z.boolean(), forwarded: z.boolean() });
export type ExtensionLive = z.infer<typeof ExtensionLive>;
/** What the holder of an extension is told of it, and what to dial for the rest. */
export const MyTelephone = z.object({
  /** Null: this user has none. */
  extension: Extension.and(z.object({ id })).nullable(),
  state: PhoneState,
  /** Voicemail messages not heard yet. */
  unheard: z.number().int(),
  voicemailNumber: ShortNumber,
  park: z.object({ from: ShortNumber, to: ShortNumber }),
  outsidePrefix: z.string(),
  emergencyNumbers: z.array(z.string()),
  /** Who waits in which slot; whoever dials the slot takes the call. Empty for who has no extension. */
  parked: z.array(z.object({ slot: z.string(), number: z.string(), name: z.string() })),
});
export type MyTelephone = z.infer<typeof MyTelephone>;

/** One of the centre's own: name, what to dial, and what presence may be told. */
export const DirectoryEntry = z.object({
  id, name: z.string(), number: z.string(), kind: z.enum(["extension", "group", "room", "page", "speed-dial", "outside"]),
  state: PhoneState.nullable(),
});
export type DirectoryEntry = z.infer<typeof DirectoryEntry>;
export const SpeedDial = z.object({
  /** Dialled as *0 and these digits; null = only in the directory. */
  code: z.string().regex(/^[0-9]{1,3}$/).nullable(),
  name: label,
  number: z.string().regex(/^[+0-9*#]{2,20}$/),
  /** Mine, or null: of the whole house. */
  userId: id.nullable(),
});
export type SpeedDial = z.infer<typeof SpeedDial>;

export const CallResult = z.enum(["answered", "missed", "busy", "declined", "unreachable", "blocked", "voicemail", "cancelled", "failed", "cut"]);
export type CallResult = z.infer<typeof CallResult>;
/** A line of the call history (extensions and trunks; the centre's contacts have their own timeline). */
export const CallRecord = z.object({
  id, startedAtMs: z.number(), answeredAtMs: z.number().nullable(), endedAtMs: z.number().nullable(),
  fromNumber: z.string(), fromName: z.string(), toNumber: z.string(), toName: z.string(),
  direction: z.enum(["internal", "in", "out"]),
  result: CallResult,
  /** Extensions that took part. */
  extensionIds: z.array(id),
  trunkId: id.nullable(),
  /** The customer, when the number is known. */
  customerId: id.nullable(),
});
export type CallRecord = z.infer<typeof CallRecord>;

/** A call under way. */
export const LiveCallView = CallRecord.pick({ id: true, startedAtMs: true, answeredAtMs: true, fromNumber: true, fromName: true, toNumber: true, toName: true, direction: true });
export type LiveCallView = z.infer<typeof LiveCallView>;
export const TelephonyNow = z.object({ calls: z.array(LiveCallView), parked: z.array(z.object({ slot: z.string(), number: z.string(), name: z.string() })) });
export type TelephonyNow = z.infer<typeof TelephonyNow>;
/** POST /api/telephony/me/dial: as somebody would dial it, spaces allowed. */
export const DialNumber = z.object({ number: z.string().trim().min(2).max(40) });

export const VoicemailMessage = z.object({
  id, extensionId: id, fromNumber: z.string(), fromName: z.string(), customerId: id.nullable(),
  leftAtMs: z.number(), durationMs: z.number().int(), heard: z.boolean(),
});
export type VoicemailMessage = z.infer<typeof VoicemailMessage>;

/** A live meeting room or three-party call. */
export const MeetingView = z.object({
  id, name: z.string(), number: z.string().nullable(), locked: z.boolean(),
  members: z.array(z.object({ ref: z.string(), name: z.string(), number: z.string(), muted: z.boolean(), moderator: z.boolean(), speaking: z.boolean(), sinceMs: z.number() })),
});
export type MeetingView = z.infer<typeof MeetingView>;
/** As somebody is told of it. `ownRef`: which member they are; null = they only look on. `maySteer`: others' microphones, the door, removing. */
export const MeetingLive = MeetingView.extend({ ownRef: z.string().nullable(), maySteer: z.boolean() });
export type MeetingLive = z.infer<typeof MeetingLive>;

/** A new seat in one form: the user (or an existing one), the extension, and a softphone. */
export const NewSeat = z.object({
  name: label,
  login: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/),
  userId: id.nullable(),
  extension: ShortNumber,
  callClass: CallClass,
  language: Language,
  email: z.email().max(254).nullable(),
  agent: z.boolean(),
});
export type NewSeat = z.infer<typeof NewSeat>;
/** Shown once. The provisioning address works once, for 24 hours. */
export const SeatMade = z.object({
  userId: id, extensionId: id, phoneId: id, account: z.string(), password: z.string().nullable(), phonePassword: z.string(),
  provisioningUrl: z.string(), qrSvg: z.string(),
});
export type SeatMade = z.infer<typeof SeatMade>;

/** A phone gets a fresh password, and an address that brings it there. */
export const PhoneProvisioning = SeatMade.pick({ account: true, phonePassword: true, provisioningUrl: true, qrSvg: true });
export type PhoneProvisioning = z.infer<typeof PhoneProvisioning>;
/** GET /provision/:secret?format=json: all that a softphone needs. Works once. */
export const SoftphoneSettings = z.object({
  account: z.string(), password: z.string(), domain: z.string(),
  /** Where it registers: the outbound proxy of that domain. */
  server: z.string(), port: z.number().int(), transport: z.enum(["udp", "tcp", "tls"]),
  name: z.string(), number: z.string().nullable(),
});
export type SoftphoneSettings = z.infer<typeof SoftphoneSettings>;

/** Settings of the telephone system as a whole. */
export const TelephonySettings = z.object({
  /** Park slots, both ends included. */
  park: z.object({ from: ShortNumber, to: ShortNumber, returnAfterMs: z.number().int().min(10_000).max(3_600_000) }),
  /** Digit before an outside number, or empty: outside numbers are told by their shape. */
  outsidePrefix: z.string().regex(/^[0-9]?$/),
  voicemailNumber: ShortNumber,
  /** Longest message. */
  voicemailMaxMs: z.number().int().min(10_000).max(1_800_000),
  region: z.string().regex(/^[A-Z]{2}$/),
  emergencyNumbers: z.array(z.string().regex(/^[0-9]{2,6}$/)).max(20),
});
export type TelephonySettings = z.infer<typeof TelephonySettings>;

/** One message of a captured call, for the ladder; secrets are masked before they are kept. */
export const LadderMessage = z.object({
  atMs: z.number(), from: z.string(), to: z.string(), transport: z.string(), callId: z.string(),
  /** "INVITE" or "180 Ringing". */
  what: z.string(), cseq: z.string(), text: z.string(),
});
export type LadderMessage = z.infer<typeof LadderMessage>;
