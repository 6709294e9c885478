/**
 * A mix: every member hears those that it may hear, never itself (mix-minus). Conferences, announcements, listen-in, whisper and barge
 * are who is heard and who hears whom. A sound played to the mix is heard by all.
 */
import type { Endpoint } from "./endpoint.ts";
import { FRAME_SAMPLES } from "./endpoint.ts";
import { JitterBuffer } from "./jitter-buffer.ts";
import type { MixMember } from "./media-contract.ts";
import { Player } from "./player.ts";

/** Who speaks is looked at every so many frames: 260 ms, so that it is told less than four times a second. */
const LOOK_FRAMES = 13;
/** Mean square of a frame above which somebody speaks, as a share of full scale (-45 dB; a quiet line has -60, speech -26). */
const SPEECH_POWER = 3e-5;
/** Sounds that wait while one is played. Attack: who calls and hangs up again and again fills the room with tones. */
const MAX_WAITING = 8;

interface Seat {
  endpoint: Endpoint;
  buffer: JitterBuffer;
  frame: Int16Array;
  /** Its frame of this beat is heard. */
  speaks: boolean;
  muted: boolean;
  gain: number;
  hears: ReadonlySet<string> | null;
  /** The loudest frame since we last looked. */
  power: number;
}

export class Mix {
  readonly id: string;
  #seats = new Map<string, Seat>();
  /** The same seats as a list: the beat walks it many times a second. */
  #row: Seat[] = [];
  #members: Endpoint[] = [];
  #total = new Int32Array(FRAME_SAMPLES);
  #sum = new Int32Array(FRAME_SAMPLES);
  #out = new Int16Array(FRAME_SAMPLES);
  #silence = new Int16Array(FRAME_SAMPLES);
  #sounds: Player[] = [];
  #sound = new Int16Array(FRAME_SAMPLES);
  #beats = 0;
  #speakers: readonly string[] = [];
  #tell: (speakers: readonly string[]) => void;

  /** `tell`: who speaks now, whenever that is somebody else than before. */
  constructor(id: string, tell: (speakers: readonly string[]) => void) {
    this.id = id;
    this.#tell = tell;
  }

  get size(): number {
    return this.#seats.size;
  }

  seat(endpoint: Endpoint, { hears, muted, gainDb }: MixMember): void {
    const seated = this.#seats.get(endpoint.id);
    const buffer = seated?.buffer ?? new JitterBuffer();
    this.#seats.set(endpoint.id, {
      endpoint, buffer, frame: seated?.frame ?? new Int16Array(FRAME_SAMPLES), speaks: false, muted: muted ?? false, gain: 10 ** ((gainDb ?? 0) / 20), hears: hears ? new Set(hears) : null,
      power: seated?.power ?? 0,
    });
    endpoint.mixBuffer = buffer;
    this.#line();
  }

  unseat(id: string): void {
    const seat = this.#seats.get(id);
    if (seat) seat.endpoint.mixBuffer = null;
    this.#seats.delete(id);
    this.#line();
  }

  /** Heard by all, after what is being played. */
  play(sounds: readonly Int16Array[]): void {
    if (this.#sounds.length <= MAX_WAITING) this.#sounds.push(new Player(this.id, sounds, false, 0));
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
    const total = this.#total;
    let voices = 0;
    for (let i = 0; i < row.length; i++) {
      const seat = row[i]!;
      const drawn = seat.buffer.draw(seat.frame);
      seat.speaks = drawn && !seat.muted;
      if (!seat.speaks) continue;
      if (seat.gain !== 1) amplify(seat.frame, seat.gain);
      seat.power = Math.max(seat.power, powerOf(seat.frame));
      add(total, seat.frame, voices++ === 0);
    }
    const sounds = this.#nextSound();
    if (sounds) add(total, this.#sound, voices++ === 0);
    for (let i = 0; i < row.length; i++) {
      const seat = row[i]!;
      if (seat.endpoint.player !== null) continue;
      seat.endpoint.sendMixed(seat.hears ? this.#chosen(seat, seat.hears, sounds) : this.#others(seat, voices), now);
    }
    if (++this.#beats % LOOK_FRAMES === 0) this.#look();
  }

  /** Everybody but itself: what all say together less its own part. */
  #others(seat: Seat, voices: number): Int16Array {
    if (voices === 0 || (voices === 1 && seat.speaks)) return this.#silence;
    const { frame, speaks } = seat;
    const total = this.#total;
    const out = this.#out;
    for (let i = 0; i < FRAME_SAMPLES; i++) out[i] = clip(speaks ? total[i]! - frame[i]! : total[i]!);
    return out;
  }

  #chosen(seat: Seat, hears: ReadonlySet<string>, sounds: boolean): Int16Array {
    const sum = this.#sum;
    let voices = 0;
    for (let i = 0; i < this.#row.length; i++) {
      const other = this.#row[i]!;
      if (other !== seat && other.speaks && hears.has(other.endpoint.id)) add(sum, other.frame, voices++ === 0);
    }
    if (sounds) add(sum, this.#sound, voices++ === 0);
    if (voices === 0) return this.#silence;
    for (let i = 0; i < FRAME_SAMPLES; i++) this.#out[i] = clip(sum[i]!);
    return this.#out;
  }

  #nextSound(): boolean {
    const playing = this.#sounds[0];
    if (!playing) return false;
    playing.draw(this.#sound);
    if (playing.ended) this.#sounds.shift();
    return true;
  }

  #look(): void {
    const speakers: string[] = [];
    for (const seat of this.#row) {
      if (seat.power > SPEECH_POWER) speakers.push(seat.endpoint.id);
      seat.power = 0;
    }
    if (speakers.length === this.#speakers.length && speakers.every((id, i) => id === this.#speakers[i])) return;
    this.#speakers = speakers;
    this.#tell(speakers);
  }
}

function add(sum: Int32Array, frame: Int16Array, first: boolean): void {
  if (first) sum.set(frame);
  else for (let i = 0; i < FRAME_SAMPLES; i++) sum[i]! += frame[i]!;
}

function amplify(frame: Int16Array, gain: number): void {
  for (let i = 0; i < FRAME_SAMPLES; i++) frame[i] = clip(Math.round(frame[i]! * gain));
}

function powerOf(frame: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < FRAME_SAMPLES; i++) sum += frame[i]! * frame[i]!;
  return sum / (FRAME_SAMPLES * 32768 * 32768);
}

function clip(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}
