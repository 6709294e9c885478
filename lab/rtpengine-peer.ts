/** Debian's rtpengine in user space, spoken to by its ng protocol (bencode over UDP): the yardstick of `bench-media.ts`. */
import { spawn, type ChildProcess } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

type Value = string | readonly string[];

export class RtpenginePeer {
  #child: ChildProcess;
  #socket: Socket = createSocket("udp4");
  #controlPort: number;
  #cookie = 0;
  #waiting = new Map<string, (answer: string) => void>();

  static installed(): boolean {
    return existsSync("/usr/bin/rtpengine");
  }

  /** One worker thread, as one of our media workers is one thread. */
  constructor(controlPort: number, portMin: number, portMax: number, folder: string) {
    this.#controlPort = controlPort;
    mkdirSync(join(folder, "rtpengine"), { recursive: true });
    this.#child = spawn(
      "/usr/bin/rtpengine",
      [
        "--table=-1", "--foreground", "--log-stderr", "--log-level=2", "--interface=127.0.0.1", `--listen-ng=127.0.0.1:${controlPort}`,
        `--port-min=${portMin}`, `--port-max=${portMax}`, "--num-threads=1", `--recording-dir=${join(folder, "rtpengine")}`,
        "--recording-method=pcap", "--recording-format=eth",
      ],
      // It may dump core when it is killed: there, and not in the repository.
      { stdio: "ignore", cwd: folder },
    );
    this.#socket.on("message", (bytes) => {
      const text = bytes.toString("latin1");
      const space = text.indexOf(" ");
      this.#waiting.get(text.slice(0, space))?.(text.slice(space + 1));
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async ready(): Promise<void> {
    for (let i = 0; i < 50; i++) {
      if ((await this.#ask({ command: "ping" })).includes("pong")) return;
    }
    throw new Error("rtpengine does not answer");
  }

  /** Sets up one recorded call between two SDPs; what each side is told, in the same order. */
  async bridge(callId: string, sdpA: string, sdpB: string): Promise<[string, string]> {
    const common = { "call-id": callId, "from-tag": "a", "transport-protocol": "RTP/AVP", ICE: "remove", "rtcp-mux": ["demux"] };
    const toB = await this.#ask({ ...common, command: "offer", sdp: sdpA });
    const toA = await this.#ask({ ...common, command: "answer", "to-tag": "b", sdp: sdpB });
    await this.#ask({ command: "start recording", "call-id": callId });
    return [sdpOf(toA), sdpOf(toB)];
  }

  #ask(message: Record<string, Value>): Promise<string> {
    const cookie = `c${++this.#cookie}`;
    return new Promise((done) => {
      const timer = setTimeout(() => done("timeout"), 500);
      this.#waiting.set(cookie, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(cookie);
        done(answer);
      });
      this.#socket.send(Buffer.from(`${cookie} ${bencode(message)}`, "latin1"), this.#controlPort, "127.0.0.1");
    });
  }

  async stop(): Promise<void> {
    const exited = new Promise<void>((done) => this.#child.once("exit", () => done()));
    this.#child.kill("SIGTERM");
    await exited;
    this.#socket.close();
  }
}

function bencode(message: Record<string, Value>): string {
  const text = (value: string): string => `${value.length}:${value}`;
  const keys = Object.keys(message).sort();
  return `d${keys.map((key) => text(key) + (typeof message[key] === "string" ? text(message[key]) : `l${(message[key] as readonly string[]).map(text).join("")}e`)).join("")}e`;
}

function sdpOf(answer: string): string {
  const found = /3:sdp(\d+):/.exec(answer);
  if (!found) throw new Error(`rtpengine: ${answer}`);
  const start = found.index + found[0].length;
  return answer.slice(start, start + Number(found[1]));
}
