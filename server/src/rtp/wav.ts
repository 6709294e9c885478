/**
 * WAV (RIFF, Microsoft/IBM 1991): the header we write, and a reader for what we are given to play. Recordings are 16-bit PCM
 * because every player, browser and speech engine takes it; prompts may also be G.711.
 */
import { decodeG711 } from "./g711.ts";

export const WAV_HEADER_BYTES = 44;

/** Largest file `readWav` takes: an hour of 16-bit stereo at 8 kHz. Attack: an uploaded prompt that fills the memory. */
export const MAX_WAV_BYTES = 128 * 1024 * 1024;

/** Header of a 16-bit PCM file holding `dataBytes`; written again at offset 0 as the file grows, so that a crash leaves a valid file. */
export function wavHeader(channels: number, sampleRateHz: number, dataBytes: number): Uint8Array {
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(header.buffer);
  const text = (offset: number, value: string): void => {
    for (let i = 0; i < value.length; i++) header[offset + i] = value.charCodeAt(i);
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + dataBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, dataBytes, true);
  return header;
}

/** A whole 16-bit PCM file; `channels` are of one length and become interleaved. */
export function writeWav(channels: readonly Int16Array[], sampleRateHz = 8000): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const dataBytes = frames * channels.length * 2;
  const out = new Uint8Array(WAV_HEADER_BYTES + dataBytes);
  out.set(wavHeader(channels.length, sampleRateHz, dataBytes));
  const view = new DataView(out.buffer);
  let at = WAV_HEADER_BYTES;
  for (let i = 0; i < frames; i++) {
    for (const channel of channels) {
      view.setInt16(at, channel[i]!, true);
      at += 2;
    }
  }
  return out;
}

export interface Wav {
  sampleRateHz: number;
  /** One array a channel, all of one length. */
  channels: Int16Array[];
}

const PCM = 1;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;

/** Reads 16-bit PCM, A-law or µ-law. A `data` chunk longer than the file (a crash, a stream) is read as far as it goes. */
export function readWav(bytes: Uint8Array): { ok: true; wav: Wav } | { ok: false; why: string } {
  if (bytes.length > MAX_WAV_BYTES) return { ok: false, why: `larger than ${MAX_WAV_BYTES} bytes` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (offset: number): string => String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (bytes.length < 12 || tag(0) !== "RIFF" || tag(8) !== "WAVE") return { ok: false, why: "not a RIFF WAVE file" };
  let format: { code: number; channels: number; sampleRateHz: number; bits: number } | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = tag(at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (name === "fmt ") {
      if (size < 16 || body + 16 > bytes.length) return { ok: false, why: "short fmt chunk" };
      let code = view.getUint16(body, true);
      if (code === EXTENSIBLE && size >= 26 && body + 26 <= bytes.length) code = view.getUint16(body + 24, true);
      format = { code, channels: view.getUint16(body + 2, true), sampleRateHz: view.getUint32(body + 4, true), bits: view.getUint16(body + 14, true) };
    } else if (name === "data") {
      if (!format) return { ok: false, why: "data before fmt" };
      return readSamples(bytes.subarray(body, Math.min(bytes.length, body + size)), format);
    }
    at = body + size + (size & 1);
  }
  return { ok: false, why: "no data chunk" };
}

function readSamples(
  data: Uint8Array,
  format: { code: number; channels: number; sampleRateHz: number; bits: number },
): { ok: true; wav: Wav } | { ok: false; why: string } {
  const { code, channels, sampleRateHz, bits } = format;
  if (channels < 1 || channels > 8) return { ok: false, why: `${channels} channels` };
  let all: Int16Array;
  if (code === PCM && bits === 16) {
    all = new Int16Array(data.length >> 1);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let i = 0; i < all.length; i++) all[i] = view.getInt16(i * 2, true);
  } else if ((code === ALAW || code === MULAW) && bits === 8) {
    all = new Int16Array(data.length);
    decodeG711(code === ALAW ? "PCMA" : "PCMU", data, all);
  } else {
    return { ok: false, why: `format ${code} with ${bits} bits: only 16-bit PCM, A-law and µ-law` };
  }
  const frames = Math.floor(all.length / channels);
  if (channels === 1) return { ok: true, wav: { sampleRateHz, channels: [all] } };
  const split = Array.from({ length: channels }, (_, c) => Int16Array.from({ length: frames }, (_, i) => all[i * channels + c]!));
  return { ok: true, wav: { sampleRateHz, channels: split } };
}
