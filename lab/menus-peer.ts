/**
 * The peer of `bench-menus.ts`: sipp (C) that answers every call and plays one recording over and over. It knows no menus, no keys, no flows, writes nothing and
 * mixes nothing: the least that a program must do to be heard by so many, since Debian 12 has neither Asterisk nor FreeSWITCH to stand beside.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OK } from "../server/src/app/sipp-parts.ts";
import { encodeG711 } from "../server/src/rtp/g711.ts";

const TONE_S = 20;
const ANSWER = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="plays">
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
]]></send>
<recv request="ACK"/>
<nop><action><exec rtp_stream="RECORDING,-1,0"/></action></nop>
<recv request="BYE" timeout="3600000"/>
${OK}
</scenario>
`;

/** Until a process listens on this UDP port of the loopback: the load sends its INVITEs once. */
async function bound(port: number): Promise<void> {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  while (!readFileSync("/proc/net/udp", "latin1").includes(wanted)) await new Promise((done) => setTimeout(done, 20));
}

export interface MenusPeer {
  readonly sipPort: number;
  /** User and system time since its start. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export async function startMenusPeer(folder: string, sipPort: number): Promise<MenusPeer> {
  const [recording, scenario] = [join(folder, "tone.ulaw"), join(folder, "plays.xml")];
  const tone = Int16Array.from({ length: TONE_S * 8_000 }, (_, i) => 6_000 * Math.sin((2 * Math.PI * 440 * i) / 8_000));
  const octets = new Uint8Array(tone.length);
  encodeG711("PCMU", tone, tone.length, octets, 0);
  writeFileSync(recording, octets);
  writeFileSync(scenario, ANSWER.replace("RECORDING", recording));
  const args = ["-sf", scenario, "-i", "127.0.0.1", "-p", String(sipPort), "-mi", "127.0.0.1", "-mp", "44000", "-nostdin"];
  const sipp = spawn("sipp", args, { cwd: folder, stdio: "ignore" });
  const ended = once(sipp, "exit");
  await Promise.race([bound(sipPort), ended.then(() => Promise.reject(new Error(`sipp ended at once: ${args.join(" ")}`)))]);
  return {
    sipPort,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${sipp.pid}/stat`, "latin1").split(") ").at(-1)!.split(" ");
      return (Number(fields[11]) + Number(fields[12])) / 100; // proc(5): ticks of 10 ms
    },
    async stop() {
      sipp.kill("SIGKILL");
      await ended;
    },
  };
}
