/** SDP (RFC 8866) as lines: parse what peers send, never throw. What the lines mean to us is in `negotiate.ts`. */

/** Attack: a megabyte of lines in an INVITE or a WebSocket message. Chromium's largest audio+video offer is about 8 kB. */
export const MAX_SDP_BYTES = 32 * 1024;
/** Attack: thousands of media sections, each answered by a line of ours. */
export const MAX_MEDIA = 32;
/** Attack: unbounded attribute lists (candidates above all). */
export const MAX_LINES = 1000;

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export interface SdpAttribute {
  name: string;
  /** Empty for a property attribute such as `a=sendrecv`. */
  value: string;
}

export interface SdpMedia {
  kind: string;
  port: number;
  proto: string;
  formats: string[];
  /** Address of the section's own `c=` line, else null. */
  connection: string | null;
  attributes: SdpAttribute[];
}

export interface Sdp {
  connection: string | null;
  attributes: SdpAttribute[];
  media: SdpMedia[];
}

export type SdpResult = { ok: true; sdp: Sdp } | { ok: false; status: number; why: string };

const bad = (why: string): SdpResult => ({ ok: false, status: 400, why: `SDP: ${why}` });

export function parseSdp(text: string): SdpResult {
  if (text.length > MAX_SDP_BYTES) return { ok: false, status: 413, why: `SDP longer than ${MAX_SDP_BYTES} bytes` };
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > MAX_LINES) return { ok: false, status: 413, why: `SDP of more than ${MAX_LINES} lines` };
  const sdp: Sdp = { connection: null, attributes: [], media: [] };
  let media: SdpMedia | null = null;
  let versionSeen = false;
  for (const line of lines) {
    if (line === "") continue;
    if (line[1] !== "=") return bad("a line without `=`");
    const value = line.slice(2).trim();
    switch (line[0]) {
      case "v":
        if (value !== "0") return bad("version is not 0");
        versionSeen = true;
        break;
      case "c": {
        const match = /^IN IP([46]) ([^\s/]+)/i.exec(value);
        if (!match) return bad("unreadable c= line");
        if (media) media.connection = match[2]!;
        else sdp.connection = match[2]!;
        break;
      }
      case "m": {
        const match = /^(\S+) (\d{1,5})(?:\/\d+)? (\S+)((?: +\S+)*)$/.exec(value);
        if (!match || Number(match[2]) > 65535) return bad("unreadable m= line");
        if (sdp.media.length === MAX_MEDIA) return { ok: false, status: 413, why: `SDP of more than ${MAX_MEDIA} media` };
        media = {
          kind: match[1]!.toLowerCase(),
          port: Number(match[2]),
          proto: match[3]!.toUpperCase(),
          formats: match[4]!.trim().split(/ +/).filter((format) => format !== ""),
          connection: null,
          attributes: [],
        };
        sdp.media.push(media);
        break;
      }
      case "a": {
        const colon = value.indexOf(":");
        const attribute = colon < 0 ? { name: value, value: "" } : { name: value.slice(0, colon), value: value.slice(colon + 1).trim() };
        (media ?? sdp).attributes.push(attribute);
        break;
      }
      default: // o, s, t, b, i and the rest say nothing that we act on
    }
  }
  return versionSeen ? { ok: true, sdp } : bad("no v= line");
}

/** First value of an attribute in the media section, else at session level, else null. */
export function attribute(sdp: Sdp, media: SdpMedia, name: string): string | null {
  const found = media.attributes.find((a) => a.name === name) ?? sdp.attributes.find((a) => a.name === name);
  return found ? found.value : null;
}

const DIRECTIONS: readonly string[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/** RFC 8866 section 6.7: absent means sendrecv; the media section's own wins over the session's. */
export function directionOf(sdp: Sdp, media: SdpMedia): Direction {
  const found =
    media.attributes.find((a) => DIRECTIONS.includes(a.name)) ?? sdp.attributes.find((a) => DIRECTIONS.includes(a.name));
  return (found?.name as Direction | undefined) ?? "sendrecv";
}

/** Payload types of the section with name (upper case) and clock rate: `a=rtpmap`, and the static ones of RFC 3551 that we speak. */
export function payloadTypes(media: SdpMedia): { payloadType: number; name: string; clockHz: number }[] {
  const out: { payloadType: number; name: string; clockHz: number }[] = [];
  for (const format of media.formats) {
    if (!/^\d{1,3}$/.test(format) || Number(format) > 127) continue;
    const map = media.attributes.find((a) => a.name === "rtpmap" && a.value.startsWith(`${format} `));
    const match = map && /^\d+ ([^/\s]+)\/(\d+)/.exec(map.value);
    if (match) out.push({ payloadType: Number(format), name: match[1]!.toUpperCase(), clockHz: Number(match[2]) });
    else if (!map && format === "0") out.push({ payloadType: 0, name: "PCMU", clockHz: 8000 });
    else if (!map && format === "8") out.push({ payloadType: 8, name: "PCMA", clockHz: 8000 });
  }
  return out;
}

/** The first address that a description names; null when it names none that is an address. */
export function connectionOf(text: string): string | null {
  const found = /^c=IN IP[46] ([0-9A-Fa-f.:]+)/im.exec(text.slice(0, MAX_SDP_BYTES))?.[1];
  return found ?? null;
}
