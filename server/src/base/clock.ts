/** Time as a port. Only `app` (real) and `sim` (virtual) make one. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Runs `fire` once at or after `afterMs` from now; the returned function cancels it and is safe to call twice. */
  after(afterMs: number, fire: () => void): () => void;
}
