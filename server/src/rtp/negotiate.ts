/**
 * Offer and answer (RFC 3264) for one audio stream of G.711 with telephone-event (RFC 4733), over plain RTP, over SRTP with keys in the
 * SDP, or over DTLS-SRTP with ICE-lite, BUNDLE and rtcp-mux (RFC 8829 as Chromium lives it); and for further streams that are passed
 * through. Pure: text in, values and text out.
 */
import { isIPv4, isIPv6 } from "node:net";
import { audioLines, print, refusedLines, sessionLines, streamLines, type LocalDescription, type LocalStream, type Section, type StreamShape } from "./description.ts";
import type { G711Codec } from "./g711.ts";
import type { EndpointKind } from "./media-contract.ts";
import { answerCrypto, matchCrypto, readCryptoLines, type CryptoLine, type Sdes } from "./sdes.ts";
import { attribute, directionOf, parseSdp, payloadTypes, type Direction, type Sdp, type SdpMedia } from "./sdp.ts";
import { readStreams } from "./streams.ts";

export type { LocalDescription } from "./description.ts";

/** Remote ports below this are refused. Attack: an SDP that aims our media at DNS, NTP or SNMP. */
const MIN_REMOTE_PORT = 1024;

export interface RemoteWebRtc {
  ufrag: string;
  password: string;
  /** Upper-case hex pairs with colons, SHA-256. */
  fingerprint: string;
  /** Their DTLS role as written. */
  setup: "active" | "passive" | "actpass";
}

/** What a link must know of an offer/answer round. */
export interface LinkAgreement {
  /** Where to send, null when it is to be learnt from their first packet (or when ICE says). */
  remote: { address: string; port: number } | null;
  rtcpMux: boolean;
  /** Where their RTCP goes when not muxed. */
  rtcpPort: number;
  webrtc: RemoteWebRtc | null;
  sdes: Sdes | null;
}

/** A further stream that both sides want. */
export interface StreamAgreement extends LinkAgreement {
  key: string;
  /** As they describe it: what the other side of a bridge is told. */
  shape: StreamShape;
  /** What we do. */
  direction: Direction;
}

/** What both sides agreed on, from one offer/answer round. */
export interface Agreement extends LinkAgreement {
  codec: G711Codec;
  payloadType: number;
  /** Payload type of telephone-event towards them, null when they have none. */
  telephoneEvent: number | null;
  /** What they say of themselves. */
  remoteDirection: Direction;
  /** What we do: our side of the answer. */
  direction: Direction;
  streams: readonly StreamAgreement[];
  layout: readonly Section[];
}

type Refusal = { ok: false; status: number; why: string };
const refuse = (why: string): Refusal => ({ ok: false, status: 488, why });

const PLAIN_PROTOS = ["RTP/AVP", "RTP/AVPF"];
const SDES_PROTOS = ["RTP/SAVP", "RTP/SAVPF"];
const WEBRTC_PROTOS = ["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF"];
const OFFERED_EVENT = 101;
const STATIC: Record<G711Codec, number> = { PCMU: 0, PCMA: 8 };

function mirrored(direction: Direction): Direction {
  return direction === "sendonly" ? "recvonly" : direction === "recvonly" ? "sendonly" : direction;
}

/** What is left of `wish` when the other side allows `allowed`. */
export function meet(wish: Direction, allowed: Direction): Direction {
  const send = /send/.test(wish) && /send/.test(allowed);
  const receive = /recv/.test(wish) && /recv/.test(allowed);
  return send ? (receive ? "sendrecv" : "sendonly") : receive ? "recvonly" : "inactive";
}

/**
 * How to answer an offer. Keys in the SDP count only when `keysAllowed`: whoever reads unprotected signalling has them. A section of
 * RTP/SAVP without that is then refused as a transport that plain RTP does not speak.
 */
export function kindOfOffer(offerText: string, keysAllowed: boolean): EndpointKind {
  const parsed = parseSdp(offerText);
  const audio = parsed.ok ? parsed.sdp.media.filter((m) => m.kind === "audio" && m.port !== 0) : [];
  if (audio.some((m) => m.proto.startsWith("UDP/TLS/"))) return "webrtc";
  // RFC 8643 section 3: keys in an RTP/AVP section are an offer of protection to whoever understands it
  return keysAllowed && audio.some((m) => [...SDES_PROTOS, ...PLAIN_PROTOS].includes(m.proto) && readCryptoLines(m.attributes).length > 0) ? "srtp" : "rtp";
}

