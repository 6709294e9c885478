/**
 * Room `sip`: our own SIP core (RFC 3261 with 3327, 3428, 3608, 3680, 3842, 3856, 3863, 3903, 4235, 5627, 6026, 6665, 3262, 3311, 3323, 3326, 3515, 3581, 3891, 3892, 3911, 4028, 4488, 5626, 5806,
 * 6086, 6432, 7044, 7118, 8760).
 *
 * A user agent (both roles, as a back-to-back agent needs them), a registrar and its location service, a stateful proxy and a redirect server, a
 * notifier (presence, busy lamps, waiting messages, registrations), publications and texts (events/). Pure: bytes and time in,
 * effects out; timers are data; chance comes in as a port. `app/sip-sockets.ts` gives it sockets.
 *
 * Invariants
 * - A leg (`ref`) tells exactly one last event: `failed` (we invited, nobody answered), `cancelled` (they invited and gave up) or
 *   `ended` (everything else, our own refusal and hang-up included). A command for a leg that is over does nothing.
 * - Nobody who has not authenticated makes state here, except a bounded number of calls to public targets; and over UDP nobody gets
 *   more bytes than they sent, the challenge included, except the answers to such a call.
 * - Nothing from outside throws. What a peer may do at most is in limits.ts, with the attack.
 * - Heads are latin1 text inside (byte for byte what came), UTF-8 where they leave upwards.
 *
 * - A text is answered 200 by whoever above has it safe; a stranger's by datagram is heard once its source has answered (events/return-path.ts).
 * - Nothing is relayed but what `settings.route` sends on, and requests of a dialog whose Route carries our signed token (proxy/).
 *
 * Deliberately absent: asking DNS (`resolve` is carried out by whoever has sockets), SUBSCRIBE that prolongs the subscription of a REFER, Join
 * towards others, MESSAGE inside a call, subscriptions of ours at others, subscriptions over a restart (their refresh is a 481, and they come again), offers in PRACK requests of ours.
 */
export { createSipCore } from "./core.ts";
export { isPrivate } from "./way.ts";
export { Capture, type CapturedMessage } from "./capture.ts";
export { StreamFramer } from "./stream-framer.ts";
export { limits as sipLimits } from "./limits.ts";
export { splitList } from "./message.ts";
export { parseNameAddr } from "./name-addr.ts";
export { dialogInfo, type DialogFact } from "./events/dialog-info.ts";
export { messageSummary, type MessageCounts } from "./events/message-summary.ts";
export { composePresence, presenceDocument, type Presence } from "./events/presence.ts";
export type {
  SipAuth, SipHop, SipVia, Flow, ListeningPoint, NetTransport, SipContact, SipPeer, SipBinding, SipCommand, SipCore, SipDialogSketch, SipDiversion, SipReason, SipEffect, SipEvent, SipIdentity, SipPackage,
} from "./contract.ts";
export type { RouteDecision, RouteQuestion, SipBorder, SipCoreOptions, SipCoreSettings, SipCredentials, SipEventRules } from "./settings.ts";
