import type { LadderMessage } from "@tandem/protocol";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { Capture } from "../sip/sip.ts";

/** The last answer to a BYE comes after the call is over. */
const lastWordsMs = 5_000;
/** Days that a stored ladder is kept. */
const keptDays = 7;

export interface Ladders {
  /** This leg is part of that call. */
  claim(ref: string, subject: string): void;
  /** Messages of a call, live or over; empty when none were kept. */
  of(subject: string): Promise<LadderMessage[]>;
  /** The call is over: what was captured is stored, a little later. */
  ended(subject: string): void;
  /** Deletes what is too old. */
  tidy(): Promise<void>;
  /** Stores what is still due. */
  stop(): Promise<void>;
}

/** The captured calls: in memory while they live, in PostgreSQL for a week after. A crash loses those of the calls that it ends. */
export function createLadders({ capture, db, clock, log }: { capture: Capture; db: Db; clock: Clock; log: Log }): Ladders {
  const due = new Map<string, () => void>();
  const store = async (subject: string): Promise<void> => {
    due.get(subject)?.();
    due.delete(subject);
    const messages = capture.of(subject);
    if (messages.length === 0) return;
    try {
      // PostgreSQL's jsonb refuses the NUL that a stranger may have written
      const text = JSON.stringify(messages).replaceAll("\\u0000", "\\ufffd");
      await db.query("INSERT INTO sip_capture (subject, ended_at, messages) VALUES ($1, $2, $3) ON CONFLICT (subject) DO UPDATE SET ended_at = $2, messages = $3", [subject, new Date(clock.now()), text]);
      capture.forget(subject);
    } catch (error) {
      log.error({ subject, why: (error as Error).message }, "the SIP messages of a call could not be stored; they stay in memory while there is room");
    }
  };
  return {
    claim: (ref, subject) => capture.belongs(ref, subject),
    async of(subject) {
      const live = capture.of(subject);
      if (live.length > 0) return live;
      const [row] = await db.query<{ messages: LadderMessage[] }>("SELECT messages FROM sip_capture WHERE subject = $1", [subject]);
      return row?.messages ?? [];
    },
    ended(subject) {
      due.get(subject)?.();
      due.set(subject, clock.after(lastWordsMs, () => void store(subject)));
    },
    async tidy() {
      await db.query("DELETE FROM sip_capture WHERE ended_at < $1", [new Date(clock.now() - keptDays * 86_400_000)]);
    },
    async stop() {
      for (const subject of [...due.keys()]) await store(subject);
    },
  };
}
