import { readSdp } from "./capabilities.ts";
import type { Ground } from "./ground.ts";
import type { Leg } from "./leg.ts";
import { limits, T1, transactionLifeMs } from "./limits.ts";
import type { HeaderPair } from "./print.ts";
import type { ServerTransaction } from "./transactions.ts";

/** Reliable provisional answers of ours to one INVITE (RFC 3262): one at a time, repeated until its PRACK comes. */
export interface Reliable {
  /** Of the last one sent. */
  rseq: number;
  /** CSeq number of the INVITE. */
  readonly cseq: number;
  pending: { bytes: Uint8Array; intervalMs: number; giveUpAtMs: number; sdp: "none" | "answer" | "offer" } | null;
  readonly waiting: { status: number; sdp: string | null }[];
  /** Our description as the first of them carried it; null before. */
  sdp: string | null;
  /** The 2xx that waits: RFC 3262 section 3, "the UAS MUST NOT send a 2xx ... until the provisional response [with a description] is acknowledged". */
  answer: string | null;
}

/** Who asked for reliable ones: "required" each must be, "supported" those that matter may be. */
export function reliabilityOf(transaction: ServerTransaction): "required" | "supported" | "none" {
  const { request } = transaction;
  if (request.has("require", "100rel")) return "required";
  return request.has("supported", "100rel") ? "supported" : "none";
}

export function progressReliably(ground: Ground, leg: Leg, invite: ServerTransaction, status: number, sdp: string | null, headers: readonly HeaderPair[]): void {
  // RFC 3262 section 3: the first RSeq is chosen at random between 1 and 2**31 - 1, with room to count on
  leg.reliable ??= { rseq: Math.floor(ground.settings.chance.next() * 2 ** 30), cseq: invite.envelope.cseq, pending: null, waiting: [], sdp: null, answer: null };
  const { reliable } = leg;
  if (reliable.pending) {
    if (reliable.waiting.length < limits.maxReliableWaiting) reliable.waiting.push({ status, sdp });
    return;
  }
  reliable.rseq++;
  // one description a call set-up: what is said again is not an offer
  const body = sdp !== null && reliable.sdp === null ? sdp : null;
  ground.transactions.respond(invite, status, {
    headers: [...headers, ["Require", "100rel"], ["RSeq", String(reliable.rseq)]], body: body === null ? null : { type: "application/sdp", text: body },
  });
  if (!invite.last) return;
  const kind = body === null ? "none" : leg.remoteSdp === "" ? "offer" : "answer";
  if (body !== null) reliable.sdp = leg.localSdp = body;
  if (kind === "answer") leg.agreed = true;
  reliable.pending = { bytes: invite.last, intervalMs: T1, giveUpAtMs: ground.nowMs + transactionLifeMs, sdp: kind };
  ground.timers.start(leg.timerId, "reliable", ground.nowMs + T1);
}

/** Timer "reliable". False: 64*T1 went by without a PRACK; the call must be refused. */
export function repeatReliable(ground: Ground, leg: Leg): boolean {
  const pending = leg.reliable?.pending;
  if (!pending || !leg.invite) return true;
  if (ground.nowMs >= pending.giveUpAtMs) return false;
  ground.transactions.send(leg.invite.way, pending.bytes);
  // section 3: T1, "doubling for each subsequent retransmission", without the T2 of other repetitions
  pending.intervalMs *= 2;
  ground.timers.start(leg.timerId, "reliable", Math.min(ground.nowMs + pending.intervalMs, pending.giveUpAtMs));
  return true;
}

/**
 * A PRACK. True: it acknowledged what was pending, and the next may go. "broken": our offer came back without an answer. False: it was
 * refused, or acknowledges nothing new.
 */
export function prackReceived(ground: Ground, leg: Leg, transaction: ServerTransaction): boolean | "broken" {
  const { transactions } = ground;
  const { request } = transaction;
  const rack = /^(\d{1,10})\s+(\d{1,10})\s+(\S{1,20})$/.exec(request.header("rack") ?? "");
  if (!rack) {
    transactions.respond(transaction, 400);
    return false;
  }
  const { reliable } = leg;
  const pending = reliable?.pending;
  if (!reliable || !pending || Number(rack[1]) !== reliable.rseq || Number(rack[2]) !== reliable.cseq || rack[3] !== "INVITE") {
    // section 3: "If ... does not match an unacknowledged reliable provisional response, the UAS MUST respond to the PRACK with a 481"
    transactions.respond(transaction, 481);
    return false;
  }
  const body = readSdp(request);
  if (!body.ok) {
    transactions.respond(transaction, 415, { headers: body.headers });
    return false;
  }
  if (pending.sdp === "offer" && body.sdp === null) {
    transactions.respond(transaction, 400);
    return "broken";
  }
  reliable.pending = null;
  ground.timers.stop(leg.timerId, "reliable");
  if (body.sdp === null) transactions.respond(transaction, 200);
  else if (pending.sdp === "offer") {
    leg.remoteSdp = body.sdp;
    leg.agreed = true;
    transactions.respond(transaction, 200);
    ground.tell({ type: "offerAnswered", ref: leg.ref, sdp: body.sdp });
  } else if (!leg.agreed || leg.theirOffer) transactions.respond(transaction, 488);
  else {
    // section 5: "If the answer [was] in a provisional response, the PRACK MAY contain a new offer"
    leg.theirOffer = { transaction, sdp: body.sdp };
    ground.tell({ type: "offer", ref: leg.ref, sdp: body.sdp });
  }
  return true;
}
