/**
 * The way to a browser: ICE-lite (RFC 8445 section 2.5: we only answer checks; so no gathering, no STUN server, and the
 * browser's mDNS candidates never concern us), DTLS as server, SRTP with AES_CM_128_HMAC_SHA1_80, all on one socket.
 * Nothing but checks is heard from an address that has not passed one, so a stranger cannot even start a handshake.
 */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newSecret } from "../base/ids.ts";
import { HmacSha1 } from "./hmac-sha1.ts";
import type { Link, LinkHandlers } from "./link.ts";
import type { DtlsPort, DtlsSession, SrtpKeys, UdpSocket } from "./media-ports.ts";
import type { LinkAgreement, LocalDescription } from "./negotiate.ts";
import { isRtcp } from "./packet.ts";
import { attribute, parseSdp } from "./sdp.ts";
import { SrtpDirection } from "./srtp.ts";
import { isStun, readBindingRequest, writeBindingSuccess } from "./stun.ts";

/** Attack: checks from many addresses to grow the list (they need the password for that). A laptop has a few interfaces. */
const MAX_ADDRESSES = 16;
/**
 * A page that hangs up closes its connection beside its BYE, which takes another way (a WebSocket) and may come later. Whose will the end
 * was stands in the BYE alone, so it is waited for; a page that was just closed sends none.
 */
const BYE_WITHIN_MS = 2_000;

interface Credentials {
  ufrag: string;
  password: string;
  mac: HmacSha1;
}

export class WebRtcLink implements Link {
  #socket: UdpSocket;
  #chance: Chance;
  #handlers: LinkHandlers;
  #fingerprint: string;
  #dtls: DtlsSession;
  /** The newest last; after an ICE restart the one before still counts for checks in flight. */
  #credentials: Credentials[];
  #remote: { ufrag: string; fingerprint: string } | null = null;
  #checked = new Set<string>();
  #address = "";
  #port = 0;
  #keys: { keys: SrtpKeys; fingerprint: string } | null = null;
  #inbound: SrtpDirection | null = null;
  #outbound: SrtpDirection | null = null;
  #closed = false;
  #cancelByeTimer: () => void = () => {};

  constructor(socket: UdpSocket, dtls: DtlsPort, clock: Clock, chance: Chance, handlers: LinkHandlers) {
    this.#socket = socket;
    this.#chance = chance;
    this.#handlers = handlers;
    this.#fingerprint = dtls.fingerprint;
    this.#credentials = [this.#newCredentials()];
    this.#dtls = dtls.open({
      send: (bytes) => {
        if (this.#port !== 0) this.#socket.send(bytes, this.#port, this.#address);
      },
      connected: (keys, fingerprint) => {
        this.#keys = { keys, fingerprint };
        this.#complete();
      },
      failed: (why) => {
        if (!this.#closed) this.#handlers.failed(`DTLS: ${why}`);
      },
      closed: () => {
        this.#cancelByeTimer = clock.after(BYE_WITHIN_MS, () => this.#handlers.failed("DTLS closed by the peer"));
      },
    });
  }

