/** What we say of ourselves in SDP: the lines that we print, and what they are made of. */
import { isIPv6 } from "node:net";
import type { G711Codec } from "./g711.ts";
import { printCryptoLine, type CryptoLine } from "./sdes.ts";
import type { Direction } from "./sdp.ts";

/** A further stream (video, real-time text) as one side described it: passed on as it is, never understood. */
export interface StreamShape {
  kind: "video" | "text";
  /** The profile with feedback (RTP/AVPF, RFC 4585). */
  feedback: boolean;
  formats: readonly string[];
  /** Attributes that say what the formats are, as written, without `a=`. */
  lines: readonly string[];
}

/** Our side of a further stream: a port of its own. */
export interface LocalStream {
  /** Kind and place among those of its kind: "video:0". */
  key: string;
  port: number;
  sdes: readonly CryptoLine[] | null;
  shape: StreamShape;
}

/** One media section of a session, in its place. None may go or move while the session lives (RFC 3264 section 8). */
export type Section =
  | { is: "audio"; proto: string; mid: string | null }
  | { is: "stream"; key: string; proto: string; mid: string | null }
  | { is: "refused"; kind: string; proto: string; formats: string; mid: string | null };

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
  /** Our keys, one for each suite; null for an endpoint without SDES. */
  sdes: readonly CryptoLine[] | null;
  streams: readonly LocalStream[];
  /** Empty before the first offer/answer round. */
  layout: readonly Section[];
}

export interface AudioChoice {
  codecs: readonly (readonly [G711Codec, number])[];
  event: number | null;
  direction: Direction;
  mux: boolean;
  setup: "passive" | "actpass";
  mid: string | null;
  crypto: readonly CryptoLine[];
}

export interface StreamChoice {
  stream: LocalStream;
  shape: StreamShape;
  direction: Direction;
  mux: boolean;
  mid: string | null;
  crypto: readonly CryptoLine[];
}

export function sessionLines(local: LocalDescription, bundleMid: string | null): string[] {
  const address = local.addresses[0]!;
  const lines = ["v=0", `o=tandem ${local.sessionId} ${local.version} IN ${family(address)} ${address}`, "s=-", "t=0 0"];
  if (local.webrtc) lines.push("a=ice-lite");
  if (bundleMid !== null) lines.push(`a=group:BUNDLE ${bundleMid}`);
  if (local.webrtc) lines.push("a=msid-semantic: WMS *");
  return lines;
}

export function audioLines(local: LocalDescription, proto: string, choice: AudioChoice): string[] {
  const types = choice.codecs.map(([, payloadType]) => payloadType);
  if (choice.event !== null) types.push(choice.event);
  const address = local.addresses[0]!;
  const lines = [`m=audio ${local.port} ${proto} ${types.join(" ")}`, `c=IN ${family(address)} ${address}`];
  for (const [codec, payloadType] of choice.codecs) lines.push(`a=rtpmap:${payloadType} ${codec}/8000`);
  if (choice.event !== null) lines.push(`a=rtpmap:${choice.event} telephone-event/8000`, `a=fmtp:${choice.event} 0-16`);
  lines.push("a=ptime:20", `a=${choice.direction}`);
  if (choice.mid !== null) lines.push(`a=mid:${choice.mid}`);
  if (choice.mux) lines.push("a=rtcp-mux");
  lines.push(...choice.crypto.map(printCryptoLine));
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

export function streamLines(local: LocalDescription, proto: string, choice: StreamChoice): string[] {
  const address = local.addresses[0]!;
  const { shape, stream } = choice;
  const lines = [`m=${shape.kind} ${stream.port} ${proto} ${shape.formats.join(" ")}`, `c=IN ${family(address)} ${address}`];
  lines.push(...shape.lines.map((line) => `a=${line}`), `a=${choice.direction}`);
  if (choice.mid !== null) lines.push(`a=mid:${choice.mid}`);
  if (choice.mux) lines.push("a=rtcp-mux");
  lines.push(...choice.crypto.map(printCryptoLine));
  return lines;
}

/** RFC 3264 section 6: a section that is not wanted keeps its place, with port 0. */
export function refusedLines(section: { kind: string; proto: string; formats: string; mid: string | null }): string[] {
  const lines = [`m=${section.kind} 0 ${section.proto} ${section.formats || "0"}`];
  if (section.mid !== null) lines.push(`a=mid:${section.mid}`, "a=inactive");
  return lines;
}

export function print(lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n`;
}

function family(address: string): "IP4" | "IP6" {
  return isIPv6(address) ? "IP6" : "IP4";
}
