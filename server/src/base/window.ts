/**
 * Whether a count that began at `sinceMs` begins anew. Also when the wall clock was set back behind it: else a limit once reached would
 * hold until the old time comes again, an hour of it or a year.
 */
export function isOver(sinceMs: number, windowMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= windowMs || nowMs < sinceMs;
}
