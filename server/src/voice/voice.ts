export { createPrompts } from "./prompts/prompts.ts";
export type { Prompts, PromptsOptions } from "./prompts/prompts.ts";
export { speechForTelephone } from "./prompts/shape.ts";
export { SpeechError } from "./prompts/speech-engine.ts";
export type { SpeechEngine } from "./prompts/speech-engine.ts";
