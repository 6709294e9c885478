import { newId } from "../base/ids.ts";
import { allowHeader } from "./capabilities.ts";
import type { Flow, SipIdentity } from "./contract.ts";
import { contactOf, dialogOfRequest, nobody, sendInDialog } from "./dialog.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { forget, newLeg, type Leg, type Legs } from "./leg.ts";
import { limits } from "./limits.ts";
import { utf8, wire, type SipMessage } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import { phrase, type HeaderPair } from "./print.ts";
import { parseNamed, printNamed, replacesOfUri } from "./replaces.ts";
import type { ServerTransaction } from "./transactions.ts";
import { parseUri } from "./uri.ts";
import { ownAddress, ownContact } from "./way.ts";

/** How long a REFER outside a call may take until its last word; then its subscription ends by itself. */
const outOfDialogMs = 180_000;
/** Contact where an early NOTIFY of a REFER goes: RFC 3515 2.4.4 gives a subscription an expiry; ours lives as long as the call set-up may. */
const subscriptionS = 180;

/** REFER within a call, or outside any (RFC 3515): told upwards; the outcome goes back by NOTIFY with a sipfrag. One at a time. */
export function referReceived(ground: Ground, legs: Legs, leg: Leg, transaction: ServerTransaction, from: SipIdentity | null): void {
  const { transactions } = ground;
  const { request, envelope } = transaction;
  const refuse = (status: number): void => {
    transactions.respond(transaction, status);
    if (leg.referOnly) forget(ground, legs, leg);
  };
  const targets = request.lines("refer-to");
  const target = targets.length === 1 ? parseNameAddr(targets[0]!) : null;
  // RFC 3515 2.4.2: "An agent receiving a REFER with zero or more than one Refer-To MUST reject with a 400"
  if (!target) return refuse(400);
  if (!target.uri) return refuse(416);
  if (leg.referral || leg.phase !== "up") return refuse(491);
  // only "call that" is understood, not "send them a BYE" (RFC 3515 4.2)
  if ((target.uri.params.get("method") ?? "INVITE").toUpperCase() !== "INVITE") return refuse(501);
  const replaces = replacesOfUri(target.uri.headers);
  const named = replaces === null ? null : parseNamed(replaces);
  if (replaces !== null && !named) return refuse(400);
  // RFC 4488: no subscription when the peer says so
  const quiet = request.header("refer-sub")?.toLowerCase() === "false";
  leg.referral = { transaction, eventId: leg.referrals++ === 0 ? null : String(envelope.cseq), quiet, status: 100 };
  // seen from whoever gets the INVITE: our own tag stands in to-tag when the transferor names a dialog that it has with us
  const consulted = named && (legs.ofDialog(named.callId, named.toTag, named.fromTag) ?? legs.ofDialog(named.callId, named.fromTag, named.toTag));
  const referredBy = parseNameAddr(request.header("referred-by") ?? "");
  ground.tell({
    type: "refer", ref: leg.ref, inDialog: !leg.referOnly, from, referredBy: referredBy ? utf8(referredBy.raw) : null,
    target: {
      user: target.uri.user, host: target.uri.host, raw: utf8(target.raw),
      replaces: replaces === null ? null : { ref: consulted && consulted.phase !== "over" ? consulted.ref : null, raw: utf8(replaces) },
    },
  });
}

/** A REFER outside any call, of an authenticated account: it gets a ref of its own. Not null: refused without state. */
export function referOutOfDialog(ground: Ground, legs: Legs, request: SipMessage, envelope: Envelope, flow: Flow, from: SipIdentity): { status: number; headers?: HeaderPair[] } | null {
  const target = contactOf(request);
  if (target === null) return { status: 400 };
  if (ground.transactions.full || legs.referOnly >= limits.maxOutOfDialogReferrals) return { status: 503, headers: [["Retry-After", "10"]] };
  const transaction = ground.transactions.openServer(request, envelope, flow);
  const leg = newLeg(newId("leg", ground.nowMs, ground.settings.chance), "in");
  leg.phase = "up";
  leg.referOnly = true;
  legs.add(leg);
  legs.nameCall(leg, envelope.callId);
  legs.setDialog(leg, dialogOfRequest(request, envelope, flow, transaction.toTag, target, true));
  ground.timers.start(leg.timerId, "referral", ground.nowMs + outOfDialogMs);
  referReceived(ground, legs, leg, transaction, from);
  return null;
}

/** Timer "referral", and hangUp of a REFER outside any call: nobody said how it ended. */
export function endReferral(ground: Ground, legs: Legs, leg: Leg): void {
  if (leg.referral?.transaction) refuseRefer(ground, legs, leg, 603);
  else referProgress(ground, legs, leg, 408, "");
}

export function acceptRefer(ground: Ground, leg: Leg): void {
  const { referral } = leg;
  if (!referral?.transaction) return;
  const quiet: HeaderPair[] = referral.quiet ? [["Refer-Sub", "false"], ["Supported", "norefersub"]] : [];
  ground.transactions.respond(referral.transaction, 202, { headers: [...quiet, allowHeader] });
  referral.transaction = null;
  // RFC 3515 2.4.4: "a NOTIFY MUST be sent immediately after accepting"
  if (!referral.quiet) notify(ground, leg, 100, phrase(100));
}

export function referProgress(ground: Ground, legs: Legs, leg: Leg, status: number, reason: string): void {
  const { referral } = leg;
  if (!referral || referral.transaction) return;
  referral.status = status;
  if (!referral.quiet) notify(ground, leg, status, reason);
  if (status < 200) return;
  leg.referral = null;
  if (leg.referOnly) forget(ground, legs, leg);
}

