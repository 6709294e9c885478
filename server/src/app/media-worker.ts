/** Entry of the media worker thread: the engine with real sockets, files, time and chance; orders in, results and events out. */
import { randomBytes } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createDtlsPort, MediaEngine } from "../rtp/rtp.ts";
import { realFiles } from "./media-files.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./media-messages.ts";
import { mediaAddresses, realNet } from "./media-net.ts";
import { isWildcard, nearAddress } from "./own-address.ts";

assert(parentPort, "media-worker.ts is a worker's entry");
const port = parentPort;
const settings = workerData as WorkerSettings;
const tell = (message: FromWorker): void => port.postMessage(message);

/** Monotonic: a step of the wall clock must not stop or hurry the sound. */
const { timeOrigin } = performance;
const clock: Clock = {
  now: () => timeOrigin + performance.now(),
  after(afterMs, fire) {
    const timer = setTimeout(fire, afterMs);
    return () => clearTimeout(timer);
  },
};

const chance: Chance = {
  next: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  bytes: (size) => randomBytes(size),
};

const logAt = (level: "debug" | "info" | "warn" | "error") => (fields: Record<string, unknown>, message: string) =>
  tell({ type: "log", level, fields, message });
const log: Log = { debug: logAt("debug"), info: logAt("info"), warn: logAt("warn"), error: logAt("error") };

const engine = new MediaEngine({
  net: realNet(settings),
  files: realFiles,
  dtls: createDtlsPort(clock, chance),
  clock,
  chance,
  log,
  addresses: mediaAddresses(settings.host, settings.publicAddress),
  near: (peer) => (isWildcard(settings.host) ? nearAddress(peer, clock.now()) : null),
});
engine.onEvent((event) => tell({ type: "event", event }));

port.on("message", (order: ToWorker) => {
  void carryOut(order).then((value) => {
    if (order.call !== 0) tell({ type: "result", call: order.call, value });
    if (order.method === "stop") port.close();
  });
});

/** A mistake of ours in one order is logged and refused; the calls that are up go on. */
async function carryOut(order: ToWorker): Promise<unknown> {
  // The type pairs each method with its arguments; the call itself needs the pair taken apart.
  const method = engine[order.method] as (...args: unknown[]) => unknown;
  try {
    return await method.apply(engine, order.args);
  } catch (error) {
    log.error({ method: order.method, error: error instanceof Error ? error.stack : String(error) }, "media order failed by a bug");
    return { ok: false, status: 500, why: "internal error in the media engine" };
  }
}

tell({ type: "ready" });
