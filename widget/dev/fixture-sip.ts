/**
 * Development and tests only: the smallest SIP callee over WebSocket that a browser call needs (digest, INVITE, ACK, CANCEL, BYE),
 * with werift for the sound: it sends a 440 Hz tone, and notes the keys and the loudness that it hears. Tandem's own SIP is elsewhere.
 */
import { createHash, randomBytes } from "node:crypto";
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from "werift";
import type { WebSocket, WebSocketServer } from "ws";

const REALM = "tandem.invalid";
const PASSWORD = "s3cret-of-a-minute";
const PCMU = 0;
const EVENTS = 126;
/** sip.js drops a provisional response without it. */
const CONTACT = "Contact: <sip:centre@fixture.invalid;transport=ws>";
const KEYS = "0123456789*#ABCD";

interface Heard {
  keysHeard: string[];
  callsEnded: number;
}

export function answerCalls(server: WebSocketServer, heard: Heard): { close(): Promise<void> } {
  const open = new Set<Media>();
  server.on("connection", (ws: WebSocket) => {
    let media: Media | null = null;
    let answered = false;
    const stop = (): void => {
      if (media === null) return;
      open.delete(media);
      void media.close();
      media = null;
      heard.callsEnded++;
    };
    ws.on("close", stop);
    ws.on("message", (data) => {
      const text = String(data);
      const method = text.split(" ", 1)[0];
      if (method === "INVITE" && !authorised(text)) {
        const nonce = randomBytes(8).toString("hex");
        ws.send(reply(text, "401 Unauthorized", [`WWW-Authenticate: Digest realm="${REALM}", nonce="${nonce}", algorithm=MD5, qop="auth"`]));
      } else if (method === "INVITE") {
        ws.send(reply(text, "100 Trying"));
        ws.send(reply(text, "180 Ringing", [CONTACT]));
        media = new Media(heard);
        open.add(media);
        media
          .answer(text.slice(text.indexOf("\r\n\r\n") + 4))
          .then((sdp) => {
            answered = true;
            ws.send(reply(text, "200 OK", [CONTACT, "Content-Type: application/sdp"], sdp));
          })
          .catch((error: unknown) => ws.send(reply(text, `500 ${String(error).slice(0, 80)}`)));
      } else if (method === "BYE" || method === "CANCEL") {
        ws.send(reply(text, "200 OK"));
        if (method === "CANCEL" && !answered) ws.send(reply(text, "487 Request Terminated").replace(/CSeq: (\d+) CANCEL/, "CSeq: $1 INVITE"));
        stop();
      }
    });
  });
  return {
    close: async () => {
      for (const media of open) await media.close();
    },
  };
}

class Media {
  readonly #peer = new RTCPeerConnection({
    iceServers: [],
    codecs: {
      audio: [
        new RTCRtpCodecParameters({ mimeType: "audio/PCMU", clockRate: 8000, channels: 1, payloadType: PCMU }),
        new RTCRtpCodecParameters({ mimeType: "audio/telephone-event", clockRate: 8000, channels: 1, payloadType: EVENTS }),
      ],
      video: [],
    },
  });
  readonly #track = new MediaStreamTrack({ kind: "audio" });
  #tone: NodeJS.Timeout | null = null;

  constructor(heard: Heard) {
    this.#peer.addTransceiver(this.#track, { direction: "sendrecv" });
    let lastEvent = -1;
    this.#peer.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe((packet) => {
        // RFC 4733: the packets of one key share a timestamp; the first of them tells it.
        if (packet.header.payloadType === PCMU || packet.payload.length !== 4 || packet.header.timestamp === lastEvent) return;
        lastEvent = packet.header.timestamp;
        heard.keysHeard.push(KEYS[packet.payload[0]!] ?? "?");
      });
    });
  }

  async answer(offer: string): Promise<string> {
    await this.#peer.setRemoteDescription({ type: "offer", sdp: offer });
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    let sequenceNumber = 0;
    this.#tone = setInterval(() => {
      const payload = Buffer.alloc(160);
      for (let i = 0; i < 160; i++) payload[i] = muLaw(Math.sin((2 * Math.PI * 440 * (sequenceNumber * 160 + i)) / 8000) * 6000);
      const header = new RtpHeader({ payloadType: PCMU, sequenceNumber: sequenceNumber & 0xffff, timestamp: sequenceNumber * 160, ssrc: 7, version: 2 });
      this.#track.writeRtp(new RtpPacket(header, payload));
      sequenceNumber++;
    }, 20);
    return this.#peer.localDescription?.sdp ?? "";
  }

  async close(): Promise<void> {
    if (this.#tone !== null) clearInterval(this.#tone);
    await this.#peer.close();
  }
}

function authorised(text: string): boolean {
  const header = /^(?:Proxy-)?Authorization: Digest (.*)$/im.exec(text)?.[1];
  if (header === undefined) return false;
  const field = (name: string): string => new RegExp(`\\b${name}="?([^",]+)`).exec(header)?.[1] ?? "";
  const md5 = (s: string): string => createHash("md5").update(s).digest("hex");
  const ha1 = md5(`${field("username")}:${REALM}:${PASSWORD}`);
  const ha2 = md5(`INVITE:${field("uri")}`);
  return field("response") === md5([ha1, field("nonce"), field("nc"), field("cnonce"), field("qop"), ha2].join(":"));
}

/** A response to `request`: its Via, From, To (tagged), Call-ID and CSeq given back. */
function reply(request: string, status: string, headers: readonly string[] = [], content = ""): string {
  const copied = request.split("\r\n\r\n", 1)[0]!.split("\r\n").filter((line) => /^(?:via|from|to|call-id|cseq|record-route):/i.test(line));
  const tagged = copied.map((line) => (/^to:/i.test(line) && !line.includes(";tag=") && !status.startsWith("100") ? `${line};tag=fixture` : line));
  return [`SIP/2.0 ${status}`, ...tagged, ...headers, `Content-Length: ${Buffer.byteLength(content)}`, "", content].join("\r\n");
}

/** G.711 µ-law of one 16-bit sample. */
function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(Math.round(sample)), 32_635) + 132;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}
