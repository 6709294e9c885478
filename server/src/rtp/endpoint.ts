/**
 * One leg's media: what comes in is checked, counted, recorded, searched for keys and handed on; what goes out is one
 * unbroken stream. The engine tells it where its sound goes (a bridge, a mix) and what it plays.
 */
import type { Clock } from "../base/clock.ts";
import { encodeG711, expansionTable, SILENCE, transcodeInPlace, type G711Codec } from "./g711.ts";
import { InbandDetector } from "./inband-dtmf.ts";
import type { JitterBuffer } from "./jitter-buffer.ts";
import { KeyTone } from "./key-tone.ts";
import type { Link, LinkHandlers } from "./link.ts";
import type { EndpointKind, EndpointStats } from "./media-contract.ts";
import type { Listener } from "./listener.ts";
import type { UdpSocket } from "./media-ports.ts";
import type { Agreement, LocalDescription } from "./negotiate.ts";
import { parseRtp, RTP_HEADER_BYTES, writeRtpHeader, type RtpPacket } from "./packet.ts";
import type { PassedStream } from "./passed-stream.ts";
import type { Player } from "./player.ts";
import { ReceiveTrack } from "./receive-track.ts";
import type { Recorder } from "./recorder.ts";
import { readRtcp, writeRtcp } from "./rtcp.ts";
import type { Direction } from "./sdp.ts";
import { SendTrack } from "./send-track.ts";
import { EventReceiver } from "./telephone-event.ts";

export const FRAME_SAMPLES = 160;
/** We offer telephone-event as 101; a peer may answer with another number and still send ours. */
const OFFERED_EVENT = 101;
/** Room after a packet for the SRTP tag. */
const TAIL_BYTES = 16;
const SILENT_SOURCE = Symbol("silence");
const MIX_SOURCE = Symbol("mix");

export interface EndpointHandlers {
  digit(digit: string, source: "rfc4733" | "inband"): void;
  started(): void;
  /** Something changed that decides whether the tick must feed this endpoint. */
  changed(): void;
  failed(why: string): void;
}

export class Endpoint {
  readonly id: string;
  readonly kind: EndpointKind;
  readonly socket: UdpSocket;
  readonly sendTrack: SendTrack;
  readonly receiveTrack = new ReceiveTrack();
  link!: Link;
  local: LocalDescription;
  agreement: Agreement | null = null;
  /** What we would do if they allowed everything: sendrecv, or our own hold. */
  wish: Direction = "sendrecv";
  bridgedTo: Endpoint | null = null;
  /** Video and text, by key; empty for most. */
  readonly streams = new Map<string, PassedStream>();
  player: Player | null = null;
  mixBuffer: JitterBuffer | null = null;
  listener: Listener | null = null;
  recordings: { recorder: Recorder; side: 0 | 1 }[] = [];
  /** When something was last heard, or since when it may be expected. */
  heardAtMs: number;
  lostTold = false;
  #handlers: EndpointHandlers;
  #clock: Clock;
  #events = new EventReceiver();
  #inband = new InbandDetector();
  #keyTone = new KeyTone();
  #eventSeen = false;
  #started = false;
  #decoded = new Int16Array(1500);
  #lastSenderReport = 0;
  #lastSenderReportAtMs = -1;

  constructor(
    id: string,
    kind: EndpointKind,
    socket: UdpSocket,
    local: LocalDescription,
    sendTrack: SendTrack,
    clock: Clock,
    handlers: EndpointHandlers,
  ) {
    this.id = id;
    this.kind = kind;
    this.socket = socket;
    this.local = local;
    this.sendTrack = sendTrack;
    this.#clock = clock;
    this.#handlers = handlers;
    this.heardAtMs = clock.now();
  }

  linkHandlers(): LinkHandlers {
    return {
      rtp: (bytes, end) => this.#hear(bytes, end),
      rtcp: (bytes, end) => this.#hearRtcp(bytes, end),
      ready: () => {
        this.heardAtMs = this.#clock.now();
        this.#handlers.changed();
      },
      failed: (why) => this.#handlers.failed(why),
    };
  }

  /** We may send: negotiated, link up, direction allows. */
  get sends(): boolean {
    return this.agreement !== null && this.link.ready && (this.agreement.direction === "sendrecv" || this.agreement.direction === "sendonly");
  }

  get receives(): boolean {
    return this.agreement !== null && (this.agreement.direction === "sendrecv" || this.agreement.direction === "recvonly");
  }

