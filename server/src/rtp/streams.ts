/** Further streams of a description, beside the audio: video and real-time text (RFC 4103), to be passed through between two endpoints. */
import type { StreamShape } from "./description.ts";
import { parseSdp, type Sdp, type SdpMedia } from "./sdp.ts";

/** Attack: a description of thirty video sections, each of which costs us a port on both sides. A camera and a shared screen, with text. */
const MAX_STREAMS = 4;
/** Attack: attributes without end, all of which we would print to the other side. A browser's video section has about 150. */
const MAX_LINES = 250;

const PROTOS = ["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"];
/** What says something of the formats, and nothing of addresses, keys or identities. */
const PASSED = new Set(["rtpmap", "fmtp", "rtcp-fb", "framerate", "framesize", "imageattr", "content", "ptime", "maxptime", "lang", "hlang-send", "hlang-recv"]);

export interface DescribedStream {
  /** Kind and place among those of its kind, refused ones counted: the same on both sides of a bridge. */
  key: string;
  media: SdpMedia;
  shape: StreamShape;
}

/** The streams that are on and that we could carry. */
export function readStreams(sdp: Sdp): DescribedStream[] {
  const out: DescribedStream[] = [];
  const counts = { video: 0, text: 0 };
  for (const media of sdp.media) {
    const { kind } = media;
    if (kind !== "video" && kind !== "text") continue;
    const key = `${kind}:${counts[kind]++}`;
    if (media.port === 0 || !PROTOS.includes(media.proto) || out.length >= MAX_STREAMS) continue;
    const formats = media.formats.filter((format) => /^\d{1,3}$/.test(format) && Number(format) < 128);
    if (formats.length === 0) continue;
    const lines = media.attributes.filter(({ name }) => PASSED.has(name)).slice(0, MAX_LINES).map(({ name, value }) => (value === "" ? name : `${name}:${value}`));
    out.push({ key, media, shape: { kind, feedback: media.proto.endsWith("F"), formats, lines } });
  }
  return out;
}

/** The same of a text; none when it cannot be read. */
export function streamsOf(sdpText: string): DescribedStream[] {
  const parsed = parseSdp(sdpText);
  return parsed.ok ? readStreams(parsed.sdp) : [];
}
