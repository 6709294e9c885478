/** What a customer hears while waiting for a person, and what the agent hears before the customer: settings of a queue or of the whole centre. */
import { z } from "zod";
import { Texts } from "./flow/words.ts";

const recording = z.string().max(60);

/** Said again and again while somebody waits; written media show it once. */
export const Announcement = z.object({
  says: Texts,
  /** A recording of the prompt table in the place of synthesised speech. */
  recordingId: recording.optional(),
  /** Seconds of waiting before it is first said, and from then on; 0 = only once. */
  firstAfterS: z.int().min(0).max(3_600),
  everyS: z.int().min(0).max(3_600),
});
export type Announcement = z.infer<typeof Announcement>;

export const Waiting = z.object({
  /** A recording of the prompt table that is played in a loop; null = the built-in music. */
  music: recording.nullable().default(null),
  announcements: z.array(Announcement).max(10).default([]),
  /** Place in the queue, and estimated wait: said first after, and then every so many seconds. */
  position: z.boolean().default(true),
  estimate: z.boolean().default(true),
  firstAfterS: z.int().min(5).max(600).default(15),
  everyS: z.int().min(15).max(3_600).default(45),
  /** Nothing is said within so many seconds of something else: people listen to music, not to us. */
  quietS: z.int().min(5).max(300).default(10),
  /** Offers to call back, keeping the place, after so many seconds of waiting, once the estimate is above (or unknown), and again after `everyS`; null = never. */
  callback: z.object({ afterS: z.int().min(0).max(3_600), whenEstimateAboveS: z.int().min(0).max(36_000), everyS: z.int().min(60).max(3_600) }).nullable().default({ afterS: 60, whenEstimateAboveS: 120, everyS: 180 }),
});
export type Waiting = z.infer<typeof Waiting>;

/** NOT-01, NOT-02, NOT-06: told to the agent who answered, before the customer is on the line. The customer hears nothing of it and it counts as waiting. */
export const Whisper = z.object({
  on: z.boolean().default(false),
  /** `type-and-queue`: "Call from Support"; `queue`: its name alone; `text`: `says`; `recording`: a recording of the prompt table. */
  what: z.enum(["type-and-queue", "queue", "text", "recording"]).default("type-and-queue"),
  says: Texts.default({}),
  recordingId: recording.nullable().default(null),
  /** Of the whisper and the countdown: 1 = as spoken, 2 = in half the time, at the same pitch. */
  speed: z.number().min(0.5).max(2).default(1),
  /** "Your turn! The call starts in 3, 2, 1." */
  countdown: z.boolean().default(false),
});
export type Whisper = z.infer<typeof Whisper>;