  /** The tick must feed it: something plays, or nothing else speaks to the peer (silence keeps NATs and watchdogs content). */
  get wantsTick(): boolean {
    return this.sends && this.mixBuffer === null && (this.player !== null || this.bridgedTo === null);
  }

  agreed(agreement: Agreement): { ok: true } | { ok: false; status: number; why: string } {
    const taken = this.link.agreed(agreement);
    if (!taken.ok) return taken;
    this.agreement = agreement;
    this.#agreedStreams(agreement);
    this.local = { ...this.local, layout: agreement.layout, streams: [...this.streams.values()].map(({ local }) => local) };
    this.heardAtMs = this.#clock.now();
    this.lostTold = false;
    return taken;
  }

  /** A stream that they do not want, or no longer, gives its port back. */
  #agreedStreams(agreement: Agreement): void {
    for (const [key, stream] of this.streams) {
      const wanted = agreement.streams.find((one) => one.key === key);
      if (wanted && stream.link.agreed(wanted).ok) stream.agreement = wanted;
      else {
        stream.link.close();
        this.streams.delete(key);
      }
    }
  }

  /** All its sockets. */
  closeLinks(): void {
    this.link.close();
    for (const { link } of this.streams.values()) link.close();
  }

  get stats(): EndpointStats {
    return {
      packetsReceived: this.receiveTrack.received,
      packetsSent: this.sendTrack.sent,
      packetsLost: this.receiveTrack.lost,
      jitterMs: Math.round(this.receiveTrack.jitterMs * 10) / 10,
    };
  }

  #hear(bytes: Uint8Array, end: number): void {
    const agreement = this.agreement;
    if (agreement === null || !this.receives) return;
    const packet = parseRtp(bytes, end);
    if (packet === null) return;
    const { payloadType } = packet;
    const codec = codecOf(payloadType, agreement);
    const isEvent = codec === null && (payloadType === agreement.telephoneEvent || payloadType === OFFERED_EVENT);
    if (codec === null && !isEvent) return;
    const now = this.#clock.now();
    if (!this.receiveTrack.take(packet, now)) return;
    this.heardAtMs = now;
    this.lostTold = false;
    if (!this.#started) {
      this.#started = true;
      this.#handlers.started();
    }
    const peer = this.bridgedTo;
    if (codec === null) {
      this.#eventSeen = true;
      const digit = this.#events.take(bytes, packet.payloadStart, packet.payloadEnd, packet.timestamp, packet.ssrc);
      if (digit !== null) this.#handlers.digit(digit, "rfc4733");
    } else {
      const { recordings } = this;
      for (let i = 0; i < recordings.length; i++) {
        const { recorder, side } = recordings[i]!;
        recorder.hear(side, packet.ssrc, packet.timestamp, bytes, packet.payloadStart, packet.payloadEnd, expansionTable(codec), now);
      }
      const alone = peer === null && this.mixBuffer === null; // in talk, a voice must not press keys
      const listens = alone && !this.#eventSeen && (agreement.telephoneEvent === null || this.kind === "webrtc");
      if (listens || this.mixBuffer || this.listener) this.#decode(codec, bytes, packet, listens);
    }
    if (peer !== null) peer.#relay(this, packet, bytes, codec, now);
  }

  #decode(codec: G711Codec, bytes: Uint8Array, packet: RtpPacket, listens: boolean): void {
    const table = expansionTable(codec);
    const { payloadStart, payloadEnd } = packet;
    const count = payloadEnd - payloadStart;
    const decoded = this.#decoded;
    for (let i = 0; i < count; i++) decoded[i] = table[bytes[payloadStart + i]!]!;
    if (this.mixBuffer) this.mixBuffer.put(packet.ssrc, packet.timestamp, decoded, count);
    this.listener?.put(packet.ssrc, packet.timestamp, decoded, count);
    if (listens) for (const digit of this.#inband.take(decoded, count)) this.#handlers.digit(digit, "inband");
  }

  /** Passes on what `source` heard. Keys go as keys when our peer knows them, else as tones; `codec` null marks a key. */
  #relay(source: Endpoint, packet: RtpPacket, bytes: Uint8Array, codec: G711Codec | null, now: number): void {
    const agreement = this.agreement;
    if (agreement === null || !this.sends || this.player !== null) return;
    const payloadType = codec === null ? agreement.telephoneEvent : agreement.payloadType;
    if (payloadType === null) {
      this.sendTrack.skipRelayed(source, packet);
      const frames = this.#keyTone.due(bytes, packet.payloadStart, packet.payloadEnd, packet.timestamp, packet.ssrc);
      for (let i = 0; i < frames; i++) {
        this.#keyTone.draw(this.#decoded);
        this.#sendFrame(this.#keyTone, this.#decoded, agreement, now);
      }
      return;
    }
    if (codec !== null && codec !== agreement.codec) transcodeInPlace(agreement.codec, bytes, packet.payloadStart, packet.payloadEnd);
    const stamp = this.sendTrack.relay(source, packet, now);
    if (stamp === null) return;
    // The header goes right before the payload: CSRCs and extensions of the source are cut off by that.
    const start = packet.payloadStart - RTP_HEADER_BYTES;
    writeRtpHeader(bytes, start, payloadType, stamp.marker, stamp.sequence, stamp.timestamp, this.sendTrack.ssrc);
    this.sendTrack.octets += packet.payloadEnd - packet.payloadStart;
    this.link.sendRtp(bytes, start, packet.payloadEnd);
  }

  /** One frame of the tick: what plays, else silence. Returns the player that ended with it. */
  tick(now: number, scratch: Int16Array): Player | null {
    this.listener?.tick();
    const agreement = this.agreement;
    if (agreement === null || !this.sends) return null;
    const player = this.player;
    if (player === null || player.ended) {
      this.#sendFrame(SILENT_SOURCE, null, agreement, now);
      return player;
    }
    player.draw(scratch);
    this.#sendFrame(player, scratch, agreement, now);
    return player.ended ? player : null;
  }

  /** One frame out of a mix. */
  sendMixed(samples: Int16Array, now: number): void {
    if (this.agreement !== null && this.sends && this.player === null) this.#sendFrame(MIX_SOURCE, samples, this.agreement, now);
  }

  #sendFrame(source: unknown, samples: Int16Array | null, agreement: Agreement, now: number): void {
    const stamp = this.sendTrack.frame(source, FRAME_SAMPLES, now);
    const end = RTP_HEADER_BYTES + FRAME_SAMPLES;
    const bytes = Buffer.allocUnsafe(this.kind === "rtp" ? end : end + TAIL_BYTES);
    writeRtpHeader(bytes, 0, agreement.payloadType, stamp.marker, stamp.sequence, stamp.timestamp, this.sendTrack.ssrc);
    if (samples === null) bytes.fill(SILENCE[agreement.codec], RTP_HEADER_BYTES, end);
    else encodeG711(agreement.codec, samples, FRAME_SAMPLES, bytes, RTP_HEADER_BYTES);
    this.sendTrack.octets += FRAME_SAMPLES;
    this.link.sendRtp(bytes, 0, end);
  }

  #hearRtcp(bytes: Uint8Array, end: number): void {
    const heard = readRtcp(bytes, end, this.sendTrack.ssrc);
    // a phone that suppresses silence sends nothing while its owner listens: its reports say that it is there (never heard, its sound does not get through)
    if (this.#started) this.heardAtMs = this.#clock.now();
    if (heard.senderReport !== null) {
      this.#lastSenderReport = heard.senderReport;
      this.#lastSenderReportAtMs = this.#clock.now();
    }
  }

  /** Our report: SR when we have sent, RR else. */
  sendReport(bye: boolean): void {
    if (this.agreement === null || !this.link.ready) return;
    const now = this.#clock.now();
    const track = this.sendTrack;
    const sender =
      track.sent > 0
        ? { nowMs: now, timestamp: (track.lastTimestamp + Math.round((now - track.lastAtMs) * 8)) >>> 0, packets: track.sent, octets: track.octets }
        : null;
    const heard = this.receiveTrack.received > 0;
    const since = this.#lastSenderReportAtMs < 0 ? 0 : Math.round(((now - this.#lastSenderReportAtMs) * 65536) / 1000) >>> 0;
    const block = heard
      ? { ssrc: this.receiveTrack.ssrc, ...this.receiveTrack.report(), lastSenderReport: this.#lastSenderReport, sinceLastSenderReport: since }
      : null;
    this.link.sendRtcp(writeRtcp(track.ssrc, this.local.cname, sender, block, bye));
  }
}

function codecOf(payloadType: number, agreement: Agreement): G711Codec | null {
  if (payloadType === agreement.payloadType) return agreement.codec;
  // A peer that lists both laws may change between them without a word (RFC 3264 section 7).
  return payloadType === 0 ? "PCMU" : payloadType === 8 ? "PCMA" : null;
}
