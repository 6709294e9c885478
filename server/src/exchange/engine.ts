/** The exchange put together: who gets an incoming call, and what the rest of the house asks of the telephone system. */
import type { VoicemailMessage } from "@tandem/protocol";
import type { Tx } from "../db/db.ts";
import type { SipEvent } from "../sip/contract.ts";
import { Legs, type LegEvent, type ReleasedLeg } from "../voice/voice.ts";
import { CallBacks } from "./call-back.ts";
import { clickToDial } from "./click-to-dial.ts";
import { runCode } from "./codes.ts";
import type { ExtensionRow } from "./config.ts";
import { asDialled, readTarget, type Target } from "./dial-plan.ts";
import type { Ground } from "./ground.ts";
import { handOver, handOverTarget, type HandOver, type HandOverBack, type HandOverTarget } from "./hand-over.ts";
import { History, type HistoryQuery, type LiveCall } from "./history.ts";
import { MAX_WRONG_PER_HOUR, openMailbox, recordGreeting, type MailboxOptions } from "./mailbox.ts";
import { ParkLot } from "./park.ts";
import { Parties, type Owner, type Party, type Who } from "./party.ts";
import { takeOver } from "./pickup.ts";
import { Meetings } from "./meetings.ts";
import type { ExchangeOptions, Holder, IncomingCall } from "./ports.ts";
import { Setup } from "./setup.ts";
import { Sounds } from "./sounds.ts";
import { States, type DialogFact, type ExtensionState } from "./states.ts";
import { Takes } from "./takes.ts";
import { transferAsked } from "./transfer.ts";
import { takeMessage } from "./voicemail.ts";
import { VoicemailStore, type Counts } from "./voicemail-store.ts";
import { spoken } from "./words.ts";
import type { CallRecord } from "@tandem/protocol";
import { WrongCodes } from "./wrong-codes.ts";

/** Legs at a time. Attack: a flood of calls that takes every media port; further ones hear 503. */
const MAX_PARTIES = 1_000;
/** Longest number and name kept of a stranger: they write it, people read it for years. */
const MAX_CALLER_CHARS = 120;

export interface Exchange {
  /** True when the event is the exchange's alone: an incoming call that it takes, or of a leg of its own. */
  onSip(event: SipEvent): boolean;
  /** Anybody may call this without an account: the outside number of an extension. */
  isPublic(user: string): boolean;
  history(query: HistoryQuery): Promise<CallRecord[]>;
  liveCalls(): LiveCall[];
  /** The calls in the history of a node that was just found dead, in the transaction that does so. Answers how many. */
  endCallsOf(run: string, tx: Tx): Promise<number>;
  parked(): { slot: string; number: string; name: string }[];
  voicemails(extensionId: string): Promise<VoicemailMessage[]>;
  voicemailsOfCustomer(customerId: string): Promise<VoicemailMessage[]>;
  voicemail(id: string): Promise<VoicemailMessage | null>;
  voicemailPath(id: string): string;
  voicemailCounts(extensionId: string): Counts;
  markHeard(id: string): Promise<boolean>;
  removeVoicemail(id: string): Promise<boolean>;
  onVoicemail(hear: (extensionId: string) => void): void;
  state(extensionId: string): ExtensionState;
  dialogs(extensionId: string): DialogFact[];
  onState(hear: (extensionId: string, state: ExtensionState) => void): void;
  /** On a call of the exchange: the centre offers no contact meanwhile. */
  busyElsewhere(userId: string): boolean;
  /** Who talks to that leg of ours: what the centre asks when one of its agents consulted somebody by us. */
  farUserOf(ref: string): string | null;
  /** Legs that we placed outside, with the number as it left (E.164). */
  outsideLegs(): { ref: string; number: string }[];
  /** A user's phones, or what the centre says of them, are others now. */
  userChanged(userId: string): void;
  accountChanged(account: string): void;
  /** Rings the holder's own phone, then the number. False: no phone of theirs is there, or it is no number. */
  dial(extensionId: string, number: string, only: string | null): boolean;
  /** Meeting rooms that are open, and calls put together. */
  meetings: Pick<Meetings, "merge" | "meeting" | "views">;
  /** Whom a user may give a customer of the centre to, as they typed it. */
  handOverTarget(byUserId: string | null, typed: string): HandOverTarget;
  /** Takes a customer's leg from the centre and looks for who was asked for; `back` when nobody took them. */
  handOver(leg: ReleasedLeg, order: HandOver, back: HandOverBack): void;
  /** Everything now alive; all zero at rest. */
  counts(): { meetings: number; parties: number; legs: number; ringing: number; takes: number; calls: number };
  /** What the machines stand on: for tests that look inside. */
  ground: Ground;
  /** Ends every call; resolves when the history is written. */
  stop(): Promise<void>;
}

