/** What an administrator uploads, read: WAV in its usual formats here, MP3 by a decoder that is given. Never throws; what it refuses, it names. */
import { decodeG711 } from "../rtp/rtp.ts";

/** Attack: a file that fills memory. Five minutes of mono at 48 kHz with 16 bits are 29 MB; what is larger comes as MP3. */
export const MAX_UPLOAD_BYTES = 40 * 1024 * 1024;
/** Attack: a small MP3 that decodes to hours. */
export const MAX_SECONDS = 300;
const MIN_RATE_HZ = 4_000;
const MAX_RATE_HZ = 192_000;
/** Attack: a header that asks for a billion channels. */
const MAX_CHANNELS = 8;
/** Floating point may pass full scale; so far beyond it is a program's mistake, and one such number would make the rest silent when it is levelled. */
const MAX_FLOAT = 64;
/** Channels that take each other out so far (10 dB under the loudest of them) were wired the wrong way round: that one is heard alone. */
const CANCELLED = 0.1;

export type SoundRefusal = "not-audio" | "broken-audio" | "unsupported-audio" | "empty-audio" | "silent-audio" | "long-audio" | "clipped-audio" | "large-audio";

/** All channels mixed into one, -1..1. */
export interface ReadSound {
  format: "wav" | "mp3";
  samples: Float32Array;
  sampleRateHz: number;
  channels: number;
  /** Steps near full scale are coarse (8-bit, G.711): equal neighbours there are no clipping. */
  coarse: boolean;
}
export type SoundRead = { ok: true; sound: ReadSound } | { ok: false; code: SoundRefusal };

/** Decodes MPEG audio up to `maxSeconds` and tells so (`cut`); `damaged` 0..1 is the share of it that could not be read. */
export type Mp3Decoder = (bytes: Uint8Array, maxSeconds: number) => Promise<{ samples: Float32Array; sampleRateHz: number; channels: number; cut: boolean; damaged: number } | null>;

/** An MP3 that lost more of itself than this was not uploaded whole. */
const MAX_DAMAGED = 0.05;

