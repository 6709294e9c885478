/**
 * What administrators set for one queue or for the whole centre, by kind: one line a kind. A queue without its own has the
 * centre's, a centre without has the schema's defaults: so every schema reads `{}`.
 */
import { z } from "zod";
import { CallbackSettings, QueueVoicemailSettings } from "./callback.ts";
import { CentreDetails, Deflection, OverCapacity, QueueDeflection, QueuePages, Redirection } from "./hours.ts";
import { FlowOutside } from "./flow-outside.ts";
import { Waiting, Whisper } from "./waiting.ts";

/** `at`: where it may be set. */
export const QUEUE_SETTINGS = {
  /** The centre's addresses: what every e-mail deflection names, and what links begin with. */
  details: { schema: CentreDetails, at: "centre" },
  /** Deflection outside opening hours: the whole centre's switches and options. */
  deflection: { schema: Deflection, at: "centre" },
  /** What one queue does instead. */
  "queue-deflection": { schema: QueueDeflection, at: "queue" },
  "over-capacity": { schema: OverCapacity, at: "both" },
  redirection: { schema: Redirection, at: "queue" },
  /** What web pages may name. */
  pages: { schema: QueuePages, at: "queue" },
  /** Music, announcements, position and estimate, the offer to call back. */
  waiting: { schema: Waiting, at: "both" },
  /** What the agent hears before the customer. */
  whisper: { schema: Whisper, at: "both" },
  /** Callbacks: what is promised, who is called first, how often it is tried. */
  callback: { schema: CallbackSettings, at: "both" },
  /** Messages that callers leave for the queue's people. */
  voicemail: { schema: QueueVoicemailSettings, at: "both" },
  /** What flows may reach outside: hosts of the house, assistants. */
  "flow-outside": { schema: FlowOutside, at: "centre" },
} as const satisfies Record<string, { schema: z.ZodType; at: "both" | "centre" | "queue" }>;

export type QueueSettingKind = keyof typeof QUEUE_SETTINGS;
export type QueueSetting<K extends QueueSettingKind> = z.infer<(typeof QUEUE_SETTINGS)[K]["schema"]>;

export const QueueSettingKind = z.enum(Object.keys(QUEUE_SETTINGS) as [QueueSettingKind, ...QueueSettingKind[]]);

/** GET answers it; `from`: whose it is. `revision`: sent back as `If-Match` with PUT or DELETE, these are refused (412 `setting-changed`) when something else holds by then. */
export const QueueSettingView = z.object({ kind: QueueSettingKind, from: z.enum(["queue", "centre", "default"]), body: z.unknown(), revision: z.string() });
export type QueueSettingView = z.infer<typeof QueueSettingView>;
