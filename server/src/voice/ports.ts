/** What `voice` is given by whoever builds it. */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { ChannelEvent, Language, ReturnedWhy } from "../hub/hub.ts";
import type { MediaPort } from "../rtp/rtp.ts";
import type { SipCommand, SipEvent } from "../sip/contract.ts";
import type { HandedOver } from "./call.ts";
import type { ReleasedLeg } from "./leg.ts";
import type { Prompts } from "./prompts/prompts.ts";
import type { Recogniser } from "./recogniser.ts";

export type DeviceKind = "browser" | "phone";

export interface SipPort {
  command(command: SipCommand): void;
  /** Live contacts of an account. */
  contacts(account: string): readonly { kind: DeviceKind; isPrivate?: boolean; address?: string | null }[];
  /** SRTP keys may travel in signalling that others can read. */
  readonly keysInTheOpen?: boolean;
  /** The other end of a leg: where its signalling comes from, and whether SRTP keys may travel in it. Absent in tests: not known. */
  peerOf?(ref: string): { flow: { remoteAddress: string } | null; direct: boolean; keysAllowed: boolean; stranger?: boolean } | null;
}

/** Who calls from a page of the widget. */
export interface Visitor {
  visitorId: string;
  name: string;
  language: Language | null;
  /** The page they are on; shown to the agent. */
  context: Readonly<Record<string, string>>;
}

/** What is known of a call because it came by a trunk. */
export interface OutsideCall {
  trunkName: string;
  /** Null: withheld, or no number. */
  callerE164: string | null;
  callerName: string;
  calledE164: string | null;
  /** Of the signature of the caller's number, with the operator's attestation ("A", "B", "C"). */
  verified: "passed" | "failed" | "none";
  attest: string | null;
  data: { metadata: Readonly<Record<string, string>>; crmRecord: Readonly<Record<string, string>> };
}

export interface VoiceOptions {
  sip: SipPort;
  media: MediaPort;
  clock: Clock;
  chance: Chance;
  log: Log;
  prompts: Pick<Prompts, "promptPath" | "holdMusicPath" | "atSpeed">;
  /** The sound of an entry of the prompt table; null = none in that language. */
  recordingPath?: ((promptId: string, language: Language) => Promise<string | null>) | undefined;
  /** Paths of tones; absent: silence in their place. `ringback`: what an agent hears while a customer's telephone rings; `beep`: before a message. */
  tones?: { ringback: string; beep: string };
  /** Absent: keys only. */
  recogniser?: Recogniser;
  /** It hears any sentence, not the words of a question alone. */
  hearsFreely?: boolean;
  /** Recordings go to `<recordingDir>/<yyyy-mm-dd>/<interaction>.mixed.wav` and `.stereo.wav`. */
  recordingDir: string;
  tell(event: ChannelEvent): void;
  accountsOf(agentId: string): readonly { account: string; kind: DeviceKind }[];
  agentOf(account: string): string | null;
  /** Who is at the other end of a leg that is not of this room (an internal call that an agent consults on), as a transfer's target names them. */
  partyOf?(ref: string): string | null;
  /**
   * Another room takes the customer of a contact to that number. `back` at most once: nobody there took them, and they are here again
   * as a contact of their own. Absent: nobody can.
   */
  handOver?(leg: ReleasedLeg, order: HandedOver, back: (leg: ReleasedLeg, why: ReturnedWhy) => void): void;
  /** Which number of the centre is dialled, if any; some are there for an account of the house alone. */
  resolveNumber(user: string, account: string | null): { kind: "number"; number: string } | { kind: "none" };
  /** Null: by no trunk; absent: there are none. */
  outside?(call: Extract<SipEvent, { type: "incoming" }>): OutsideCall | null;
  visitorOf(account: string): Visitor | null;
  newInteractionId(): string;
  /** This leg belongs to that interaction: for who keeps the messages of its dialogs. */
  claim?(ref: string, interactionId: string): void;
  /** Most calls at a time, so that a flood of INVITEs cannot take every media port; further ones hear 503. */
  maxCalls?: number;
}