  #newCredentials(): Credentials {
    const password = newSecret(24, this.#chance);
    return { ufrag: newSecret(8, this.#chance), password, mac: new HmacSha1(new TextEncoder().encode(password)) };
  }

  /** What our side of the SDP says. */
  get local(): { ufrag: string; password: string; fingerprint: string } {
    const { ufrag, password } = this.#credentials.at(-1)!;
    return { ufrag, password, fingerprint: this.#fingerprint };
  }

  get ready(): boolean {
    return this.#outbound !== null;
  }

  /** `local` for answering `offerSdp`: an offer with a new ufrag restarts ICE, and we must answer with new credentials. */
  localFor(offerSdp: string, local: LocalDescription): LocalDescription {
    const parsed = parseSdp(offerSdp);
    const audio = parsed.ok ? parsed.sdp.media.find((m) => m.kind === "audio" && m.port !== 0) : undefined;
    const ufrag = parsed.ok && audio ? attribute(parsed.sdp, audio, "ice-ufrag") : null;
    if (this.#remote && ufrag !== null && ufrag !== this.#remote.ufrag) {
      this.#credentials = [this.#credentials.at(-1)!, this.#newCredentials()];
    }
    return { ...local, webrtc: this.local };
  }

  agreed(agreement: LinkAgreement): { ok: true } | { ok: false; status: number; why: string } {
    const remote = agreement.webrtc;
    if (!remote) return { ok: false, status: 488, why: "no WebRTC in the description" };
    if (this.#remote && this.#remote.fingerprint !== remote.fingerprint) {
      return { ok: false, status: 488, why: "another DTLS certificate: a new endpoint is needed" };
    }
    this.#remote = { ufrag: remote.ufrag, fingerprint: remote.fingerprint };
    this.#complete();
    return { ok: true };
  }

  /** Media may flow when the handshake is done and the certificate is the one that signalling named; the order of the two is open. */
  #complete(): void {
    if (!this.#keys || !this.#remote || this.#outbound || this.#closed) return;
    const { keys, fingerprint } = this.#keys;
    if (fingerprint !== this.#remote.fingerprint) {
      this.#handlers.failed("DTLS certificate does not match the fingerprint in the SDP");
      return;
    }
    this.#inbound = new SrtpDirection(keys.remoteKey, keys.remoteSalt);
    this.#outbound = new SrtpDirection(keys.localKey, keys.localSalt);
    this.#handlers.ready();
  }

  receive(bytes: Uint8Array, port: number, address: string): void {
    const first = bytes[0];
    if (first === undefined) return;
    // RFC 7983 demultiplexing.
    if (first < 4) {
      if (isStun(bytes)) this.#check(bytes, port, address);
      return;
    }
    if (port !== this.#port || address !== this.#address) {
      if (!this.#checked.has(`${address} ${port}`)) return;
    }
    if (first >= 20 && first <= 63) {
      this.#dtls.receive(bytes);
    } else if (first >= 128 && first <= 191 && this.#inbound) {
      const rtcp = isRtcp(bytes);
      const end = rtcp ? this.#inbound.unprotectRtcp(bytes, bytes.length) : this.#inbound.unprotect(bytes, bytes.length);
      if (end < 0) return;
      if (rtcp) this.#handlers.rtcp(bytes, end);
      else this.#handlers.rtp(bytes, end);
    }
  }

  #check(bytes: Uint8Array, port: number, address: string): void {
    for (const { ufrag, mac } of this.#credentials) {
      const request = readBindingRequest(bytes, ufrag, mac);
      if (!request) continue;
      const key = `${address} ${port}`;
      if (!this.#checked.has(key)) {
        if (this.#checked.size >= MAX_ADDRESSES) return;
        this.#checked.add(key);
      }
      this.#socket.send(writeBindingSuccess(request.transaction, address, port, mac), port, address);
      // The controlling side chooses by USE-CANDIDATE; until it does, the first checked way serves the handshake.
      if (request.useCandidate || this.#port === 0) {
        this.#port = port;
        this.#address = address;
      }
      return;
    }
  }

  sendRtp(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#outbound) return false;
    let packet = bytes;
    let from = start;
    let to = end;
    if (bytes.length < end + 14) {
      // A relayed packet sits in its datagram without room behind: take a larger one.
      packet = Buffer.allocUnsafe(end - start + 14);
      packet.set(bytes.subarray(start, end));
      from = 0;
      to = end - start;
    }
    const protectedEnd = this.#outbound.protect(packet, from, to);
    if (protectedEnd < 0) return false;
    this.#socket.send(packet.subarray(from, protectedEnd), this.#port, this.#address);
    return true;
  }

  sendRtcp(bytes: Uint8Array): void {
    if (this.#outbound) this.#socket.send(this.#outbound.protectRtcp(bytes), this.#port, this.#address);
  }

  close(): void {
    this.#closed = true;
    this.#cancelByeTimer();
    this.#dtls.close();
    this.#socket.close();
  }
}
