/**
 * What the SIP core says and hears, above transactions and dialogs. The core is pure: bytes and time in, effects out.
 * A `ref` names one call leg (a dialog, or a dialog to be) for its whole life; the side that starts the leg chooses it.
 */

/** Transports that we open by ourselves; WebSockets only come in. */
export type NetTransport = "udp" | "tcp" | "tls";

/** One way to a peer: a UDP 5-tuple, a TCP connection or a WebSocket. Opaque to the core; made by the sockets of `app`. */
export interface Flow {
  /** Unique for the life of the process; the same peer address over UDP is always the same flow. */
  readonly id: string;
  readonly transport: NetTransport | "ws" | "wss";
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Address and port to write into Via and Contact for this flow. */
  readonly localAddress: string;
  readonly localPort: number;
}

export type SipEffect =
  | { do: "send"; flow: Flow; bytes: Uint8Array }
  /**
   * Send to an address that no flow exists for yet (an outbound request to a SIP URI): the sockets open or choose one. `name` is what a
   * TLS peer must prove to be when DNS led to `host` (RFC 5922 section 4); absent, `host` itself.
   */
  | { do: "sendTo"; transport: NetTransport; host: string; port: number; name?: string | undefined; bytes: Uint8Array }
  /** Where a SIP URI leads (RFC 3263): answered by `SipCore.resolved` with the same id, once. Only asked for names, never for addresses. */
  | { do: "resolve"; id: string; uri: string }
  | { do: "tell"; event: SipEvent };

/** One next hop of RFC 3263; `host` is an address. */
export interface SipHop {
  transport: "udp" | "tcp" | "tls";
  host: string;
  port: number;
}

/** A next hop in the place of the URI's own (an outbound proxy). A name with port null is found by DNS. */
export interface SipVia {
  transport: "udp" | "tcp" | "tls";
  host: string;
  port: number | null;
}

/** What we answer a 401 or 407 with (RFC 3261 22), given for one peer: nobody else's challenge is ever answered with it. */
export interface SipAuth {
  username: string;
  password: string;
  /** The realm it is for; absent = the first one that the peer itself asks for, then only that. */
  realm?: string;
}

/** Who a request comes from, after authentication. `account` is set when digest succeeded. */
export interface SipIdentity {
  user: string;
  host: string;
  display: string;
  /** The authenticated account (digest username); null for a caller from outside (a trunk, an open number). */
  account: string | null;
}

/** One value of a Reason header (RFC 3326): why a call ends or was withdrawn, as a SIP status or an ISDN cause. */
export interface SipReason {
  protocol: "SIP" | "Q.850";
  cause: number;
  text: string;
}

/** One station that a call was forwarded from (History-Info RFC 7044, Diversion RFC 5806). Lists of them are oldest first: the first is whom the caller dialled. */
export interface SipDiversion {
  user: string;
  /** "" = our domain (when written), or none given. */
  host: string;
  why: "unconditional" | "user-busy" | "no-answer" | "unavailable" | "time-of-day" | "do-not-disturb" | "deflection" | "follow-me" | "out-of-service" | "away" | "unknown";
}