export function kindOf(local: LocalDescription): EndpointKind {
  return local.webrtc ? "webrtc" : local.sdes ? "srtp" : "rtp";
}

/** Address, ports and direction of a section that is no WebRTC. */
function readPlace(sdp: Sdp, media: SdpMedia): { ok: true; place: Omit<LinkAgreement, "sdes" | "webrtc">; remoteDirection: Direction } | Refusal {
  const address = media.connection ?? sdp.connection;
  if (address === null) return refuse("no c= line");
  if (media.port < MIN_REMOTE_PORT) return refuse(`media port ${media.port}`);
  const nowhere = address === "0.0.0.0" || address === "::"; // hold as in RFC 2543
  const reachable = (isIPv4(address) || isIPv6(address)) && !nowhere;
  const rtcp = /^(\d{1,5})\b/.exec(attribute(sdp, media, "rtcp") ?? "");
  return {
    ok: true,
    place: {
      remote: reachable ? { address, port: media.port } : null,
      rtcpMux: media.attributes.some((a) => a.name === "rtcp-mux"),
      rtcpPort: rtcp && Number(rtcp[1]) >= MIN_REMOTE_PORT && Number(rtcp[1]) <= 65535 ? Number(rtcp[1]) : media.port + 1,
    },
    remoteDirection: nowhere ? "inactive" : directionOf(sdp, media),
  };
}

function readAudio(sdp: Sdp, media: SdpMedia, kind: EndpointKind, prefer: readonly G711Codec[] | null): { ok: true; agreement: Omit<Agreement, "sdes" | "streams" | "layout"> } | Refusal {
  const offered = payloadTypes(media);
  const voices = offered.filter((p) => p.clockHz === 8000 && (p.name === "PCMU" || p.name === "PCMA"));
  const voice = prefer?.flatMap((codec) => voices.find((v) => v.name === codec) ?? [])[0] ?? voices[0];
  if (!voice) return refuse("no common codec: PCMA or PCMU needed");
  const event = offered.find((p) => p.name === "TELEPHONE-EVENT" && p.clockHz === 8000);
  const codec = { codec: voice.name as G711Codec, payloadType: voice.payloadType, telephoneEvent: event ? event.payloadType : null };
  if (kind === "webrtc") {
    const read = readWebRtc(sdp, media);
    if (!read.ok) return read;
    const remoteDirection = directionOf(sdp, media);
    return { ok: true, agreement: { ...codec, remote: null, rtcpMux: true, rtcpPort: 0, remoteDirection, direction: mirrored(remoteDirection), webrtc: read.webrtc } };
  }
  const read = readPlace(sdp, media);
  if (!read.ok) return read;
  return { ok: true, agreement: { ...codec, ...read.place, remoteDirection: read.remoteDirection, direction: mirrored(read.remoteDirection), webrtc: null } };
}

function readWebRtc(sdp: Sdp, media: SdpMedia): { ok: true; webrtc: RemoteWebRtc } | Refusal {
  const ufrag = attribute(sdp, media, "ice-ufrag");
  const password = attribute(sdp, media, "ice-pwd");
  if (!ufrag || !password || ufrag.length > 256 || password.length > 256) return refuse("no ICE credentials");
  const all = [...media.attributes, ...sdp.attributes].filter((a) => a.name === "fingerprint");
  const sha256 = all.flatMap((a) => /^sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(a.value)?.[1] ?? [])[0];
  if (!sha256) return refuse("no SHA-256 fingerprint");
  const setup = attribute(sdp, media, "setup");
  if (setup === "passive") return refuse("setup:passive: we only take the passive role of DTLS");
  if (setup !== "active" && setup !== "actpass") return refuse("no DTLS role");
  if (!media.attributes.some((a) => a.name === "rtcp-mux")) return refuse("rtcp-mux needed");
  return { ok: true, webrtc: { ufrag, password, fingerprint: sha256.toUpperCase(), setup } };
}

