/**
 * A process of its own for one uploaded recording: what strangers made is decoded here (MP3 by mpg123, WebAssembly) and not in the server, which a
 * hostile file could hang or fill. It answers once and is ended by `speech-convert.ts`.
 */
import { MPEGDecoder } from "mpg123-decoder";
import { convertRecording, type Conversion, type Mp3Decoder } from "../prompt/prompt.ts";

/** Decoded so much at a time, so that a file of hours is left when it passes the limit. */
const CHUNK_BYTES = 64 * 1024;
/** Encoders begin with a delay and fill the last frame; decoders take both away again: not lost, and half of a short word's frames. */
const MAX_PADDING = 3 * 1152;
/** A frame's header, its side information, and Xing's words after them lie within. */
const FIRST_FRAME_BYTES = 200;

const decodeMp3: Mp3Decoder = async (bytes, maxSeconds) => {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const parts: Float32Array[] = [];
  let length = 0;
  let sampleRateHz = 0;
  let channels = 0;
  let lostBytes = 0;
  let cut = false;
  for (let at = 0; at < bytes.length && !cut; at += CHUNK_BYTES) {
    const { channelData, samplesDecoded, sampleRate, errors } = decoder.decode(bytes.subarray(at, at + CHUNK_BYTES));
    for (const error of errors) lostBytes += error.frameLength;
    if (samplesDecoded === 0) continue;
    sampleRateHz = sampleRate;
    channels = channelData.length;
    parts.push(mixed(channelData, samplesDecoded));
    length += samplesDecoded;
    cut = length > maxSeconds * sampleRate;
  }
  decoder.free();
  if (length === 0) return null;
  const samples = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  const told = toldSamples(bytes);
  const missing = cut || told === null ? 0 : 1 - (length + MAX_PADDING) / told;
  return { samples, sampleRateHz, channels, cut, damaged: Math.max(missing, lostBytes / bytes.length) };
};

/** Samples of the whole file, as the first frame of most encoders tells (Xing's header, "Info" in LAME's): a transfer that broke off has fewer. */
function toldSamples(bytes: Uint8Array): number | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  // ID3v2: its size is 28 bits in four bytes; titles and pictures within may hold any word
  const tagged = file.length > 10 && file.toString("latin1", 0, 3) === "ID3";
  const from = tagged ? 10 + ((file[6]! << 21) | (file[7]! << 14) | (file[8]! << 7) | file[9]!) : 0;
  const start = file.subarray(from, from + FIRST_FRAME_BYTES);
  const at = Math.max(start.indexOf("Xing"), start.indexOf("Info"));
  if (at < 0 || at + 12 > start.length || (start.readUInt32BE(at + 4) & 1) === 0) return null;
  const frame = start.lastIndexOf(0xff, at);
  const isMpeg1 = frame >= 0 && ((start[frame + 1]! >> 3) & 3) === 3;
  return start.readUInt32BE(at + 8) * (isMpeg1 ? 1152 : 576);
}

function mixed(channelData: readonly Float32Array[], length: number): Float32Array {
  const out = new Float32Array(length);
  for (const channel of channelData) for (let i = 0; i < length; i++) out[i]! += channel[i]! / channelData.length;
  return out;
}

process.on("message", (bytes: Uint8Array) => {
  const answered = (answer: Conversion): void => void process.send?.(answer);
  convertRecording(bytes, decodeMp3).then(answered, (error: unknown) => {
    // a file that confuses the decoder is a broken file; ours or its mistake is on the error stream all the same
    console.error(error);
    answered({ ok: false, code: "broken-audio" });
  });
});
process.on("disconnect", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
