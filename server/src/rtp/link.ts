/** The way between one endpoint and its peer: RTP with a latched address (plain, or with keys from the SDP), or DTLS-SRTP behind ICE. */
import type { LinkAgreement } from "./negotiate.ts";

export interface LinkHandlers {
  /** A packet from the rightful peer, decrypted where needed; `bytes` may be overwritten by the hearer. */
  rtp(bytes: Uint8Array, end: number): void;
  rtcp(bytes: Uint8Array, end: number): void;
  /** The link can send and receive. Told once. */
  ready(): void;
  failed(why: string): void;
}

export interface Link {
  readonly ready: boolean;
  /** A datagram from the socket. */
  receive(bytes: Uint8Array, port: number, address: string): void;
  /** Takes over a finished offer/answer round; a refusal is a value. */
  agreed(agreement: LinkAgreement): { ok: true } | { ok: false; status: number; why: string };
  /** Sends the RTP packet at `bytes[start, end)`, which may be overwritten. False when nobody is there yet. */
  sendRtp(bytes: Uint8Array, start: number, end: number): boolean;
  sendRtcp(bytes: Uint8Array): void;
  close(): void;
}
