/**
 * One recording: what two sides say, on one time line, to a stereo and a mixed WAV that are playable at any moment. Samples are
 * laid into a ring by RTP timestamp and written a second or so behind, so reordered packets find their place and silence
 * keeps its length. Memory is the two rings, whatever the length of the call.
 */
import type { GrowingFile } from "./media-ports.ts";
import { wavHeader, WAV_HEADER_BYTES } from "./wav.ts";

const CAPACITY = 16384; // 2 s
const MASK = CAPACITY - 1;
/** Written this far behind the present, for stragglers. */
const MARGIN = 3200; // 400 ms
const HEADER_EVERY = 16000; // the header falls behind the data by 2 s at most
const MAX_EARLY = 4000;
/** This many late packets in a row mean that the sender's clock lies behind ours: joined on again. */
const LATE_TO_REJOIN = 5;
/** Attack (or a dying disk): writes that queue without end. Beyond it samples are dropped; silence takes their place later. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;
const SILENCE_CHUNK = 16000;

interface Side {
  ring: Int16Array;
  ssrc: number;
  /** Position on the time line = timestamp - origin, unwrapped. */
  lastTimestamp: number;
  lastAt: number;
  late: number;
}

const newSide = (): Side => ({ ring: new Int16Array(CAPACITY), ssrc: -1, lastTimestamp: 0, lastAt: 0, late: 0 });

export class Recorder {
  readonly id: string;
  readonly path: string;
  #stereo: GrowingFile;
  #mixed: GrowingFile;
  #startedMs: number;
  #sides: [Side, Side] = [newSide(), newSide()];
  #writtenTo = 0;
  #headerAt = 0;
  #paused = false;
  #owedSilence = 0;
  /** Samples that were dropped because the disk could not follow; silence stands in their place. */
  droppedSamples = 0;

  constructor(id: string, path: string, stereo: GrowingFile, mixed: GrowingFile, nowMs: number) {
    this.id = id;
    this.path = path;
    this.#stereo = stereo;
    this.#mixed = mixed;
    this.#startedMs = nowMs;
    stereo.append(wavHeader(2, 8000, 0));
    mixed.append(wavHeader(1, 8000, 0));
  }

  get durationMs(): number {
    return this.#writtenTo / 8;
  }

  /** Size of the stereo file. */
  get bytes(): number {
    return WAV_HEADER_BYTES + this.#writtenTo * 4;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
  }

  /** Lays down octets of G.711 heard from a side (0 left, 1 right), decoded by `table`. */
  hear(side: 0 | 1, ssrc: number, timestamp: number, octets: Uint8Array, start: number, end: number, table: Int16Array, nowMs: number): void {
    if (this.#paused) return;
    const place = this.#place(this.#sides[side], ssrc, timestamp, nowMs);
    if (place < 0) return;
    const { ring } = this.#sides[side];
    const count = Math.min(end - start, MAX_EARLY);
    if (place + count > this.#writtenTo + CAPACITY) this.#writeUpTo(place + count - CAPACITY); // we stalled: make room
    const skip = Math.max(0, this.#writtenTo - place);
    if (skip >= count) return;
    // Up to the ring's end, then from its start: no wrap in the inner loop.
    const at = (place + skip) & MASK;
    const first = Math.min(count - skip, CAPACITY - at);
    decodeRun(ring, at, octets, start + skip, first, table);
    if (first < count - skip) decodeRun(ring, 0, octets, start + skip + first, count - skip - first, table);
  }

  /** Position on the time line, or -1 when it is too late to be written. */
  #place(side: Side, ssrc: number, timestamp: number, nowMs: number): number {
    const present = Math.round((nowMs - this.#startedMs) * 8);
    let at = side.lastAt + ((timestamp - side.lastTimestamp) | 0);
    if (ssrc !== side.ssrc || at > present + MAX_EARLY) {
      at = present;
    } else if (at < this.#writtenTo) {
      if (++side.late < LATE_TO_REJOIN) return -1;
      at = present;
    }
    side.late = 0;
    side.ssrc = ssrc;
    side.lastTimestamp = timestamp;
    side.lastAt = at;
    return at;
  }

  /** Writes what is old enough. Call it a few times a second. */
  flush(nowMs: number): void {
    this.#writeUpTo(Math.round((nowMs - this.#startedMs) * 8) - MARGIN);
    if (this.#writtenTo - this.#headerAt >= HEADER_EVERY && this.#stereo.pendingBytes <= MAX_PENDING_BYTES) this.#writeHeaders();
  }

  async end(nowMs: number): Promise<void> {
    this.#writeUpTo(Math.round((nowMs - this.#startedMs) * 8));
    while (this.#owedSilence > 0) this.#appendSilence();
    this.#writeHeaders();
    await Promise.all([this.#stereo.close(), this.#mixed.close()]);
  }

  #writeUpTo(position: number): void {
    while (this.#writtenTo < position) {
      const count = Math.min(position - this.#writtenTo, CAPACITY);
      this.#writeChunk(count);
      this.#writtenTo += count;
    }
  }

  #writeChunk(count: number): void {
    if (this.#stereo.pendingBytes > MAX_PENDING_BYTES) {
      this.#owedSilence += count;
      this.droppedSamples += count;
      for (const { ring } of this.#sides) for (let i = 0; i < count; i++) ring[(this.#writtenTo + i) & MASK] = 0;
      return;
    }
    while (this.#owedSilence > 0) this.#appendSilence();
    const stereo = new Int16Array(count * 2);
    const mixed = new Int16Array(count);
    const [{ ring: left }, { ring: right }] = this.#sides;
    for (let i = 0; i < count; i++) {
      const index = (this.#writtenTo + i) & MASK;
      const l = left[index]!;
      const r = right[index]!;
      left[index] = 0;
      right[index] = 0;
      stereo[2 * i] = l;
      stereo[2 * i + 1] = r;
      const sum = l + r;
      mixed[i] = sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum;
    }
    // Little-endian as WAV wants it: so is every processor that Node runs on (s390x apart, which we do not ship).
    this.#stereo.append(new Uint8Array(stereo.buffer));
    this.#mixed.append(new Uint8Array(mixed.buffer));
  }

  #appendSilence(): void {
    const count = Math.min(this.#owedSilence, SILENCE_CHUNK);
    this.#stereo.append(new Uint8Array(count * 4));
    this.#mixed.append(new Uint8Array(count * 2));
    this.#owedSilence -= count;
  }

  #writeHeaders(): void {
    this.#headerAt = this.#writtenTo;
    const frames = this.#writtenTo - this.#owedSilence;
    this.#stereo.patch(0, wavHeader(2, 8000, frames * 4));
    this.#mixed.patch(0, wavHeader(1, 8000, frames * 2));
  }
}

function decodeRun(ring: Int16Array, at: number, octets: Uint8Array, from: number, count: number, table: Int16Array): void {
  for (let i = 0; i < count; i++) ring[at + i] = table[octets[from + i]!]!;
}
