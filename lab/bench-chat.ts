/**
 * Chat messages per second, acknowledged durably to the visitor and delivered to the agent's stream, on the real main.ts as a
 * child process with its embedded PostgreSQL (fsync on). Many visitors at once share a commit; beside them one visitor alone,
 * whose messages are one commit each. npm run bench:chat [-- visitors ...]
 */
import { readFileSync } from "node:fs";
import type { ServerFrame, WidgetClientFrame, WidgetServerFrame } from "@tandem/protocol";
import { WebSocket } from "ws";
import { RunningCentre } from "./e2e/centre.ts";

/** Below the server's limit for one visitor (60 a minute), the opening one included. */
const MESSAGES_EACH = 50;
const VISITORS = process.argv.slice(2).map(Number);
const LADDER = VISITORS.length > 0 ? VISITORS : [1, 50, 200, 800];
const OPEN_AT_ONCE = 40;

interface Row {
  visitors: number;
  perSecond: number;
  ackP50: number;
  ackP99: number;
  seenP50: number;
  seenP99: number;
  cpu: number;
}

class Visitor {
  readonly #socket: WebSocket;
  readonly #waits = new Map<string, () => void>();
  readonly ready: Promise<void>;

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace("http", "ws")}/api/widget/stream`);
    this.#socket.on("open", () => this.#send({ t: "hello", token: null, interactionId: null, after: 0, language: "fr", page: { url: "https://bench.example/", title: "Bench", referrer: "", about: {} } }));
    this.ready = new Promise((resolve, reject) => {
      this.#socket.on("error", reject);
      this.#socket.on("close", () => reject(new Error("the server closed a visitor's socket")));
      this.#socket.on("message", (data) => {
        const frame = JSON.parse(data.toString()) as WidgetServerFrame;
        if (frame.t === "welcome") resolve();
        if (frame.t === "refused") throw new Error(`refused: ${frame.code}`);
        if (frame.t === "message" && frame.value.clientId !== null) {
          this.#waits.get(frame.value.clientId)?.();
          this.#waits.delete(frame.value.clientId);
        }
      });
    });
  }

  /** Resolves when the echo is back: the message is on disk. */
  say(clientId: string, text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.set(clientId, resolve);
      this.#send({ t: "message", clientId, text });
    });
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.close();
  }

  #send(frame: WidgetClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }
}

/** User and system seconds of the server process so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" "); // proc(5): utime and stime, in ticks of 10 ms
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const at = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

async function measure(centre: RunningCentre, seenAt: Map<string, number>, visitors: number, run: number): Promise<Row> {
  const all: Visitor[] = [];
  for (let i = 0; i < visitors; i += OPEN_AT_ONCE) {
    const some = Array.from({ length: Math.min(OPEN_AT_ONCE, visitors - i) }, () => new Visitor(centre.url));
    await Promise.all(some.map((v) => v.ready));
    all.push(...some);
  }
  // Past the greeting flow, so that what is measured is messages.
  for (let i = 0; i < visitors; i += OPEN_AT_ONCE) await Promise.all(all.slice(i, i + OPEN_AT_ONCE).map((v, n) => v.say(`open-${run}-${i + n}`, "un conseiller svp")));
  const sentAt = new Map<string, number>();
  const acks: number[] = [];
  const cpuFrom = cpuSeconds(centre.pid);
  const from = performance.now();
  await Promise.all(
    all.map(async (visitor, v) => {
      for (let m = 0; m < MESSAGES_EACH; m++) {
        const id = `bench-${run}-${v}-${m}`;
        const begin = performance.now();
        sentAt.set(id, begin);
        await visitor.say(id, `Message ${m}, assez long pour ressembler à une vraie question posée à un conseiller.`);
        acks.push(performance.now() - begin);
      }
    }),
  );
  const tookMs = performance.now() - from;
  const cpu = (cpuSeconds(centre.pid) - cpuFrom) / (tookMs / 1_000);
  const limit = performance.now() + 10_000;
  while ([...sentAt.keys()].some((id) => !seenAt.has(id)) && performance.now() < limit) await new Promise((next) => setTimeout(next, 20));
  const seen = [...sentAt].map(([id, begin]) => (seenAt.get(id) ?? Number.POSITIVE_INFINITY) - begin).sort((a, b) => a - b);
  if (!Number.isFinite(seen.at(-1)!)) throw new Error("a message did not reach the agent's stream");
  acks.sort((a, b) => a - b);
  for (const visitor of all) visitor.close();
  return { visitors, perSecond: acks.length / (tookMs / 1_000), ackP50: at(acks, 0.5), ackP99: at(acks, 0.99), seenP50: at(seen, 0.5), seenP99: at(seen, 0.99), cpu };
}

const centre = await RunningCentre.start({ lang: "fr" });
try {
  const session = await fetch(`${centre.url}/api/session`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ login: "lea", password: centre.secrets.password }) });
  const cookie = session.headers.getSetCookie()[0]!.split(";")[0]!;
  const desktop = new WebSocket(`${centre.url.replace("http", "ws")}/api/stream`, { headers: { cookie } });
  const seenAt = new Map<string, number>();
  await new Promise<void>((ready, failed) => {
    desktop.on("error", failed);
    desktop.on("open", () => desktop.send(JSON.stringify({ t: "hello", epoch: null, seq: 0 })));
    desktop.on("message", (data) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.t === "snapshot") ready();
      if (frame.t === "event" && frame.kind === "message" && frame.value.clientId !== null) seenAt.set(frame.value.clientId, performance.now());
    });
  });
  const rows: Row[] = [];
  for (const [run, visitors] of LADDER.entries()) rows.push(await measure(centre, seenAt, visitors, run));
  desktop.close();
  console.log(`\n${MESSAGES_EACH} messages a visitor, each sent when the one before is acknowledged; agent's stream open beside\n`);
  console.table(
    Object.fromEntries(
      rows.map((r) => [
        r.visitors === 1 ? "1 visitor (one commit each)" : `${r.visitors} visitors`,
        { "messages/s": Math.round(r.perSecond), "ack p50 ms": Number(r.ackP50.toFixed(1)), "ack p99 ms": Number(r.ackP99.toFixed(1)), "agent p50 ms": Number(r.seenP50.toFixed(1)), "agent p99 ms": Number(r.seenP99.toFixed(1)), "server cores": Number(r.cpu.toFixed(2)) },
      ]),
    ),
  );
} finally {
  await centre.stop();
}
