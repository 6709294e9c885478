import type { Flow, SipEvent, SipReason } from "./contract.ts";
import { dialogKey, nobody, sendInDialog, type Dialog } from "./dialog.ts";
import { FlowIndex } from "./flow-index.ts";
import type { Ground } from "./ground.ts";
import { OutsideCalls } from "./outside-calls.ts";
import { reasonHeaders } from "./reason.ts";
import type { Reliable } from "./reliable.ts";
import { sessionDelayMs, type Session } from "./session-timer.ts";
import type { ClientTransaction, ServerTransaction } from "./transactions.ts";

/** One of the calls that an outgoing leg places at once: one per contact. */
export interface Branch {
  transaction: ClientTransaction;
  /** A provisional answer came: only now may a CANCEL go (RFC 3261 9.1). */
  heard: boolean;
  /** What the CANCEL gives as its Reason; null = it is wanted still. */
  cancelWanted: readonly SipReason[] | null;
  /** Its hop says nothing: on to the next. */
  giveUp(): void;
  /** Final status, or null while it is open. */
  final: Refused | null;
  /** To tag of a provisional answer -> the dialog that it made (RFC 3261 12.1.2; several when forked further on). */
  readonly early: Map<string, EarlyDialog>;
  /** To tag of a 2xx -> how to repeat its ACK. */
  readonly acks: Map<string, () => void>;
}

/** How a branch ended, or the leg with it. */
export interface Refused {
  status: number;
  reason: string;
  causes?: readonly SipReason[];
  contacts?: readonly { uri: string; user: string; host: string }[];
}

/** One of the dialogs that our INVITE may have before its final answer. */
export interface EarlyDialog {
  readonly dialog: Dialog;
  /** Of the last reliable provisional answer (RFC 3262); null before the first. */
  rseq: number | null;
  /** The answer to our offer, as far as it was told. */
  sdp: string | null;
  allow: string[] | null;
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
  /** Also early: then the one heard last. */
  dialog: Dialog | null;
  /** Every dialog by which requests may come, beside `dialog`. */
  readonly others: Dialog[];
  /** The first offer has its answer, known on both sides: new ones may be made (RFC 3311 section 5.1). */
  agreed: boolean;
  /** The session as last agreed. */
  localSdp: string;
  remoteSdp: string;
  /** The peer's Allow, when it told. */
  allow: string[] | null;
  /** The INVITE that we have not answered finally (incoming legs). */
  invite: ServerTransaction | null;
  /** Our provisional answers that must be acknowledged (incoming legs whose peer has 100rel). */
  reliable: Reliable | null;
  /** While this leg is one of `Legs.outside`: how it is counted there. */
  pendingFrom: string | null;
  /** A 2xx of ours that no ACK has confirmed yet. */
  /** `wantsAnswer`: it carried our offer, so that the ACK carries the answer. */
  unacked: { transaction: ServerTransaction; intervalMs: number; wantsAnswer: boolean } | null;
  /** We hung up before the ACK came: BYE as soon as RFC 3261 15 allows. */
  byeWanted: { reason: string; causes: readonly SipReason[] } | null;
  branches: Branch[];
  /** Rings the contacts that are wanted less (q), when there are any. */
  nextGroup: (() => void) | null;
  /** "ringing" was told, with 180 or with anything. */
  rang: boolean;
  progressed: boolean;
  /** Our offer: in flight, or waiting for a moment when it may go. */
  ourOffer: { sdp: string; refresh: boolean; giveUpAtMs: number; notBeforeMs: number; inFlight: boolean } | null;
  /** The peer's offer that nobody has answered yet; `sdp` null = a re-INVITE that asks for ours. */
  theirOffer: { transaction: ServerTransaction; sdp: string | null } | null;
  session: Session | null;
  referral: { transaction: ServerTransaction | null; eventId: string | null; quiet: boolean; /** Told last. */ status: number } | null;
  referrals: number;
  /** A REFER of ours whose outcome is not known yet. */
  referring: boolean;
  /** There is no call: the dialog is the subscription of a REFER outside any (RFC 3515 2.4.4). */
  referOnly: boolean;
}

