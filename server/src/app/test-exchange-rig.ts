/** The server as it runs, with a house in its database and baresips as its telephones: for tests of the telephone system. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Extension } from "@tandem/protocol";
import { until, type Person } from "../api/test-client.ts";
import { silentLog } from "../base/log.ts";
import { testDatabase } from "../db/test-database.ts";
import { createDirectory, type Directory, type QueueRow } from "../directory/directory.ts";
import { createExchangeConfig, type ExchangeConfig } from "../exchange/exchange.ts";
import { tone, writeWav } from "../rtp/rtp.ts";
import { Baresip, type BaresipOptions } from "./baresip.ts";
import { DOMAIN, outside } from "./peer-network.ts";
import { realChance, realClock } from "./real-ports.ts";
import { startServer, type Server, type ServerOptions } from "./server.ts";

export { DOMAIN } from "./peer-network.ts";

export interface ExchangeRig {
  folder: string;
  address: string;
  server: Server;
  passwords: ReadonlyMap<string, string>;
  phone(name: string, more?: Partial<BaresipOptions>): Promise<Baresip>;
  /** Rows as stored now. */
  query<T extends Record<string, unknown>>(text: string): Promise<T[]>;
  /** Ends and starts the server again on the same data; phones are told nothing. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Seat {
  login: string;
  number: string;
  /** What its phone speaks, for five minutes: a baresip hangs up at the end of its file. */
  freqHz: number;
  more?: Partial<Extension>;
}

/** `sipPort`: of UDP and TCP, the same after a restart; 0 = any, one for each. */
export async function startExchangeRig(seats: readonly Seat[], write: (config: ExchangeConfig, ids: ReadonlyMap<string, string>, directory: Directory) => Promise<void>, { sipPort = 0, ...more }: Partial<ServerOptions> = {}): Promise<ExchangeRig> {
  const { interfaceName, address } = outside();
  const folder = mkdtempSync(join(tmpdir(), "tandem-exchange-"));
  const database = await testDatabase();
  const directory = await createDirectory({ db: database.db, clock: realClock, chance: realChance, domain: DOMAIN, passwordLogN: 10 });
  const config = await createExchangeConfig({ db: database.db, clock: realClock, chance: realChance, directory });
  const extensions = new Map<string, string>();
  const passwords = new Map<string, string>();
  for (const { login, number, freqHz, more } of seats) {
    const user = must(await directory.putUser(null, { login, name: login[0]!.toUpperCase() + login.slice(1), team: "", roles: ["agent"], language: "fr", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true }));
    const phone = must(await directory.putPhone(null, { account: login, label: login, userId: user.id }));
    const made = must(await config.putExtension(null, {
      number, label: login[0]!.toUpperCase() + login.slice(1), userId: user.id, phoneId: null, language: "fr", callClass: "international", callerNumber: null, pickupGroup: "house", ringMs: 20_000, listed: true, ...more,
    }));
    extensions.set(login, made.id);
    passwords.set(login, phone.password ?? "");
    writeFileSync(join(folder, `${login}.wav`), writeWav([tone(freqHz, 300_000, 0.3)]));
  }
  await write(config, extensions, directory);
  const start = (): Promise<Server> => startServer({
    connection: database.connection, log: silentLog, host: address, advertisedHost: null, lang: "fr", port: 0, sipPort, rtpPortMin: 0, rtpPortMax: 0, domain: DOMAIN,
    dataDir: join(folder, "data"), passwordLogN: 10, speakAhead: false, recordingDir: join(folder, "recordings"), demo: false, tls: null, desktopDir: folder, widgetDir: folder, ...more,
  });
  let server = await start();
  let phones = 0;
  return {
    folder, address, passwords,
    get server() {
      return server;
    },
    async phone(name, more = {}) {
      const account = `<sip:${name}@${DOMAIN};transport=udp>;auth_user=${name};auth_pass=${passwords.get(name)};outbound="sip:${address}:${server.sipPort}";regint=60;answermode=manual;audio_codecs=PCMA,PCMU`;
      const options = { folder: join(folder, `${name}-${++phones}`), interfaceName, source: join(folder, `${name}.wav`), account, ...more };
      const started = await Baresip.start(options);
      // it may have registered before we could listen to its events: its words tell; a stranger's telephone never does
      if (!options.account.includes("regint=0")) await until(`${name} registers`, () => /200 OK \(.*\[\d+ binding/.test(started.output));
      return started;
    },
    query: (text) => database.db.query(text),
    async restart() {
      await server.stop();
      server = await start();
    },
    async stop() {
      await server.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A queue as any, without wrap-up; its id. */
export async function putQueue(directory: Directory, name: string, own: Partial<Omit<QueueRow, "id">> = {}): Promise<string> {
  const plain: Omit<QueueRow, "id"> = { name, needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 600_000, ringMs: 20_000, wrapMs: 0 };
  return must(await directory.putQueue(null, { ...plain, ...own })).id;
}

/** An administrator and supervisor without a telephone, `boss`; the password. */
export async function putBoss(directory: Directory): Promise<string> {
  return must(await directory.putUser(null, { login: "boss", name: "Boss", team: "", roles: ["administrator", "supervisor"], language: "fr", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true })).password!;
}

/** A prompt of the table whose French recording is a tone, uploaded as an administrator does; its id. */
export async function recordTone(rig: ExchangeRig, admin: Person, name: string, freqHz: number, ms: number): Promise<string> {
  const made = await admin.call("POST", "/api/admin/prompts", { name });
  if (made.status !== 200) throw new Error(`no prompt ${name}: ${JSON.stringify(made.body)}`);
  const id = made.body["id"] as string;
  const sent = await fetch(`http://${rig.address}:${rig.server.port}/api/admin/prompts/${id}/recordings/fr?name=${name}.wav`, { method: "PUT", headers: { cookie: admin.cookie, "content-type": "audio/wav" }, body: new Uint8Array(writeWav([tone(freqHz, ms, 0.3)])) });
  if (sent.status !== 200) throw new Error(`no recording of ${name}: ${await sent.text()}`);
  return id;
}

/** How alike the best place in `heard` is to `needle` (normalised correlation, 1 = the same). */
export function alike(heard: Int16Array, needle: Int16Array): number {
  const needlePower = Math.sqrt(needle.reduce((sum, sample) => sum + sample * sample, 0));
  let power = 0;
  for (let i = 0; i < needle.length; i++) power += (heard[i] ?? 0) ** 2;
  let best = 0;
  for (let at = 0; at + needle.length < heard.length; at++) {
    let sum = 0;
    for (let i = 0; i < needle.length; i++) sum += heard[at + i]! * needle[i]!;
    best = Math.max(best, sum / (needlePower * Math.sqrt(power) + 1));
    power += heard[at + needle.length]! ** 2 - heard[at]! ** 2;
  }
  return best;
}

export function must<T extends { ok: boolean }>(done: T): Extract<T, { ok: true }> {
  if (!done.ok) throw new Error(JSON.stringify(done));
  return done as Extract<T, { ok: true }>;
}
