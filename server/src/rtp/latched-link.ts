/**
 * RTP without ICE, plain or with keys from the SDP: symmetric latching (RFC 4961). The peer is where its first valid packet came from;
 * from then on only that address is heard and answered. A third address never gets in (the "RTP bleed" attack):
 * - first packets count only from where signalling came from or said (when that is known), or when their keys prove them;
 * - the signalled address may take its place back from whoever was faster, for a short while;
 * - a peer whose NAT changed its port is followed, when it was silent, on the same address and in the same stream of packets;
 * - with keys, whoever proves them after a silence is the peer, wherever it went.
 */
import type { Clock } from "../base/clock.ts";
import type { Link, LinkHandlers } from "./link.ts";
import type { UdpSocket } from "./media-ports.ts";
import type { LinkAgreement } from "./negotiate.ts";
import { isRtcp, readU32, rtpPayloadStart } from "./packet.ts";
import { transformOf, type CryptoLine, type Sdes } from "./sdes.ts";
import type { SrtpTransform } from "./srtp.ts";

/** How long after latching the signalled address may still correct it. */
const CORRECTION_MS = 2000;
/** A peer that was heard this recently has not moved. Attack: a forged packet of its stream would turn its sound away. */
const SILENCE_MS = 500;
/** How far its sequence may have gone on meanwhile: a minute of packets. Attack: guessing the sequence number of a silent peer. */
const MAX_GAP = 3000;
/**
 * Packets to a stranger who was never heard: three seconds, which open a NAT and begin a greeting. Attack: an INVITE that names somebody
 * else's address in its SDP (and forges it too), and our greeting becomes a stream of packets to them.
 */
const UNHEARD_PACKETS = 150;

interface Key {
  line: CryptoLine;
  transform: SrtpTransform;
}

export interface LatchedOptions {
  socket: UdpSocket;
  clock: Clock;
  handlers: LinkHandlers;
  /** With keys from the SDP: without them nothing is heard or said. */
  secure: boolean;
  /** Address that signalling comes from; null = not known, and then the first address that sends is believed. */
  peer: string | null;
  /** Nobody knows who it is. */
  stranger: boolean;
}

export class LatchedLink implements Link {
  readonly #socket: UdpSocket;
  readonly #clock: Clock;
  readonly #handlers: LinkHandlers;
  readonly #secure: boolean;
  readonly #peer: string | null;
  /** What may still be sent to an address that was never heard. */
  #unheardLeft: number;
  #signalled: { address: string; port: number } | null = null;
  #agreement: LinkAgreement | null = null;
  #address = "";
  #port = 0;
  #latchedAtMs = -1;
  /** The peer's last packet: when, and its place in which stream. */
  #heardAtMs = -1;
  #ssrc = -1;
  #sequence = 0;
  #ready = false;
  #inbound: Key | null = null;
  #outbound: Key | null = null;
  /** Every key of ours that was in force: one that comes back must not begin its indexes anew (RFC 3711 section 9.1, two-time pads). */
  readonly #used: Key[] = [];
  #rtcpSocket: UdpSocket | null = null;
  /** Where the peer's own reports came from, on the socket for them. */
  #rtcpPort = 0;
  /** Datagrams from addresses that are not the peer's: an attack, or a peer behind a changing NAT. */
  strangers = 0;
  /** Datagrams that keys did not prove. */
  forged = 0;

  constructor(options: LatchedOptions) {
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#handlers = options.handlers;
    this.#secure = options.secure;
    this.#peer = options.peer;
    this.#unheardLeft = options.stranger ? UNHEARD_PACKETS : Infinity;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** The peer wants its reports on a port of their own, and there is no socket for them yet. */
  get wantsRtcpSocket(): boolean {
    return this.#agreement !== null && !this.#agreement.rtcpMux && this.#rtcpSocket === null;
  }

  agreed(agreement: LinkAgreement): { ok: true } | { ok: false; status: number; why: string } {
    if (this.#secure) {
      if (!agreement.sdes) return { ok: false, status: 488, why: "no SRTP keys in the description" };
      this.#setKeys(agreement.sdes);
    }
    const moved = agreement.remote?.address !== this.#signalled?.address || agreement.remote?.port !== this.#signalled?.port;
    this.#agreement = agreement;
    // A hold as in RFC 2543 (0.0.0.0) says nothing new about where the peer is.
    if (moved && agreement.remote) {
      this.#signalled = agreement.remote;
      this.#latchedAtMs = -1;
      this.#address = agreement.remote.address;
      this.#port = agreement.remote.port;
    }
    if (!this.#ready) {
      this.#ready = true;
      this.#handlers.ready();
    }
    return { ok: true };
  }

  /** RFC 4568 section 7.1.4: a new key begins anew; the same one goes on, with its rollover counter. */
  #setKeys({ inbound, outbound }: Sdes): void {
    this.#inbound = keyFor(this.#inbound, inbound);
    const used = this.#used.find(({ line }) => line.suite === outbound.suite && line.inline === outbound.inline);
    this.#outbound = used ?? keyFor(null, outbound);
    if (!used) this.#used.push(this.#outbound);
  }