/** Hears the media side itself (`media.onEvent`); SIP events are handed to `onSip`. */
export async function createExchange(options: ExchangeOptions): Promise<Exchange> {
  const { sip, media, clock, chance, log, db, config, trunks, zone, maxParties = MAX_PARTIES } = options;
  const legs = new Legs(sip, media, log);
  const sounds = new Sounds({ media, prompts: options.prompts, log, beepPath: options.beepPath });
  const takes = new Takes({ media, clock, log, folder: options.voicemailDir });
  await takes.open();
  const store = new VoicemailStore(db, options.voicemailDir, takes);
  await store.open();
  const history = new History({ db, clock, chance, log, run: options.run, customerOf: options.customerOf, recorded: options.recorded });
  await history.recover();
  let stopping = false;

  const states = new States({ config, parties: () => parties, devicesOf: options.devicesOf, centreState: options.centreState });
  const parties = new Parties({ legs, media, clock, chance, sounds, changed: (party) => states.changed(party.who.extensionId), over: ended });
  function ended({ ref, direction, who }: Party): void {
    if (direction === "out" && who.trunkId !== null) trunks.ended(ref, clock.now());
  }
  const callBacks = new CallBacks({ states, clock, extension: (id) => config.extension(id), dial: (by, to) => void clickToDial(ground, by, to.number, null) });
  const whoOf = (extension: ExtensionRow): Who => ({ number: extension.number, name: extension.label, anonymous: false, extensionId: extension.id, userId: extension.userId, trunkId: null, language: extension.language });
  const mailboxes = (): MailboxOptions => ({ ground, store, takes, wrong });
  const wrong = new WrongCodes(MAX_WRONG_PER_HOUR);

  const ground: Ground = {
    legs, clock, chance, log, config, parties, sounds, history, states, trunks, zone,
    plan: {
      extensionOf: (number) => config.extensionOf(number), groupOf: (number) => config.groupOf(number), roomOf: (number) => config.roomOf(number), pageOf: (number) => config.pageOf(number),
      settings: () => config.settings(), isCentre: options.isCentre, extensionNamed: options.extensionNamed,
    },
    park: new ParkLot(() => ground),
    ringing: new Set(),
    rounds: new Map(),
    meetings: new Meetings(() => ground, options),
    devicesOf: options.devicesOf,
    centreState: options.centreState,
    whoOf,
    toCentre,
    notReached: (by, to) => callBacks.notReached(by, to),
    claim: (party, call) => options.claim?.(party.ref, call.id),
    setUp(order) {
      if (!stopping) return new Setup(ground, order).start();
      parties.end(order.caller, 503, "server stops");
    },
    transferAsked: (talk, by, event) => transferAsked(ground, talk, by, event),
    takeMessage: (caller, extension, call) => takeMessage({ ground, store, takes, customerOf: options.customerOf, mail: options.mail }, caller, extension, call),
    openMailbox: (caller, extension) => openMailbox(mailboxes(), caller, extension),
    runCode: (caller, extension, code) =>
      runCode({
        ground,
        greeting: (party, of, own) => recordGreeting(mailboxes(), party, of, own),
        callBack(of, on) {
          if (!on) callBacks.drop(of.id);
          else if (!callBacks.ask(of.id)) return spoken("nobodyCalled", of.language);
          return spoken(on ? "callBackOn" : "callBackOff", of.language);
        },
      }, caller, extension, code),
  };

  function toCentre(caller: Party, number: string, incoming: IncomingCall | null): void {
    const { ref, who } = caller;
    const leg = parties.release(caller);
    if (!leg) {
      log.warn({ ref, number }, "a call could not go on to the centre while its media is being settled");
      return parties.end(caller, 480, "Temporarily Unavailable");
    }
    // The centre reads the caller as they came to us: one of the house as their short number, without an account that would make them a colleague on the phone.
    const account = incoming?.from.account ?? null;
    options.toCentre({ ...(incoming ?? bareIncoming(ref)), ref, to: { user: number, host: "" }, from: { user: who.number, host: "", display: who.name, account } }, leg);
  }

  const nobody: Owner = { hear: () => {}, replace: () => false };
  const refuse = (ref: string, status: number, reason: string): true => {
    sip.command({ type: "reject", ref, status, reason });
    return true;
  };

  function incoming(event: IncomingCall): boolean {
    const { account } = event.from;
    const holder = account === null ? null : options.holderOf(account);
    // An account that is nobody's of the house is a visitor of a page: they reach the centre, nothing else.
    if (account !== null && !holder) return false;
    if (event.replaces !== null && parties.get(event.replaces)) {
      if (!holder?.extension) return refuse(event.ref, 403, "Forbidden");
      const party = taken(event, whoOf(holder.extension));
      if (!party) return true;
      if (!takeOver(ground, party, holder.extension, event.replaces)) parties.end(party, 603, "Decline");
      return true;
    }
    if (event.join !== null && parties.get(event.join)) {
      if (!holder?.extension) return refuse(event.ref, 403, "Forbidden");
      const party = taken(event, whoOf(holder.extension));
      if (party && !ground.meetings.joinCall(party, holder.extension, event.join)) parties.end(party, 603, "Decline");
      return true;
    }
    return holder ? fromHouse(event, holder) : fromOutside(event);
  }

  function fromHouse(event: IncomingCall, holder: Holder): boolean {
    const target: Target = readTarget(event.to.user, ground.plan);
    // The centre's own, and what is nobody's: the room voice says so.
    if (target.to === "centre" || target.to === "nobody") return false;
    const { extension } = holder;
    const who: Who = extension ? whoOf(extension) : { number: event.from.account ?? "", name: holder.name, anonymous: false, extensionId: null, userId: holder.userId, trunkId: null, language: "fr" };
    const party = taken(event, who);
    if (party) ground.setUp({ caller: party, target, dialled: asDialled(event.to.user), right: extension, by: null, history: event.history, incoming: event });
    return true;
  }

  function fromOutside(event: IncomingCall): boolean {
    const trunk = trunks.inbound(event);
    const extension = extensionOfOutside(trunk?.calledE164 ?? event.to.user);
    if (!extension) return false;
    const claimed = (trunk ? (trunk.callerE164 ?? "") : options.e164(event.from.user)).slice(0, MAX_CALLER_CHARS);
    // Attack: a stranger who calls himself 201. Nobody outside has a number of the house.
    const written = readTarget(claimed, ground.plan).to === "outside" ? claimed : "";
    const anonymous = trunk?.anonymous ?? (event.privacy.includes("id") || written === "" || written === "anonymous");
    const party = taken(event, {
      number: anonymous ? "" : written, name: anonymous ? "" : (trunk?.callerName ?? event.from.display).slice(0, MAX_CALLER_CHARS), anonymous,
      extensionId: null, userId: null, trunkId: trunk?.trunkId ?? null, language: extension.language,
    });
    if (party) ground.setUp({ caller: party, target: { to: "extension", extension }, dialled: extension.number, right: null, by: null, history: event.history, incoming: event });
    return true;
  }

  /** Null: refused, too much at a time. */
  function taken(event: IncomingCall, who: Who): Party | null {
    if (stopping || parties.size >= maxParties) {
      refuse(event.ref, 503, "Service Unavailable");
      return null;
    }
    const browser = event.flow.transport === "ws" || event.flow.transport === "wss";
    return parties.take(event.ref, event.sdp, who, event.maxForwards, nobody, event.sdp === null && browser ? "webrtc" : undefined);
  }

  /** A number of the centre's is the centre's, also where extensions show it as theirs when they call. */
  function extensionOfOutside(number: string): ExtensionRow | null {
    if (options.isCentre(number)) return null;
    const e164 = options.e164(number);
    return e164.startsWith("+") ? (config.extensions().find((extension) => extension.callerNumber === e164) ?? null) : null;
  }

  /** REFER outside a dialog: a program of the holder's asks to dial for them (RFC 5359 2.18). */
  function referred(event: Extract<SipEvent, { type: "refer" }>): boolean {
    const account = event.from?.account ?? null;
    const extension = account === null ? null : (options.holderOf(account)?.extension ?? null);
    if (!extension) return false;
    const progress = (status: number, reason: string): void => sip.command({ type: "referProgress", ref: event.ref, status, reason });
    sip.command({ type: "acceptRefer", ref: event.ref });
    const dialling = !stopping && clickToDial(ground, extension, event.target.user, null, {
      ringing: () => progress(180, "Ringing"),
      answered: () => progress(200, "OK"),
      failed(status) {
        progress(status, "failed");
        return false;
      },
      abandoned: () => progress(487, "Request Terminated"),
    });
    if (!dialling) progress(480, "Temporarily Unavailable");
    return true;
  }

  const userChanged = (userId: string): void => {
    for (const extension of config.extensionsOfUser(userId)) states.changed(extension.id);
  };

  media.onEvent((event) => {
    takes.onMedia(event);
    ground.meetings.onMedia(event);
    legs.onMedia(event);
  });
  config.onChange(({ kind, id, gone }) => {
    if (kind === "choices" || kind === "extension") states.changed(id);
    if (kind === "extension" && gone) store.forget(id).catch((error: unknown) => log.error({ extension: id, error }, "the mailbox of an extension that is gone could not be emptied"));
  });

  return {
    ground,
    onSip(event) {
      if (event.type === "incoming") return incoming(event);
      if (event.type === "refer" && !event.inDialog) return referred(event);
      if (!("ref" in event) || !legs.has(event.ref)) return false;
      legs.onSip(event);
      return true;
    },
    isPublic: (user) => extensionOfOutside(user) !== null,
    history: (query) => history.read(query),
    liveCalls: () => history.live(),
    endCallsOf: (run, tx) => history.endCallsOf(run, tx),
    parked: () => ground.park.views(),
    voicemails: (extensionId) => store.list(extensionId),
    voicemailsOfCustomer: (customerId) => store.ofCustomer(customerId),
    voicemail: (id) => store.message(id),
    voicemailPath: (id) => store.pathOf(id),
    voicemailCounts: (extensionId) => store.counts(extensionId),
    markHeard: (id) => store.markHeard(id),
    removeVoicemail: (id) => store.remove(id),
    onVoicemail: (hear) => store.onChange(hear),
    state: (extensionId) => states.of(extensionId),
    dialogs: (extensionId) => states.dialogs(extensionId),
    onState: (hear) => states.onState(hear),
    busyElsewhere: (userId) => states.isUserBusy(userId),
    farUserOf: (ref) => parties.get(ref)?.bridged?.who.userId ?? null,
    outsideLegs: () => Array.from(parties.all()).filter(({ direction, who }) => direction === "out" && who.trunkId !== null).map(({ ref, who }) => ({ ref, number: who.number })),
    userChanged,
    accountChanged(account) {
      const extension = options.holderOf(account)?.extension;
      if (extension) states.changed(extension.id);
    },
    dial(extensionId, number, only) {
      const extension = config.extension(extensionId);
      return extension !== null && !stopping && clickToDial(ground, extension, number, only);
    },
    meetings: ground.meetings,
    handOverTarget: (byUserId, typed) => handOverTarget(ground, byUserId, typed),
    handOver: (leg, order, back) => handOver(ground, leg, order, back),
    counts: () => ({ meetings: ground.meetings.size, parties: parties.size, legs: legs.size, ringing: ground.ringing.size, takes: takes.size, calls: history.live().length }),
    async stop() {
      stopping = true;
      callBacks.stop();
      const gone: LegEvent = { type: "gone", why: "hung-up", status: 0, reason: "server stops", causes: [], contacts: [] };
      for (const fork of ground.ringing) fork.cancel("server stops");
      for (const party of [...parties.all()]) {
        if (party.phase === "gone") continue;
        parties.end(party, 503, "server stops");
        party.owner.hear(party, gone);
      }
      for (const call of history.live()) history.close(call, "cancelled");
      await takes.settled();
      await history.settled();
    },
  };
}

/** For a party that we called ourselves and hand on: it has no INVITE of its own. */
function bareIncoming(ref: string): IncomingCall {
  const flow = { id: "", transport: "udp", remoteAddress: "", remotePort: 0, localAddress: "", localPort: 0 } as const;
  return { type: "incoming", ref, from: { user: "", host: "", display: "", account: null }, to: { user: "", host: "" }, flow, sdp: "", headers: new Map(), replaces: null, join: null, maxForwards: 70, history: [], privacy: [] };
}

