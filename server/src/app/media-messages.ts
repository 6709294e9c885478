/** What crosses between the main thread and a media worker: plain data. */
import type { MediaEvent, MediaPort } from "../rtp/rtp.ts";

export interface WorkerSettings {
  host: string;
  publicAddress: string | undefined;
  portMin: number;
  portMax: number;
}

type Method = Exclude<keyof MediaPort, "onEvent">;

export type ToWorker = { [M in Method]: { call: number; method: M; args: Parameters<MediaPort[M]> } }[Method];

export type FromWorker =
  | { type: "ready" }
  | { type: "result"; call: number; value: unknown }
  | { type: "event"; event: MediaEvent }
  | { type: "log"; level: "debug" | "info" | "warn" | "error"; fields: Record<string, unknown>; message: string };