export function refuseRefer(ground: Ground, legs: Legs, leg: Leg, status: number): void {
  const { referral } = leg;
  if (!referral?.transaction) return;
  ground.transactions.respond(referral.transaction, status >= 300 && status < 700 ? status : 603);
  leg.referral = null;
  if (leg.referOnly) forget(ground, legs, leg);
}

/** True for a SUBSCRIBE to what a REFER began (RFC 3515 2.4.4). */
export function isReferSubscribe(request: SipMessage): boolean {
  return request.method === "SUBSCRIBE" && eventName(request) === "refer";
}

/** RFC 3515 2.4.4: "the implicit subscription ... can be refreshed or terminated" by SUBSCRIBE: answered with a NOTIFY of how far it is. The call goes on. */
export function referSubscribed(ground: Ground, leg: Leg, transaction: ServerTransaction): void {
  const { request } = transaction;
  const { referral } = leg;
  const id = /;\s*id=([^\s;]+)/i.exec(request.header("event") ?? "")?.[1] ?? null;
  // not accepted yet, or ended, or told nothing by its own wish: there is no subscription
  if (!referral || referral.transaction || referral.quiet || referral.eventId !== id) return ground.transactions.respond(transaction, 481);
  const written = request.header("expires");
  if (written !== null && !/^\d{1,10}$/.test(written)) return ground.transactions.respond(transaction, 400);
  const expiresS = Math.min(written === null ? subscriptionS : Number(written), subscriptionS);
  const contact = ownContact(ownAddress({ flow: transaction.flow }, ground.points, ground.settings.domain));
  ground.transactions.respond(transaction, 200, { headers: [["Contact", contact], ["Expires", String(expiresS)]] });
  notify(ground, leg, referral.status, "", expiresS === 0 ? "terminated;reason=timeout" : `active;expires=${expiresS}`);
  if (expiresS === 0) referral.quiet = true;
}

function eventName(request: SipMessage): string {
  return (request.header("event") ?? "").split(";")[0]!.trim().toLowerCase();
}

function notify(ground: Ground, leg: Leg, status: number, reason: string, state = status >= 200 ? "terminated;reason=noresource" : `active;expires=${subscriptionS}`): void {
  if (!leg.dialog || !leg.referral) return;
  const { eventId } = leg.referral;
  const headers: HeaderPair[] = [["Event", eventId === null ? "refer" : `refer;id=${eventId}`], ["Subscription-State", state]];
  const text = `SIP/2.0 ${status} ${reason.replace(/[\r\n]+/g, " ") || phrase(status)}\r\n`;
  sendInDialog(ground, leg.dialog, { method: "NOTIFY", headers, body: { type: "message/sipfrag;version=2.0", text }, user: nobody });
}

/** Our own REFER: asks the peer to call `to`, in the place of `replaced` when given (RFC 5589 section 7). Its outcome is told as `referResult`. */
export function refer(ground: Ground, leg: Leg, to: string, replaced: Leg | null | undefined, referredBy: string): void {
  const fail = (status: number): void => {
    leg.referring = false;
    ground.tell({ type: "referResult", ref: leg.ref, status, final: true });
  };
  const raw = wire(to);
  const uri = /[\s<>"]/.test(raw) ? null : parseUri(raw);
  if (leg.phase !== "up" || !leg.dialog || leg.referring) return fail(491);
  if (!uri) return fail(416);
  // undefined: nobody is to be replaced; null: that leg is gone
  if (replaced === null || (replaced && !replaced.dialog)) return fail(481);
  const named = replaced?.dialog ? `${raw.includes("?") ? "&" : "?"}Replaces=${encodeURIComponent(printNamed(replaced.dialog))}` : "";
  const by = wire(referredBy);
  const headers: HeaderPair[] = [["Refer-To", `<${raw}${named}>`]];
  if (by !== "" && !/[\s<>"]/.test(by) && parseUri(by)) headers.push(["Referred-By", `<${by}>`]);
  leg.referring = true;
  sendInDialog(ground, leg.dialog, {
    method: "REFER", headers,
    user: {
      response: (response) => {
        if (response.status < 200 || leg.phase === "over") return;
        if (response.status >= 300) return fail(response.status);
        // RFC 4488: without a subscription the acceptance is all that we shall hear
        if (response.header("refer-sub")?.toLowerCase() === "false") fail(response.status);
      },
      timeout: () => {
        if (leg.phase !== "over") fail(408);
      },
      transportError: () => {
        if (leg.phase !== "over") fail(503);
      },
    },
  });
}

/** A NOTIFY within a call: of our REFER, or of nothing that we subscribed to (RFC 6665 4.1.3: 481). */
export function referNotified(ground: Ground, leg: Leg, transaction: ServerTransaction): void {
  const { request } = transaction;
  if (eventName(request) !== "refer" || !leg.referring || leg.phase === "over") return ground.transactions.respond(transaction, 481);
  ground.transactions.respond(transaction, 200);
  const written = Number(/^SIP\/2\.0 (\d{3})/i.exec(request.text() ?? "")?.[1] ?? "0");
  const final = written >= 200 || /^terminated/i.test(request.header("subscription-state") ?? "");
  if (final) leg.referring = false;
  // ended without a word: nobody knows how it went
  ground.tell({ type: "referResult", ref: leg.ref, status: written === 0 ? (final ? 408 : 100) : written, final });
}
