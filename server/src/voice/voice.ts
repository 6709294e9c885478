/**
 * Room `voice`: the medium "voice" of hub/channel.ts. Binds SIP legs and media endpoints into calls: a customer's leg, an agent's
 * ringing devices, then one agent's leg; what is said, played, bridged, held and recorded.
 *
 * Invariants: a leg is one dialog and one endpoint, which end together; a call ends with its customer's leg and takes every other
 * leg, prompt, timer and recording with it; what the customer hears is a function of the call (sound.ts); an order for a call that
 * is gone does nothing but a log line; state is set first and told last, because whoever is told may order at once.
 * Deliberately absent: choosing agents, deciding when something ends, SIP and RTP themselves, sockets, threads.
 */
import { never } from "../base/assert.ts";
import type { Channel, MediumTraits, ReturnedWhy } from "../hub/hub.ts";
import type { EndpointKind, MediaEvent } from "../rtp/rtp.ts";
import type { SipEvent } from "../sip/contract.ts";
import { newCall } from "./call.ts";
import type { Arrived, Call, HandedOver } from "./call.ts";
import { readIncoming } from "./incoming.ts";
import { Legs } from "./legs.ts";
import type { LegEvent, ReleasedLeg } from "./leg.ts";
import type { VoiceOptions } from "./ports.ts";
import { Recordings } from "./recordings.ts";
import { Rings } from "./ring.ts";
import { Ears } from "./ears.ts";
import { Sound } from "./sound.ts";
import { DialOut, type CallbackOrder } from "./dial-out.ts";
import { MessageTaking, type MessageOrder, type MessageTaken } from "./message-taking.ts";
import { transferAsked } from "./transfer-asked.ts";

export { createPrompts } from "./prompts/prompts.ts";
export type { Prompts, PromptsOptions } from "./prompts/prompts.ts";
export { createSoundFiles } from "./prompts/sound-files.ts";
export { SpeechError } from "./prompts/speech-engine.ts";
export type { SpeechEngine, SpokenWhen } from "./prompts/speech-engine.ts";
export { createSpotter } from "./spotter/listening.ts";
export { decide, ORDINARY_WORDS, patternOf, rank, type Pattern, type Spotted } from "./spotter/spotter.ts";
export { withFallback } from "./recogniser.ts";
export type { Hearing, HeardSpeech, Recogniser } from "./recogniser.ts";
export { Legs } from "./legs.ts";
export type { GoneWhy, Invitation, LegEvent, ReleasedLeg, Taking } from "./leg.ts";
export type { HandedOver } from "./call.ts";
export type { CallbackOrder, Way, WaysOut } from "./dial-out.ts";
export type { MessageOrder, MessageTaken } from "./message-taking.ts";
export type { DeviceKind, SipPort, Visitor, VoiceOptions } from "./ports.ts";

export const VOICE_TRAITS: MediumTraits = {
  medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true,
};

/** A call that we promised: on the agent's side as any other. */
export const CALLBACK_TRAITS: MediumTraits = { ...VOICE_TRAITS, medium: "callback", countsAs: "voice" };

/** What is said before the peer listens is lost: it waits for the first packet, at most so long (a silent phone; DTLS). */
const HEARS_AT_LATEST_MS: Readonly<Record<EndpointKind, number>> = { rtp: 400, srtp: 400, webrtc: 3_000 };
const MAX_CALLS = 500;

export interface Voice extends Channel {
  onSip(event: SipEvent): void;
  /** A caller whom another room had before, as `event` would have brought them (its ref is the leg's). */
  adopt(event: Extract<SipEvent, { type: "incoming" }>, leg: ReleasedLeg): void;
  /** The medium of calls that we promised; the same calls, begun by `callBack`. */
  readonly callbacks: Channel;
  /** A promised call's time has come: it waits for an agent. False: no more calls can be carried now. */
  callBack(order: CallbackOrder): boolean;
  /** A caller leaves a message. `done` once, null = nothing was recorded. Answers how to stop it (what was said is kept); null = no such call. */
  takeMessage(id: string, order: MessageOrder, done: (taken: MessageTaken | null) => void): (() => void) | null;
  /** Everything now alive; all zero at rest. */
  counts(): { calls: number; legs: number; recordings: number };
  /** Hangs up every call. */
  stop(): void;
}