export async function readSound(bytes: Uint8Array, decodeMp3: Mp3Decoder): Promise<SoundRead> {
  if (bytes.length === 0) return { ok: false, code: "empty-audio" };
  if (bytes.length > MAX_UPLOAD_BYTES) return { ok: false, code: "large-audio" };
  if (tagAt(bytes, 0) === "RIFF" && tagAt(bytes, 8) === "WAVE") return readWave(bytes);
  if (!looksLikeMp3(bytes)) return { ok: false, code: "not-audio" };
  const decoded = await decodeMp3(bytes, MAX_SECONDS);
  if (!decoded || decoded.damaged > MAX_DAMAGED) return { ok: false, code: "broken-audio" };
  if (decoded.cut) return { ok: false, code: "long-audio" };
  const { samples, sampleRateHz, channels } = decoded;
  return { ok: true, sound: { format: "mp3", samples, sampleRateHz, channels, coarse: false } };
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** An ID3v2 tag, or a frame header of MPEG layer III (ISO 11172-3 2.4.1.3) followed by another of its kind where the first ends. */
function looksLikeMp3(bytes: Uint8Array): boolean {
  if (tagAt(bytes, 0).startsWith("ID3")) return true;
  for (let at = 0; at < Math.min(bytes.length - 4, 4096); at++) {
    const length = frameBytes(bytes, at);
    if (length > 0 && (at + length + 4 > bytes.length ? at === 0 : frameBytes(bytes, at + length) > 0)) return true;
  }
  return false;
}

const RATES_1 = [44100, 48000, 32000];
const KBPS_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBPS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** Length of the layer III frame that begins here; 0 when none does. */
function frameBytes(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
  if (a !== 0xff || (b & 0xe6) !== 0xe2) return 0;
  const version = (b >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const rate = RATES_1[(c >> 2) & 3];
  const kbps = (version === 3 ? KBPS_1 : KBPS_2)[c >> 4];
  if (version === 1 || rate === undefined || kbps === undefined || kbps === 0) return 0;
  const hz = version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
  return Math.floor(((version === 3 ? 144_000 : 72_000) * kbps) / hz) + ((c >> 1) & 1);
}

interface WaveFormat {
  code: number;
  channels: number;
  sampleRateHz: number;
  bits: number;
}

const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;
/** A length that a program writes which streams: "as far as the file goes". */
const OPEN_LENGTHS = new Set([0, 0xffffffff, 0x7fffffff]);

function readWave(bytes: Uint8Array): SoundRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WaveFormat | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = tagAt(bytes, at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (name === "fmt ") {
      if (size < 16 || body + 16 > bytes.length) return { ok: false, code: "broken-audio" };
      let code = view.getUint16(body, true);
      if (code === EXTENSIBLE && size >= 26 && body + 26 <= bytes.length) code = view.getUint16(body + 24, true);
      format = { code, channels: view.getUint16(body + 2, true), sampleRateHz: view.getUint32(body + 4, true), bits: view.getUint16(body + 14, true) };
    } else if (name === "data") {
      if (!format) return { ok: false, code: "broken-audio" };
      const there = bytes.length - body;
      const told = OPEN_LENGTHS.has(size) ? there : size;
      // a transfer that broke off: half a sentence must not be taken for a prompt
      if (told > there + 1) return { ok: false, code: "broken-audio" };
      return readData(view, body, Math.min(told, there), format);
    }
    at = body + size + (size & 1);
  }
  return { ok: false, code: "broken-audio" };
}

function readData(view: DataView, from: number, bytes: number, { code, channels, sampleRateHz, bits }: WaveFormat): SoundRead {
  const read = sampleReader(view, code, bits);
  if (!read || channels < 1 || channels > MAX_CHANNELS || sampleRateHz < MIN_RATE_HZ || sampleRateHz > MAX_RATE_HZ) return { ok: false, code: "unsupported-audio" };
  const width = bits / 8;
  const frames = Math.floor(bytes / (width * channels));
  if (frames > MAX_SECONDS * sampleRateHz) return { ok: false, code: "long-audio" };
  const readable = (at: number): number => {
    const value = read(at);
    return Math.abs(value) <= MAX_FLOAT ? value : 0; // and what is no number
  };
  const samples = new Float32Array(frames);
  const powers = new Float64Array(channels);
  let mixed = 0;
  for (let f = 0, at = from; f < frames; f++) {
    let sum = 0;
    for (let c = 0; c < channels; c++, at += width) {
      const value = readable(at);
      powers[c]! += value * value;
      sum += value;
    }
    samples[f] = sum / channels;
    mixed += samples[f]! * samples[f]!;
  }
  const loudest = powers.indexOf(Math.max(...powers));
  // (a voice in one channel alone has 1/channels² of its power in the mix, and is whole)
  if (channels > 1 && mixed < (CANCELLED * powers[loudest]!) / channels ** 2) for (let f = 0, at = from + loudest * width; f < frames; f++, at += width * channels) samples[f] = readable(at);
  return { ok: true, sound: { format: "wav", samples, sampleRateHz, channels, coarse: bits === 8 } };
}

function sampleReader(view: DataView, code: number, bits: number): ((at: number) => number) | null {
  if (code === PCM && bits === 8) return (at) => (view.getUint8(at) - 128) / 128;
  if (code === PCM && bits === 16) return (at) => view.getInt16(at, true) / 32768;
  if (code === PCM && bits === 24) return (at) => (view.getUint8(at) | (view.getInt16(at + 1, true) << 8)) / 8388608;
  if (code === PCM && bits === 32) return (at) => view.getInt32(at, true) / 2147483648;
  if (code === FLOAT && bits === 32) return (at) => view.getFloat32(at, true);
  if (code === FLOAT && bits === 64) return (at) => view.getFloat64(at, true);
  if ((code === ALAW || code === MULAW) && bits === 8) {
    const table = new Int16Array(256);
    decodeG711(code === ALAW ? "PCMA" : "PCMU", Uint8Array.from({ length: 256 }, (_, i) => i), table);
    return (at) => table[view.getUint8(at)]! / 32768;
  }
  return null;
}
