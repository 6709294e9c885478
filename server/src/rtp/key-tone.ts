/** Speaks a key as its two tones, for a peer that has no telephone-event: an RFC 4733 press becomes sound of the same length. */
import { EventReceiver, eventDigit } from "./telephone-event.ts";

const ROWS = ["123A", "456B", "789C", "*0#D"];
const LOW_HZ = [697, 770, 852, 941];
const HIGH_HZ = [1209, 1336, 1477, 1633];
const FRAME = 160;
/** -9 dBFS a tone: within what every receiver takes. */
const LEVEL = 0.25 * 32767;
/** Attack: one event that claims eight seconds. Frames made for one packet: what a lost packet or two leaves behind. */
const MAX_FRAMES_A_PACKET = 3;

export class KeyTone {
  #events = new EventReceiver();
  #made = 0;
  #low = 0;
  #high = 0;
  #timestamp = -1;

  /** Frames that `out` is to be filled with and sent for this event packet: call `draw` so many times. */
  due(bytes: Uint8Array, start: number, end: number, timestamp: number, ssrc: number): number {
    const fresh = this.#events.take(bytes, start, end, timestamp, ssrc);
    if (fresh !== null) {
      const row = ROWS.findIndex((keys) => keys.includes(fresh));
      this.#low = (2 * Math.PI * LOW_HZ[row]!) / 8000;
      this.#high = (2 * Math.PI * HIGH_HZ[ROWS[row]!.indexOf(fresh)]!) / 8000;
      this.#made = 0;
      this.#timestamp = timestamp;
    } else if (timestamp !== this.#timestamp || eventDigit(bytes, start, end) === null) return 0;
    const duration = (bytes[start + 2]! << 8) | bytes[start + 3]!;
    return Math.min(MAX_FRAMES_A_PACKET, Math.max(0, Math.ceil(duration / FRAME) - this.#made / FRAME));
  }

  draw(out: Int16Array): void {
    for (let i = 0; i < FRAME; i++, this.#made++) {
      out[i] = Math.round(LEVEL * (Math.sin(this.#low * this.#made) + Math.sin(this.#high * this.#made)));
    }
  }
}
