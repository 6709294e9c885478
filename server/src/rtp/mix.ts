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
  /** The same seats as a list: the beat walks it many times a second. */
  #row: Seat[] = [];
  #members: Endpoint[] = [];
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
    this.#line();
  }

  unseat(id: string): void {
    const seat = this.#seats.get(id);
    if (seat) seat.endpoint.mixBuffer = null;
    this.#seats.delete(id);
    this.#line();
  }

  /** New lists at every change, so that who walks an old one may change the seats meanwhile. */
  #line(): void {
    this.#row = [...this.#seats.values()];
    this.#members = this.#row.map((seat) => seat.endpoint);
  }

  members(): readonly Endpoint[] {
    return this.#members;
  }

  /** One frame to every member that is not played something else; `now` stamps it. */
  tick(now: number): void {
    const row = this.#row;
    for (let i = 0; i < row.length; i++) row[i]!.speaks = row[i]!.buffer.draw(row[i]!.frame);
    for (let i = 0; i < row.length; i++) {
      const seat = row[i]!;
      let voices = 0;
      let only: Int16Array = this.#silence;
      const sum = this.#sum;
      for (let j = 0; j < row.length; j++) {
        const other = row[j]!;
        if (other === seat || !other.speaks || (seat.hears && !seat.hears.has(other.endpoint.id))) continue;
        const { frame } = other;
        if (voices === 0) only = frame;
        else if (voices === 1) for (let k = 0; k < FRAME_SAMPLES; k++) sum[k] = only[k]! + frame[k]!;
        else for (let k = 0; k < FRAME_SAMPLES; k++) sum[k]! += frame[k]!;
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