export function newLeg(ref: string, direction: "in" | "out"): Leg {
  return {
    ref, timerId: `l|${ref}`, direction, callIds: [], phase: "early", dialog: null, others: [], agreed: false, localSdp: "", remoteSdp: "", allow: null, invite: null, reliable: null, pendingFrom: null,
    unacked: null, byeWanted: null, branches: [], nextGroup: null, rang: false, progressed: false, ourOffer: null, theirOffer: null, session: null, referral: null, referrals: 0,
    referring: false, referOnly: false,
  };
}

/** The legs of a core, by ref, by dialog and by connection. */
export class Legs {
  readonly #byRef = new Map<string, Leg>();
  readonly #byDialog = new Map<string, Leg>();
  readonly #onFlow = new FlowIndex();
  /** Call-IDs of each leg (an outgoing one has one a branch), for who follows a call on the wire. */
  readonly #byCallId = new Map<string, Leg>();
  /** Incoming calls without an account that no ACK has confirmed. */
  readonly outside = new OutsideCalls();
  #referOnly = 0;

  get(ref: string): Leg | null {
    return this.#byRef.get(ref) ?? null;
  }

  get size(): number {
    return this.#byRef.size;
  }

  all(): Leg[] {
    return [...this.#byRef.values()];
  }

  /** Legs that are no calls. */
  get referOnly(): number {
    return this.#referOnly;
  }

  add(leg: Leg): void {
    if (leg.referOnly) this.#referOnly++;
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
    this.makeCurrent(leg, dialog);
    this.#byDialog.set(dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag), leg);
    this.#onFlow.add(dialog.flow, leg.ref);
  }

  /** That dialog is the leg's from now on; earlier ones stay reachable. */
  makeCurrent(leg: Leg, dialog: Dialog): void {
    if (leg.dialog === dialog) return;
    if (leg.dialog) leg.others.push(leg.dialog);
    leg.dialog = dialog;
  }

  /** A dialog before the final answer. */
  addEarly(leg: Leg, dialog: Dialog): void {
    // one that agreed on a session stays the one that offers go by
    if (leg.dialog && leg.agreed) leg.others.push(dialog);
    else this.makeCurrent(leg, dialog);
    this.#byDialog.set(dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag), leg);
  }

  /** Which of the leg's dialogs a request belongs to. */
  dialogWith(leg: Leg, remoteTag: string): Dialog | null {
    if (leg.dialog?.remoteTag === remoteTag) return leg.dialog;
    return leg.others.find((dialog) => dialog.remoteTag === remoteTag) ?? null;
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

  settlePending(leg: Leg): void {
    const { pendingFrom } = leg;
    leg.pendingFrom = null;
    if (pendingFrom !== null) this.outside.remove(pendingFrom);
  }

  remove(leg: Leg): void {
    this.settlePending(leg);
    if (this.#byRef.delete(leg.ref) && leg.referOnly) this.#referOnly--;
    for (const callId of leg.callIds) if (this.#byCallId.get(callId) === leg) this.#byCallId.delete(callId);
    const { dialog } = leg;
    if (!dialog) return;
    this.#byDialog.delete(dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag));
    for (const other of leg.others) this.#byDialog.delete(dialogKey(other.callId, other.localTag, other.remoteTag));
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
  ground.timers.stop(leg.timerId, "group");
  ground.timers.stop(leg.timerId, "noReply");
  ground.timers.stop(leg.timerId, "offer");
  ground.timers.stop(leg.timerId, "progress");
  ground.timers.stop(leg.timerId, "reliable");
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
export function endByUs(ground: Ground, legs: Legs, leg: Leg, by: "us" | "timeout" | "transport", reason: string, causes: readonly SipReason[] = []): void {
  if (leg.phase === "over" || !leg.dialog) return;
  if (by === "us" && leg.phase === "accepted" && leg.unacked) leg.byeWanted = { reason, causes };
  else if (by !== "transport") sendBye(ground, leg.dialog, reason, causes);
  finish(ground, legs, leg, { type: "ended", ref: leg.ref, by, reason });
}

export function sendBye(ground: Ground, dialog: Dialog, reason: string, causes: readonly SipReason[] = []): void {
  sendInDialog(ground, dialog, { method: "BYE", headers: reasonHeaders(causes, reason), user: nobody });
}

/** (Re)starts the session timer (RFC 4028 section 10). */
export function keepSession(ground: Ground, leg: Leg, session: Session): void {
  leg.session = session;
  ground.timers.start(leg.timerId, "session", ground.nowMs + sessionDelayMs(session));
}