/** Hears the media side itself (`media.onEvent`); SIP events are handed to `onSip`. */
export function createVoice(options: VoiceOptions): Voice {
  const { sip, media, clock, chance, log, tell, maxCalls = MAX_CALLS } = options;
  const calls = new Map<string, Call>();
  const legs = new Legs(sip, media, log);
  const recordings = new Recordings({ media, clock, log, recordingDir: options.recordingDir, tell });
  const sound = new Sound({ media, clock, prompts: options.prompts, recordingPath: options.recordingPath, log, calls, said: (id, sayId) => tell({ type: "said", id, sayId }) });
  const ears = new Ears({ media, recogniser: options.recogniser ?? null, log, tell, interrupt: (call) => sound.interrupt(call) });
  const rings = new Rings({ legs, sip, media, clock, chance, log, prompts: options.prompts, recordingPath: options.recordingPath, accountsOf: options.accountsOf, claim: (ref, id) => options.claim?.(ref, id), tell, agentLeg });

  const messages = new MessageTaking({ media, clock, log, beepPath: options.tones?.beep ?? null });
  const dialOut = new DialOut({
    legs, media, clock, chance, ringbackPath: options.tones?.ringback ?? null, claim: (ref, id) => options.claim?.(ref, id), tell, customerLeg,
    reached(call, keptFor) {
      const out = call.out!;
      if (out.recordWanted) recordings.order(call, "start");
      if (call.agent) return;
      call.waiting = true;
      if (out.order.greeting.length > 0) sound.say(call, "called-back", out.order.greeting);
      if (keptFor) rings.start(call, keptFor.agentId, { ...keptFor.context, ringMs: out.order.agentRingMs });
    },
  });

  /** The call of an order; an order that crossed the call's end is no error. */
  function callOf(id: string, order: string): Call | null {
    const call = calls.get(id);
    if (!call) log.debug({ call: id, order }, "an order for a call that is not here");
    return call ?? null;
  }

  function incoming(event: Extract<SipEvent, { type: "incoming" }>, given: ReleasedLeg | null): void {
    const read = calls.size >= maxCalls ? ({ ok: false, status: 503, why: "Service Unavailable" } as const) : readIncoming(event, options);
    if (!read.ok) {
      log.info({ to: event.to.user, status: read.status }, "a call is refused");
      if (given?.state === "up") {
        media.close(given.ref);
        return sip.command({ type: "hangUp", ref: given.ref, reason: read.why });
      }
      return sip.command({ type: "reject", ref: event.ref, status: read.status, reason: read.why });
    }
    const browser = event.flow.transport === "ws" || event.flow.transport === "wss";
    begin(event.ref, read.arrived, (hear) => (given ? legs.adopt(given, hear) : legs.take(event.ref, read.sdp, hear, read.sdp === null && browser ? { kind: "webrtc" } : {})));
    if (given) legs.ring(given.ref);
    tell(read.arrived);
  }

  function begin(ref: string, arrived: Arrived, take: (hear: (event: LegEvent) => void) => EndpointKind): void {
    const call = newCall(arrived, ref);
    calls.set(call.id, call);
    options.claim?.(ref, call.id);
    const kind = take((legEvent) => customerLeg(call, kind, legEvent));
  }

  /** The customer's leg goes to another room, or comes back from there as a contact of its own. */
  function giveAway(call: Call, order: HandedOver): void {
    rings.cancelAll(call, "handed over");
    const leg = call.up ? legs.release(call.customerRef) : null;
    if (!leg) {
      call.leaving = order;
      return log.debug({ call: call.id }, "a customer whose leg is not up yet is handed over once it is");
    }
    calls.delete(call.id);
    ears.stop(call);
    messages.ended(call, false);
    call.cancelHearTimer();
    if (call.playing) media.stopPlaying(call.customerRef);
    const back = (returned: ReleasedLeg, why: ReturnedWhy): void => {
      // a promised call that was kept is theirs from now on like any other
      const { calledBack: _kept, ...before } = call.arrived;
      const arrived: Arrived = { ...before, id: options.newInteractionId(), handedBack: { of: call.id, why } };
      begin(returned.ref, arrived, (hear) => legs.adopt(returned, hear));
      tell(arrived);
    };
    if (options.handOver) options.handOver(leg, order, back);
    else back(leg, "unreachable");
  }

  function customerLeg(call: Call, kind: EndpointKind, event: LegEvent): void {
    switch (event.type) {
      case "up":
        call.up = true;
        if (call.leaving) return giveAway(call, call.leaving);
        // an agent who was quicker than our own answer
        sound.refresh(call);
        if (call.hears) return;
        call.cancelHearTimer();
        call.cancelHearTimer = clock.after(HEARS_AT_LATEST_MS[kind], () => hears(call));
        return;
      case "mediaStarted":
        return hears(call);
      case "digit":
        if (messages.key(call, event.key)) return;
        if (call.agent === null) tell({ type: "input", id: call.id, input: { kind: "key", key: event.key } });
        return;
      case "playEnded":
        return sound.playEnded(call, event.playId, event.why);
      case "refer":
        return legs.refuseRefer(call.customerRef, 403);
      case "gone":
        close(call, "customer left");
        return tell({ type: "customerLeft", id: call.id, why: event.why === "media-lost" || event.why === "device-lost" ? "media-lost" : "hung-up" });
      case "held": // they put us aside: both sides stay as they are, and the media side expects no packets
      case "ringing":
      case "early":
      case "referResult":
        return;
      default:
        return never(event, "customer's leg");
    }
  }

  function hears(call: Call): void {
    call.cancelHearTimer();
    call.hears = true;
    sound.refresh(call);
  }

  /** The winner's leg, from its answer to its end; `connect` may still be on its way. */
  function agentLeg(call: Call, agentId: string, ref: string, event: LegEvent): void {
    switch (event.type) {
      case "held":
        if (call.agent?.ref === ref) tell({ type: "holdAsked", id: call.id, agentId, held: event.held });
        return;
      case "refer":
        return transferAsked({ calls, legs, log, tell, partyOf: options.partyOf }, call, agentId, ref, event);
      case "gone":
        rings.cancel(call, agentId, "agent left");
        if (call.agent?.ref === ref) {
          call.agent = null;
          call.held = false;
          sound.refresh(call);
        }
        return tell({ type: "agentLeft", id: call.id, agentId, why: event.why === "hung-up" ? "hung-up" : "device-lost" });
      default: // keys are carried through the bridge by the media side
    }
  }

  /** The customer stays, with music. */
  function dropAgent(call: Call): void {
    const ref = call.agent?.ref;
    if (ref !== undefined && call.agent?.referral) legs.referProgress(ref, 200, "OK");
    dialOut.stop(call, "the agent left");
    recordings.stop(call);
    call.agent = null;
    call.held = false;
    call.waiting = true;
    sound.refresh(call);
    if (ref !== undefined) legs.hangUp(ref, "transferred");
  }

  function close(call: Call, why: string): void {
    calls.delete(call.id);
    ears.stop(call);
    messages.ended(call, true);
    dialOut.stop(call, why);
    call.cancelHearTimer();
    recordings.stop(call);
    rings.cancelAll(call, why);
    if (call.agent) legs.hangUp(call.agent.ref, why);
    legs.hangUp(call.customerRef, why);
  }

  function onMedia(event: MediaEvent): void {
    if (messages.onMedia(event)) return;
    if (event.type === "heard") return ears.heard(event.id, event.samples);
    recordings.onMedia(event);
    legs.onMedia(event);
  }
  media.onEvent(onMedia);

  const voice: Omit<Voice, "callbacks"> = {
    traits: VOICE_TRAITS,
    hears: options.recogniser ? (options.hearsFreely ? "freely" : "words") : null,
    onSip(event) {
      if (event.type === "incoming") incoming(event, null);
      else legs.onSip(event);
    },
    adopt: (event, leg) => incoming(event, leg),
    open(id) {
      const call = callOf(id, "open");
      if (call && !call.out) legs.answer(call.customerRef);
    },
    say(id, sayId, utterances) {
      const call = callOf(id, "say");
      if (call) sound.say(call, sayId, utterances);
    },
    stopSaying(id) {
      const call = callOf(id, "stopSaying");
      if (call) sound.stopSaying(call);
    },
    listen(id, listening) {
      const call = callOf(id, "listen");
      if (call && !call.agent) ears.listen(call, listening);
    },
    wait(id, music = null) {
      const call = callOf(id, "wait");
      if (!call || call.agent) return;
      call.waiting = true;
      messages.ended(call, false);
      sound.music(call, music);
    },
    stopWaiting(id) {
      const call = callOf(id, "stopWaiting");
      if (!call) return;
      call.waiting = false;
      sound.refresh(call);
    },
    ring(id, agentId, context) {
      const call = callOf(id, "ring");
      if (!call) return;
      if (!call.out) return rings.start(call, agentId, context);
      if (call.up) return rings.start(call, agentId, { ...context, ringMs: call.out.order.agentRingMs });
      if (call.out.order.first === "customer") return dialOut.start(call, { agentId, context });
      rings.start(call, agentId, context);
    },
    cancelRing(id, agentId) {
      const call = callOf(id, "cancelRing");
      if (!call) return;
      rings.cancel(call, agentId, "not needed any more");
      if (call.out?.keptFor?.agentId === agentId) dialOut.stop(call, "the agent is not free any more");
    },
    connect(id, agentId) {
      const call = callOf(id, "connect");
      if (!call || call.agent?.agentId === agentId) return;
      const ref = rings.takeWinner(call, agentId);
      if (ref === null) return log.info({ call: id, agentId }, "the agent left before the connection");
      if (call.agent) legs.hangUp(call.agent.ref, "another agent took over");
      rings.cancelAll(call, "answered by another agent");
      ears.stop(call);
      call.agent = { agentId, ref };
      call.waiting = false;
      call.held = false;
      call.saying = null;
      sound.refresh(call);
      dialOut.start(call, null);
    },
    hold(id) {
      const call = callOf(id, "hold");
      if (!call?.agent) return;
      call.held = true;
      sound.refresh(call);
      recordings.refresh(call);
    },
    resume(id) {
      const call = callOf(id, "resume");
      if (!call?.agent) return;
      call.held = false;
      sound.refresh(call);
      recordings.refresh(call);
      legs.resume(call.agent.ref);
    },
    dropAgent(id, agentId) {
      const call = callOf(id, "dropAgent");
      if (!call) return;
      rings.cancel(call, agentId, "agent dropped");
      if (!call.agent || call.agent.agentId === agentId) dropAgent(call);
    },
    handOver(id, agentId, to, customer) {
      const call = callOf(id, "handOver");
      if (!call) return;
      // nobody has answered yet: there is nobody to give
      if (call.out && !call.up) return close(call, "handed over before the answer");
      dropAgent(call);
      giveAway(call, { agentId, to, customer });
    },
    end(id, why) {
      const call = callOf(id, "end");
      if (call) close(call, why);
    },
    record(id, what) {
      const call = callOf(id, "record");
      if (!call) return;
      if (call.out && !call.up) call.out.recordWanted = what === "start" || what === "resume";
      else recordings.order(call, what);
    },
    callBack(order) {
      if (calls.size >= maxCalls) return false;
      const { id, number, name, to, language, context, place } = order;
      const arrived: Arrived = { type: "arrived", id, medium: CALLBACK_TRAITS.medium, from: number, fromName: name, to, language, context, calledBack: place };
      const call = newCall(arrived, "");
      call.out = { order, dialling: null, keptFor: null, earlyRef: null, ringback: null, recordWanted: false };
      calls.set(id, call);
      tell(arrived);
      return true;
    },
    takeMessage(id, order, done) {
      const call = callOf(id, "takeMessage");
      if (!call?.up || call.agent) return null;
      ears.stop(call);
      call.saying = null;
      sound.refresh(call);
      return messages.take(call, order, done);
    },
    counts: () => ({ calls: calls.size, legs: legs.size, recordings: recordings.size + messages.size }),
    stop() {
      for (const call of calls.values()) close(call, "server stops");
    },
  };
  return { ...voice, callbacks: { ...voice, traits: CALLBACK_TRAITS } };
}
