/** How near a number is to its limit. Levels differ by form: ok plain, watch amber with ▲, breach a filled pill with the overshoot. */
export type Level = "ok" | "watch" | "breach";

/** For a number that should stay under `limit`: watch from `watchShare` of it, while there is still time to act. */
export function levelUnder(value: number, limit: number, watchShare = 0.6): Level {
  if (value > limit) return "breach";
  return value >= limit * watchShare ? "watch" : "ok";
}

/** For a number that should stay over `goal` (a service level): watch just below, breach `margin` below. */
export function levelOver(value: number, goal: number, margin: number): Level {
  if (value >= goal) return "ok";
  return value >= goal - margin ? "watch" : "breach";
}
