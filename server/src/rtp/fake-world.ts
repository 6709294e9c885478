/** Test aid: a network, files and phones on a virtual clock, so that engine tests run in no time and always alike. */
import assert from "node:assert/strict";
import { seededChance, type Chance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createDtlsPort } from "./dtls-server.ts";
import { MediaEngine, type EngineOptions } from "./engine.ts";
import { decodeG711, encodeG711, type G711Codec } from "./g711.ts";
import type { MediaEvent } from "./media-contract.ts";
import type { FilePort, GrowingFile, NetPort, UdpSocket } from "./media-ports.ts";
import { isRtcp, parseRtp, writeRtpHeader } from "./packet.ts";
import { goertzelPower } from "./tones.ts";

type Hear = (bytes: Uint8Array, port: number, address: string) => void;

/** Datagrams between `address:port`s, with a delay, and loss by chance. */
export class FakeNet {
  readonly clock: VirtualClock;
  #chance: Chance;
  #sockets = new Map<string, Hear>();
  #nextPort = 20000;
  delayMs = 5;
  jitterMs = 0;
  lossShare = 0;
  /** Sees every datagram, also those that get lost. */
  tap: (bytes: Uint8Array, toPort: number) => void = () => undefined;
  /** Every datagram that was sent to an address where nobody listens. */
  nowhere: string[] = [];

  constructor(clock: VirtualClock, chance: Chance) {
    this.clock = clock;
    this.#chance = chance;
  }

  socket(address: string, hear: Hear, port = (this.#nextPort += 2)): UdpSocket {
    const key = `${address}:${port}`;
    this.#sockets.set(key, hear);
    return {
      port,
      send: (bytes, toPort, toAddress) => {
        this.tap(bytes, toPort);
        if (this.#chance.next() < this.lossShare) return;
        const copy = Buffer.from(bytes);
        const to = `${toAddress}:${toPort}`;
        this.clock.after(this.delayMs + this.#chance.next() * this.jitterMs, () => {
          const listener = this.#sockets.get(to);
          if (listener) listener(copy, port, address);
          else this.nowhere.push(to);
        });
      },
      close: () => this.#sockets.delete(key),
    };
  }

  port(address: string): NetPort {
    return { open: (hear, _failed, port) => Promise.resolve(this.socket(address, hear, port)) };
  }
}

export class FakeFiles implements FilePort {
  readonly files = new Map<string, Uint8Array>();
  #stuck = false;
  #waiting: (() => void)[] = [];

  /** Set it to stop all writing: a disk that hangs. */
  set stuck(stuck: boolean) {
    this.#stuck = stuck;
    if (!stuck) this.#drain();
  }

  #drain(): void {
    for (const run of this.#waiting.splice(0)) run();
  }

  read(path: string): Promise<{ ok: true; bytes: Uint8Array } | { ok: false; why: string }> {
    const bytes = this.files.get(path);
    return Promise.resolve(bytes ? { ok: true, bytes } : { ok: false, why: `no file ${path}` });
  }

  create(path: string): GrowingFile {
    this.files.set(path, new Uint8Array(0));
    const write = (offset: number, bytes: Uint8Array): void => {
      const old = this.files.get(path)!;
      const grown = new Uint8Array(Math.max(old.length, offset + bytes.length));
      grown.set(old);
      grown.set(bytes, offset);
      this.files.set(path, grown);
    };
    let size = 0;
    let pending = 0;
    const push = (offset: number, bytes: Uint8Array): void => {
      const copy = Uint8Array.from(bytes);
      pending += copy.length;
      this.#waiting.push(() => {
        write(offset, copy);
        pending -= copy.length;
      });
      if (!this.#stuck) this.#drain();
    };
    return {
      append: (bytes) => {
        push(size, bytes);
        size += bytes.length;
      },
      patch: push,
      get pendingBytes() {
        return pending;
      },
      close: () => {
        this.#drain();
        return Promise.resolve();
      },
    };
  }
}

/** A phone on plain RTP: speaks a sound (looped) and keeps what it hears by timestamp. */
export class FakePhone {
  readonly net: FakeNet;
  readonly address: string;
  readonly socket: UdpSocket;
  readonly codec: G711Codec;
  readonly events: { digit: number; timestamp: number; ended: boolean }[] = [];
  /** Sequence numbers, timestamps and SSRCs in order of arrival. */
  readonly arrived: { sequence: number; timestamp: number; ssrc: number; marker: boolean; payloadType: number; atMs: number }[] = [];
  rtcp = 0;
  #heard: number[] = [];
  #firstTimestamp = -1;
  #stop: (() => void) | null = null;
  sequence = 100;
  timestamp = 5000;
  ssrc: number;
  to: { address: string; port: number } | null = null;

