/**
 * Offer and answer (RFC 3264) for one audio stream of G.711 with telephone-event (RFC 4733), over plain RTP or over
 * DTLS-SRTP with ICE-lite, BUNDLE and rtcp-mux (RFC 8829 as Chromium lives it). Pure: text in, values and text out.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { G711Codec } from "./g711.ts";
import { attribute, directionOf, parseSdp, payloadTypes, type Direction, type Sdp, type SdpMedia } from "./sdp.ts";

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

/** What both sides agreed on, from one offer/answer round. */
export interface Agreement {
  codec: G711Codec;
  payloadType: number;
  /** Payload type of telephone-event towards them, null when they have none. */
  telephoneEvent: number | null;
  /** Where to send, null when it is to be learnt from their first packet (or when ICE says). */
  remote: { address: string; port: number } | null;
  rtcpMux: boolean;
  /** Where their RTCP goes when not muxed. */
  rtcpPort: number;
  /** What they say of themselves. */
  remoteDirection: Direction;
  /** What we do: our side of the answer. */
  direction: Direction;
  webrtc: RemoteWebRtc | null;
}

/** Our side of one endpoint: what we print. */
export interface LocalDescription {
  sessionId: number;
  version: number;
  /** Address for `c=` and the first candidate. */
  addresses: readonly string[];
  port: number;
  ssrc: number;
  cname: string;
  webrtc: { ufrag: string; password: string; fingerprint: string } | null;
}

type Refusal = { ok: false; status: number; why: string };
const refuse = (why: string): Refusal => ({ ok: false, status: 488, why });

const PLAIN_PROTOS = ["RTP/AVP", "RTP/AVPF"];
const SECURE_PROTOS = ["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF"];
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

