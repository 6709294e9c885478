/**
 * Callers with sound, in a process of their own: some talk all the time, others call, wait a second and hang up. Told by the parent
 * when to begin and when to tell; every request is repeated as RFC 3261 asks (T1 500 ms). One socket for signalling, one each for sound.
 *   calls.ts <sip port> <talking> <calls a second> <number>
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readRtcp } from "../../server/src/rtp/rtcp.ts";
import { writeRtpHeader } from "../../server/src/rtp/packet.ts";

const FRAME_MS = 20;
const HOLD_MS = 1_000;
const GIVE_UP_MS = 32_000;
/** An address of its own, so that the border knows it apart from the flood. */
const HERE = "127.0.0.50";

export interface CallsResult {
  tried: number;
  answered: number;
  failed: string[];
  setUpMs: number[];
  talking: number;
  /** Of the server's sound, by the gaps in its sequence numbers; of ours, by what the server reports (RTCP). */
  lostOfTheirs: number;
  heardOfTheirs: number;
  /** Mean and worst share lost, of the server's reports (each of five seconds of one call). */
  meanReportOfOurs: number;
  worstReportOfOurs: number;
  reports: number;
}

interface Call {
  id: string;
  state: "calling" | "up" | "bye" | "over";
  startedMs: number;
  to: string;
  rtp: Socket;
  toPort: number;
  sequence: number;
  last: number;
  heard: number;
  lost: number;
  repeat: NodeJS.Timeout | null;
  talker: boolean;
  /** Begun while it was measured. */
  counted: boolean;
  /** Its own: what is being sent must not change. */
  frame: Buffer;
}

const [sipPort = "0", talkers = "0", perSecond = "0", number = "1000"] = process.argv.slice(2);
const sip = createSocket("udp4");
const calls = new Map<string, Call>();
const result: CallsResult = { tried: 0, answered: 0, failed: [], setUpMs: [], talking: 0, lostOfTheirs: 0, heardOfTheirs: 0, meanReportOfOurs: 0, worstReportOfOurs: 0, reports: 0 };
let serial = 0;
let measuring = false;

const send = (text: string): void => sip.send(text, Number(sipPort), "127.0.0.1");

function request(call: Call, method: string, cseq: number, body = ""): string {
  const { port } = sip.address();
  return [
    `${method} sip:${number}@127.0.0.1:${sipPort} SIP/2.0`, `Via: SIP/2.0/UDP ${HERE}:${port};branch=z9hG4bK${call.id}${method === "ACK" ? "ACK" : cseq};rport`, "Max-Forwards: 70",
    `From: <sip:+33140${call.id.split("x")[1]!.padStart(6, "0")}@${HERE}:${port}>;tag=${call.id}`, `To: ${call.to}`, `Call-ID: ${call.id}`, `CSeq: ${cseq} ${method}`, `Contact: <sip:c@${HERE}:${port}>`,
    "User-Agent: the flood's callers", ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
  ].join("\r\n");
}

function repeatedly(call: Call, text: string): void {
  if (call.repeat) clearTimeout(call.repeat);
  let waitMs = 500;
  const again = (): void => {
    if (performance.now() - call.startedMs > GIVE_UP_MS) return over(call, "no answer");
    send(text);
    waitMs = Math.min(waitMs * 2, 4_000);
    call.repeat = setTimeout(again, waitMs);
  };
  send(text);
  call.repeat = setTimeout(again, waitMs);
}

function over(call: Call, why: string | null): void {
  if (call.state === "over") return;
  if (why !== null) result.failed.push(why);
  call.state = "over";
  if (call.repeat) clearTimeout(call.repeat);
  call.rtp.close();
  calls.delete(call.id);
}

