/** A mix: every member hears those that it may hear, never itself (mix-minus). Conferences, listen-in, whisper and barge are who hears whom. */
import type { Endpoint } from "./endpoint.ts";
import { FRAME_SAMPLES } from "./endpoint.ts";
import { JitterBuffer } from "./jitter-buffer.ts";

export interface MixMember {
  id: string;
  /** Whom it hears; absent: all others. */
  hears?: readonly string[];
}

interface Seat {
  endpoint: Endpoint;
  buffer: JitterBuffer;
  frame: Int16Array;
  speaks: boolean;
  hears: ReadonlySet<string> | null;
}

export class Mix {
  readonly id: string;
  #seats = new Map<string, Seat>();
  #sum = new Int32Array(FRAME_SAMPLES);
  #out = new Int16Array(FRAME_SAMPLES);
  #silence = new Int16Array(FRAME_SAMPLES);

  constructor(id: string) {
    this.id = id;
  }

  get size(): number {
    return this.#seats.size;
  }

  seat(endpoint: Endpoint, hears: readonly string[] | undefined): void {
    const seated = this.#seats.get(endpoint.id);
    const buffer = seated?.buffer ?? new JitterBuffer();
    this.#seats.set(endpoint.id, { endpoint, buffer, frame: seated?.frame ?? new Int16Array(FRAME_SAMPLES), speaks: false, hears: hears ? new Set(hears) : null });
    endpoint.mixBuffer = buffer;
  }

  unseat(id: string): void {
    const seat = this.#seats.get(id);
    if (seat) seat.endpoint.mixBuffer = null;
    this.#seats.delete(id);
  }

  members(): Endpoint[] {
    return [...this.#seats.values()].map((seat) => seat.endpoint);
  }

  /** One frame to every member that is not played something else; `now` stamps it. */
  tick(now: number): void {
    for (const seat of this.#seats.values()) seat.speaks = seat.buffer.draw(seat.frame);
    for (const seat of this.#seats.values()) {
      let voices = 0;
      let only: Int16Array = this.#silence;
      const sum = this.#sum;
      for (const other of this.#seats.values()) {
        if (other === seat || !other.speaks || (seat.hears && !seat.hears.has(other.endpoint.id))) continue;
        const { frame } = other;
        if (voices === 0) only = frame;
        else if (voices === 1) for (let i = 0; i < FRAME_SAMPLES; i++) sum[i] = only[i]! + frame[i]!;
        else for (let i = 0; i < FRAME_SAMPLES; i++) sum[i]! += frame[i]!;
        voices++;
      }
      seat.endpoint.sendMixed(voices < 2 ? only : this.#clipped(), now);
    }
  }

  #clipped(): Int16Array {
    const sum = this.#sum;
    const out = this.#out;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const value = sum[i]!;
      out[i] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
    }
    return out;
  }
}
