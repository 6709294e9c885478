/**
 * A caller with a real telephone (baresip) in the menus of the whole server: keys, an HTTP step against a server of this machine and
 * without it, a number of the house where nobody answers, and the call that is cut and goes on.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Desktop, until, type Person } from "../api/test-client.ts";
import { testSite, type TestSite } from "../api/test-site.ts";
import { seededChance } from "../base/chance.ts";
import { createDirectory } from "../directory/directory.ts";
import { flowDefinition } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import { tone, writeWav } from "../rtp/rtp.ts";
import { Baresip } from "./baresip.ts";
import { outside } from "./peer-network.ts";
import { realClock } from "./real-ports.ts";

const NUMBER = "3999";
const { interfaceName, address } = outside();
const folder = mkdtempSync(join(tmpdir(), "tandem-flow-"));
const asked: string[] = [];
const crm = createServer((request, response) => {
  asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  response.setHeader("content-type", "application/json").end(JSON.stringify({ customer: { tier: request.url?.endsWith("482") ? "gold" : "plain" } }));
});

let at: TestSite;
let lea: Person;
let caller: Baresip;

const says = (fr: string): { sounds: { fr: string; en: string } } => ({ sounds: { fr, en: fr } });
const label = (fr: string): { fr: string; en: string } => ({ fr, en: fr });

function document(crmPort: number): object {
  return flowDefinition({
    id: "peer", name: "Peer", version: 1, languages: ["fr", "en"], start: "menu", reachHuman: { queueId: "q_support", says: says("Un conseiller."), label: label("Conseiller") },
    retry: { wrong: says("Pardon ?"), silence: says("Allô ?") }, silence: { voiceMs: 20_000, writtenMs: 60_000 }, variables: { order: { type: "text" }, tier: { type: "text" } },
    steps: {
      menu: { kind: "menu", label: label("Menu"), says: says("Tapez un pour une commande, deux pour l'atelier."), choices: [{ key: "1", label: label("Commande"), next: "order" }, { key: "2", label: label("Atelier"), next: "workshop" }] },
      order: { kind: "collect", label: label("Commande"), says: says("Tapez les trois chiffres."), variable: "order", min: 3, max: 3, next: "crm" },
      crm: { kind: "http", url: `http://127.0.0.1:${crmPort}/orders/{data.order}`, headers: { authorization: "Bearer {secret.crm}" }, saves: [{ name: "tier", pointer: "/customer/tier" }], timeoutMs: 2_000, next: "tier", failed: "support" },
      tier: { kind: "branch", cases: [{ when: "data.tier == 'gold'", next: "sales" }], otherwise: "support" },
      workshop: { kind: "transfer", number: "240", failed: "sales" },
      sales: { kind: "queue", queueId: "q_sales" },
      support: { kind: "queue", queueId: "q_support" },
    },
  });
}

before(async () => {
  await new Promise<void>((resolve) => crm.listen(0, "127.0.0.1", resolve));
  const { port } = crm.address() as AddressInfo;
  at = await testSite(address);
  const directory = await createDirectory({ db: at.database.db, clock: realClock, chance: seededChance(1), domain: "tandem.test", passwordLogN: 10 });
  await directory.putFlow({ id: "peer", name: "Peer", version: 1, definition: document(port) });
  assert.ok((await directory.putNumber(null, { number: NUMBER, label: "Peer", flowId: "peer", language: "fr" })).ok);
  const password = at.server.secrets!.password;
  await at.restart();
  lea = await at.site.signIn("lea", password);
  writeFileSync(join(folder, "440.wav"), writeWav([tone(440, 300_000, 0.3)]));
  caller = await Baresip.start({ interfaceName, folder: join(folder, "caller"), source: join(folder, "440.wav"), account: "<sip:+33612345678@outside.example>;regint=0;audio_codecs=PCMA,PCMU" });
});

after(async () => {
  await caller?.stop();
  crm.close();
  await at?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function contact(id: string | null, to = NUMBER): Promise<Interaction | null> {
  const [row] = await at.database.db.query<{ body: Interaction }>("SELECT body FROM interaction WHERE ($1::text IS NULL OR id = $1) AND ($1::text IS NOT NULL OR body ->> 'to' = $2) ORDER BY (body ->> 'createdAtMs')::bigint DESC LIMIT 1", [id, to]);
  return row?.body ?? null;
}

/** Dials; the new contact's id once it asks at that step. */
async function dial(step: string): Promise<string> {
  const before = (await contact(null))?.id ?? "";
  caller.command("dial", `sip:${NUMBER}@${address}:${at.server.sipPort}`);
  return until(`a contact at ${step}`, async () => {
    const it = await contact(null);
    return it !== null && it.id !== before && stepOf(it) === step ? it.id : null;
  });
}
const stepOf = ({ flow }: Interaction): string | null => (flow as { state?: { stepId?: string } } | null)?.state?.stepId ?? null;
const reached = (id: string, step: string): Promise<true> => until(`${id} at ${step}`, async () => {
  const it = await contact(id);
  return it !== null && stepOf(it) === step ? (true as const) : null;
});
const queued = (id: string): Promise<Interaction> => until(`${id} in a queue`, async () => {
  const it = await contact(id);
  return it?.queue ? it : null;
});
async function hangUp(id: string): Promise<void> {
  caller.command("hangup");
  await until(`the end of ${id}`, async () => (await contact(id))?.state === "closed");
}
function keys(all: string): void {
  for (const key of all) caller.command("sndcode", key);
}