async function place(talker: boolean): Promise<void> {
  const rtp = createSocket("udp4");
  rtp.bind(0, HERE);
  await once(rtp, "listening");
  const call: Call = { id: `f${process.pid}x${serial++}`, state: "calling", startedMs: performance.now(), to: `<sip:${number}@127.0.0.1>`, rtp, toPort: 0, sequence: 1, last: -1, heard: 0, lost: 0, repeat: null, talker, counted: measuring && !talker, frame: Buffer.alloc(172, 0xff) };
  calls.set(call.id, call);
  rtp.on("message", (bytes) => {
    if (bytes[1]! >= 192 && bytes[1]! <= 223) {
      const { fractionLost } = readRtcp(bytes, bytes.length, 7_000 + Number(call.id.split("x")[1]));
      if (fractionLost === null || !measuring || !talker) return;
      result.reports++;
      result.meanReportOfOurs += (fractionLost / 256 - result.meanReportOfOurs) / result.reports;
      result.worstReportOfOurs = Math.max(result.worstReportOfOurs, fractionLost / 256);
      return;
    }
    const sequence = bytes.readUInt16BE(2);
    const ahead = call.last < 0 ? 1 : (sequence - call.last) & 0xffff;
    if (ahead === 0 || ahead > 30_000) return;
    if (measuring && talker) {
      call.heard++;
      call.lost += ahead - 1;
    }
    call.last = sequence;
  });
  const { port } = rtp.address() as AddressInfo;
  repeatedly(call, request(call, "INVITE", 1, `v=0\r\no=- 1 1 IN IP4 ${HERE}\r\ns=-\r\nc=IN IP4 ${HERE}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:${port}\r\n`));
  if (call.counted) result.tried++;
}

sip.on("message", (bytes) => {
  const text = bytes.toString("latin1");
  const call = calls.get(/^Call-ID: (\S+)/im.exec(text)?.[1] ?? "");
  if (text.startsWith("BYE ")) {
    send(text.replace(/^[^\r]*\r\n/, "SIP/2.0 200 OK\r\n").replace(/\r\n\r\n[\s\S]*$/, "\r\n\r\n"));
    if (call) over(call, call.state === "bye" ? null : "the server hung up");
    return;
  }
  if (!call || !text.startsWith("SIP/2.0 ")) return;
  const status = Number(text.slice(8, 11));
  const method = /^CSeq: \d+ (\w+)/im.exec(text)?.[1];
  if (status < 200) {
    if (call.repeat && method === "INVITE") clearTimeout(call.repeat);
    return;
  }
  if (method === "BYE") return over(call, null);
  call.to = /^To: (.*)$/im.exec(text)?.[1]?.trim() ?? call.to;
  send(request(call, "ACK", 1));
  if (call.state !== "calling") return;
  if (call.repeat) clearTimeout(call.repeat);
  if (status >= 300) return over(call, `refused ${status}`);
  call.state = "up";
  call.toPort = Number(/^m=audio (\d+)/m.exec(text)?.[1]);
  if (call.talker) return;
  if (call.counted) {
    result.answered++;
    result.setUpMs.push(performance.now() - call.startedMs);
  }
  setTimeout(() => {
    if (call.state !== "up") return;
    call.state = "bye";
    call.startedMs = performance.now();
    repeatedly(call, request(call, "BYE", 2));
  }, HOLD_MS);
});

let frames = 0;
function tick(): void {
  frames++;
  for (const call of calls.values()) {
    if (call.state !== "up" || call.toPort === 0) continue;
    writeRtpHeader(call.frame, 0, 0, false, call.sequence & 0xffff, call.sequence * 160, 7_000 + Number(call.id.split("x")[1]));
    call.sequence++;
    call.rtp.send(call.frame, call.toPort, "127.0.0.1");
  }
}

sip.bind(0, HERE);
await once(sip, "listening");
const from = performance.now();
setInterval(() => {
  while (frames * FRAME_MS < performance.now() - from) tick();
}, 5);

process.on("message", (message: "talk" | "measure" | "tell") => {
  if (message === "talk") {
    for (let i = 0; i < Number(talkers); i++) setTimeout(() => void place(true), i * 100);
    if (Number(perSecond) > 0) setInterval(() => void place(false), 1_000 / Number(perSecond));
  } else if (message === "measure") measuring = true;
  else {
    measuring = false;
    for (const call of calls.values()) {
      if (call.counted && call.state === "calling") result.tried--; // neither yet
      if (!call.talker || call.state !== "up") continue;
      result.talking++;
      result.heardOfTheirs += call.heard;
      result.lostOfTheirs += call.lost;
    }
    process.send!(result);
  }
});
process.send!("ready");
process.on("disconnect", () => process.exit());
