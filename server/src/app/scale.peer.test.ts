/** Two nodes behind Kamailio with real phones: calls across nodes, and one node killed in the middle of a call (decision 0032). */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createDirectory, createQueueSettings } from "../directory/directory.ts";
import { createExchangeConfig } from "../exchange/exchange.ts";
import { tone, writeWav } from "../rtp/rtp.ts";
import { Baresip } from "./baresip.ts";
import { DEMO_NUMBER, seedDemo } from "./demo.ts";
import { realChance, realClock } from "./real-ports.ts";
import { health, startKamailio, startNode, until, type Node } from "./test-scale-rig.ts";
import { freePort, outside } from "./peer-network.ts";
import { hearsFor } from "./phone-sound.ts";
import { DOMAIN, must } from "./test-exchange-rig.ts";
import type { Run } from "./trunk-rig.ts";

const HZ = { ana: 440, ben: 1_000 };
const { interfaceName, address } = outside();
const folder = mkdtempSync(join(tmpdir(), "tandem-scale-"));
const passwords = new Map<string, string>();
let database: TestDatabase;
let kamailio: Run;
let front: number;
const nodes: Node[] = [];
let ana: Baresip;
let ben: Baresip;

async function phone(name: "ana" | "ben", serial: number): Promise<Baresip> {
  const started = await Baresip.start({
    folder: join(folder, `${name}-${serial}`), interfaceName, source: join(folder, `${name}.wav`), trace: true,
    account: `<sip:${name}@${DOMAIN};transport=udp>;auth_user=${name};auth_pass=${passwords.get(name)};outbound="sip:${address}:${front}";regint=600;answermode=manual;audio_codecs=PCMA,PCMU`,
  });
  await until(`${name} registers`, () => /200 OK \(.*\[\d+ binding/.test(started.output), 60_000, () => started.output);
  return started;
}

const rows = <T extends Record<string, unknown>>(sql: string): Promise<T[]> => database.db.query<T>(sql);
const nodeOf = async (account: string): Promise<string | undefined> => (await rows<{ node: string }>(`SELECT node FROM registration WHERE account = '${account}' AND NOT gone`))[0]?.node;
/** The node that has the call which is up. */
async function nodeOfCall(): Promise<string> {
  let found: string | undefined;
  await until("the call's two dialogs are written", async () => {
    const names = await rows<{ name: string }>("SELECT n.name FROM sip_dialog d JOIN sip_node n USING (run)");
    found = names[0]?.name;
    return names.length === 2;
  });
  return found!;
}
const sent = (one: Baresip, method: string): number => one.output.split(`\n${method} sip:`).length - 1;

before(async () => {
  database = await testDatabase({ poolSize: 2 });
  const directory = await createDirectory({ db: database.db, clock: realClock, chance: realChance, domain: DOMAIN, passwordLogN: 10 });
  const config = await createExchangeConfig({ db: database.db, clock: realClock, chance: realChance, directory });
  await seedDemo(database.db, directory, await createQueueSettings({ db: database.db, directory, log: silentLog }), config, realClock, "fr");
  for (const [i, login] of (["ana", "ben"] as const).entries()) {
    const user = must(await directory.putUser(null, { login, name: login, team: "", roles: ["agent"], language: "fr", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true }));
    passwords.set(login, must(await directory.putPhone(null, { account: login, label: login, userId: user.id })).password ?? "");
    const made = must(await config.putExtension(null, { number: `85${i + 1}`, label: login, userId: user.id, phoneId: null, language: "fr", callClass: "international", callerNumber: null, pickupGroup: "house", ringMs: 20_000, listed: true }));
    await config.setChoices(made.id, { ...config.choices(made.id), voicemail: { on: false, email: null, pin: null } });
    writeFileSync(join(folder, `${login}.wav`), writeWav([tone(HZ[login], 300_000, 0.3)]));
  }
  front = await freePort();
  const common = { address, domain: DOMAIN, database, folder, front: address };
  for (const name of ["a", "b"]) nodes.push(await startNode(name, common));
  kamailio = await startKamailio(folder, address, nodes, front);
  ana = await phone("ana", 1);
  // the front chooses by Call-ID: until the two phones are at different nodes
  for (let serial = 1; ; serial++) {
    ben = await phone("ben", serial);
    await until("both registrations are written", async () => (await nodeOf("ana")) !== undefined && (await nodeOf("ben")) !== undefined);
    if ((await nodeOf("ana")) !== (await nodeOf("ben"))) break;
    await ben.stop(60_000);
    await until("ben is gone", async () => (await nodeOf("ben")) === undefined);
  }
}, { timeout: 300_000 });

after(async () => {
  await Promise.all([ana?.stop(), ben?.stop()]);
  for (const one of [kamailio, ...nodes.map(({ process }) => process)]) one?.child.kill("SIGTERM");
  await Promise.all(nodes.map(({ process }) => process.done));
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function call(from: Baresip, number: string, to: Baresip): Promise<void> {
  const at = { from: from.events.length, to: to.events.length };
  const next = (one: Baresip, type: string, since: number): Promise<unknown> => one.until(type, (event) => event.type === type && one.events.indexOf(event) >= since, 60_000);
  from.command("dial", `sip:${number}@${DOMAIN}`);
  await next(to, "CALL_INCOMING", at.to).catch((error: Error) => assert.fail(`${error.message.slice(0, 100)}\nthe caller: ${from.output.slice(-4_000)}\nthe front: ${kamailio.output().slice(-2_000)}\nthe nodes: ${nodes.map(({ process }) => process.output().slice(-2_000)).join("\n")}`));
  to.command("accept");
  await next(from, "CALL_ESTABLISHED", at.from);
}

async function hangUp(from: Baresip, to: Baresip): Promise<void> {
  const since = to.events.length;
  from.command("hangup");
  await to.until("CALL_CLOSED", (event) => event.type === "CALL_CLOSED" && to.events.indexOf(event) >= since);
  await until("the call is taken out", async () => (await rows("SELECT FROM sip_dialog")).length === 0);
}

test("a phone registered at one node is rung by a call that arrives at the other, through the Path; both hear each other", { timeout: 180_000 }, async () => {
  let across = false;
  for (let i = 0; i < 12 && !across; i++) {
    const [from, to, number] = i % 2 === 0 ? [ana, ben, "852"] as const : [ben, ana, "851"] as const;
    await call(from, number, to);
    across = (await nodeOfCall()) !== (await nodeOf(to === ben ? "ben" : "ana"));
    // a way that does not work carries nothing
    if (across) await Promise.all([hearsFor(ana, HZ.ben, 500), hearsFor(ben, HZ.ana, 500)]);
    await hangUp(from, to);
  }
  assert.ok(across, "no call came to the other node in 12");
});

test("one node has the centre: the other sends its callers there, and its web too", { timeout: 180_000 }, async () => {
  const roles = await Promise.all(nodes.map(async (node) => (await health(address, node))?.role));
  assert.deepEqual(roles.toSorted(), ["centre", "telephony"]);
  const other = nodes[roles.indexOf("telephony")]!;
  assert.equal((await fetch(`http://${address}:${other.webPort}/`)).status, 503);
  assert.equal((await fetch(`http://${address}:${other.webPort}/healthz?role=centre`)).status, 503);
  for (let i = 0; i < 6; i++) {
    const from = ana.output.length;
    await ana.dial(`sip:${DEMO_NUMBER}@${DOMAIN}`);
    // who answered, by the Contact of its 200 (which may come twice)
    const ports = (): Set<number> => new Set([...ana.output.slice(from).matchAll(/^SIP\/2\.0 200 (?:(?!^SIP\/2\.0)[^])*?^CSeq: \d+ INVITE(?:(?!^SIP\/2\.0)[^])*?^Contact: <sip:[^>]*:(\d+)/gm)].map(([, port]) => Number(port)));
    // its trace and its events come by two ways
    await until("the trace of the answer", () => ports().size > 0, 60_000, () => ana.output.slice(from));
    await ana.hangUp();
    assert.deepEqual([...ports()], [nodes.find((node) => node !== other)!.sipPort], ana.output.slice(from));
  }
});

test("kill -9 in the middle of a call: both phones get a BYE with the reason, the history its end; registrations stay and the next call goes on at once", { timeout: 300_000 }, async () => {
  await call(ana, "852", ben);
  const name = await nodeOfCall();
  const dead = nodes.find((node) => node.name === name)!;
  const living = nodes.find((node) => node.name !== name)!;
  const registers = sent(ana, "REGISTER") + sent(ben, "REGISTER");
  const at = { ana: ana.events.length, ben: ben.events.length };
  const trace = { ana: ana.output.length, ben: ben.output.length };
  const killedAtMs = Date.now();
  dead.process.child.kill("SIGKILL");
  // five seconds after its last beat by the watch of the other one (node-watch.test.ts); a phone that nobody tells talks on for minutes
  const closed = (one: Baresip, since: number): Promise<unknown> => one.until("CALL_CLOSED", (event) => event.type === "CALL_CLOSED" && one.events.indexOf(event) >= since, 60_000);
  await Promise.all([closed(ana, at.ana), closed(ben, at.ben)]);
  for (const [phone, from] of [[ana, trace.ana], [ben, trace.ben]] as const) {
    await until("the reason of the BYE", () => /BYE sip:[\s\S]*?Reason: SIP;cause=503;text="node lost"/.test(phone.output.slice(from)), 60_000, () => phone.output.slice(from));
  }
  // at once: no phone knows that anything happened to the servers
  await call(ben, "851", ana);
  assert.equal(await nodeOfCall(), living.name);
  await hangUp(ben, ana);
  assert.equal(sent(ana, "REGISTER") + sent(ben, "REGISTER"), registers, "no phone registered again");
  await until("the dialogs of the lost node are all ended", async () => (await rows("SELECT FROM sip_dialog")).length === 0);
  let record: { result: string; ended_at: Date | null } | undefined;
  const ended = async (): Promise<boolean> => {
    [record] = await rows<{ result: string; ended_at: Date | null }>("SELECT result, ended_at FROM call_record WHERE from_number = '851' ORDER BY started_at DESC LIMIT 1");
    return record?.result !== "live";
  };
  await until("the history has its end", ended);
  assert.equal(record?.result, "cut");
  assert.ok((record?.ended_at?.getTime() ?? 0) >= killedAtMs);
  // and the centre is where a node is
  await until("the centre is on the node that lives", async () => (await health(address, living))?.role === "centre");
  await ana.dial(`sip:${DEMO_NUMBER}@${DOMAIN}`);
  ana.command("hangup");
  // the lost node comes back under its name, and takes its part
  const again = { address, domain: DOMAIN, database, folder, front: address, ports: dead };
  nodes[nodes.indexOf(dead)] = await startNode(name, again);
  assert.equal((await health(address, dead))?.role, "telephony");
});