/** The first audio section that an endpoint of this kind can take. */
function findAudio(sdp: Sdp, kind: EndpointKind): SdpMedia | Refusal {
  const audio = sdp.media.filter((m) => m.kind === "audio" && m.port !== 0);
  if (audio.length === 0) return refuse("no audio");
  if (kind === "srtp") {
    const keyed = (protos: readonly string[]): SdpMedia | undefined => audio.find((m) => protos.includes(m.proto) && readCryptoLines(m.attributes).length > 0);
    return keyed(SDES_PROTOS) ?? keyed(PLAIN_PROTOS) ?? refuse("no key that we can use (a=crypto)");
  }
  const protos = kind === "webrtc" ? WEBRTC_PROTOS : PLAIN_PROTOS;
  return audio.find((m) => protos.includes(m.proto)) ?? refuse(`transport ${audio[0]!.proto}: ${protos[0]} needed`);
}

const midOf = (media: SdpMedia): string | null => media.attributes.find((a) => a.name === "mid")?.value ?? null;

/** Agreement and answer text for a remote offer. `wish` is what we would do if they allowed everything. */
export function answerOffer(offerText: string, local: LocalDescription, wish: Direction, prefer: readonly G711Codec[] | null): { ok: true; agreement: Agreement; sdp: string } | Refusal {
  const parsed = parseSdp(offerText);
  if (!parsed.ok) return parsed;
  const { sdp } = parsed;
  const kind = kindOf(local);
  const media = findAudio(sdp, kind);
  if ("ok" in media) return media;
  const read = readAudio(sdp, media, kind, prefer);
  if (!read.ok) return read;
  const { agreement } = read;
  const direction = meet(wish, agreement.direction);
  const sdes = local.sdes && answerCrypto(readCryptoLines(media.attributes), local.sdes);
  if (local.sdes && !sdes) return refuse("no key that we can use (a=crypto)");
  const bundled = sdp.attributes.some((a) => a.name === "group" && a.value.startsWith("BUNDLE"));
  const mid = midOf(media);
  const lines = sessionLines(local, bundled && mid !== null ? mid : null);
  const streams: StreamAgreement[] = [];
  const layout: Section[] = [];
  const offered = readStreams(sdp);
  for (const section of sdp.media) {
    if (section === media) {
      layout.push({ is: "audio", proto: section.proto, mid });
      lines.push(...audioLines(local, section.proto, {
        codecs: [[agreement.codec, agreement.payloadType]], event: agreement.telephoneEvent, direction, mux: agreement.rtcpMux, setup: "passive", mid, crypto: sdes ? [sdes.outbound] : [],
      }));
      continue;
    }
    const theirs = offered.find((stream) => stream.media === section);
    const ours = local.streams.find((stream) => stream.key === theirs?.key);
    const taken = theirs && ours && agreeStream(sdp, section, theirs.shape, ours, (lines) => answerCrypto(lines, ours.sdes ?? []));
    if (taken) {
      const shape = commonShape(ours.shape, theirs.shape);
      streams.push(taken);
      layout.push({ is: "stream", key: ours.key, proto: section.proto, mid: midOf(section) });
      lines.push(...streamLines(local, section.proto, { stream: ours, shape, direction: taken.direction, mux: taken.rtcpMux, mid: midOf(section), crypto: taken.sdes ? [taken.sdes.outbound] : [] }));
    } else {
      const refused = { kind: section.kind, proto: section.proto, formats: section.formats.join(" "), mid: midOf(section) };
      layout.push({ is: "refused", ...refused });
      lines.push(...refusedLines(refused));
    }
  }
  return { ok: true, agreement: { ...agreement, direction, sdes, streams, layout }, sdp: print(lines) };
}

/** What both know of, in the words of `told`; all of it when that leaves nothing (the peer named formats in its own way). */
function commonShape(told: StreamShape, asked: StreamShape): StreamShape {
  const formats = told.formats.filter((format) => asked.formats.includes(format));
  if (formats.length === 0) return told;
  const about = (line: string): string | undefined => /^(?:rtpmap|fmtp|rtcp-fb):(\d+)/.exec(line)?.[1];
  return { ...told, formats, lines: told.lines.filter((line) => about(line) === undefined || formats.includes(about(line)!)) };
}

