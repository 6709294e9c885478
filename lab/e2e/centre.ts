/** The product as a newcomer runs it, for end-to-end tests: the real main.ts as a child process on a data folder of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as realTime } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../server/src/app/peer-network.ts";
import { copyFirstStart, type CentreSecrets } from "./first-start.ts";

const MAIN = fileURLToPath(new URL("../../server/src/app/main.ts", import.meta.url));
const READY = /Tandem (est prêt|is ready)/;
/** Only ends a hopeless wait: a start takes a second or two, on a machine that does ten other things some twenty. */
const START_LIMIT_MS = 300_000;

export class RunningCentre {
  readonly dataDir: string;
  readonly port: number;
  readonly sipPort: number;
  readonly host: string;
  readonly lang: "fr" | "en";
  secrets: CentreSecrets = { password: "", phonePassword: "" };
  output = "";
  #child: ChildProcess | null = null;

  private constructor(options: { host: string; port: number; sipPort: number; lang: "fr" | "en" }) {
    this.host = options.host;
    this.port = options.port;
    this.sipPort = options.sipPort;
    this.lang = options.lang;
    this.dataDir = mkdtempSync(join(tmpdir(), "tandem-e2e-"));
  }

  /** A centre that has had its first start. `host` 0.0.0.0 where a baresip must reach it (it refuses loopback); pages use localhost all the same. */
  static async start({ host = "127.0.0.1", lang = "fr" }: { host?: string; lang?: "fr" | "en" } = {}): Promise<RunningCentre> {
    const centre = new RunningCentre({ host, port: await freePort(), sipPort: await freePort(), lang });
    centre.secrets = await hadFirstStart(lang, centre.dataDir);
    await centre.launch();
    return centre;
  }

  /** On an empty folder: as a newcomer. */
  static async firstStart(lang: "fr" | "en"): Promise<RunningCentre> {
    const centre = new RunningCentre({ host: "127.0.0.1", port: await freePort(), sipPort: await freePort(), lang });
    await centre.launch();
    const words = /(?:mot de passe|password) (\S+)/g;
    const found = [...centre.output.matchAll(words)].map((match) => match[1]!);
    centre.secrets = { password: found[0] ?? "", phonePassword: found[1] ?? "" };
    return centre;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Starts it, or starts it again on the same data and ports. Resolves when it says that it is ready. */
  async launch(): Promise<void> {
    const flags = ["--host", this.host, "--port", `${this.port}`, "--sip-port", `${this.sipPort}`, "--data-dir", this.dataDir, "--lang", this.lang, "--rtp-port-min", "30000", "--rtp-port-max", "30999"];
    const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    const from = this.output.length;
    child.stderr.on("data", (data: Buffer) => (this.output += data.toString()));
    await new Promise<void>((ready, failed) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        failed(new Error(`not ready within ${START_LIMIT_MS} ms:\n${this.output}`));
      }, START_LIMIT_MS);
      const exited = (code: number | null): void => {
        clearTimeout(timer);
        failed(new Error(`ended with ${code} before it was ready:\n${this.output}`));
      };
      child.once("exit", exited);
      child.stdout.on("data", (data: Buffer) => {
        this.output += data.toString();
        if (!READY.test(this.output.slice(from)) || !/Ctrl-C/.test(this.output.slice(from))) return;
        clearTimeout(timer);
        child.off("exit", exited);
        ready();
      });
    });
  }

  async kill(signal: "SIGKILL" | "SIGINT"): Promise<number | null> {
    const child = this.#child!;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
    child.kill(signal);
    return gone;
  }

  async stop(): Promise<void> {
    if (this.#child) await this.kill("SIGINT");
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** A REST command as a signed-in user; throws what the API answers when it refuses. */
  async signIn(login: string, password: string): Promise<(method: string, path: string, body?: unknown) => Promise<unknown>> {
    const call = async (cookie: string, method: string, path: string, body?: unknown): Promise<Response> => {
      const answer = await fetch(`${this.url}/api${path}`, { method, headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer;
    };
    const session = await call("", "POST", "/session", { login, password });
    const cookie = session.headers.getSetCookie()[0]!.split(";")[0]!;
    return async (method, path, body) => {
      const text = await (await call(cookie, method, path, body)).text();
      return text === "" ? null : (JSON.parse(text) as unknown);
    };
  }
}

/** Makes that folder one of a centre that has had its first start. */
export const hadFirstStart = (lang: "fr" | "en", folder: string): Promise<CentreSecrets> => copyFirstStart(lang, folder, async () => {
  const first = await RunningCentre.firstStart(lang);
  const { dataDir, secrets } = first;
  return { dataDir, secrets, stop: async () => first.kill("SIGINT") };
});

/** Only ends a hopeless wait. */
const WITHIN_MS = 60_000;

/** Until `is` says yes; asked ten times a second: over HTTP the product tells nobody that something changed. */
export async function until(what: string, is: () => Promise<boolean>, why: () => string = () => ""): Promise<void> {
  for (const endMs = Date.now() + WITHIN_MS; !(await is()); await realTime(100)) {
    if (Date.now() > endMs) throw new Error(`waited in vain: ${what}\n${why()}`);
  }
}
