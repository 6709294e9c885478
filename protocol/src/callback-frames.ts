/** A frame of the desktop's stream, not sequenced: whoever shows lists of callbacks and messages reads them again. Apart from callback.ts, so that the widget does not carry the settings' schemas. */
import { z } from "zod";

/** Of a queue that the user serves (supervisors: of every one): what waits for somebody there. `changed` null: the counts alone, told once after each hello. */
export const PromisedWork = z.object({
  t: z.literal("promisedWork"),
  queueId: z.string(),
  openMessages: z.number(),
  openCallbacks: z.number(),
  /** `fresh`: it came just now, worth a sound. `state`: as in CallbackView and QueueMessage, or "gone". */
  changed: z.object({ kind: z.enum(["callback", "message"]), id: z.string(), state: z.string(), fresh: z.boolean() }).nullable(),
});
export type PromisedWork = z.infer<typeof PromisedWork>;
