/**
 * The load of `bench-media.ts`, in a process of its own: phones and browsers that send 50 packets a second each, and measure what
 * comes back. Every `sampleEvery`-th call is measured; the packets of the others go to a socket that nobody reads, so that the
 * measuring costs little and does not measure itself.
 */
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { browserIdentity, FakeBrowser } from "../server/src/rtp/fake-browser.ts";
import { writeRtpHeader } from "../server/src/rtp/packet.ts";

export interface LegResult {
  sent: number;
  expected: number;
  received: number;
}

export interface LoadResult {
  delayMs: { p50: number; p99: number; max: number };
  lossShare: number;
  measuredPackets: number;
}

export type ToLoad =
  | { type: "prepare"; calls: number; browserLeg: boolean; sampleEvery: number }
  | { type: "start"; engineSdps: string[] }
  | { type: "measure"; seconds: number; by: "stamp" | "grid" };

export type FromLoad = { type: "offers"; sdps: string[] } | { type: "started" } | { type: "result"; result: LoadResult };

const FRAME_MS = 20;
const BUCKET_MS = 0.05;

interface Leg {
  socket: Socket;
  toPort: number;
  measured: boolean;
  browser: FakeBrowser | null;
  packet: Buffer;
  sequence: number;
  received: number;
  firstSequence: number;
  lastSequence: number;
  base: number;
}

const now = (): number => performance.now();

if (!isMainThread) {
  // The socket that nobody reads: bound, then this thread sleeps for ever.
  const socket = createSocket({ type: "udp4", recvBufferSize: 4096 });
  socket.bind(0, "127.0.0.1", () => {
    parentPort!.postMessage(socket.address().port, []);
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 100);
  });
} else if (process.send) {
  process.on("message", (message: ToLoad) => void take(message));
  process.on("disconnect", () => process.exit());
}

let legs: Leg[] = [];
const byPort = new Map<number, Leg>();
let histogram = new Uint32Array(40_000);
let measuring: "stamp" | "grid" | null = null;
let looping = false;

const tell = (message: FromLoad): void => void process.send!(message);

async function openSocket(): Promise<Socket> {
  const socket = createSocket({
    type: "udp4",
    recvBufferSize: 4 * 1024 * 1024,
    sendBufferSize: 1024 * 1024,
    lookup: (address, _options, found) => found(null, address, 4),
  });
  socket.on("message", (bytes, from) => {
    const leg = byPort.get(from.port);
    if (!leg) return;
    if (leg.browser) leg.browser.receive(bytes);
    else hear(leg, bytes, bytes.length);
  });
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done)); // our `lookup` answers at once: listen before binding
  return socket;
}

function hear(leg: Leg, bytes: Uint8Array, end: number): void {
  if (measuring === null || !leg.measured || end < 172 || bytes[1]! >= 192) return;
  const at = now();
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const sequence = view.getUint16(2);
  if (leg.received++ === 0) {
    leg.firstSequence = sequence;
    leg.lastSequence = sequence;
    leg.base = at;
  }
  // Unwrapped: a measurement is shorter than 65,536 packets.
  const ahead = (sequence - leg.lastSequence) << 16 >> 16;
  if (ahead > 0) leg.lastSequence += ahead;
  let delay: number;
  if (measuring === "stamp") {
    delay = at - view.getFloat64(end - 160);
  } else {
    // A mix makes new sound, so no stamp survives: how late is it against its own beat of 20 ms?
    const due = at - (leg.lastSequence - leg.firstSequence) * FRAME_MS;
    leg.base = Math.min(leg.base, due);
    delay = due - leg.base;
  }
  histogram[Math.min(histogram.length - 1, Math.max(0, Math.round(delay / BUCKET_MS)))]!++;
}

async function take(message: ToLoad): Promise<void> {
  if (message.type === "prepare") await prepare(message);
  else if (message.type === "start") await start(message.engineSdps);
  else measure(message.seconds, message.by);
}

