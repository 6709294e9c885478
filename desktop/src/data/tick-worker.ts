/**
 * Timers outside the page: a hidden tab's own timers are slowed to one a minute, which would let the agent's lease expire and
 * calls be missed; a worker's are not. In: { id, afterMs } or { id, cancel }. Out: the id when due.
 */
const timers = new Map<number, ReturnType<typeof setTimeout>>();

addEventListener("message", (event: MessageEvent<{ id: number; afterMs: number } | { id: number; cancel: true }>) => {
  const asked = event.data;
  if ("cancel" in asked) {
    clearTimeout(timers.get(asked.id));
    timers.delete(asked.id);
    return;
  }
  timers.set(asked.id, setTimeout(() => {
    timers.delete(asked.id);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's postMessage has no target origin
    postMessage(asked.id);
  }, asked.afterMs));
});

export type TickWorkerMessage = number;
