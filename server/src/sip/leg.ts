import type { Flow, SipEvent } from "./contract.ts";
import { dialogKey, nobody, sendInDialog, type Dialog } from "./dialog.ts";
import { FlowIndex } from "./flow-index.ts";
import type { Ground } from "./ground.ts";
import type { HeaderPair } from "./print.ts";
import { sessionDelayMs, type Session } from "./session-timer.ts";
import type { ClientTransaction, ServerTransaction } from "./transactions.ts";

/** One of the calls that an outgoing leg places at once: one per contact. */
export interface Branch {
  transaction: ClientTransaction;
  /** A provisional answer came: only now may a CANCEL go (RFC 3261 9.1). */
  heard: boolean;
  cancelWanted: boolean;
  /** Final status, or null while it is open. */
  final: { status: number; reason: string } | null;
  /** To tag of a 2xx -> how to repeat its ACK. */
  readonly acks: Map<string, () => void>;
}

/** One side of a call: a dialog, or a dialog to be. */
export interface Leg {
  readonly ref: string;
  /** Owner of its timers. */
  readonly timerId: string;
  readonly direction: "in" | "out";
  readonly callIds: string[];
  /** early: no final answer; accepted: our 2xx waits for its ACK; up; over: told its last event. */
  phase: "early" | "accepted" | "up" | "over";
  dialog: Dialog | null;
  /** The session as last agreed. */
  localSdp: string;
  remoteSdp: string;
  /** The peer's Allow, when it told. */
  allow: string[] | null;
  /** The INVITE that we have not answered finally (incoming legs). */
  invite: ServerTransaction | null;
  /** Source address, while this leg counts against `limits.maxPendingOutsideCalls`. */
  pendingFrom: string | null;
  /** A 2xx of ours that no ACK has confirmed yet. */
  unacked: { transaction: ServerTransaction; intervalMs: number } | null;
  /** We hung up before the ACK came: BYE as soon as RFC 3261 15 allows. */
  byeWanted: boolean;
  branches: Branch[];
  /** "ringing" was told. */
  rang: boolean;
  /** Our offer: in flight, or waiting for a moment when it may go. */
  ourOffer: { sdp: string; refresh: boolean; giveUpAtMs: number; inFlight: boolean } | null;
  /** The peer's offer that nobody has answered yet. */
  theirOffer: { transaction: ServerTransaction; sdp: string } | null;
  session: Session | null;
  referral: { transaction: ServerTransaction | null; eventId: string | null; quiet: boolean } | null;
  referrals: number;
}

export function newLeg(ref: string, direction: "in" | "out"): Leg {
  return {
    ref, timerId: `l|${ref}`, direction, callIds: [], phase: "early", dialog: null, localSdp: "", remoteSdp: "", allow: null, invite: null, pendingFrom: null,
    unacked: null, byeWanted: false, branches: [], rang: false, ourOffer: null, theirOffer: null, session: null, referral: null, referrals: 0,
  };
}

/** The legs of a core, by ref, by dialog and by connection. */
export class Legs {
  readonly #byRef = new Map<string, Leg>();
  readonly #byDialog = new Map<string, Leg>();
  readonly #onFlow = new FlowIndex();
  /** Call-IDs of each leg (an outgoing one has one a branch), for who follows a call on the wire. */
  readonly #byCallId = new Map<string, Leg>();
  readonly #pendingBySource = new Map<string, number>();
  #pending = 0;

  get(ref: string): Leg | null {
    return this.#byRef.get(ref) ?? null;
  }