async function prepare(order: Extract<ToLoad, { type: "prepare" }>): Promise<void> {
  const unread = new Worker(new URL(import.meta.url));
  const [unreadPort] = (await once(unread, "message")) as [number];
  const sockets = [await openSocket(), await openSocket()];
  const chance = { next: Math.random, bytes: (size: number) => randomBytes(size) };
  const identity = order.browserLeg ? browserIdentity(Date.now(), chance) : null;
  const sdps: string[] = [];
  legs = [];
  for (let i = 0; i < order.calls * 2; i++) {
    const socket = sockets[i % 2]!;
    const measured = Math.floor(i / 2) % order.sampleEvery === 0;
    const leg: Leg = {
      socket, toPort: 0, measured, browser: null, packet: Buffer.alloc(12 + 160 + 14, 0x55), sequence: 0, received: 0, firstSequence: 0, lastSequence: 0, base: 0,
    };
    if (identity && i % 2 === 1) {
      leg.browser = new FakeBrowser(identity, (bytes) => socket.send(bytes, leg.toPort, "127.0.0.1"));
      leg.browser.onRtp = (bytes, end) => hear(leg, bytes, end);
      sdps.push(leg.browser.sdp("actpass"));
    } else {
      const port = measured ? (socket.address() as AddressInfo).port : unreadPort;
      sdps.push(
        ["v=0", `o=- ${i} 1 IN IP4 127.0.0.1`, "s=-", "c=IN IP4 127.0.0.1", "t=0 0", `m=audio ${port} RTP/AVP 8`, "a=rtpmap:8 PCMA/8000", "a=sendrecv", ""].join("\r\n"),
      );
    }
    legs.push(leg);
  }
  tell({ type: "offers", sdps });
}

async function start(engineSdps: readonly string[]): Promise<void> {
  for (const [i, leg] of legs.entries()) {
    leg.toPort = Number(/m=audio (\d+)/.exec(engineSdps[i]!)![1]);
    byPort.set(leg.toPort, leg);
  }
  for (const [i, leg] of legs.entries()) {
    if (!leg.browser) continue;
    leg.browser.start(engineSdps[i]!);
    await leg.browser.connected;
  }
  if (!looping) {
    looping = true;
    send();
  }
  tell({ type: "started" });
}

/** Legs spread evenly over the 20 ms; each wake sends those that are due. */
function send(): void {
  const startedAt = now();
  let sent = 0;
  const wake = (): void => {
    const due = Math.floor(((now() - startedAt) / FRAME_MS) * legs.length);
    // After a stall of our own, do not burst: that would measure us.
    if (due - sent > legs.length) sent = due - legs.length;
    for (; sent < due; sent++) sendOne(legs[sent % legs.length]!);
    setTimeout(wake, 1);
  };
  wake();
}

function sendOne(leg: Leg): void {
  const { packet } = leg;
  leg.sequence++;
  writeRtpHeader(packet, 0, 8, false, leg.sequence & 0xffff, (leg.sequence * 160) >>> 0, 0x10000 + leg.toPort);
  if (leg.browser) {
    // Encryption works in place: the payload is laid anew.
    const fresh = Buffer.alloc(12 + 160 + 14, 0x55);
    packet.copy(fresh, 0, 0, 12);
    fresh.writeDoubleBE(now(), 12);
    leg.browser.sendRtp(fresh, 172);
  } else {
    const bytes = Buffer.from(packet.subarray(0, 172));
    bytes.writeDoubleBE(now(), 12);
    leg.socket.send(bytes, leg.toPort, "127.0.0.1");
  }
}

function measure(seconds: number, by: "stamp" | "grid"): void {
  histogram.fill(0);
  for (const leg of legs) leg.received = 0;
  measuring = by;
  setTimeout(() => {
    measuring = null;
    const heard = legs.filter((leg) => leg.measured);
    const received = heard.reduce((sum, leg) => sum + leg.received, 0);
    const expected = heard.reduce((sum, leg) => sum + (leg.received > 0 ? leg.lastSequence - leg.firstSequence + 1 : seconds * 50), 0);
    const at = (share: number): number => {
      let left = received * share;
      for (let i = 0; i < histogram.length; i++) if ((left -= histogram[i]!) <= 0) return i * BUCKET_MS;
      return Infinity;
    };
    tell({
      type: "result",
      result: {
        delayMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
        lossShare: expected > 0 ? Math.max(0, 1 - received / expected) : 1,
        measuredPackets: received,
      },
    });
  }, seconds * 1000);
}
