/**
 * The load of `bench-menus.ts`, in a process of its own: callers with SIP and RTP that say nothing, hear prompts and press a key every few
 * seconds. All sound goes over one socket; what is heard is told apart by its source (SSRC, RFC 3550 3).
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { writeRtpHeader } from "../server/src/rtp/packet.ts";

export type ToMenusLoad = { type: "call"; count: number; sipPort: number; number: string; perSecond: number } | { type: "measure"; seconds: number };
/** `answered`: calls that are up. `lateMs`: how late packets came against a 20 ms beat of the caller's own first one. `keyToSoundMs`: from a key's press to a new prompt's first packet (its marker). */
export type FromMenusLoad = { type: "up"; answered: number; refused: number } | { type: "measured"; callers: number; packets: number; lost: number; lateMs: { p50: number; p99: number; max: number }; keys: number };

const HOST = "127.0.0.1";
const KEY_EVERY_MS = 5_000;
const KEY_MS = 100;
/** RFC 4733 as offered below. */
const EVENT_PT = 101;

interface Caller {
  callId: string;
  up: boolean;
  toPort: number;
  sequence: number;
  stamp: number;
  nextKeyMs: number;
  keyEndMs: number;
}
/** One caller's prompts, as they come. */
interface Heard {
  base: number;
  firstStamp: number;
  lastSequence: number;
  received: number;
}

let lates: number[] = [];
let lost = 0;
let keys = 0;
let measuring = false;
const callers = new Map<string, Caller>();
const heardOf = new Map<number, Heard>();
const silence = Buffer.alloc(160, 0xff);
let sip: Socket;
let rtp: Socket;
let refused = 0;

process.on("message", (message: ToMenusLoad) => void take(message));
process.on("disconnect", () => process.exit());

const up = (): Caller[] => [...callers.values()].filter((caller) => caller.up);

async function take(message: ToMenusLoad): Promise<void> {
  if (message.type === "call") {
    if (callers.size === 0) await open();
    for (let i = 0; i < message.count; i++) {
      invite(message.sipPort, message.number);
      if (i % 5 === 4) await new Promise((done) => setTimeout(done, 5_000 / message.perSecond));
    }
    const limit = Date.now() + 30_000;
    while (up().length + refused < callers.size && Date.now() < limit) await new Promise((done) => setTimeout(done, 100));
    return void process.send?.({ type: "up", answered: up().length, refused } satisfies FromMenusLoad);
  }
  lates = [];
  lost = 0;
  keys = 0;
  let packets = 0;
  heardOf.clear();
  measuring = true;
  await new Promise((done) => setTimeout(done, message.seconds * 1_000));
  measuring = false;
  const sorted = Float64Array.from(lates).sort();
  for (const { received } of heardOf.values()) packets += received;
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  process.send?.({ type: "measured", callers: heardOf.size, packets, lost, lateMs: { p50: at(0.5), p99: at(0.99), max: at(1) }, keys } satisfies FromMenusLoad);
}

async function open(): Promise<void> {
  sip = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
  rtp = createSocket({ type: "udp4", recvBufferSize: 8 * 1024 * 1024, lookup: (address, _options, found) => found(null, address, 4) });
  sip.on("message", (bytes) => answer(bytes.toString("latin1")));
  rtp.on("message", heard);
  // before: a look-up that answers at once tells it at once
  const listening = Promise.all([once(sip, "listening"), once(rtp, "listening")]);
  sip.bind(0, HOST);
  rtp.bind(0, HOST);
  await listening;
  let beat = performance.now();
  const tick = (): void => {
    for (let now = performance.now(); beat <= now; beat += 20) for (const caller of callers.values()) if (caller.up) speak(caller, now);
    setTimeout(tick, Math.max(0, beat - performance.now()));
  };
  tick();
}