/** Null when the stream cannot be carried as it is described. */
function agreeStream(sdp: Sdp, media: SdpMedia, shape: StreamShape, ours: LocalStream, keys: (theirs: readonly CryptoLine[]) => Sdes | null): StreamAgreement | null {
  const read = readPlace(sdp, media);
  if (!read.ok) return null;
  const sdes = ours.sdes && keys(readCryptoLines(media.attributes));
  if (ours.sdes && !sdes) return null;
  // a stream whose profile asks for keys is not carried without them
  if (!ours.sdes && SDES_PROTOS.includes(media.proto)) return null;
  return { key: ours.key, shape, ...read.place, webrtc: null, sdes, direction: mirrored(read.remoteDirection) };
}

/** Our offer: every codec that we speak, `first` leading; then the further streams, or the sections that the session has. */
export function makeOffer(local: LocalDescription, direction: Direction, first: G711Codec): string {
  const order: G711Codec[] = first === "PCMA" ? ["PCMA", "PCMU"] : ["PCMU", "PCMA"];
  const layout = local.layout.length > 0 ? local.layout : firstLayout(local);
  const audioMid = layout.find((section) => section.is === "audio")?.mid ?? null;
  const lines = sessionLines(local, local.webrtc ? audioMid : null);
  for (const section of layout) {
    const stream = section.is === "stream" ? local.streams.find(({ key }) => key === section.key) : undefined;
    if (section.is === "audio") {
      lines.push(...audioLines(local, section.proto, {
        codecs: order.map((codec) => [codec, STATIC[codec]]), event: OFFERED_EVENT, direction, mux: true, setup: "actpass", mid: section.mid, crypto: local.sdes ?? [],
      }));
    } else if (stream) {
      lines.push(...streamLines(local, section.proto, { stream, shape: stream.shape, direction, mux: false, mid: section.mid, crypto: stream.sdes ?? [] }));
    } else {
      lines.push(...refusedLines(section.is === "refused" ? section : { kind: section.key.split(":")[0]!, proto: section.proto, formats: "", mid: section.mid }));
    }
  }
  return print(lines);
}

/** The sections of a first offer of ours. */
export function firstLayout(local: LocalDescription): Section[] {
  const plain = local.sdes ? "RTP/SAVP" : "RTP/AVP";
  return [
    { is: "audio", proto: local.webrtc ? "UDP/TLS/RTP/SAVPF" : plain, mid: local.webrtc ? "0" : null },
    ...local.streams.map(({ key, shape }): Section => ({ is: "stream", key, proto: shape.feedback ? `${plain}F` : plain, mid: null })),
  ];
}

/** Agreement from the answer to an offer of ours made of `local` with `offered` as direction. */
export function takeAnswer(answerText: string, local: LocalDescription, offered: Direction): { ok: true; agreement: Agreement } | Refusal {
  const parsed = parseSdp(answerText);
  if (!parsed.ok) return parsed;
  const { sdp } = parsed;
  const kind = kindOf(local);
  const media = findAudio(sdp, kind);
  if ("ok" in media) return media;
  const read = readAudio(sdp, media, kind, null);
  if (!read.ok) return read;
  if (read.agreement.webrtc?.setup === "actpass") return refuse("an answer must choose its DTLS role");
  const sdes = local.sdes && matchCrypto(local.sdes, readCryptoLines(media.attributes));
  if (local.sdes && !sdes) return refuse("the answer has not one of the keys that we offered");
  const layout = local.layout.length > 0 ? local.layout : firstLayout(local);
  const theirs = readStreams(sdp);
  const streams = layout.flatMap((section, i): StreamAgreement[] => {
    const ours = section.is === "stream" ? local.streams.find(({ key }) => key === section.key) : undefined;
    const answer = theirs.find((stream) => stream.media === sdp.media[i]);
    const taken = ours && answer && agreeStream(sdp, answer.media, answer.shape, ours, (lines) => matchCrypto(ours.sdes ?? [], lines));
    return taken ? [taken] : [];
  });
  return { ok: true, agreement: { ...read.agreement, direction: meet(offered, read.agreement.direction), sdes, streams, layout } };
}