function readMedia(sdp: Sdp, media: SdpMedia, secure: boolean, prefer: readonly G711Codec[] | null): { ok: true; agreement: Agreement } | Refusal {
  const offered = payloadTypes(media);
  const voices = offered.filter((p) => p.clockHz === 8000 && (p.name === "PCMU" || p.name === "PCMA"));
  const voice = prefer?.flatMap((codec) => voices.find((v) => v.name === codec) ?? [])[0] ?? voices[0];
  if (!voice) return refuse("no common codec: PCMA or PCMU needed");
  const event = offered.find((p) => p.name === "TELEPHONE-EVENT" && p.clockHz === 8000);

  const address = media.connection ?? sdp.connection;
  let remoteDirection = directionOf(sdp, media);
  if (!secure && address === null) return refuse("no c= line");
  if (!secure && (address === "0.0.0.0" || address === "::")) remoteDirection = "inactive"; // hold as in RFC 2543
  const reachable = address !== null && (isIPv4(address) || isIPv6(address)) && address !== "0.0.0.0" && address !== "::";
  if (!secure && media.port < MIN_REMOTE_PORT) return refuse(`media port ${media.port}`);

  let webrtc: RemoteWebRtc | null = null;
  if (secure) {
    const read = readWebRtc(sdp, media);
    if (!read.ok) return read;
    webrtc = read.webrtc;
  }
  const rtcp = /^(\d{1,5})\b/.exec(attribute(sdp, media, "rtcp") ?? "");
  return {
    ok: true,
    agreement: {
      codec: voice.name as G711Codec,
      payloadType: voice.payloadType,
      telephoneEvent: event ? event.payloadType : null,
      remote: !secure && reachable ? { address: address!, port: media.port } : null,
      rtcpMux: media.attributes.some((a) => a.name === "rtcp-mux"),
      rtcpPort: rtcp && Number(rtcp[1]) >= MIN_REMOTE_PORT && Number(rtcp[1]) <= 65535 ? Number(rtcp[1]) : media.port + 1,
      remoteDirection,
      direction: mirrored(remoteDirection),
      webrtc,
    },
  };
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

/** The first audio section that we can take, over the transport asked for. */
function findAudio(sdp: Sdp, secure: boolean): SdpMedia | Refusal {
  const audio = sdp.media.filter((m) => m.kind === "audio" && m.port !== 0);
  if (audio.length === 0) return refuse("no audio");
  const protos = secure ? SECURE_PROTOS : PLAIN_PROTOS;
  return audio.find((m) => protos.includes(m.proto)) ?? refuse(`transport ${audio[0]!.proto}: ${protos[0]} needed`);
}

/** Agreement and answer text for a remote offer. `wish` is what we would do if they allowed everything. */
export function answerOffer(
  offerText: string,
  local: LocalDescription,
  wish: Direction,
  prefer: readonly G711Codec[] | null,
): { ok: true; agreement: Agreement; sdp: string } | Refusal {
  const parsed = parseSdp(offerText);
  if (!parsed.ok) return parsed;
  const { sdp } = parsed;
  const secure = local.webrtc !== null;
  const media = findAudio(sdp, secure);
  if ("ok" in media) return media;
  const read = readMedia(sdp, media, secure, prefer);
  if (!read.ok) return read;
  const agreement: Agreement = { ...read.agreement, direction: meet(wish, read.agreement.direction) };
  const mid = media.attributes.find((a) => a.name === "mid")?.value ?? null;
  const bundled = sdp.attributes.some((a) => a.name === "group" && a.value.startsWith("BUNDLE"));
  const lines = sessionLines(local, bundled && mid !== null ? mid : null);
  for (const section of sdp.media) {
    if (section === media) {
      lines.push(...mediaLines(local, section.proto, {
        codecs: [[agreement.codec, agreement.payloadType]],
        event: agreement.telephoneEvent,
        direction: agreement.direction,
        mux: agreement.rtcpMux,
        setup: "passive",
        mid,
      }));
    } else {
      lines.push(`m=${section.kind} 0 ${section.proto} ${section.formats.join(" ") || "0"}`);
      const otherMid = section.attributes.find((a) => a.name === "mid")?.value;
      if (otherMid !== undefined) lines.push(`a=mid:${otherMid}`, "a=inactive");
    }
  }
  return { ok: true, agreement, sdp: print(lines) };
}

/** Our offer: every codec that we speak, `first` leading. */
export function makeOffer(local: LocalDescription, direction: Direction, first: G711Codec): string {
  const order: G711Codec[] = first === "PCMA" ? ["PCMA", "PCMU"] : ["PCMU", "PCMA"];
  return print([
    ...sessionLines(local, local.webrtc ? "0" : null),
    ...mediaLines(local, local.webrtc ? "UDP/TLS/RTP/SAVPF" : "RTP/AVP", {
      codecs: order.map((codec) => [codec, STATIC[codec]]),
      event: OFFERED_EVENT,
      direction,
      mux: true,
      setup: "actpass",
      mid: local.webrtc ? "0" : null,
    }),
  ]);
}

/** Agreement from the answer to an offer of ours made with `offered` as direction. */
export function takeAnswer(answerText: string, secure: boolean, offered: Direction): { ok: true; agreement: Agreement } | Refusal {
  const parsed = parseSdp(answerText);
  if (!parsed.ok) return parsed;
  const media = findAudio(parsed.sdp, secure);
  if ("ok" in media) return media;
  const read = readMedia(parsed.sdp, media, secure, null);
  if (!read.ok) return read;
  if (read.agreement.webrtc?.setup === "actpass") return refuse("an answer must choose its DTLS role");
  return { ok: true, agreement: { ...read.agreement, direction: meet(offered, read.agreement.direction) } };
}

function sessionLines(local: LocalDescription, bundleMid: string | null): string[] {
  const address = local.addresses[0]!;
  const lines = ["v=0", `o=tandem ${local.sessionId} ${local.version} IN ${family(address)} ${address}`, "s=-", "t=0 0"];
  if (local.webrtc) lines.push("a=ice-lite");
  if (bundleMid !== null) lines.push(`a=group:BUNDLE ${bundleMid}`);
  if (local.webrtc) lines.push("a=msid-semantic: WMS *");
  return lines;
}

interface MediaChoice {
  codecs: readonly (readonly [G711Codec, number])[];
  event: number | null;
  direction: Direction;
  mux: boolean;
  setup: "passive" | "actpass";
  mid: string | null;
}

function mediaLines(local: LocalDescription, proto: string, choice: MediaChoice): string[] {
  const types = choice.codecs.map(([, payloadType]) => payloadType);
  if (choice.event !== null) types.push(choice.event);
  const address = local.addresses[0]!;
  const lines = [`m=audio ${local.port} ${proto} ${types.join(" ")}`, `c=IN ${family(address)} ${address}`];
  for (const [codec, payloadType] of choice.codecs) lines.push(`a=rtpmap:${payloadType} ${codec}/8000`);
  if (choice.event !== null) lines.push(`a=rtpmap:${choice.event} telephone-event/8000`, `a=fmtp:${choice.event} 0-16`);
  lines.push("a=ptime:20", `a=${choice.direction}`);
  if (choice.mid !== null) lines.push(`a=mid:${choice.mid}`);
  if (choice.mux) lines.push("a=rtcp-mux");
  if (!local.webrtc) return lines;
  const { ufrag, password, fingerprint } = local.webrtc;
  lines.push(`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${password}`, `a=fingerprint:sha-256 ${fingerprint}`, `a=setup:${choice.setup}`);
  lines.push("a=msid:tandem audio", `a=ssrc:${local.ssrc} cname:${local.cname}`);
  // RFC 8445 section 5.1.2.1: host candidates, the first address most wanted.
  local.addresses.forEach((candidate, i) => {
    const priority = 126 * 2 ** 24 + (65535 - i) * 2 ** 8 + 255;
    lines.push(`a=candidate:${i + 1} 1 udp ${priority} ${candidate} ${local.port} typ host`);
  });
  lines.push("a=end-of-candidates");
  return lines;
}

function family(address: string): "IP4" | "IP6" {
  return isIPv6(address) ? "IP6" : "IP4";
}

function print(lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n`;
}