function invite(sipPort: number, number: string): void {
  const n = callers.size + 1;
  const callId = `menus-${process.pid}-${n}`;
  const from = `<sip:+336${String(10_000_000 + n)}@bench.example>;tag=${n}`;
  const via = `Via: SIP/2.0/UDP ${HOST}:${sip.address().port};branch=z9hG4bK${callId}`;
  const contact = `Contact: <sip:bench@${HOST}:${sip.address().port}>`;
  const sdp = `v=0\r\no=- ${n} 1 IN IP4 ${HOST}\r\ns=-\r\nc=IN IP4 ${HOST}\r\nt=0 0\r\nm=audio ${rtp.address().port} RTP/AVP 0 ${EVENT_PT}\r\na=rtpmap:${EVENT_PT} telephone-event/8000\r\na=fmtp:${EVENT_PT} 0-15\r\n`;
  const target = `sip:${number}@${HOST}:${sipPort}`;
  callers.set(callId, { callId, up: false, toPort: 0, sequence: 0, stamp: 0, nextKeyMs: 0, keyEndMs: 0 });
  sip.send(`INVITE ${target} SIP/2.0\r\n${via}\r\nMax-Forwards: 70\r\nFrom: ${from}\r\nTo: <${target}>\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\n${contact}\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`, sipPort, HOST);
}

/** Answers of the server; requests of its own (BYE) are answered 200. */
function answer(text: string): void {
  const header = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(text)?.[1]?.trim() ?? "";
  const caller = callers.get(header("Call-ID"));
  if (!caller) return;
  const port = Number(/:(\d+)(?:[;>]|$)/.exec(header("Contact"))?.[1] ?? 0);
  if (!text.startsWith("SIP/2.0")) {
    if (text.startsWith("BYE")) caller.up = false;
    return;
  }
  const status = Number(text.slice(8, 11));
  if (status < 200 || !header("CSeq").endsWith("INVITE")) return;
  if (status >= 300) {
    refused++;
    return;
  }
  const uri = /<([^>]+)>/.exec(header("Contact"))?.[1] ?? "";
  const ack = `ACK ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${HOST}:${sip.address().port};branch=z9hG4bKa${caller.callId}\r\nMax-Forwards: 70\r\nFrom: ${header("From")}\r\nTo: ${header("To")}\r\nCall-ID: ${caller.callId}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n`;
  sip.send(ack, port, HOST);
  if (caller.up) return;
  caller.toPort = Number(/m=audio (\d+)/.exec(text)?.[1] ?? 0);
  caller.nextKeyMs = performance.now() + KEY_EVERY_MS * Math.random();
  caller.up = true;
}

function speak(caller: Caller, now: number): void {
  caller.sequence = (caller.sequence + 1) & 0xffff;
  caller.stamp = (caller.stamp + 160) >>> 0;
  const key = now >= caller.nextKeyMs;
  if (key && caller.keyEndMs === 0) caller.keyEndMs = now + KEY_MS;
  const packet = Buffer.alloc(12 + (key ? 4 : 160));
  writeRtpHeader(packet, 0, key ? EVENT_PT : 0, false, caller.sequence, caller.stamp, caller.toPort);
  if (!key) silence.copy(packet, 12);
  else {
    const ends = now >= caller.keyEndMs;
    packet.writeUInt32BE(((1 << 24) | ((ends ? 0x8a : 0x0a) << 16) | Math.max(160, Math.round((KEY_MS + now - caller.keyEndMs) * 8))) >>> 0, 12);
    if (ends) {
      caller.nextKeyMs = now + KEY_EVERY_MS;
      caller.keyEndMs = 0;
      if (measuring) keys++;
    }
  }
  rtp.send(packet, caller.toPort, HOST);
}

function heard(bytes: Buffer): void {
  if (!measuring || bytes.length < 12) return;
  const [sequence, stamp, source] = [bytes.readUInt16BE(2), bytes.readUInt32BE(4), bytes.readUInt32BE(8)];
  const now = performance.now();
  const stream = heardOf.get(source);
  if (!stream) return void heardOf.set(source, { base: now, firstStamp: stamp, lastSequence: sequence, received: 1 });
  stream.received++;
  const marked = (bytes[1] ?? 0) >= 0x80;
  if (marked) {
    // a prompt of its own begins its beat anew
    stream.base = now;
    stream.firstStamp = stamp;
  } else {
    lost += Math.max(0, ((sequence - stream.lastSequence) & 0xffff) - 1);
    const late = now - stream.base - ((stamp - stream.firstStamp) >>> 0) / 8;
    if (late < 0) stream.base += late;
    lates.push(Math.max(0, late));
  }
  stream.lastSequence = sequence;
}
