/** A linphone of our own for tests against a real phone: one folder, commands by its standard input, the sound in files. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readWav } from "../rtp/rtp.ts";
import { freePort } from "./peer-network.ts";

export interface LinphoneOptions {
  folder: string;
  /** WAV that it speaks. */
  source: string;
  address: string;
  /** PEM of the authority that it believes; it calls over TLS and refuses a call without SRTP keys. Null: UDP and plain RTP. */
  cafile: string | null;
}

export class Linphone {
  readonly #folder: string;
  readonly #process: ChildProcess;
  output = "";

  private constructor(folder: string, process: ChildProcess) {
    this.#folder = folder;
    this.#process = process;
    process.stdout?.on("data", (data: Buffer) => (this.output += data.toString()));
    process.stderr?.on("data", (data: Buffer) => (this.output += data.toString()));
  }

  static async start({ folder, source, address, cafile }: LinphoneOptions): Promise<Linphone> {
    const port = await freePort();
    const transport = cafile === null
      ? [`sip_port=${port}`, "sip_tcp_port=0", "sip_tls_port=0"]
      : ["sip_port=0", "sip_tcp_port=0", `sip_tls_port=${port}`, "media_encryption=srtp", "media_encryption_mandatory=1", `root_ca=${cafile}`, "verify_server_certs=1", "verify_server_cn=0"];
    mkdirSync(join(folder, ".local/share/linphone"), { recursive: true });
    writeFileSync(join(folder, "linphonerc"), [
      "[sip]", ...transport, "default_proxy=-1",
      `contact=sip:ana@${address}`, "guess_hostname=0", "use_ipv6=0",
      "[sound]", "[video]", "enabled=0", "[net]", "firewall_policy=none", "stun_server=", "",
    ].join("\n"));
    const child = spawn("linphonec", ["-c", join(folder, "linphonerc"), "-d", "6", "-l", join(folder, "log")], { cwd: folder, stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, HOME: folder } });
    const phone = new Linphone(folder, child);
    phone.say("soundcard use files");
    phone.say(`play ${source}`);
    phone.say(`record ${join(folder, "heard.wav")}`);
    await phone.until("ready", (text) => text.includes("linphonec>"));
    return phone;
  }

  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Resolves when its output fits. */
  until(what: string, test: (output: string) => boolean, limitMs = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`linphone: no ${what} within ${limitMs} ms\n${this.output}`)), limitMs);
      const look = (): void => {
        if (!test(this.output)) return;
        clearTimeout(timer);
        this.#process.stdout?.off("data", look);
        resolve();
      };
      this.#process.stdout?.on("data", look);
      look();
    });
  }

  /** What it heard, complete once it has stopped. */
  heard(): Int16Array {
    const read = readWav(readFileSync(join(this.#folder, "heard.wav")));
    if (!read.ok) throw new Error(read.why);
    return read.wav.channels[0]!;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((done) => this.#process.once("exit", done));
    this.say("quit");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 30_000);
    await gone;
    clearTimeout(timer);
  }
}