export type SipEvent =
  /**
   * An INVITE that makes a dialog. `sdp` null = no offer: `answer` carries ours, `offerAnswered` tells the answer of the ACK.
   * `replaces` and `join` are refs of our leg that Replaces (RFC 3891) or Join (RFC 3911) names; the caller may name it (an account
   * of ours, or the peer of that dialog). `maxForwards` is what a leg towards somebody else starts from, less one.
   * `privacy`: the words of Privacy (RFC 3323), lower case.
   */
  | {
    type: "incoming"; ref: string; from: SipIdentity; to: { user: string; host: string; /** One device of that account only (a GRUU, RFC 5627). */ instance?: string }; flow: Flow; sdp: string | null; headers: ReadonlyMap<string, readonly string[]>;
    replaces: string | null; join: string | null; maxForwards: number; history: readonly SipDiversion[]; privacy: readonly string[];
  }
  /** The caller gave up before the final answer (CANCEL), or the transport died. */
  | { type: "cancelled"; ref: string; causes?: readonly SipReason[] }
  /** For a leg that we invite: 180/183; with `sdp` early media flows. A call forked further on may tell several, each with its own. */
  | { type: "ringing"; ref: string; status: number; sdp: string | null }
  | { type: "answered"; ref: string; sdp: string; contact: string }
  /** For a leg that we invite: final refusal, or 408 after our own time limit (`noAnswerMs`), or 503 when it could not be sent. */
  | { type: "failed"; ref: string; status: number; reason: string; causes?: readonly SipReason[]; /** Of a 3xx: where else, best first. */ contacts?: readonly { uri: string; user: string; host: string }[] }
  /** An established dialog ended: BYE from the peer, session timer expiry, ACK or transport lost. `by` says who. */
  | { type: "ended"; ref: string; by: "peer" | "timeout" | "transport" | "us"; reason: string; causes?: readonly SipReason[] }
  /** re-INVITE or UPDATE (also before the final answer, RFC 3311) with a new offer: answer it with `acceptOffer` or `refuseOffer`. */
  | { type: "offer"; ref: string; sdp: string }
  /** A re-INVITE without an offer: `acceptOffer` carries ours, `offerAnswered` tells what they answered; or `refuseOffer`. */
  | { type: "offerWanted"; ref: string }
  /** The answer to our own re-INVITE or UPDATE, or to the offer that our `answer` to an INVITE without one carried. */
  | { type: "offerAnswered"; ref: string; sdp: string }
  | { type: "offerRefused"; ref: string; status: number }
  /**
   * REFER: answer with `acceptRefer` / `refuseRefer`; progress goes by NOTIFY (`referProgress`; a final status ends it). In a dialog
   * `ref` is the leg, else (RFC 3515 out of dialog, only from an account of ours) a ref of its own and `from` is set.
   * `target.replaces` = attended transfer: `ref` there is our leg which the transferor consulted on, null when it is no dialog of ours.
   */
  | {
    type: "refer"; ref: string; target: { user: string; host: string; raw: string; replaces: { ref: string | null; raw: string } | null };
    referredBy: string | null; inDialog: boolean; from: SipIdentity | null;
  }
  /** What became of our own `refer`: the status that the peer's NOTIFY tells, or the refusal of the REFER. `final`: the last word. */
  | { type: "referResult"; ref: string; status: number; final: boolean }
  /** INFO with application/dtmf-relay or application/dtmf: never changes session state (RFC 6086). */
  | { type: "digit"; ref: string; digit: string; durationMs: number }
  /** A wrong password or unknown account, from an address that answered our challenge (so it is not forged); `account` as claimed. */
  | { type: "authFailed"; account: string; flow: Flow }
  | { type: "authenticated"; account: string; flow: Flow; method: string }
  | { type: "registered"; account: string; contact: string; flow: Flow; expiresAtMs: number; userAgent: string }
  | { type: "unregistered"; account: string; contact: string; reason: "asked" | "expired" | "transport" | "removed" }
  /** Our own registration at somebody else's registrar. "failed" is tried again by itself; "ended" is the last (unregisterAt). `status` 0: nobody answered. */
  | { type: "registration"; ref: string; state: "registered" | "failed" | "ended"; status: number; reason: string; expiresAtMs: number | null }
  /** OPTIONS of ours: any answer but 408 and 503 is a sign of life. */
  | { type: "pong"; ref: string; ok: boolean; status: number; rttMs: number }
  /** What the presence documents that an account published (RFC 3903) say together. `expiresAtMs` null: nothing published any more. */
  | { type: "published"; account: string; open: boolean; note: string; activities: string[]; expiresAtMs: number | null }
  /**
   * A text (MESSAGE, RFC 3428) from an account to anybody, or from outside to a public number: answer with `messageAnswer` once it is
   * durable or delivered; nothing within 20 s is a 500. `id` is the same when the sender repeats the request.
   */
  | { type: "message"; ref: string; id: string; from: SipIdentity; to: { user: string; host: string; /** One device only (a GRUU). */ instance?: string }; contentType: string; text: string; flow: Flow }
  /** What became of a `sendMessage`: the final status; 480 = no contact, 408 = nobody answered, 513 = does not fit into a datagram. */
  | { type: "messageSent"; ref: string; status: number }
  /** A registered contact as it must be kept to outlive the process; told with each change, before `registered`. */
  | { type: "bindingChanged"; binding: SipBinding; gone: boolean }
  /** A contact of that account became known from another node (`learn`). */
  | { type: "bindingLearned"; account: string }
  /** The BYE of `endDialog` has its last word: 200 or 481, 408 when nobody answered, 503 when it could not be sent. */
  | { type: "dialogEnded"; key: string; status: number };

