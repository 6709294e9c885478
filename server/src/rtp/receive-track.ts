/** What arrives from one sender: duplicates out, loss and jitter counted (RFC 3550 appendix A.1, A.3, A.8). */
import type { RtpPacket } from "./packet.ts";

/** Duplicates are recognised this far back; a reordered packet older than that is taken for a duplicate. */
const WINDOW = 128;
/** RFC 3550 A.1: a jump of more than this is a restarted sender. */
const MAX_DROPOUT = 3000;

export class ReceiveTrack {
  ssrc = -1;
  /** Every packet taken since the endpoint opened, over all senders. */
  received = 0;
  #lostBefore = 0;
  #base = 0;
  #cycles = 0;
  #highest = 0;
  #receivedOfSender = 0;
  #jitter = 0;
  #transit = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #seen = new Int32Array(WINDOW).fill(-1);

  /** False: a duplicate (or older than the window), to be dropped. Timestamps run at 8 kHz. */
  take(packet: RtpPacket, nowMs: number): boolean {
    const { sequence, timestamp, ssrc } = packet;
    const arrival = Math.round(nowMs * 8);
    if (ssrc !== this.ssrc || this.#receivedOfSender === 0) {
      this.#restart(ssrc, sequence, timestamp, arrival);
    } else {
      const ahead = (sequence - this.#highest) & 0xffff;
      if (ahead === 0) return false;
      if (ahead < MAX_DROPOUT) {
        if (sequence < this.#highest) this.#cycles += 65536;
        this.#highest = sequence;
      } else if (ahead < 65536 - WINDOW) {
        this.#restart(ssrc, sequence, timestamp, arrival);
      } else if (this.#seen[sequence % WINDOW] === sequence) {
        return false;
      }
      const transit = (arrival - timestamp) | 0;
      const change = Math.abs((transit - this.#transit) | 0);
      this.#transit = transit;
      this.#jitter += (change - this.#jitter) / 16;
    }
    this.#seen[sequence % WINDOW] = sequence;
    this.received++;
    this.#receivedOfSender++;
    return true;
  }

  #restart(ssrc: number, sequence: number, timestamp: number, arrival: number): void {
    this.#lostBefore = this.lost;
    this.ssrc = ssrc;
    this.#base = sequence;
    this.#cycles = 0;
    this.#highest = sequence;
    this.#receivedOfSender = 0;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
    this.#transit = (arrival - timestamp) | 0;
    this.#seen.fill(-1);
  }

  get #expected(): number {
    return this.#receivedOfSender === 0 ? 0 : this.#cycles + this.#highest - this.#base + 1;
  }

  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#receivedOfSender);
  }

  get jitterMs(): number {
    return this.#jitter / 8;
  }

  /** Figures of one RTCP report block; the loss share covers the time since the last call. */
  report(): { fractionLost: number; cumulativeLost: number; highestSequence: number; jitter: number } {
    const expected = this.#expected - this.#expectedPrior;
    const received = this.#receivedOfSender - this.#receivedPrior;
    this.#expectedPrior = this.#expected;
    this.#receivedPrior = this.#receivedOfSender;
    const lost = Math.max(0, expected - received);
    return {
      fractionLost: expected > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0,
      cumulativeLost: Math.min(0x7fffff, Math.max(0, this.#expected - this.#receivedOfSender)),
      highestSequence: (this.#cycles + this.#highest) >>> 0,
      jitter: Math.round(this.#jitter),
    };
  }
}
