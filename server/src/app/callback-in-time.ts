/** A promise made for a dialogue: announced in time, or taken back. Who was told that it could not be made is not called by surprise. */
import type { Booked } from "../callback/callback.ts";
import type { Forget } from "../centre/centre.ts";
import type { Answer } from "../flow/flow.ts";

/** `cancel`: of one that was made too late; a promise of before stays. Who hung up meanwhile (`gone`) asked for it, and is called. */
export function inTime(booking: Promise<Booked>, { answer, cancel, failed }: { answer(answer: Answer): void; cancel(id: string): void; failed(error: Error): void }): Forget {
  let late = false;
  booking.then((booked) => {
    if (!booked.ok) answer({ ok: false, why: booked.why });
    else if (!late) answer({ ok: true, callbackId: booked.request.id, dueMs: booked.request.slot?.startMs ?? booked.request.dueMs });
    else if (booked.token !== null) cancel(booked.request.id);
  }, failed);
  return (why) => void (late = why === "timeout");
}