test("keys lead through the menus; the company's system is asked with its secret, and its answer leads the call", async () => {
  assert.equal((await lea.call("PUT", "/api/admin/settings/flow-outside", { hosts: ["127.0.0.1"], assistants: [] })).status, 200);
  assert.equal((await lea.call("PUT", "/api/admin/flow-secrets/crm", { value: "s3cret" })).status, 204);
  const id = await dial("menu");
  keys("1");
  await reached(id, "order");
  keys("482");
  const it = await queued(id);
  assert.deepEqual([it.queue?.queueId, it.data.tier, it.data.order], ["q_sales", "gold", "482"]);
  assert.deepEqual(asked, ["GET /orders/482 Bearer s3cret"]);
  const secrets = (await lea.call("GET", "/api/admin/flow-secrets")).body as unknown as { name: string }[];
  assert.deepEqual(secrets.map((secret) => Object.keys(secret).toSorted().join()), ["changedAtMs,name,usedBy"], "told by name, never by value");
  await hangUp(id);
});

test("cut off at the order's number, rung again, 1: on with the number; the company's system is down: a person all the same", async () => {
  const cut = await dial("menu");
  keys("1");
  await reached(cut, "order");
  await hangUp(cut);
  crm.close();
  crm.closeAllConnections();
  const id = await dial("ask");
  keys("1");
  await reached(id, "order");
  keys("777");
  const it = await queued(id);
  assert.deepEqual([it.queue?.queueId, it.redialOf, it.trail.map(({ answer }) => answer)], ["q_support", cut, ["Commande", "Reprendre", "777"]]);
  await hangUp(id);
});

test("a number of the house that is nobody's: the flow goes on by its way for that", async () => {
  const id = await dial("menu");
  keys("2");
  assert.equal((await queued(id)).queue?.queueId, "q_sales");
  await hangUp(id);
});

/** A telephone of that user's, registered. */
async function phoneOf(userId: string, account: string): Promise<Baresip> {
  const made = await lea.call("POST", "/api/admin/phones", { account, label: account, userId });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const phone = await Baresip.start({
    interfaceName, folder: join(folder, account), source: join(folder, "440.wav"),
    account: `<sip:${account}@tandem.test;transport=udp>;auth_user=${account};auth_pass=${made.body.password as string};outbound="sip:${address}:${at.server.sipPort}";regint=60;audio_codecs=PCMA,PCMU`,
  });
  await until(`${account} registered`, async () => ((await lea.call("GET", "/api/admin/phones")).body as unknown as { account: string; registered: unknown[] }[]).some((one) => one.account === account && one.registered.length > 0));
  return phone;
}

test("a draft is tried by dialling it: its way comes on the desktop of who does, it ends before anybody rings; others reach nothing there", async () => {
  const desktop = await new Desktop(at.site, lea.cookie).ready();
  const phone = await phoneOf(lea.id, "lea-try");
  phone.command("dial", `sip:try-peer@tandem.test`);
  const id = await until("the try", async () => {
    const it = await contact(null, "try-peer");
    return it?.state === "flow" ? it.id : null;
  });
  await until("the first step", () => desktop.frames.some((frame) => frame.t === "flowTried" && frame.stepId === "menu" && frame.port === null));
  for (const key of "20") phone.command("sndcode", key);
  await until("its end", async () => (await contact(id))?.state === "closed");
  const way = desktop.frames.flatMap((frame) => (frame.t === "flowTried" && frame.flowId === "peer" ? [`${frame.stepId} ${frame.port ?? "+"}`] : []));
  assert.deepEqual(way.slice(0, 3), ["menu +", "menu choice:1", "workshop +"]);
  assert.equal((await contact(id))?.queue, null);
  await phone.stop();

  const users = (await lea.call("GET", "/api/admin/users")).body as unknown as { id: string; roles: string[] }[];
  const agent = users.find(({ roles }) => roles.join() === "agent");
  const theirs = await phoneOf(agent!.id, "agent-try");
  const closed = theirs.next("CALL_CLOSED");
  theirs.command("dial", `sip:try-peer@tandem.test`);
  assert.match((await closed).param ?? "", /404/);
  await theirs.stop();
  const stranger = caller.next("CALL_CLOSED");
  caller.command("dial", `sip:try-peer@${address}:${at.server.sipPort}`);
  assert.match((await stranger).param ?? "", /40[0-9]/);
  await desktop.close();
});