  all(): Leg[] {
    return [...this.#byRef.values()];
  }

  add(leg: Leg): void {
    this.#byRef.set(leg.ref, leg);
  }

  /** The leg speaks under this Call-ID, before there is a dialog too. */
  nameCall(leg: Leg, callId: string): void {
    leg.callIds.push(callId);
    this.#byCallId.set(callId, leg);
  }

  ofCall(callId: string): Leg | null {
    return this.#byCallId.get(callId) ?? null;
  }

  ofDialog(callId: string, localTag: string, remoteTag: string): Leg | null {
    return this.#byDialog.get(dialogKey(callId, localTag, remoteTag)) ?? null;
  }

  setDialog(leg: Leg, dialog: Dialog): void {
    leg.dialog = dialog;
    this.#byDialog.set(dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag), leg);
    this.#onFlow.add(dialog.flow, leg.ref);
  }

  /** The peer was heard on another way: a NAT that changed its port, or a connection opened again. */
  moveFlow(leg: Leg, flow: Flow): void {
    const { dialog } = leg;
    if (!dialog || dialog.flow?.id === flow.id) return;
    this.#onFlow.remove(dialog.flow, leg.ref);
    dialog.flow = flow;
    this.#onFlow.add(flow, leg.ref);
  }

  onFlow(flowId: string): Leg[] {
    return this.#onFlow.take(flowId).flatMap((ref) => this.#byRef.get(ref) ?? []);
  }

  pendingFrom(source: string): { all: number; source: number } {
    return { all: this.#pending, source: this.#pendingBySource.get(source) ?? 0 };
  }

  countPending(leg: Leg, source: string): void {
    leg.pendingFrom = source;
    this.#pending++;
    this.#pendingBySource.set(source, (this.#pendingBySource.get(source) ?? 0) + 1);
  }

  settlePending(leg: Leg): void {
    const source = leg.pendingFrom;
    if (source === null) return;
    leg.pendingFrom = null;
    this.#pending--;
    const left = (this.#pendingBySource.get(source) ?? 1) - 1;
    if (left > 0) this.#pendingBySource.set(source, left);
    else this.#pendingBySource.delete(source);
  }

  remove(leg: Leg): void {
    this.settlePending(leg);
    this.#byRef.delete(leg.ref);
    for (const callId of leg.callIds) if (this.#byCallId.get(callId) === leg) this.#byCallId.delete(callId);
    const { dialog } = leg;
    if (!dialog) return;
    this.#byDialog.delete(dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag));
    this.#onFlow.remove(dialog.flow, leg.ref);
  }
}

/** Tells the last event of a leg, once, and lets go of everything but an unfinished BYE. */
export function finish(ground: Ground, legs: Legs, leg: Leg, event: SipEvent): void {
  if (leg.phase === "over") return;
  leg.phase = "over";
  ground.tell(event);
  ground.timers.stop(leg.timerId, "session");
  ground.timers.stop(leg.timerId, "noAnswer");
  ground.timers.stop(leg.timerId, "offer");
  ground.timers.stop(leg.timerId, "progress");
  if (leg.theirOffer) ground.transactions.respond(leg.theirOffer.transaction, 487);
  if (leg.referral?.transaction) ground.transactions.respond(leg.referral.transaction, 603);
  leg.theirOffer = null;
  leg.referral = null;
  leg.ourOffer = null;
  if (leg.byeWanted) return;
  forget(ground, legs, leg);
}

export function forget(ground: Ground, legs: Legs, leg: Leg): void {
  ground.timers.stopAll(leg.timerId);
  leg.unacked = null;
  legs.remove(leg);
}

/** Ends an established leg from our side: BYE now, or when the ACK came (RFC 3261 15: not before). */
export function endByUs(ground: Ground, legs: Legs, leg: Leg, by: "us" | "timeout" | "transport", reason: string): void {
  if (leg.phase === "over" || !leg.dialog) return;
  if (by === "us" && leg.phase === "accepted" && leg.unacked) leg.byeWanted = true;
  else if (by !== "transport") sendBye(ground, leg.dialog, reason);
  finish(ground, legs, leg, { type: "ended", ref: leg.ref, by, reason });
}

export function sendBye(ground: Ground, dialog: Dialog, reason: string): void {
  const clean = reason.replace(/[^\x20-\x7e]|["\\]/g, "").slice(0, 100);
  const headers: HeaderPair[] = clean === "" ? [] : [["Reason", `SIP;text="${clean}"`]];
  sendInDialog(ground, dialog, { method: "BYE", headers, user: nobody });
}

/** (Re)starts the session timer (RFC 4028 section 10). */
export function keepSession(ground: Ground, leg: Leg, session: Session): void {
  leg.session = session;
  ground.timers.start(leg.timerId, "session", ground.nowMs + sessionDelayMs(session));
}
