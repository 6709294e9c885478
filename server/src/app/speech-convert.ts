/** Uploaded recordings made fit for a telephone, one at a time, each in a process of its own (`speech-convert-worker.ts`). */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../base/clock.ts";
import { takesTurns } from "../base/in-turn.ts";
import type { Log } from "../base/log.ts";
import type { Conversion } from "../prompt/prompt.ts";

/** Five minutes of stereo at 96 kHz take 6 s here; a file that takes longer is an attack. */
const TOO_SLOW_MS = 60_000;
/** Attack: uploads that queue without end, each holding its bytes. */
const MAX_WAITING = 8;

export interface Converter {
  /** Null: too many are waiting. */
  convert(bytes: Uint8Array): Promise<Conversion> | null;
  stop(): void;
}

export function startConverter({ clock, log }: { clock: Clock; log: Log }): Converter {
  const inTurn = takesTurns();
  let waiting = 0;
  let end: (() => void) | null = null;
  let stopped = false;

  function run(bytes: Uint8Array): Promise<Conversion> {
    return new Promise((done) => {
      if (stopped) return done({ ok: false, code: "broken-audio" });
      const child = fork(fileURLToPath(new URL("speech-convert-worker.ts", import.meta.url)), [], { execArgv: ["--max-old-space-size=512"], serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"] });
      const finish = (result: Conversion, why: string | null): void => {
        if (end !== giveUp) return;
        end = null;
        cancel();
        child.kill("SIGKILL"); // it holds no state and writes no file
        if (why !== null) log.warn({ why, bytes: bytes.length }, "a recording could not be converted");
        done(result);
      };
      const giveUp = (): void => finish({ ok: false, code: "broken-audio" }, "stopped");
      end = giveUp;
      const cancel = clock.after(TOO_SLOW_MS, () => finish({ ok: false, code: "broken-audio" }, "too slow"));
      child.on("message", (answer: Conversion) => finish(answer, null));
      child.on("error", (error) => finish({ ok: false, code: "broken-audio" }, error.message));
      child.on("exit", (code, signal) => finish({ ok: false, code: "broken-audio" }, `exit ${code ?? signal}`));
      child.send(bytes);
    });
  }

  return {
    convert(bytes) {
      if (waiting >= MAX_WAITING) return null;
      waiting++;
      const mine = inTurn(() => run(bytes)).finally(() => waiting--);
      return mine;
    },
    stop() {
      stopped = true;
      end?.();
    },
  };
}
