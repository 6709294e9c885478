import { nobody, sendInDialog } from "./dialog.ts";
import type { Ground } from "./ground.ts";
import type { Leg } from "./leg.ts";
import { utf8 } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import { phrase, type HeaderPair } from "./print.ts";
import type { ServerTransaction } from "./transactions.ts";

/** REFER within a call (RFC 3515): told upwards; the outcome goes back by NOTIFY with a sipfrag. One at a time. */
export function referReceived(ground: Ground, leg: Leg, transaction: ServerTransaction): void {
  const { transactions } = ground;
  const { request, envelope } = transaction;
  const targets = request.lines("refer-to");
  const target = targets.length === 1 ? parseNameAddr(targets[0]!) : null;
  // RFC 3515 2.4.2: "An agent receiving a REFER with zero or more than one Refer-To MUST reject with a 400"
  if (!target) return transactions.respond(transaction, 400);
  if (!target.uri) return transactions.respond(transaction, 416);
  if (leg.referral || leg.phase !== "up") return transactions.respond(transaction, 491);
  // RFC 4488: no subscription when the peer says so
  const quiet = request.header("refer-sub")?.toLowerCase() === "false";
  leg.referral = { transaction, eventId: leg.referrals++ === 0 ? null : String(envelope.cseq), quiet };
  ground.tell({ type: "refer", ref: leg.ref, target: { user: target.uri.user, host: target.uri.host, raw: utf8(target.raw), replaces: null }, referredBy: null, inDialog: true, from: null });
}

export function acceptRefer(ground: Ground, leg: Leg): void {
  const { referral } = leg;
  if (!referral?.transaction) return;
  ground.transactions.respond(referral.transaction, 202, { headers: referral.quiet ? [["Refer-Sub", "false"], ["Supported", "norefersub"]] : [] });
  referral.transaction = null;
  // RFC 3515 2.4.4: "a NOTIFY MUST be sent immediately after accepting"
  if (!referral.quiet) notify(ground, leg, 100, phrase(100));
}

export function referProgress(ground: Ground, leg: Leg, status: number, reason: string): void {
  const { referral } = leg;
  if (!referral || referral.transaction) return;
  if (!referral.quiet) notify(ground, leg, status, reason);
  if (status >= 200) leg.referral = null;
}

export function refuseRefer(ground: Ground, leg: Leg, status: number): void {
  const { referral } = leg;
  if (!referral?.transaction) return;
  ground.transactions.respond(referral.transaction, status >= 300 && status < 700 ? status : 603);
  leg.referral = null;
}

function notify(ground: Ground, leg: Leg, status: number, reason: string): void {
  if (!leg.dialog || !leg.referral) return;
  const { eventId } = leg.referral;
  const state = status >= 200 ? "terminated;reason=noresource" : "active;expires=60";
  const headers: HeaderPair[] = [["Event", eventId === null ? "refer" : `refer;id=${eventId}`], ["Subscription-State", state]];
  const text = `SIP/2.0 ${status} ${reason.replace(/[\r\n]+/g, " ") || phrase(status)}\r\n`;
  sendInDialog(ground, leg.dialog, { method: "NOTIFY", headers, body: { type: "message/sipfrag;version=2.0", text }, user: nobody });
}