export type SipCommand =
  /**
   * Rings the live contacts of an account: those of equal q together (first 200 wins, the others get CANCEL), those of lower q after them, all
   * within `noAnswerMs`; no contact = failed 480. `instance`: one device only (GRUU).
   */
  | {
      type: "invite"; ref: string; target: { account: string; only?: "browser" | "phone"; instance?: string } | { uri: string };
      /** `host` of From; absent = our domain. */
      from: { user: string; display: string; host?: string };
      sdp: string; headers?: Readonly<Record<string, string>>; noAnswerMs: number;
      /** For the challenges of the peer that the URI (or `via`) leads to. */
      auth?: SipAuth;
      via?: SipVia;
      /** Nothing at all heard from a URI's hop for so long: the next one, or failed 408. Absent = 64*T1 (timer B). */
      noReplyMs?: number;
      /** Default 70. A leg that goes on with somebody's call carries one less than its `incoming.maxForwards`; 0 fails with 483. */
      maxForwards?: number;
      /** Another leg of ours, whose dialog the called one shall give up for this call (RFC 3891). */
      replaces?: string;
      /** Who the call was forwarded from: written as History-Info and Diversion. */
      history?: readonly SipDiversion[];
      /** A URI (RFC 3892). */
      referredBy?: string;
      /** 100rel (RFC 3262) is supported always; true = required: a peer without it refuses with 420. */
      reliable?: boolean;
    }
  /** 180, or 183 with `sdp`: early media. Sent reliably (RFC 3262) when the peer requires it, or supports it and there is SDP. */
  | { type: "progress"; ref: string; status: 180 | 183; sdp?: string }
  | { type: "answer"; ref: string; sdp: string }
  /** `contacts` go into a 3xx. */
  | { type: "reject"; ref: string; status: number; reason: string; causes?: readonly SipReason[]; contacts?: readonly string[] }
  /** CANCEL, BYE or a final refusal, whichever the state of the leg asks for; idempotent. */
  | { type: "hangUp"; ref: string; reason: string; causes?: readonly SipReason[] }
  | { type: "offer"; ref: string; sdp: string }
  | { type: "acceptOffer"; ref: string; sdp: string }
  | { type: "refuseOffer"; ref: string; status: number }
  | { type: "acceptRefer"; ref: string }
  | { type: "referProgress"; ref: string; status: number; reason: string }
  | { type: "refuseRefer"; ref: string; status: number }
  /** Asks the peer of an established leg to call `to` (a SIP URI); with `replaces` (a leg of ours) in the place of that leg: attended transfer. */
  | { type: "refer"; ref: string; to: string; replaces?: string; referredBy?: string }
  /** Registers `aor` at `registrar` (both URIs) and keeps it so; the Contact is `contactUser` at the address that we send from. The same ref again replaces what it was. */
  | { type: "registerAt"; ref: string; registrar: string; aor: string; contactUser: string; auth: SipAuth; expiresS: number; via?: SipVia }
  | { type: "unregisterAt"; ref: string }
  /** One OPTIONS to a URI: answered by `pong`. */
  | { type: "ping"; ref: string; uri: string; via?: SipVia }
  /** What `events.state` says of it is another now: its watchers get a NOTIFY. */
  | { type: "stateChanged"; package: SipPackage; resource: string }
  /** An unasked message-summary (RFC 3842) for the phones of an account that did not subscribe. */
  | { type: "lamp"; account: string; body: string }
  /** That account is no more, or has another password: its contacts, subscriptions and publications end. Calls go on. */
  | { type: "forget"; account: string }
  | { type: "messageAnswer"; ref: string; status: number }
  /**
   * A text to every contact of an account (one that takes it is enough), or to a URI. `flow`: back by the way that a `message` came.
   * `from.host` absent = our domain. More than fits into one datagram goes by TCP, TLS or WebSocket only.
   */
  | { type: "sendMessage"; ref: string; target: { account: string; instance?: string } | { uri: string; flow?: Flow }; from: { user: string; display: string; host?: string }; text: string; auth?: SipAuth; via?: SipVia };

/** Packages that are told of by asking `events.state`; "reg" and "refer" are known in the core. */
export type SipPackage = "presence" | "dialog" | "message-summary";

/** One registered contact, as it is kept over a restart. */
export interface SipBinding {
  account: string;
  /** Unique within the account: instance and reg-id (RFC 5626), or the contact. */
  key: string;
  contact: string;
  transport: Flow["transport"];
  remoteAddress: string;
  remotePort: number;
  expiresAtMs: number;
  callId: string;
  cseq: number;
  userAgent: string;
  q: number;
  /** Path of the REGISTER (RFC 3327): the Route of requests to the contact. */
  path: readonly string[];
  /** +sip.instance without its brackets, or "". */
  instance: string;
  /** reg-id (RFC 5626), or "". */
  regId: string;
  /** What our temporary GRUUs of it are made from (RFC 5627); "" = none. */
  gruu: string;
}

