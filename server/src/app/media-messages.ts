/** What crosses between the main thread and a media worker: plain data. */
import type { MediaEvent, MediaPort, MixMember } from "../rtp/rtp.ts";

/** What `startMedia` gives: the contract, and mixes (three or more parties, listen-in, whisper). */
export interface MediaHost extends MediaPort {
  mix(mixId: string, members: readonly MixMember[]): void;
}

export interface WorkerSettings {
  host: string;
  publicAddress: string | undefined;
  portMin: number;
  portMax: number;
}

type Method = Exclude<keyof MediaHost, "onEvent">;

export type ToWorker = { [M in Method]: { call: number; method: M; args: Parameters<MediaHost[M]> } }[Method];

export type FromWorker =
  | { type: "ready" }
  | { type: "result"; call: number; value: unknown }
  | { type: "event"; event: MediaEvent }
  | { type: "log"; level: "debug" | "info" | "warn" | "error"; fields: Record<string, unknown>; message: string };
