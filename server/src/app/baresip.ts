/** A baresip of our own for tests against a real phone: one folder, one control connection, the sound of both directions on disk. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { readWav } from "../rtp/rtp.ts";
import { freePort } from "./peer-network.ts";
import { soFar } from "./phone-sound.ts";

/** These only end a hopeless wait: what is waited for takes a moment, on a machine that does ten other things some seconds. */
const EVENT_WITHIN_MS = 30_000;
const NEXT_WITHIN_MS = 60_000;
const CONTROL_WITHIN_MS = 30_000;
const GOODBYE_WITHIN_MS = 3_000;
/** It tells the end of a call before it has closed the file with its sound. */
const WRITTEN_WITHIN_MS = 10_000;

export interface BaresipOptions {
  folder: string;
  /** A real one: baresip refuses `lo`. */
  interfaceName: string;
  /** WAV that it speaks. */
  source: string;
  /** A line of its accounts file. */
  account: string;
  /** Further lines of its configuration (modules). */
  config?: readonly string[];
  /** Lines of its address book. */
  contacts?: readonly string[];
  /** Every SIP message is in its output. */
  trace?: boolean;
  /** A network namespace to run in, and its address there that we reach it at. */
  inside?: { namespace: string; control: string };
}

export interface BaresipEvent {
  event?: true;
  type?: string;
  class?: string;
  param?: string;
}

export class Baresip {
  readonly events: BaresipEvent[] = [];
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  readonly #hearers = new Set<() => void>();
  #output = "";
  /** Sound written before is an earlier call's. */
  #calledAtMs = 0;