  constructor(net: FakeNet, address: string, codec: G711Codec, ssrc = 0x1234) {
    this.net = net;
    this.address = address;
    this.codec = codec;
    this.ssrc = ssrc;
    this.socket = net.socket(address, (bytes) => this.#hear(bytes));
  }

  sdp(direction = "sendrecv", extra: { event?: number | null; port?: number } = {}): string {
    const type = this.codec === "PCMU" ? 0 : 8;
    const event = extra.event === undefined ? 101 : extra.event;
    return [
      "v=0", `o=- 1 1 IN IP4 ${this.address}`, "s=-", `c=IN IP4 ${this.address}`, "t=0 0",
      `m=audio ${extra.port ?? this.socket.port} RTP/AVP ${type}${event === null ? "" : ` ${event}`}`,
      ...(event === null ? [] : [`a=rtpmap:${event} telephone-event/8000`]),
      `a=${direction}`, "",
    ].join("\r\n");
  }

  /** Where the SDP of the other side says. */
  aim(sdp: string): void {
    this.to = { address: /c=IN IP4 (\S+)/.exec(sdp)![1]!, port: Number(/m=audio (\d+)/.exec(sdp)![1]) };
  }

  speak(samples: Int16Array): void {
    this.silence();
    let at = 0;
    const frame = new Int16Array(160);
    const next = (): void => {
      for (let i = 0; i < 160; i++) frame[i] = samples[(at + i) % samples.length]!;
      at = (at + 160) % samples.length;
      this.sendFrame(frame);
      this.#stop = this.net.clock.after(20, next);
    };
    next();
  }

  silence(): void {
    this.#stop?.();
    this.#stop = null;
  }

  sendFrame(frame: Int16Array): void {
    const bytes = new Uint8Array(12 + frame.length);
    writeRtpHeader(bytes, 0, this.codec === "PCMU" ? 0 : 8, false, this.sequence, this.timestamp, this.ssrc);
    encodeG711(this.codec, frame, frame.length, bytes, 12);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + frame.length) >>> 0;
    this.socket.send(bytes, this.to!.port, this.to!.address);
  }

  sendRaw(payloadType: number, payload: Uint8Array, timestamp: number, marker = false): void {
    const bytes = new Uint8Array(12 + payload.length);
    writeRtpHeader(bytes, 0, payloadType, marker, this.sequence, timestamp, this.ssrc);
    bytes.set(payload, 12);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.socket.send(bytes, this.to!.port, this.to!.address);
  }

  #hear(bytes: Uint8Array): void {
    if (isRtcp(bytes)) {
      this.rtcp++;
      return;
    }
    const packet = parseRtp(bytes);
    if (!packet) return;
    const { sequence, timestamp, ssrc, marker, payloadType } = packet;
    this.arrived.push({ sequence, timestamp, ssrc, marker, payloadType, atMs: this.net.clock.now() });
    const payload = bytes.subarray(packet.payloadStart, packet.payloadEnd);
    if (payloadType > 95) {
      this.events.push({ digit: payload[0]!, timestamp, ended: (payload[1]! & 0x80) !== 0 });
      return;
    }
    const codec = payloadType === 0 ? "PCMU" : "PCMA";
    if (this.#firstTimestamp < 0) this.#firstTimestamp = timestamp;
    const samples = new Int16Array(payload.length);
    decodeG711(codec, payload, samples);
    const at = (timestamp - this.#firstTimestamp) | 0;
    for (let i = 0; i < samples.length; i++) this.#heard[at + i] = samples[i]!;
  }

  /** The last `ms` of what was heard. */
  heard(ms: number): Int16Array {
    const count = ms * 8;
    return Int16Array.from({ length: count }, (_, i) => this.#heard[this.#heard.length - count + i] ?? 0);
  }

  forget(): void {
    this.#heard = [];
    this.#firstTimestamp = -1;
    this.arrived.length = 0;
    this.events.length = 0;
  }
}

export interface FakeWorld {
  clock: VirtualClock;
  chance: Chance;
  net: FakeNet;
  files: FakeFiles;
  engine: MediaEngine;
  events: MediaEvent[];
  /** Moves time, letting promises settle on the way. */
  run(ms: number): Promise<void>;
}

export function fakeWorld(ours: Pick<EngineOptions, "near"> & { seed?: number; addresses?: readonly string[] } = {}): FakeWorld {
  const { seed = 1, addresses = ["192.0.2.1"], near } = ours;
  const clock = new VirtualClock(1_700_000_000_000);
  const chance = seededChance(seed);
  const net = new FakeNet(clock, chance);
  const files = new FakeFiles();
  const engine = new MediaEngine({
    net: net.port("192.0.2.1"),
    files,
    dtls: createDtlsPort(clock, chance),
    clock,
    chance,
    log: silentLog,
    addresses,
    ...(near && { near }),
  });
  const events: MediaEvent[] = [];
  engine.onEvent((event) => events.push(event));
  const run = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 20) {
      clock.advance(Math.min(20, left));
      await settle();
    }
  };
  return { clock, chance, net, files, engine, events, run };
}

/** Lets promise chains of a few steps come to their end. */
async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

/** A phone that calls us as `id`: it is answered, and sends where we said. */
export async function called(world: FakeWorld, id: string, phone: FakePhone): Promise<string> {
  const answer = await world.engine.answer(id, "rtp", phone.sdp());
  assert.ok(answer.ok, JSON.stringify(answer));
  phone.aim(answer.sdp);
  return answer.sdp;
}

/** A phone that called ("a") and one that we called ("b"), joined. */
export async function bridged(world: FakeWorld, codecs: ["PCMU" | "PCMA", "PCMU" | "PCMA"] = ["PCMA", "PCMA"]): Promise<[FakePhone, FakePhone]> {
  const a = new FakePhone(world.net, "198.51.100.1", codecs[0], 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", codecs[1], 0xb);
  await called(world, "a", a);
  const offer = await world.engine.offer("b", "rtp");
  assert.ok(offer.ok);
  b.aim(offer.sdp);
  assert.deepEqual(await world.engine.setAnswer("b", b.sdp()), { ok: true });
  world.engine.bridge("a", "b");
  return [a, b];
}

/** In the last second: one tone, not the other. */
export function hears(phone: FakePhone, freqHz: number, notHz: number): void {
  const heard = phone.heard(1000);
  assert.ok(goertzelPower(heard, freqHz) > 0.1, `${freqHz} Hz at ${goertzelPower(heard, freqHz)}`);
  assert.ok(goertzelPower(heard, notHz) < 0.001, `${notHz} Hz at ${goertzelPower(heard, notHz)}`);
}
