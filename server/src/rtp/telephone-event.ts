/** Key presses as RTP events (RFC 4733): many packets of one timestamp are one press. */

const DIGITS = "0123456789*#ABCD";

/** The key of an event payload, or null for events that are not keys (flash, fax tones) and short payloads. */
export function eventDigit(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start < 4) return null;
  return DIGITS[bytes[start]!] ?? null;
}

/**
 * Tells a new press from its repeats. A press is told at the first packet seen of it, be it the start, the middle or one of
 * the three ends, so that a lost packet loses no key.
 */
export class EventReceiver {
  #timestamp = -1;
  #ssrc = -1;

  /** The key newly pressed, or null for a repeat, a straggler of an older press or an event that is no key. */
  take(bytes: Uint8Array, start: number, end: number, timestamp: number, ssrc: number): string | null {
    const digit = eventDigit(bytes, start, end);
    if (digit === null) return null;
    if (ssrc === this.#ssrc && this.#timestamp >= 0) {
      const ahead = (timestamp - this.#timestamp) | 0;
      if (ahead <= 0) return null;
    }
    this.#timestamp = timestamp;
    this.#ssrc = ssrc;
    return digit;
  }
}

/** The 4 octets of an event: `durationSamples` so far, at 8 kHz. */
export function writeEvent(digit: string, ended: boolean, durationSamples: number): Uint8Array {
  const code = DIGITS.indexOf(digit);
  return Uint8Array.of(code, (ended ? 0x80 : 0) | 10, durationSamples >> 8, durationSamples & 0xff);
}