  private constructor(folder: string, process: ChildProcess, control: Socket) {
    this.#folder = folder;
    this.#process = process;
    this.#control = control;
    process.stdout?.on("data", (data: Buffer) => (this.#output += data.toString()));
    process.stderr?.on("data", (data: Buffer) => (this.#output += data.toString()));
    let rest = Buffer.alloc(0);
    control.on("error", () => control.destroy());
    control.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        const colon = rest.indexOf(":");
        if (colon < 0) return;
        const length = Number(rest.subarray(0, colon).toString());
        if (rest.length < colon + length + 2) return;
        const event = JSON.parse(rest.subarray(colon + 1, colon + 1 + length).toString()) as BaresipEvent;
        if (event.type === "CALL_INCOMING") this.#calledAtMs = Date.now();
        this.events.push(event);
        rest = rest.subarray(colon + length + 2);
        for (const hear of this.#hearers) hear();
      }
    });
  }

  static async start(options: BaresipOptions): Promise<Baresip> {
    const { folder, interfaceName, source, account, config = [], contacts = [], inside, trace = false } = options;
    const controlPort = await freePort();
    const control = inside?.control ?? "127.0.0.1";
    mkdirSync(join(folder, "sound"), { recursive: true });
    writeFileSync(join(folder, "accounts"), `${account}\n`);
    writeFileSync(join(folder, "contacts"), contacts.map((line) => `${line}\n`).join(""));
    writeFileSync(
      join(folder, "config"),
      [
        "module_path /usr/lib/baresip/modules", "module g711.so", "module aufile.so", "module sndfile.so", "module_app account.so", "module_app menu.so",
        "module_tmp uuid.so", "module_app ctrl_tcp.so", `net_interface ${interfaceName}`, `ctrl_tcp_listen ${control}:${controlPort}`,
        `audio_source aufile,${source}`, `audio_player aufile,${join(folder, "player.wav")}`, `audio_alert aufile,${join(folder, "alert.wav")}`,
        "audio_srate 8000-8000", "audio_channels 1-1", `snd_path ${join(folder, "sound")}`, ...config, "",
      ].join("\n"),
    );
    const plain = ["baresip", "-f", folder, ...(trace ? ["-s"] : [])];
    const run = inside ? ["ip", "netns", "exec", inside.namespace, ...plain] : plain;
    const child = spawn(run[0]!, run.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    return new Baresip(folder, child, await connected(control, controlPort, child));
  }

  /** A long command of baresip, e.g. ("dial", "sip:3000@192.0.2.2:5060"). */
  command(command: string, params = ""): void {
    if (command === "dial") this.#calledAtMs = Date.now();
    const message = JSON.stringify({ command, params, token: "t" });
    this.#control.write(`${Buffer.byteLength(message)}:${message},`);
  }

  /** Resolves with the next event (past ones count) that fits. */
  async until(what: string, test: (event: BaresipEvent) => boolean, limitMs = EVENT_WITHIN_MS): Promise<BaresipEvent> {
    const found = (): BaresipEvent | undefined => this.events.find(test);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#hearers.delete(look);
        reject(new Error(`baresip: no ${what} within ${limitMs} ms; events ${JSON.stringify(this.events)}\n${this.#output}`));
      }, limitMs);
      const look = (): void => {
        const event = found();
        if (!event) return;
        clearTimeout(timer);
        this.#hearers.delete(look);
        resolve(event);
      };
      this.#hearers.add(look);
      look();
    });
  }

  /** Resolves with the next event of that type after now. */
  next(type: string, limitMs = NEXT_WITHIN_MS): Promise<BaresipEvent> {
    const from = this.events.length;
    return this.until(type, (event) => event.type === type && this.events.indexOf(event) >= from, limitMs);
  }

  /** Resolves once the call is answered. */
  dial(uri: string): Promise<unknown> {
    const up = this.next("CALL_ESTABLISHED");
    this.command("dial", uri);
    return up;
  }

  /** Takes up what rings; resolves once it is. */
  answer(): Promise<unknown> {
    const up = this.next("CALL_ESTABLISHED");
    this.command("accept");
    return up;
  }

  /** Ends its call, or says busy to what rings; resolves once it is over. */
  hangUp(): Promise<unknown> {
    const over = this.next("CALL_CLOSED");
    this.command("hangup");
    return over;
  }

  /** What it heard in its latest call, 8 kHz; once the call is over. */
  heard(): Int16Array {
    const path = this.#sound();
    if (path === undefined) throw new Error(`baresip wrote no sound\n${this.#output}`);
    // its length is in the header of a file that is closed, and nothing in one that is not
    for (const endMs = Date.now() + WRITTEN_WITHIN_MS; ; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)) {
      const bytes = readFileSync(path);
      const read = readWav(bytes);
      if (!read.ok) throw new Error(read.why);
      if (bytes.readUInt32LE(4) + 8 === bytes.length) return read.wav.channels[0]!;
      if (Date.now() > endMs) throw new Error(`baresip did not close ${path}`);
    }
  }

  /** What it has heard so far in the call that lasts. */
  hearing(): Int16Array {
    const path = this.#sound();
    if (path === undefined || statSync(path).mtimeMs < this.#calledAtMs) return new Int16Array();
    return soFar(path);
  }

  #sound(): string | undefined {
    const name = readdirSync(join(this.#folder, "sound")).filter((one) => one.endsWith("-dec.wav")).sort().at(-1);
    return name === undefined ? undefined : join(this.#folder, "sound", name);
  }

  get output(): string {
    return this.#output;
  }

  /** It says goodbye to its registrar; not to one that is gone, which it would wait for. */
  async stop(goodbyeWithinMs = GOODBYE_WITHIN_MS): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((done) => this.#process.once("exit", done));
    this.command("quit");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), goodbyeWithinMs);
    await gone;
    clearTimeout(timer);
    this.#control.destroy();
  }
}

async function connected(host: string, port: number, child: ChildProcess): Promise<Socket> {
  let failure = "";
  child.once("error", (error) => (failure = error.message));
  for (const endMs = Date.now() + CONTROL_WITHIN_MS; Date.now() < endMs; ) {
    if (failure !== "" || child.exitCode !== null) throw new Error(`baresip did not start: ${failure || child.exitCode}`);
    const socket = connect(port, host);
    const open = await new Promise<boolean>((done) => {
      socket.once("connect", () => done(true));
      socket.once("error", () => done(false));
    });
    if (open) return socket;
    await new Promise((done) => setTimeout(done, 30));
  }
  child.kill("SIGKILL");
  throw new Error("baresip opened no control port");
}
