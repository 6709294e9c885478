/**
 * Room `prompt`: what customers hear. The table of prompts (text or recording per language, who uses it, what is missing), and how an uploaded
 * recording becomes sound for a telephone: read, mixed to one channel, resampled, trimmed, levelled, or refused with a reason.
 *
 * Invariants: a prompt plays at one loudness, recorded or spoken; a recording is named by the hash of its sound, so that replacing it changes no
 * call in progress; a prompt that something uses is not removed; what cannot be read is refused as a value, never thrown.
 * Absent on purpose: playing (voice), the speech engine and files (app), MP3 decoding (given: it runs in a process of its own).
 */
export { convertRecording, shapeRecording } from "./convert.ts";
export type { Conversion, Converted } from "./convert.ts";
export { MAX_SECONDS, MAX_UPLOAD_BYTES } from "./read-sound.ts";
export type { Mp3Decoder, SoundRefusal } from "./read-sound.ts";
export { speechForTelephone, TELEPHONE_RATE } from "./shape.ts";
export { activeSpeechLevel, DBM0 } from "./speech-level.ts";
export { createPromptStore } from "./store.ts";
export type { PromptRefusal, PromptRow, PromptStore, PromptWritten } from "./store.ts";
export { usesOf } from "./uses.ts";
export type { PromptUser } from "./uses.ts";
