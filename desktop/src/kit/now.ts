/** One heartbeat a second for every counter on screen, in server time: a desktop whose clock is wrong still shows true waits. */
import { useSyncExternalStore } from "react";

let offset: () => number = () => 0;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

/** Where to read server clock minus this machine's clock. */
export function setClockOffset(read: () => number): void {
  offset = read;
}

/** Server time now, ms. */
export function serverNow(): number {
  return Date.now() + offset();
}

function tick(): void {
  now = serverNow();
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    now = serverNow();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Server time, redrawn each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
