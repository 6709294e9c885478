/**
 * A process of its own for one uploaded recording: what strangers made is decoded here (MP3 by mpg123, WebAssembly) and not in the server, which a
 * hostile file could hang or fill. It answers once and is ended by `speech-convert.ts`.
 */
import { MPEGDecoder } from "mpg123-decoder";
import { convertRecording, type Conversion, type Mp3Decoder } from "../prompt/prompt.ts";

/** Decoded so much at a time, so that a file of hours is left when it passes the limit. */
const CHUNK_BYTES = 64 * 1024;

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
  return { samples, sampleRateHz, channels, cut, damaged: lostBytes / bytes.length };
};

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
process.on("SIGINT", () => undefined);
