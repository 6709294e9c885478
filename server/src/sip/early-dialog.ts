import { readSdp } from "./capabilities.ts";
import type { Flow } from "./contract.ts";
import { contactOf, dialogOfResponse, nobody, sendInDialog, type Dialog } from "./dialog.ts";
import type { ClientAuth } from "./client-auth.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import type { Branch, EarlyDialog, Leg, Legs } from "./leg.ts";
import { limits } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { allowed } from "./session-timer.ts";

/** Where a call of ours was sent; see outgoing.ts. */
export interface Sent {
  uri: string;
  known: boolean;
  auth: ClientAuth | null;
}

/**
 * A provisional answer to our INVITE (RFC 3261 12.1.2, RFC 3262 section 4): its early dialog is made, a reliable one is acknowledged.
 * False: it is a repetition or came out of order, and nobody needs to hear of it. `sdp`: the description that it brought first.
 */
export function heardProvisional(ground: Ground, legs: Legs, leg: Leg, branch: Branch, sent: Sent, response: SipMessage, envelope: Envelope, flow: Flow): { sdp: string | null } | false {
  const body = readSdp(response);
  const sdp = body.ok ? body.sdp : null;
  // without a tag it makes no dialog (a peer of RFC 2543): told, but nothing can be said back
  if (envelope.toTag === "") return { sdp };
  let early = branch.early.get(envelope.toTag);
  if (!early) {
    if (branch.early.size >= limits.maxEarlyDialogs) return false;
    const dialog = dialogOfResponse(branch.transaction.parts, response, envelope, flow, contactOf(response) ?? sent.uri, sent.known);
    dialog.auth = sent.auth;
    early = { dialog, rseq: null, sdp: null, allow: allowed(response) };
    branch.early.set(envelope.toTag, early);
    legs.addEarly(leg, dialog);
  } else early.allow = allowed(response) ?? early.allow;
  const reliable = response.has("require", "100rel");
  if (reliable && !acknowledge(ground, early, branch, response)) return false;
  if (sdp === null || early.sdp !== null) return { sdp: null };
  early.sdp = sdp;
  legs.makeCurrent(leg, early.dialog);
  leg.allow = early.allow;
  leg.remoteSdp = sdp;
  leg.agreed = reliable;
  return { sdp };
}

/** RFC 3262 section 4: PRACK at once, in order: "If the UAC receives another reliable provisional response ... and its RSeq value is not one higher than the value of the sequence number, that response MUST NOT be acknowledged". */
function acknowledge(ground: Ground, early: EarlyDialog, branch: Branch, response: SipMessage): boolean {
  const written = response.header("rseq") ?? "";
  const rseq = /^\d{1,10}$/.test(written) ? Number(written) : 0;
  if (rseq < 1 || (early.rseq !== null && rseq !== early.rseq + 1)) return false;
  early.rseq = rseq;
  sendInDialog(ground, early.dialog, { method: "PRACK", headers: [["RAck", `${rseq} ${branch.transaction.parts.cseq} INVITE`]], user: nobody });
  return true;
}

/** The dialog of a 2xx: the early one of that tag goes on (RFC 3261 13.2.2.4 computes its route set again), or a new one begins. */
export function confirmedDialog(branch: Branch, sent: Sent, response: SipMessage, envelope: Envelope, flow: Flow): { dialog: Dialog; early: EarlyDialog | null } {
  const fresh = dialogOfResponse(branch.transaction.parts, response, envelope, flow, contactOf(response) ?? sent.uri, sent.known);
  fresh.auth = sent.auth;
  const early = branch.early.get(envelope.toTag) ?? null;
  if (!early) return { dialog: fresh, early };
  const { dialog } = early;
  dialog.routes = fresh.routes;
  dialog.target = fresh.target;
  dialog.flow = fresh.flow;
  return { dialog, early };
}
