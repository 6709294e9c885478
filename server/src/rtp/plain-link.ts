/**
 * Plain RTP with symmetric latching (RFC 4961): the peer is where its first valid packet came from; from then on only that
 * address is heard and answered. A third address never gets in (the "RTP bleed" attack), with one exception: for a short
 * while the signalled address may take its place back from whoever was faster.
 */
import type { Clock } from "../base/clock.ts";
import type { Link, LinkHandlers } from "./link.ts";
import type { UdpSocket } from "./media-ports.ts";
import type { Agreement } from "./negotiate.ts";
import { isRtcp, rtpPayloadStart } from "./packet.ts";

/** How long after latching the signalled address may still correct it. */
const CORRECTION_MS = 2000;

export class PlainLink implements Link {
  #socket: UdpSocket;
  #clock: Clock;
  #handlers: LinkHandlers;
  #signalled: { address: string; port: number } | null = null;
  #agreement: Agreement | null = null;
  #address = "";
  #port = 0;
  #latchedAtMs = -1;
  #ready = false;
  /** Datagrams from addresses that are not the peer's: an attack, or a peer behind a changing NAT. */
  strangers = 0;

  constructor(socket: UdpSocket, clock: Clock, handlers: LinkHandlers) {
    this.#socket = socket;
    this.#clock = clock;
    this.#handlers = handlers;
  }

  get ready(): boolean {
    return this.#ready;
  }

  agreed(agreement: Agreement): { ok: true } {
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

  receive(bytes: Uint8Array, port: number, address: string): void {
    if (!this.#agreement) return;
    const rtcp = isRtcp(bytes);
    if (!rtcp && rtpPayloadStart(bytes, bytes.length) < 0) return;
    if (this.#latchedAtMs < 0) {
      if (rtcp) return;
      this.#latch(port, address);
    } else if (port !== this.#port || address !== this.#address) {
      const rightful = address === this.#signalled?.address && port === this.#signalled.port;
      if (rtcp || !rightful || this.#clock.now() - this.#latchedAtMs > CORRECTION_MS) {
        if (!rtcp) this.strangers++;
        return;
      }
      this.#latch(port, address);
    }
    if (rtcp) this.#handlers.rtcp(bytes, bytes.length);
    else this.#handlers.rtp(bytes, bytes.length);
  }

  #latch(port: number, address: string): void {
    this.#port = port;
    this.#address = address;
    this.#latchedAtMs = this.#clock.now();
  }

  sendRtp(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#port === 0) return false;
    // The usual packet fills its array: a view less to make.
    const whole = start === 0 && end === bytes.length;
    this.#socket.send(whole ? bytes : bytes.subarray(start, end), this.#port, this.#address);
    return true;
  }

  sendRtcp(bytes: Uint8Array): void {
    const agreement = this.#agreement;
    if (!agreement || this.#port === 0) return;
    if (agreement.rtcpMux) this.#socket.send(bytes, this.#port, this.#address);
    // Behind a NAT the RTCP port cannot be guessed: only a peer that is where it said gets reports.
    else if (this.#address === this.#signalled?.address && this.#port === this.#signalled.port && agreement.rtcpPort <= 65535) {
      this.#socket.send(bytes, agreement.rtcpPort, this.#address);
    }
  }

  close(): void {
    this.#socket.close();
  }
}
