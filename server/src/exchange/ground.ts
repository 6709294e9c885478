/** What every machine of the exchange stands on, and the ways from one machine to another. */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { SipDiversion } from "../sip/contract.ts";
import type { LegEvent, Legs } from "../voice/voice.ts";
import type { ExchangeConfig, ExtensionRow } from "./config.ts";
import type { Plan, Target } from "./dial-plan.ts";
import type { FeatureCode } from "./feature-codes.ts";
import type { Fork } from "./fork.ts";
import type { History, LiveCall } from "./history.ts";
import type { Meetings } from "./meetings.ts";
import type { ParkLot } from "./park.ts";
import type { Parties, Party, Who } from "./party.ts";
import type { Device, IncomingCall, TrunkPort } from "./ports.ts";
import type { Sounds } from "./sounds.ts";
import type { States } from "./states.ts";
import type { Talk } from "./talk.ts";

/** How a call set up by somebody else's order goes on: a transfer, a park that timed out, a click to dial. */
export interface Outcome {
  ringing?(): void;
  answered?(): void;
  /** True: the caller was taken over; else they are told and hung up. */
  failed?(status: number): boolean;
  /** Another party stands in the caller's place from now on. */
  replaced?(fresh: Party): void;
  /** The caller went. */
  abandoned?(): void;
}

export interface SetupOrder {
  caller: Party;
  target: Target;
  /** As dialled, for the history. */
  dialled: string;
  /** Whose right to call outside counts; null = nobody's (a caller from outside). */
  right: ExtensionRow | null;
  /** Nobody's right, but the house's own: an administrator sent the caller here. */
  house?: boolean;
  /** Who sent the caller here (transfer); null = they dialled. */
  by: ExtensionRow | null;
  /** Back to who parked or transferred: neither forwards nor voicemail, somebody waits for a person. */
  recall?: boolean;
  /** An agent of the centre hands a customer over: no voicemail, no caller's rule; who finds nobody goes back to the centre. */
  toPerson?: boolean;
  outcome?: Outcome;
  /** Stations the call came through before us. */
  history?: readonly SipDiversion[];
  /** The caller's INVITE: what the centre reads when the call goes on to it. */
  incoming?: IncomingCall;
}

export interface Ground {
  readonly legs: Legs;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly config: ExchangeConfig;
  readonly plan: Plan;
  readonly parties: Parties;
  readonly sounds: Sounds;
  readonly history: History;
  readonly states: States;
  readonly park: ParkLot;
  readonly trunks: TrunkPort;
  readonly zone: string;
  /** Everything that rings now: what a pick-up may take. */
  readonly ringing: Set<Fork>;
  /** Who answered a round group last, by the group's id. */
  readonly rounds: Map<string, string>;
  readonly meetings: Meetings;
  devicesOf(extension: ExtensionRow): readonly Device[];
  whoOf(extension: ExtensionRow): Who;
  /** The centre takes the caller, answered or not, as a contact to that number of its own. */
  toCentre(caller: Party, number: string, incoming: IncomingCall | null): void;
  centreState(userId: string): "free" | "ringing" | "busy";

  /** An extension called another in vain (for *66). */
  notReached(by: string, to: string): void;
  /** This party takes part in that call. */
  claim(party: Party, call: LiveCall): void;
  setUp(order: SetupOrder): void;
  /** A party's phone asks to transfer the other one of its conversation. */
  transferAsked(talk: Talk, by: Party, event: Extract<LegEvent, { type: "refer" }>): void;
  /** The caller leaves a message for somebody; `call` is closed by it. */
  takeMessage(caller: Party, extension: ExtensionRow, call: LiveCall): void;
  /** Somebody listens to messages: their own when `extension` is theirs, else number and PIN are asked. */
  openMailbox(caller: Party, extension: ExtensionRow | null): void;
  runCode(caller: Party, extension: ExtensionRow, code: FeatureCode): void;
}