  receive(bytes: Uint8Array, port: number, address: string): void {
    if (!this.#agreement) return;
    const rtcp = isRtcp(bytes);
    if (!rtcp && rtpPayloadStart(bytes, bytes.length) < 0) return;
    const known = this.#latchedAtMs >= 0 && port === this.#port && address === this.#address;
    if (!known && (rtcp || !this.#mayLatch(bytes, port, address))) {
      if (!rtcp) this.strangers++;
      return;
    }
    const end = this.#open(bytes, rtcp);
    if (end < 0) return;
    if (!known) this.#latch(port, address);
    if (rtcp) return this.#handlers.rtcp(bytes, end);
    this.#heardAtMs = this.#clock.now();
    this.#ssrc = readU32(bytes, 8);
    this.#sequence = (bytes[2]! << 8) | bytes[3]!;
    this.#handlers.rtp(bytes, end);
  }

  /** Decrypted in place; -1 when it is not the peer's. */
  #open(bytes: Uint8Array, rtcp: boolean): number {
    if (!this.#secure) return bytes.length;
    const transform = this.#inbound?.transform;
    const end = !transform ? -1 : rtcp ? transform.unprotectRtcp(bytes, bytes.length) : transform.unprotect(bytes, bytes.length);
    if (end < 0) this.forged++;
    return end;
  }

  #mayLatch(bytes: Uint8Array, port: number, address: string): boolean {
    const signalled = this.#signalled;
    if (this.#latchedAtMs < 0) return this.#secure || this.#peer === null || address === this.#peer || address === signalled?.address;
    const now = this.#clock.now();
    if (address === signalled?.address && port === signalled.port && now - this.#latchedAtMs <= CORRECTION_MS) return true;
    if (now - this.#heardAtMs < SILENCE_MS) return false;
    if (this.#secure) return true;
    const ahead = (((bytes[2]! << 8) | bytes[3]!) - this.#sequence) & 0xffff;
    return address === this.#address && readU32(bytes, 8) === this.#ssrc && ahead > 0 && ahead <= MAX_GAP;
  }

  #latch(port: number, address: string): void {
    this.#port = port;
    this.#address = address;
    this.#latchedAtMs = this.#clock.now();
  }

  sendRtp(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#port === 0 || (this.#latchedAtMs < 0 && this.#unheardLeft-- <= 0)) return false;
    if (this.#secure) return this.#sendSealed(bytes, start, end);
    // The usual packet fills its array: a view less to make.
    const whole = start === 0 && end === bytes.length;
    this.#socket.send(whole ? bytes : bytes.subarray(start, end), this.#port, this.#address);
    return true;
  }

  #sendSealed(bytes: Uint8Array, start: number, end: number): boolean {
    const transform = this.#outbound?.transform;
    if (!transform) return false;
    let packet = bytes;
    let from = start;
    let to = end;
    if (bytes.length < end + transform.tailBytes) {
      // A relayed packet sits in its datagram without room behind: take a larger one.
      packet = Buffer.allocUnsafe(end - start + transform.tailBytes);
      packet.set(bytes.subarray(start, end));
      from = 0;
      to = end - start;
    }
    const sealedEnd = transform.protect(packet, from, to);
    if (sealedEnd < 0) return false;
    this.#socket.send(packet.subarray(from, sealedEnd), this.#port, this.#address);
    return true;
  }

  sendRtcp(bytes: Uint8Array): void {
    const agreement = this.#agreement;
    if (!agreement || this.#port === 0) return;
    const sealed = this.#secure ? this.#outbound?.transform.protectRtcp(bytes) : bytes;
    if (!sealed) return;
    if (agreement.rtcpMux) return this.#socket.send(sealed, this.#port, this.#address);
    const socket = this.#rtcpSocket ?? this.#socket;
    if (this.#rtcpPort !== 0) return socket.send(sealed, this.#rtcpPort, this.#address);
    // Behind a NAT the RTCP port cannot be guessed: only a peer that is where it said, or whose reports came, gets reports.
    if (this.#address === this.#signalled?.address && this.#port === this.#signalled.port && agreement.rtcpPort <= 65535) {
      socket.send(sealed, agreement.rtcpPort, this.#address);
    }
  }

  /** A socket for reports, one port above (RFC 3550 section 11), for a peer that does not mix them with its media (RFC 5761). */
  useRtcpSocket(socket: UdpSocket): void {
    this.#rtcpSocket = socket;
  }

  /** A datagram on that socket: believed from where the media comes. */
  receiveRtcp(bytes: Uint8Array, port: number, address: string): void {
    if (!this.#agreement || this.#agreement.rtcpMux || !isRtcp(bytes) || address !== this.#address) return;
    const end = this.#open(bytes, true);
    if (end < 0) return;
    this.#rtcpPort = port;
    this.#handlers.rtcp(bytes, end);
  }

  close(): void {
    this.#socket.close();
    this.#rtcpSocket?.close();
  }
}

function keyFor(kept: Key | null, line: CryptoLine): Key {
  return kept?.line.suite === line.suite && kept.line.inline === line.inline ? kept : { line, transform: transformOf(line) };
}
