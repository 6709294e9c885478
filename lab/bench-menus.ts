/**
 * How many callers one server carries in voice menus: real SIP and RTP, prompts heard, a key pressed every five seconds that the flow
 * answers with another prompt, every answer durable. A step holds while the 99th percentile of packets comes less than 10 ms late and no packet in 1,000 is lost.
 *
 *   node lab/bench-menus.ts [--steps 50,100,200] [--seconds 10]
 *
 * CPU is the whole server's (signalling, flows, media, PostgreSQL's client; not PostgreSQL). The load is another process on the same machine. Beside it, in the same run, sipp that only
 * plays a recording (`menus-peer.ts` says why it is the peer).
 */
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startServer } from "../server/src/app/server.ts";
import { seededChance } from "../server/src/base/chance.ts";
import { silentLog } from "../server/src/base/log.ts";
import { testDatabase } from "../server/src/db/test-database.ts";
import { createDirectory } from "../server/src/directory/directory.ts";
import { flowDefinition } from "../server/src/flow/flow.ts";
import { Site } from "../server/src/api/test-client.ts";
import { realClock } from "../server/src/app/real-ports.ts";
import { startMenusPeer } from "./menus-peer.ts";
import type { FromMenusLoad, ToMenusLoad } from "./menus-load.ts";

const NUMBER = "3999";
const PEER_SIP_PORT = 38_990;
const MAX_P99_MS = 10;
const MAX_LOSS = 0.001;
const { values } = parseArgs({ options: { steps: { type: "string", default: "50,100,150,200,250,300,350,400,450" }, seconds: { type: "string", default: "10" } } });
const seconds = Number(values.seconds);

const label = (text: string): { fr: string; en: string } => ({ fr: text, en: text });
const says = (text: string): { sounds: { fr: string; en: string } } => ({ sounds: label(text) });
const menu = (text: string, next: string): object => ({ kind: "menu", label: label("Menu"), says: says(text), silenceMs: 60_000, choices: [{ key: "1", label: label("Suite"), next }, { key: "2", label: label("Conseiller"), next: "person" }] });
const flow = flowDefinition({
  id: "bench", name: "Bench", version: 1, languages: ["fr", "en"], start: "first", reachHuman: { queueId: "q_support", says: says("Un conseiller."), label: label("Conseiller") },
  retry: { wrong: says("Pardon ?"), silence: says("Allô ?"), times: 5 },
  steps: {
    first: menu("Bienvenue chez Lumen. Pour suivre votre commande, connaître nos horaires ou parler à quelqu'un, tapez un et laissez-vous guider.", "second"),
    second: menu("Votre commande est en cours de préparation dans notre atelier. Pour entendre de nouveau le premier menu, tapez un.", "first"),
    person: { kind: "queue", queueId: "q_support" },
  } as never,
});

const database = await testDatabase();
const folder = mkdtempSync(join(tmpdir(), "tandem-bench-menus-"));
for (const name of ["desktop", "widget/shop", "recordings"]) mkdirSync(join(folder, name), { recursive: true });
for (const name of ["desktop", "widget/shop"]) writeFileSync(join(folder, name, "index.html"), "<!doctype html>");
const options = {
  connection: database.connection, log: silentLog, host: "127.0.0.1", advertisedHost: null, lang: "fr" as const, port: 0, sipPort: 0, rtpPortMin: 40_000, rtpPortMax: 43_999, domain: "tandem.test",
  dataDir: folder, recordingDir: join(folder, "recordings"), demo: true, tls: null, desktopDir: join(folder, "desktop"), widgetDir: join(folder, "widget"),
};
const made = await startServer(options);
const password = made.secrets?.password ?? "";
const directory = await createDirectory({ db: database.db, clock: realClock, chance: seededChance(1), domain: "tandem.test" });
await directory.putFlow({ id: flow.id, name: flow.name, version: 1, definition: flow });
await directory.putNumber(null, { number: NUMBER, label: "Bench", flowId: flow.id, language: "fr" });
await made.stop();
const server = await startServer(options);
const lea = await new Site(server.port).signIn("lea", password);
const rules = (await lea.call("GET", "/api/telephony/border")).body;
// the load is one address of strangers: what the border would rightly stop
await lea.call("PUT", "/api/telephony/border", { ...rules, access: [{ network: "127.0.0.1", allow: true, note: "bench" }], requestsPerSecondPerSource: 10_000, maxCalls: 5_000, maxCallsPerSource: 5_000 });

interface Carrier {
  name: string;
  sipPort: number;
  cpuSeconds(): number;
}

/** More and more callers of one carrier, until a step does not hold; each carrier has a load process of its own, the same program. */
async function climb({ name, sipPort, cpuSeconds }: Carrier): Promise<void> {
  const load = fork(new URL("./menus-load.ts", import.meta.url), { stdio: "inherit" });
  const ask = <T extends FromMenusLoad["type"]>(message: ToMenusLoad, type: T): Promise<Extract<FromMenusLoad, { type: T }>> =>
    new Promise((done) => {
      const hear = (answer: FromMenusLoad): void => {
        if (answer.type !== type) return;
        load.off("message", hear);
        done(answer as Extract<FromMenusLoad, { type: T }>);
      };
      load.on("message", hear);
      load.send(message);
    });
  console.log(`\n${name}; load average ${loadavg()[0]?.toFixed(1)} before`);
  console.log("callers   hearing   packets/s   late p50   p99      max     lost     keys/s   CPU of one core   callers a core");
  let callers = 0;
  let best = { callers: 0, cpu: 0 };
  for (const step of values.steps.split(",").map(Number)) {
    const up = await ask({ type: "call", count: step - callers, sipPort, number: NUMBER, perSecond: 50 }, "up");
    callers = step;
    await new Promise((done) => setTimeout(done, 3_000));
    const before = cpuSeconds();
    const got = await ask({ type: "measure", seconds }, "measured");
    const cpu = (cpuSeconds() - before) / seconds;
    const { p50, p99, max } = got.lateMs;
    const loss = got.lost / Math.max(1, got.packets + got.lost);
    const holds = up.refused === 0 && up.answered === step && p99 < MAX_P99_MS && loss < MAX_LOSS;
    console.log([String(up.answered).padStart(7), String(got.callers).padStart(9), (got.packets / seconds).toFixed(0).padStart(11), `${p50.toFixed(1)} ms`.padStart(10), `${p99.toFixed(1)} ms`.padStart(9), `${max.toFixed(0)} ms`.padStart(8), `${(loss * 100).toFixed(2)} %`.padStart(8), (got.keys / seconds).toFixed(1).padStart(8), `${(cpu * 100).toFixed(0)} %`.padStart(17), (up.answered / cpu).toFixed(0).padStart(16), holds ? "" : "  beyond"].join(" "));
    if (holds) best = { callers: up.answered, cpu };
    if (up.answered < step) break;
  }
  console.log(`within bounds: ${best.callers} callers at ${(best.cpu * 100).toFixed(0)} % of a core: ${best.cpu > 0 ? (best.callers / best.cpu).toFixed(0) : "-"} callers a core; load average ${loadavg()[0]?.toFixed(1)} after`);
  load.removeAllListeners("exit");
  load.kill();
}

console.log(`callers that hear prompts; ours press a key every 5 s; ${cpus().length} cores`);
const used = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
await climb({ name: "Tandem: menus of a flow, keys answered, every answer durable", sipPort: server.sipPort, cpuSeconds: used });
await server.stop();
await database.drop();
const peer = await startMenusPeer(folder, PEER_SIP_PORT);
await climb({ name: "sipp: one recording, no menu, keys not heard", ...peer });
await peer.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
