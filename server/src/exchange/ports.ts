/** What the exchange is given by whoever builds it. */
import type { CallClass, CallRecord, VoicemailMessage } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { MediaPort } from "../rtp/rtp.ts";
import type { SipAuth, SipEvent, SipVia } from "../sip/contract.ts";
import type { Prompts, ReleasedLeg, SipPort } from "../voice/voice.ts";
import type { ExchangeConfig, ExtensionRow } from "./config.ts";
import type { MeetingTones } from "./meeting-mix.ts";

export type IncomingCall = Extract<SipEvent, { type: "incoming" }>;

/** One try on one trunk. */
export interface TrunkAttempt {
  trunkId: string;
  target: { uri: string };
  from: { user: string; display: string; host?: string };
  headers: Readonly<Record<string, string>>;
  auth?: SipAuth;
  via?: SipVia;
  /** A hop that says nothing is left after this. */
  noReplyMs: number;
  srtp: "off" | "offered" | "required";
}

export type OutsidePlan =
  | { ok: true; e164: string; attempts: readonly TrunkAttempt[] }
  | { ok: false; status: number; why: string };

/** The way outside (room `trunk`), as the exchange uses it. */
export interface TrunkPort {
  plan(call: { dialled: string; callClass: CallClass; callerNumber: string | null; callerName: string; account: string; anonymous: boolean; emergency?: boolean; onBehalfOf?: { e164: string; name: string } }, nowMs: number): OutsidePlan;
  /** By which trunk a call that is here came, counted there already; null = by none. */
  inbound(incoming: IncomingCall): { trunkId: string; callerE164: string | null; callerName: string; anonymous: boolean; calledE164: string | null } | null;
  /** Counted by leg: what it costs lasts as long as that, whatever becomes of the call. */
  started(trunkId: string, ref: string, e164: string, account: string, nowMs: number): void;
  ended(ref: string, nowMs: number): void;
  /** True: the next attempt may do. */
  failed(trunkId: string, status: number): boolean;
}

export interface Device {
  account: string;
  kind: "browser" | "phone";
}

/** Whose account it is that calls. Null: none of the house (a visitor of a page, a stranger). */
export interface Holder {
  userId: string | null;
  extension: ExtensionRow | null;
  name: string;
}

/** A message for somebody's mailbox elsewhere. */
export interface VoicemailMail {
  to: string;
  message: VoicemailMessage;
  language: "fr" | "en";
  /** Absolute path of the WAV. */
  path: string;
}

export interface ExchangeOptions {
  sip: SipPort;
  media: MediaPort;
  clock: Clock;
  chance: Chance;
  log: Log;
  db: Db;
  config: ExchangeConfig;
  prompts: Pick<Prompts, "promptPath" | "holdMusicPath">;
  trunks: TrunkPort;
  /** Of this node (decision 0032), as long as it lives; null: a server alone. */
  run: string | null;
  /** IANA zone of the house. */
  zone: string;
  /** `<dataDir>/voicemail`: messages and own greetings. */
  voicemailDir: string;
  /** The tone after which one speaks. */
  beepPath: string;
  /** Tones of meetings and announcements. */
  tones: MeetingTones;
  holderOf(account: string): Holder | null;
  /** Every device of an extension that could ring now: its user's phones and browsers, or its own phone. */
  devicesOf(extension: ExtensionRow): readonly Device[];
  /** A user's login or a phone's account. */
  extensionNamed(name: string): ExtensionRow | null;
  /** One of the centre's own numbers, as dialled. */
  isCentre(number: string): boolean;
  /** A number as operators write it (national, 00...) in E.164; as it is when it is none. */
  e164(number: string): string;
  /** The centre takes over a leg, as if its caller had dialled that number of its own. */
  toCentre(incoming: IncomingCall, leg: ReleasedLeg): void;
  /** What a user does for the centre meanwhile; "free" for who is no agent. */
  centreState(userId: string): "free" | "ringing" | "busy";
  /** The customer who has that number, when one is known. Never fails. */
  customerOf(number: string): Promise<string | null>;
  /** Sends a message by e-mail; failures are its own to log. Null: no mail server is set. */
  mail: ((mail: VoicemailMail) => void) | null;
  /** This leg takes part in that call of the history: for who keeps the messages of its dialogs. */
  claim?(ref: string, callId: string): void;
  /** A line of the history is complete. */
  recorded?(record: CallRecord): void;
  /** Most legs at a time, so that a flood of calls cannot take every media port; further ones hear 503. */
  maxParties?: number;
}
