/** Measured stretches of time as a report may say them: a duration in words is cut down to its minutes, and "nine in ten within 3 min" of 3 min 35 s is a lie. */
const MINUTE_MS = 60_000;

export const nearly = (ms: number): number => (ms < MINUTE_MS ? ms : Math.round(ms / MINUTE_MS) * MINUTE_MS);
/** "Within so long" is true of it. */
export const within = (ms: number): number => (ms < MINUTE_MS ? ms : Math.ceil(ms / MINUTE_MS) * MINUTE_MS);
