/** Debian's Kamailio as the yardstick of `bench-sip.ts`: its fast allocator, one UDP worker unless asked for more. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KamailioOptions {
  folder: string;
  port: number;
  /** host:port that calls are sent to. */
  target: string;
  workers: number;
}

export function startKamailio({ folder, port, target, workers }: KamailioOptions): ChildProcess {
  const config = readFileSync(new URL("kamailio.cfg", import.meta.url), "utf8").replace("WORKERS", String(workers)).replace("PORT", String(port)).replace("TARGET", target);
  mkdirSync(join(folder, "run"), { recursive: true });
  writeFileSync(join(folder, "kamailio.cfg"), config);
  // -DD: it stays our child; without -x fm -X fm it is three and a half times slower
  const child = spawn("kamailio", ["-DD", "-f", join(folder, "kamailio.cfg"), "-Y", join(folder, "run"), "-x", "fm", "-X", "fm", "-m", "1024", "-M", "64"], { stdio: ["ignore", "ignore", "pipe"] });
  // a pipe that nobody reads holds Kamailio up as soon as it is full of complaints
  child.stderr.resume();
  return child;
}
