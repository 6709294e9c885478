/**
 * Our outgoing stream: one SSRC, one unbroken line of sequence numbers and timestamps for the life of an endpoint, whatever
 * feeds it (a prompt, silence, a relayed peer, a mix). A receiver never sees the change but for the marker bit.
 */
import type { RtpPacket } from "./packet.ts";

/** A relayed sender that jumps further than this in sequence has restarted: joined on afresh. */
const MAX_JUMP = 3000;

/** A source of our own that was silent for so long is joined on again, so that timestamps keep to the clock. */
const STALL_MS = 250;

export interface Stamp {
  sequence: number;
  timestamp: number;
  marker: boolean;
}

export class SendTrack {
  readonly ssrc: number;
  sent = 0;
  octets = 0;
  /** The last timestamp given out and when: what an RTCP sender report needs. */
  lastTimestamp: number;
  lastAtMs = -1;
  #highest: number;
  #source: unknown = null;
  #sourceSsrc = -1;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #relayHighest = 0;
  #joinedAt = 0;
  #sinceJoin = 0;

  constructor(ssrc: number, firstSequence: number, firstTimestamp: number) {
    this.ssrc = ssrc;
    this.#highest = (firstSequence - 1) & 0xffff;
    this.lastTimestamp = firstTimestamp;
  }

  /** Stamp for a frame we make ourselves, `samples` after the one before; `source` tells prompts, silence and mixes apart. */
  frame(source: unknown, samples: number, nowMs: number): Stamp {
    const marker = source !== this.#source || nowMs - this.lastAtMs > STALL_MS;
    const timestamp = marker || this.lastAtMs < 0 ? this.#joinAt(nowMs, samples) : (this.lastTimestamp + samples) >>> 0;
    this.#source = source;
    this.#highest = (this.#highest + 1) & 0xffff;
    this.#note(timestamp, nowMs);
    return { sequence: this.#highest, timestamp, marker };
  }

  /**
   * Stamp for a packet of another endpoint: order, gaps and spacing stay as they came, so the receiver sees the true loss.
   * Null for a straggler from before we joined this source: its number was given to another packet already.
   */
  relay(source: unknown, packet: RtpPacket, nowMs: number): Stamp | null {
    let marker = packet.marker;
    const jump = (packet.sequence - this.#relayHighest) & 0xffff;
    const joins = source !== this.#source || packet.ssrc !== this.#sourceSsrc || (jump > MAX_JUMP && jump < 65536 - MAX_JUMP);
    if (joins) {
      this.#source = source;
      this.#sourceSsrc = packet.ssrc;
      this.#sequenceOffset = (this.#highest + 1 - packet.sequence) & 0xffff;
      this.#timestampOffset = (this.#joinAt(nowMs, 160) - packet.timestamp) >>> 0;
      this.#relayHighest = packet.sequence;
      this.#joinedAt = packet.sequence;
      this.#sinceJoin = 0;
      marker = true;
    } else {
      if (jump < 0x8000) this.#relayHighest = packet.sequence;
      if (this.#sinceJoin < MAX_JUMP && ((packet.sequence - this.#joinedAt) & 0xffff) >= 0x8000) return null;
    }
    this.#sinceJoin++;
    const sequence = (packet.sequence + this.#sequenceOffset) & 0xffff;
    const timestamp = (packet.timestamp + this.#timestampOffset) >>> 0;
    if (((sequence - this.#highest) & 0xffff) < 0x8000) this.#highest = sequence;
    this.#note(timestamp, nowMs);
    return { sequence, timestamp, marker };
  }

  /** A packet of the relayed source that is not passed on: close the gap so that it does not look lost. */
  skipRelayed(source: unknown, packet: RtpPacket): void {
    if (source === this.#source && packet.ssrc === this.#sourceSsrc) this.#sequenceOffset = (this.#sequenceOffset - 1) & 0xffff;
  }

  #joinAt(nowMs: number, samples: number): number {
    if (this.lastAtMs < 0) return this.lastTimestamp;
    return (this.lastTimestamp + Math.max(samples, Math.round((nowMs - this.lastAtMs) * 8))) >>> 0;
  }

  #note(timestamp: number, nowMs: number): void {
    this.sent++;
    this.lastTimestamp = timestamp;
    this.lastAtMs = nowMs;
  }
}