/** A call's dialog as another node must know it to end it. */
export interface SipDialogSketch {
  /** Unique among all nodes: Call-ID and our tag. */
  key: string;
  callId: string;
  localTag: string;
  remoteTag: string;
  /** From and To of our requests, without tags. */
  local: string;
  remote: string;
  localSeq: number;
  routes: readonly string[];
  /** Remote target: a URI. */
  target: string;
  /** Where the peer was last heard, when it is to be reached there whatever its Contact says; null = by Route or target. */
  peer: { transport: Flow["transport"]; address: string; port: number } | null;
}

/** An address where the sockets listen: written into Via and Contact of requests that leave by `sendTo`, and known as ours. */
export interface ListeningPoint {
  transport: NetTransport;
  address: string;
  port: number;
  /** What a peer at that address must send to, when that is not always `address` (a NAT in front). */
  towards?(remote: string): string;
}

/** A registered contact, as it may be asked for. */
export interface SipContact {
  contact: string;
  kind: "browser" | "phone";
  userAgent: string;
  expiresAtMs: number;
  /** Nobody on the way reads what we send there. */
  isPrivate: boolean;
  /** The device's own address as we see it; null behind a proxy, or when its connection is gone. */
  address: string | null;
}

/** The other end of a leg: its way, and whether it is the device itself (no proxy in between). */
export interface SipPeer {
  flow: Flow | null;
  direct: boolean;
  /** They called us and did not authenticate. */
  stranger: boolean;
  /** How Replaces (RFC 3891) names this call to us: told only to who may take it over. Null before a dialog is there. */
  dialog: { callId: string; localTag: string; remoteTag: string } | null;
}

/** The pure core. Every method returns the effects in order; nothing happens inside but state. */
export interface SipCore {
  receive(bytes: Uint8Array, flow: Flow, nowMs: number): SipEffect[];
  /** Told once by the sockets, before anything else, when their ports are known. */
  listen(points: readonly ListeningPoint[]): void;
  /** What was asked by `sendTo` cannot be done (name not found, connection refused): its transactions fail with 503. */
  unreachable(to: { transport: NetTransport; host: string; port: number }, nowMs: number): SipEffect[];
  /** Answers an effect `resolve`: next hops in the order in which to try them; none = the name leads nowhere. */
  resolved(id: string, hops: readonly SipHop[], nowMs: number): SipEffect[];
  /** A connection-oriented flow closed: registrations and dialogs bound to it follow RFC 5626 / end. */
  flowClosed(flow: Flow, nowMs: number): SipEffect[];
  command(command: SipCommand, nowMs: number): SipEffect[];
  /** The next instant (epoch ms) at which `wake` has work, or null. */
  nextWakeAt(): number | null;
  wake(nowMs: number): SipEffect[];
  /** Live contacts of an account. */
  contacts(account: string, nowMs: number): SipContact[];
  /** Who a leg speaks with; null for a leg that is not there. */
  peer(ref: string): SipPeer | null;
  /** How much is remembered now: what a flood must not move. */
  sizes(): { transactions: number; legs: number; bindings: number; timers: number; subscriptions: number };
  /** The leg that speaks under this Call-ID; null for anything else. */
  legOf(callId: string): string | null;
  /** Registrations of the last run, each with the way that still leads to it: a UDP flow, or null (reached at its contact's address, if at all). Before anything else. */
  restore(bindings: readonly { binding: SipBinding; flow: Flow | null }[], nowMs: number): SipEffect[];
  /** What other nodes of ours wrote of their registrations, in the order in which they did. */
  learn(changes: readonly { binding: SipBinding; gone: boolean }[], nowMs: number): SipEffect[];
  /** The dialogs of all established calls. */
  dialogs(): SipDialogSketch[];
  /** BYE into a dialog of a node that is no more; `flow` leads to its `peer`. Told by `dialogEnded`. */
  endDialog(sketch: SipDialogSketch, flow: Flow | null, causes: readonly SipReason[], nowMs: number): SipEffect[];
  /** For a clean stop: BYE/CANCEL every leg; subscribers are told to come back. */
  stop(nowMs: number): SipEffect[];
}
